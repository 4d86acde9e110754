"""A service in two tracks on real traffic: containers behind HAProxy, measured by Prometheus."""

import socket
import urllib.error
import urllib.request
from collections import Counter

from tests.real.engine import RealEngine
from tests.real.metrics import RealPrometheus
from tests.real.programs import wait_for
from tests.real.proxy import RealProxy, Server

TRACKS = ("stable", "canary")
PAGE = """\
#!/bin/sh
draw=$(( $(od -An -N1 -tu1 /dev/urandom) * 100 / 256 ))
if [ "$draw" -lt "$(cat /fail)" ]; then echo "Status: 503 Unavailable"; fi
echo "Content-Type: text/plain"
echo
echo TRACK
"""


class RealService:
    """Service `name` whose tracks share traffic by weight and fail as often as told; labelled as the console wants."""

    def __init__(self, engine: RealEngine, name: str = "web") -> None:
        """Starts both tracks with the same weight, the proxy, and Prometheus that scrapes it each second.

        Both tracks answer when it returns; the first scrape may be seconds away.
        """
        self.name = name
        self._engine = engine
        servers = [self._track(track) for track in TRACKS]
        self.proxy = RealProxy({name: servers})
        self.prometheus = RealPrometheus(scrape=self.proxy.scrape)
        self.url = f"http://127.0.0.1:{self.proxy.fronts[name]}/cgi-bin/answer"
        wait_for(lambda: set(self.load(2)) == set(TRACKS), "both tracks answer")

    def _track(self, track: str) -> Server:
        image = f"{self.name}:{track}"
        self._engine.load(image, {"www/cgi-bin/answer": PAGE.replace("TRACK", track), "fail": "0\n"})
        made = self._engine.run(
            f"{self.name}-{track}",
            *("/bin/httpd", "-f", "-p", "8080", "-h", "/www"),
            image=image,
            labels={"console.service": self.name, "console.track": track},
        )
        made.reload()
        address = made.attrs["NetworkSettings"]["IPAddress"]
        return Server(track, f"{address}:8080", namespace=self._engine.namespace)

    def load(self, requests: int) -> Counter[str]:
        """Sends requests one after another; how many each track answered, failed ones included."""
        return Counter(self._ask() for _ in range(requests))

    def fail(self, track: str, percent: int) -> None:
        """From now on the track answers that share of requests with 503."""
        container = self._engine.client.containers.get(f"{self.name}-{track}")
        done = container.exec_run(["/bin/sh", "-c", f"echo {percent} > /fail"])
        assert done.exit_code == 0, done.output

    def weigh(self, track: str, weight: int) -> None:
        """Gives the track its weight at the proxy, 0 to 256."""
        answer = self._runtime(f"set server {self.name}/{track} weight {weight}")
        assert not answer, answer

    def weight(self, track: str) -> int:
        """The track's weight at the proxy now."""
        return int(self._runtime(f"get weight {self.name}/{track}").split()[0])

    def destroy(self) -> None:
        """Ends proxy and Prometheus; the engine's fixture removes the containers."""
        self.prometheus.destroy()
        self.proxy.destroy()

    def _ask(self) -> str:
        try:
            with urllib.request.urlopen(self.url, timeout=5) as answer:
                body: bytes = answer.read()
        except urllib.error.HTTPError as refusal:
            body = refusal.read()
        return body.decode().strip()

    def _runtime(self, command: str) -> str:
        with socket.socket(socket.AF_UNIX) as runtime:
            runtime.settimeout(5)
            runtime.connect(str(self.proxy.runtime))
            runtime.sendall(f"{command}\n".encode())
            return b"".join(iter(lambda: runtime.recv(4096), b"")).decode().strip()
