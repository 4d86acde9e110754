"""Two hours of metrics in the OpenMetrics form, with figures that the console's queries give back exactly."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

STEP = timedelta(seconds=15)
SPAN = timedelta(hours=2)
END = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=4)
"""On the hour, and older than what Prometheus keeps in memory."""

GAUGES = {
    'gitlab_runner_jobs{runner_name="big",state="running"}': 7.0,
    'gitlab_runner_jobs{runner_name="big",state="preparing"}': 2.0,
    'gitlab_runner_limit{runner_name="big"}': 10.0,
    'container_memory_working_set_bytes{name="agent-brain"}': 1.6e9,
    "odd_nan": float("nan"),
    "odd_infinity": float("inf"),
}
PER_SECOND = {
    'redis_keyspace_hits{instance="cache:6379"}': 90.0,
    'redis_keyspace_misses{instance="cache:6379"}': 10.0,
    'http_requests{service="agent-brain",track="stable",code="200"}': 40.0,
    'http_requests{service="agent-brain",track="stable",code="500"}': 0.0,
    'http_requests{service="agent-brain",track="canary",code="200"}': 8.0,
    'http_requests{service="agent-brain",track="canary",code="503"}': 2.0,
    'container_cpu_usage_seconds{name="agent-brain"}': 1.5,
}
"""Counters by what they gain a second; `_total` is added to the name."""
BUCKETS = {
    'gitlab_runner_job_queue_duration_seconds{runner_name="big"}': {"10": 50.0, "60": 100.0, "+Inf": 100.0},
    'http_request_duration_seconds{service="agent-brain",track="canary"}': {"0.1": 50.0, "0.3": 100.0, "+Inf": 100.0},
}
"""Histograms by what the buckets gain a second."""


def open_metrics() -> str:
    """All of it as text."""
    return "\n".join([*_gauges(), *_counters(), *_histograms(), "# EOF", ""])


def _times() -> Iterator[tuple[float, float]]:
    """Times as seconds since 1970, and since the first."""
    for index in range(int(SPAN / STEP) + 1):
        gone = index * STEP.total_seconds()
        yield (END - SPAN).timestamp() + gone, gone


def _gauges() -> Iterator[str]:
    for series, value in sorted(GAUGES.items()):
        yield from (f"{series} {value} {at:.0f}" for at, _ in _times())


def _counters() -> Iterator[str]:
    for series, gain in sorted(PER_SECOND.items()):
        name, brace, labels = series.partition("{")
        yield from (f"{name}_total{brace}{labels} {gain * gone} {at:.0f}" for at, gone in _times())


def _histograms() -> Iterator[str]:
    for series, buckets in sorted(BUCKETS.items()):
        name, _, labels = series.rstrip("}").partition("{")
        for limit, gain in buckets.items():
            yield from (f'{name}_bucket{{{labels},le="{limit}"}} {gain * gone} {at:.0f}' for at, gone in _times())
