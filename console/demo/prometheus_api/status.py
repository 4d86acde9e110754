"""What Prometheus says about itself."""

from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from console.demo.metrics import MetricStore
from console.demo.metrics.platform import VERSION
from console.demo.prometheus_api.answers import success
from console.demo.prometheus_api.times import rfc3339


class Status:
    """Health, build and run-time information."""

    def __init__(self, store: MetricStore) -> None:
        self.store = store

    async def healthy(self, request: Request) -> Response:
        """That the process runs."""
        return PlainTextResponse("Prometheus Server is Healthy.\n")

    async def ready(self, request: Request) -> Response:
        """That it answers queries."""
        return PlainTextResponse("Prometheus Server is Ready.\n")

    async def build(self, request: Request) -> Response:
        """Version and build."""
        revision = "906f6a33b60cec2596018ac8cc97ac41b16b06b7"
        build = {"version": VERSION, "revision": revision, "branch": "HEAD", "goVersion": "go1.22.8"}
        return success({**build, "buildUser": "root@builder", "buildDate": "20241104-17:29:15"})

    async def runtime(self, request: Request) -> Response:
        """Start, retention and number of series."""
        store = self.store
        found: dict[str, Any] = {
            "startTime": rfc3339(store.world.origin),
            "CWD": "/prometheus",
            "reloadConfigSuccess": True,
            "lastConfigTime": rfc3339(store.world.origin),
            "corruptionCount": 0,
            "goroutineCount": 64,
            "GOMAXPROCS": 4,
            "GOGC": "",
            "GODEBUG": "",
            "storageRetention": "90d",
        }
        return success(found)
