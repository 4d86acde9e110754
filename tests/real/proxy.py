"""A real HAProxy that shares traffic between tracks, with its exporter and its runtime socket."""

import shutil
import tempfile
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.real.programs import Program, free_port, need

BASE = """\
global
    stats socket {folder}/runtime.sock mode 600 level admin
defaults
    mode http
    timeout connect 2s
    timeout client 30s
    timeout server 30s
frontend exporter
    bind 127.0.0.1:{exporter}
    http-request use-service prometheus-exporter if {{ path /metrics }}
"""
AS_TRACKS = """\
scrape_configs:
  - job_name: haproxy
    static_configs: [{{targets: ['127.0.0.1:{port}']}}]
    metric_relabel_configs:
      - {{source_labels: [__name__], regex: haproxy_server_http_responses_total, target_label: __name__,
         replacement: http_requests_total}}
      - {{source_labels: [proxy], target_label: service}}
      - {{source_labels: [server], target_label: track}}
"""
"""Scrapes the exporter so that HAProxy's servers are the tracks of the console's own queries."""


@dataclass(frozen=True, slots=True)
class Server:
    """One server of a backend."""

    name: str
    address: str
    """host:port, where `namespace` sees it."""
    weight: int = 100
    namespace: str = ""
    """Network namespace it is reached through; empty: this machine's."""

    def line(self) -> str:
        """As the configuration says it."""
        within = f" namespace {self.namespace}" if self.namespace else ""
        return f"    server {self.name} {self.address} weight {self.weight}{within}\n"


class RealProxy:
    """HAProxy with one front a backend, each on a free port of loopback."""

    def __init__(self, backends: Mapping[str, Sequence[Server]], mode: str = "http") -> None:
        """Starts it; `mode` tcp hands bytes through, TLS included."""
        need("haproxy", root=any(server.namespace for servers in backends.values() for server in servers))
        self.folder = Path(tempfile.mkdtemp(prefix="haproxy-"))
        self.fronts = {name: free_port() for name in backends}
        self.exporter = free_port()
        config = BASE.format(folder=self.folder, exporter=self.exporter)
        for name, servers in backends.items():
            config += (
                f"listen {name}\n    mode {mode}\n    bind 127.0.0.1:{self.fronts[name]}\n    balance roundrobin\n"
            )
            config += "".join(server.line() for server in servers)
        (self.folder / "haproxy.cfg").write_text(config)
        self._program = Program(["haproxy", "-db", "-f", f"{self.folder}/haproxy.cfg"], self.folder / "log")
        try:
            self._program.until(self.ready, "HAProxy")
        except BaseException:
            self.destroy()
            raise

    @property
    def runtime(self) -> Path:
        """The socket of its runtime API."""
        return self.folder / "runtime.sock"

    @property
    def scrape(self) -> str:
        """Configuration with which Prometheus scrapes it as tracks."""
        return AS_TRACKS.format(port=self.exporter)

    def ready(self) -> bool:
        """Whether the exporter answers; raises OSError while nothing listens."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.exporter}/metrics", timeout=5) as answer:
            return bool(answer.status == 200)

    def destroy(self) -> None:
        """Stops it and removes its folder."""
        self._program.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
