"""A real Prometheus with a history of our making, and targets to scrape if wanted."""

import json
import shutil
import ssl
import subprocess
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

from tests.real.programs import SYSTEM_PATH, Program, free_port, need


class RealPrometheus:
    """Prometheus on a free port, with data in a temporary folder."""

    def __init__(self, *, open_metrics: str = "", scrape: str = "scrape_configs: []", web: str = "") -> None:
        """Starts it on `open_metrics`, samples with times in the OpenMetrics form.

        `scrape` is YAML for its config; `web` is YAML for its web config, where TLS and logins are set.
        """
        need("prometheus", "promtool")
        self.folder = Path(tempfile.mkdtemp(prefix="prometheus-"))
        self._program: Program | None = None
        self._web = web
        self.port = free_port()
        try:
            if open_metrics:
                self._remember(open_metrics)
            (self.folder / "prometheus.yml").write_text(f"global: {{scrape_interval: 1s}}\n{scrape}\n")
            self.start()
        except BaseException:
            self.destroy()
            raise

    @property
    def url(self) -> str:
        """What stands before /api/v1."""
        return f"http{'s' if 'tls_server_config' in self._web else ''}://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Starts it and waits until it answers queries."""
        words = [f"--config.file={self.folder}/prometheus.yml", f"--storage.tsdb.path={self.folder}/data"]
        words.append(f"--web.listen-address=127.0.0.1:{self.port}")
        if self._web:
            (self.folder / "web.yml").write_text(self._web)
            words.append(f"--web.config.file={self.folder}/web.yml")
        self._program = Program(["prometheus", *words], self.folder / "log")
        self._program.until(self.ready, "Prometheus")

    def stop(self) -> None:
        """Stops it; its data stays for the next start."""
        if self._program is not None:
            self._program.stop()
            self._program = None

    def destroy(self) -> None:
        """Stops it and removes its folder."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def ready(self) -> bool:
        """Whether it answers; raises OSError while nothing listens."""
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        try:
            with urllib.request.urlopen(f"{self.url}/-/ready", timeout=5, context=trusting) as answer:
                return bool(answer.status == 200)
        except urllib.error.HTTPError as refusal:
            return refusal.code == 401

    def count(self, metric: str) -> int:
        """How many series of a metric it has now, without the console's source."""
        with urllib.request.urlopen(f"{self.url}/api/v1/query?query={metric}", timeout=5) as answer:
            return len(json.load(answer)["data"]["result"])

    def _remember(self, open_metrics: str) -> None:
        text = self.folder / "history.txt"
        text.write_text(open_metrics)
        made = subprocess.run(
            ["promtool", "tsdb", "create-blocks-from", "openmetrics", str(text), str(self.folder / "data")],
            capture_output=True,
            text=True,
            env={"PATH": SYSTEM_PATH},
        )
        assert made.returncode == 0, made.stdout + made.stderr
