"""Series for tests of the PromQL engine: a store in memory, and the same samples as OpenMetrics text."""

from collections.abc import Iterable, Iterator, Sequence
from math import nan

from console.demo.promql import Matcher, Series
from console.demo.promql.labels import Labels, label, labels_of
from console.demo.promql.numbers import encoded
from console.demo.promql.series import all_accept

STEP_MS = 15_000
START_MS = 1_700_000_100_000
"""A whole number of steps; it is 14 November 2023."""
COUNT = 160
END_MS = START_MS + (COUNT - 1) * STEP_MS


class MemoryStore:
    """Holds series; selects among them."""

    def __init__(self, series: Iterable[Series]) -> None:
        self.series = tuple(series)
        self.asked: list[tuple[int, int]] = []

    def select(self, matchers: Sequence[Matcher], start_ms: int, end_ms: int) -> Iterator[Series]:
        self.asked.append((start_ms, end_ms))
        for one in self.series:
            if all_accept(matchers, one.labels):
                inside = [(t, v) for t, v in zip(one.times, one.values, strict=True) if start_ms <= t <= end_ms]
                yield Series(one.labels, [t for t, _ in inside], [v for _, v in inside])


def series(
    name: str, values: Iterable[float], start_ms: int = START_MS, step_ms: int = STEP_MS, /, **by: str
) -> Series:
    """One series with a sample every step."""
    listed = [float(value) for value in values]
    return Series(
        labels_of({"__name__": name, **by}), [start_ms + i * step_ms for i in range(len(listed))], listed
    )  # fmt: skip


def counter(rate: float, reset_at: int = 0, start: float = 100.0) -> list[float]:
    """A counter's samples: a rate that wobbles, and a restart at one of the samples."""
    total, found = start, []
    for i in range(COUNT):
        total = 0.0 if i and i == reset_at else total + rate * 15 * (1 + 0.3 * ((i * 7919) % 11 - 5) / 5)
        found.append(round(total, 3))
    return found


def gauge(low: float, high: float, turn: int) -> list[float]:
    """A gauge's samples: up and down between two values."""
    return [round(low + (high - low) * abs((i * turn) % 40 - 20) / 20, 4) for i in range(COUNT)]


def with_gap(whole: Series, first: int, last: int) -> Series:
    """The series without the samples of these indices."""
    left = [i for i in range(len(whole.times)) if not first <= i <= last]
    return Series(whole.labels, [whole.times[i] for i in left], [whole.values[i] for i in left])


def fleet() -> list[Series]:
    """All that the shipped queries read, with restarts, gaps, NaN, late starts and early ends."""
    return [*_redis(), *_runners(), *_tracks(), *_containers(), *_odd()]


def _redis() -> Iterator[Series]:
    for place, (instance, hits, misses) in enumerate((("a:6379", 900, 50), ("b:6379", 280, 70), ("idle:6379", 0, 0))):
        start = 0.0 if instance == "idle:6379" else 1000.0
        yield series("redis_keyspace_hits_total", counter(hits, 60 * place, start), instance=instance, job="redis")
        yield series("redis_keyspace_misses_total", counter(misses, 60 * place, start), instance=instance, job="redis")


def _runners() -> Iterator[Series]:
    for place, runner in enumerate(("docker-1", "gpu-1")):
        by = {"runner_name": runner, "instance": f"{runner}:9252"}
        yield series("gitlab_runner_jobs", gauge(0, 6 + place, 3), state="running", stage="step_script", **by)
        yield series("gitlab_runner_jobs", gauge(0, 2, 7), state="running", stage="get_sources", **by)
        yield series("gitlab_runner_jobs", gauge(0, 3, 5), state="pending", **by)
        yield series("gitlab_runner_limit", [8 + place] * COUNT, **by)
        for rank, bound in enumerate(("1", "5", "30", "120", "600", "+Inf")):
            rate = (0.02 + 0.03 * rank) * (1 + place) if rank < 5 else 0.17 * (1 + place)
            name = "gitlab_runner_job_queue_duration_seconds_bucket"
            yield series(name, counter(rate, 90 * place), le=bound, **by)


def _tracks() -> Iterator[Series]:
    for service, track, requests, errors in (
        ("brain", "stable", 31, 0.06),
        ("brain", "canary", 10, 0.5),
        ("chat", "", 60, 0.1),
    ):
        by = {"service": service, "track": track}
        for method, share in (("GET", 1.0), ("POST", 0.37)):
            yield series("http_requests_total", counter(requests * share), code="200", method=method, **by)
            yield series("http_requests_total", counter(errors * share, 50), code="500", method=method, **by)
            yield series("http_requests_total", counter(errors * share / 4), code="503", method=method, **by)
        for rank, bound in enumerate(("0.05", "0.1", "0.25", "0.5", "1", "+Inf")):
            rate = requests * min(1.0, 0.3 + 0.15 * rank)
            yield series("http_request_duration_seconds_bucket", counter(rate, 110), le=bound, **by)


def _containers() -> Iterator[Series]:
    for place, name in enumerate(("brain_stable.1", "brain_canary.1", "")):
        by = {"name": name, "id": f"/docker/{place}"}
        yield series("container_cpu_usage_seconds_total", counter(0.3 + place, 40), cpu="cpu00", **by)
        yield series("container_cpu_usage_seconds_total", counter(0.2 + place), cpu="cpu01", **by)
        yield series("container_memory_working_set_bytes", gauge(8e8, 1.1e9, 3), **by)


def _odd() -> Iterator[Series]:
    yield with_gap(series("gappy", gauge(-5, 5, 3), kind="gap"), 40, 70)
    yield with_gap(series("gappy", counter(3, 100), kind="jump"), 30, 32)
    yield series("short", gauge(1, 2, 3)[:30], kind="ended")
    yield series("short", gauge(1, 2, 3)[100:], START_MS + 100 * STEP_MS, kind="late")
    yield series("sparse", gauge(1, 9, 7)[:20], START_MS, 120_000, kind="two-minutes")
    yield series("holes", [nan if i % 5 == 0 else float(i % 7) for i in range(COUNT)], kind="nan")
    yield series("holes", [float("inf") if i % 9 == 0 else -float(i) for i in range(COUNT)], kind="inf")
    yield series("owner", [1] * COUNT, instance="a:6379", team="memory", zone="eu")
    yield series("owner", [1] * COUNT, instance="b:6379", team="session", zone="us")
    yield series("tiny", [1e-9 * i for i in range(COUNT)], kind="small")
    yield series("tiny", [1e20 * i for i in range(COUNT)], kind="large")


def open_metrics(all_series: Iterable[Series]) -> str:
    """The samples as `promtool tsdb create-blocks-from openmetrics` reads them."""
    lines = [
        f"{label(one.labels, '__name__')}{_braced(one.labels)} {encoded(value)} {time / 1000:.3f}"
        for one in all_series
        for time, value in zip(one.times, one.values, strict=True)
    ]
    return "\n".join([*sorted(lines, key=lambda line: line.split("{")[0]), "# EOF", ""])


def _braced(labels: Labels) -> str:
    return "{" + ",".join(f'{name}="{value}"' for name, value in labels if name != "__name__") + "}"
