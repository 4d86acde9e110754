"""What an operator sets and judgement needs: windows, goals, prices, queries. The config is read into these."""

from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Goals:
    """What the fleet aims at."""

    hit_ratio: float = 0.9
    """Cache hit ratio, 0..1."""
    build_minutes: dict[str, float] = field(default_factory=dict)
    """p50 of default-branch pipelines in minutes, by project path or its last part."""
    monthly_budget: float | None = None
    """In the currency of the rates."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Price of a job minute."""

    currency: str = ""
    """ISO 4217 code; empty: no prices are set."""
    per_minute: dict[str, float] = field(default_factory=dict)
    """Price by runner tag; a job takes the dearest of its runner's tags."""
    default_per_minute: float | None = None
    priced_on: str = ""
    """Date of these prices, shown beside the sums."""


DEFAULT_QUERIES: dict[str, str] = {
    "redis_hit_ratio": (
        "sum by (instance) (rate(redis_keyspace_hits_total[5m])) / "
        "(sum by (instance) (rate(redis_keyspace_hits_total[5m])) + "
        "sum by (instance) (rate(redis_keyspace_misses_total[5m])))"
    ),
    "runner_busy": 'sum by (runner_name) (gitlab_runner_jobs{state="running"})',
    "runner_limit": "sum by (runner_name) (gitlab_runner_limit)",
    "runner_queue_p95": (
        "histogram_quantile(0.95, sum by (runner_name, le) "
        "(rate(gitlab_runner_job_queue_duration_seconds_bucket[15m])))"
    ),
    "track_request_rate": 'sum by (service, track) (rate(http_requests_total{track!=""}[5m]))',
    "track_error_ratio": (
        'sum by (service, track) (rate(http_requests_total{track!="",code=~"5.."}[5m])) / '
        'sum by (service, track) (rate(http_requests_total{track!=""}[5m]))'
    ),
    "track_p95_seconds": (
        "histogram_quantile(0.95, sum by (service, track, le) "
        '(rate(http_request_duration_seconds_bucket{track!=""}[5m])))'
    ),
    "container_cpu": 'sum by (name) (rate(container_cpu_usage_seconds_total{name!=""}[5m]))',
    "container_memory": 'max by (name) (container_memory_working_set_bytes{name!=""})',
}
"""Every PromQL the console asks, by the name under `[contexts.NAME.prometheus.queries]`."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the boards need to know of the config."""

    context: str = "default"
    goals: Goals = field(default_factory=Goals)
    rates: Rates = field(default_factory=Rates)
    queries: dict[str, str] = field(default_factory=lambda: dict(DEFAULT_QUERIES))
    window: timedelta = timedelta(days=7)
    """How far back ratios and percentiles look unless a pane says otherwise."""
    production: bool = False
