"""Alerting rules and what they say now: evaluated over the world, as any query is."""

from dataclasses import dataclass
from math import isnan
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from console.demo.metrics import MetricStore
from console.demo.prometheus_api.answers import success
from console.demo.prometheus_api.times import rfc3339
from console.demo.promql import over_range
from console.demo.promql.labels import Labels
from console.demo.promql.numbers import encoded
from console.demo.promql.values import as_matrix

_INTERVAL = 60
"""Seconds between two evaluations."""
_LOOK_BACK = 2 * 3600
"""An alert that has been active for longer is shown as active since then."""


@dataclass(frozen=True, slots=True)
class Rule:
    """An alert that fires when its query has had an element for `wait` seconds."""

    name: str
    query: str
    wait: int
    severity: str
    summary: str


RULES = (
    Rule(
        "CanaryErrorRatioHigh",
        'sum by (service, track) (rate(http_requests_total{track="canary",code=~"5.."}[5m]))'
        ' / sum by (service, track) (rate(http_requests_total{track="canary"}[5m])) > 0.02',
        300,
        "critical",
        "More than 2 % of the canary's requests fail",
    ),
    Rule(
        "RedisHitRatioLow",
        "sum by (instance) (rate(redis_keyspace_hits_total[5m]))"
        " / (sum by (instance) (rate(redis_keyspace_hits_total[5m]))"
        " + sum by (instance) (rate(redis_keyspace_misses_total[5m]))) < 0.85",
        900,
        "warning",
        "The cache answers less than 85 % of its lookups",
    ),
    Rule("TargetDown", "up == 0", 120, "critical", "A target does not answer its scrapes"),
)


@dataclass(frozen=True, slots=True)
class Alert:
    """One element of a rule's query that is there now, and since when (Unix seconds)."""

    rule: Rule
    labels: Labels
    value: float
    since: float
    now: float

    @property
    def state(self) -> str:
        """Firing once it has waited long enough."""
        return "firing" if self.now - self.since >= self.rule.wait else "pending"

    def described(self) -> dict[str, Any]:
        """As the API lists it."""
        own = {name: value for name, value in self.labels if name != "__name__"}
        return {
            "labels": {"alertname": self.rule.name, "severity": self.rule.severity, **own},
            "annotations": {"summary": self.rule.summary},
            "state": self.state,
            "activeAt": rfc3339(self.since),
            "value": encoded(self.value),
        }


def alerts(store: MetricStore, rule: Rule) -> list[Alert]:
    """The alerts of one rule at its last evaluation."""
    last = int(store.clock.now()) // _INTERVAL * _INTERVAL
    answer = over_range(store, rule.query, (last - _LOOK_BACK) * 1000, last * 1000, _INTERVAL * 1000)
    found = []
    for series in as_matrix(answer.value):
        if series.times[-1] == last * 1000 and not isnan(series.values[-1]):
            since = _unbroken(list(series.times)) / 1000
            found.append(Alert(rule, series.labels, series.values[-1], since, last))
    return found


def _unbroken(times: list[int]) -> int:
    """Where the last run of evaluations without a gap begins."""
    at = len(times) - 1
    while at and times[at] - times[at - 1] == _INTERVAL * 1000:
        at -= 1
    return times[at]


class Rules:
    """`/api/v1/rules` and `/api/v1/alerts`."""

    def __init__(self, store: MetricStore) -> None:
        self.store = store

    async def alerts(self, request: Request) -> Response:
        """Every alert that is pending or firing."""
        found = await run_in_threadpool(lambda: [one for rule in RULES for one in alerts(self.store, rule)])
        return success({"alerts": [one.described() for one in found]})

    async def rules(self, request: Request) -> Response:
        """The one group of rules."""
        rules = await run_in_threadpool(lambda: [self._rule(rule) for rule in RULES])
        shown = [] if request.query_params.get("type") == "record" else rules
        group = {"name": "fleet", "file": "/etc/prometheus/fleet.yml", "interval": _INTERVAL, "limit": 0}
        return success({"groups": [{**group, "rules": shown}]})

    def _rule(self, rule: Rule) -> dict[str, Any]:
        found = alerts(self.store, rule)
        states = {alert.state for alert in found}
        return {
            "type": "alerting",
            "name": rule.name,
            "query": rule.query,
            "duration": rule.wait,
            "labels": {"severity": rule.severity},
            "annotations": {"summary": rule.summary},
            "alerts": [alert.described() for alert in found],
            "health": "ok",
            "state": "firing" if "firing" in states else "pending" if states else "inactive",
            "lastEvaluation": rfc3339(self.store.clock.now() // _INTERVAL * _INTERVAL),
        }
