"""What there is to ask for: series, labels, metadata and targets."""

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from console.demo.metrics import MetricStore
from console.demo.metrics.flows import STEP
from console.demo.prometheus_api.answers import ApiError, as_metrics, success
from console.demo.prometheus_api.metadata import METADATA
from console.demo.prometheus_api.parameters import Parameters
from console.demo.prometheus_api.times import rfc3339
from console.demo.promql import QueryParseError
from console.demo.promql.labels import Labels
from console.demo.promql.nodes import Selector
from console.demo.promql.parser import parse
from console.demo.promql.selectors import NO_MATCHER

_LABEL_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


class Catalogue:
    """Lists what a store holds."""

    def __init__(self, store: MetricStore) -> None:
        self.store = store

    async def series(self, request: Request) -> Response:
        """Label sets that match one of the selectors; at least one is required."""
        asked = await Parameters.of(request)
        if not asked.all("match[]"):
            raise ApiError("bad_data", "no match[] parameter provided")
        return success(as_metrics(self._matching(asked)))

    async def labels(self, request: Request) -> Response:
        """Names of labels."""
        found = self._matching(await Parameters.of(request))
        return success(sorted({name for labels in found for name, _ in labels}))

    async def label_values(self, request: Request) -> Response:
        """Values of one label."""
        wanted = request.path_params["name"]
        if _LABEL_NAME.fullmatch(wanted) is None:
            raise ApiError("bad_data", f'invalid label name: "{wanted}"')
        found = self._matching(await Parameters.of(request))
        return success(sorted({value for labels in found for name, value in labels if name == wanted}))

    def _matching(self, asked: Parameters) -> list[Labels]:
        """Label sets in the span that match one of the selectors, or all without any."""
        now_ms = int(self.store.clock.now() * 1000)
        start, end = asked.time_ms("start", 0), asked.time_ms("end", now_ms)
        selectors = [_selector(text).matchers for text in asked.all("match[]")] or [()]
        return sorted({labels for matchers in selectors for labels in self.store.labels(matchers, start, end)})

    async def metadata(self, request: Request) -> Response:
        """Type and help of each metric, or of one."""
        asked = await Parameters.of(request)
        wanted = asked.text("metric")
        names = [name for name in METADATA if name == wanted] if wanted else list(METADATA)
        limit = asked.text("limit")
        return success({name: [METADATA[name]] for name in (names[: int(limit)] if limit.isdigit() else names)})

    async def targets(self, request: Request) -> Response:
        """Everything that is scraped."""
        active = [self._target(job, instance) for job, instance in self.store.targets()]
        state = (await Parameters.of(request)).text("state")
        shown = active if state in ("", "any", "active") else []
        return success({"activeTargets": shown, "droppedTargets": [], "droppedTargetCounts": {}})

    def _target(self, job: str, instance: str) -> dict[str, Any]:
        now = self.store.clock.now()
        return {
            "discoveredLabels": {"__address__": instance, "__metrics_path__": "/metrics", "job": job},
            "labels": {"instance": instance, "job": job},
            "scrapePool": job,
            "scrapeUrl": f"http://{instance}/metrics",
            "globalUrl": f"http://{instance}/metrics",
            "lastError": "",
            "lastScrape": rfc3339(now - now % STEP),
            "lastScrapeDuration": 0.012,
            "health": "up",
            "scrapeInterval": f"{STEP}s",
            "scrapeTimeout": "10s",
        }


def _selector(text: str) -> Selector:
    """The selector in a `match[]` parameter. Raises ApiError."""
    try:
        node = parse(text)
    except QueryParseError as error:
        empty = error.reason == NO_MATCHER
        reason = "match[] must contain at least one non-empty matcher" if empty else str(error)
        raise ApiError("bad_data", f'invalid parameter "match[]": {reason}') from error
    if not isinstance(node, Selector):
        raise ApiError("bad_data", 'invalid parameter "match[]": 1:1: parse error: expected a vector selector')
    return node
