"""Uptimes, processor and memory figures, names of images."""

from datetime import UTC, datetime, timedelta

import pytest

from console.sources.docker.containers import uptime
from console.sources.docker.payloads import MemoryStats, StatsAnswer, moment, read
from console.sources.docker.swarm import without_digest
from console.sources.docker.usage import CpuTime, cores, memory_in_use, stats

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "shortest", "longest"),
    [
        ("Up Less than a second", timedelta(0), timedelta(seconds=1)),
        ("Up 1 second", timedelta(seconds=1), timedelta(seconds=2)),
        ("Up About a minute", timedelta(minutes=1), timedelta(minutes=2)),
        ("Up 59 minutes (healthy)", timedelta(minutes=59), timedelta(minutes=60)),
        ("Up About an hour", timedelta(minutes=30), timedelta(minutes=90)),
        ("Up 3 hours (Paused)", timedelta(hours=2.5), timedelta(hours=3.5)),
        ("Up 2 days", timedelta(hours=47.5), timedelta(hours=71.5)),
        ("Up 5 weeks", timedelta(days=35, hours=-0.5), timedelta(days=42, hours=-0.5)),
    ],
)
def test_an_uptime_in_words_is_a_span(status: str, shortest: timedelta, longest: timedelta) -> None:
    assert uptime(status) == (shortest, longest)


@pytest.mark.parametrize("status", ["", "Created", "Exited (0) 3 hours ago", "Restarting (1) 4 seconds ago", "Up up"])
def test_what_is_not_up_has_no_uptime(status: str) -> None:
    assert uptime(status) is None


def test_cores_are_processor_time_over_time_on_the_wall() -> None:
    before, now = CpuTime(AT, 10**9), CpuTime(AT + timedelta(seconds=2), 4 * 10**9)
    assert cores(before, now) == 1.5
    assert cores(None, now) is None
    assert cores(before, None) is None
    assert cores(now, now) is None


def test_a_container_that_started_again_has_no_figure_for_a_moment() -> None:
    assert cores(CpuTime(AT, 10**9), CpuTime(AT + timedelta(seconds=2), 10**6)) is None


@pytest.mark.parametrize(
    ("memory", "used"),
    [
        (MemoryStats(), None),
        (MemoryStats(usage=100), 100),
        (MemoryStats(usage=100, stats={"total_inactive_file": 30, "inactive_file": 10}), 70),
        (MemoryStats(usage=100, stats={"inactive_file": 30}), 70),
        (MemoryStats(usage=100, stats={"inactive_file": 130}), 100),
        (MemoryStats(privateworkingset=55), 55),
    ],
)
def test_the_page_cache_that_can_go_is_no_memory_in_use(memory: MemoryStats, used: int | None) -> None:
    assert memory_in_use(memory) == used


def test_a_container_that_has_ended_uses_nothing_that_can_be_told() -> None:
    used, at = stats("a", read({"read": "0001-01-01T00:00:00Z", "memory_stats": {}}, StatsAnswer), None)
    assert (used.cpu_cores, used.memory_bytes, used.memory_limit_bytes, at) == (None, None, None, None)


def test_windows_counts_in_hundreds_of_nanoseconds() -> None:
    told = {"read": "2026-03-01T12:00:00Z", "num_procs": 4, "cpu_stats": {"cpu_usage": {"total_usage": 7}}}
    assert stats("a", read(told, StatsAnswer), None)[1] == CpuTime(AT, 700)


@pytest.mark.parametrize("never", [None, "", "0001-01-01T00:00:00Z", "yesterday"])
def test_never_has_no_moment(never: str | None) -> None:
    assert moment(never) is None


def test_a_moment_keeps_its_zone() -> None:
    assert moment("2026-03-01T13:00:00.999999999+01:00") == AT.replace(microsecond=999_999)
    assert moment("2026-03-01T12:00:00") == AT


@pytest.mark.parametrize(
    ("image", "shown"),
    [
        ("app:1@sha256:00", "app:1"),
        ("reg:5000/app@sha256:00", "reg:5000/app@sha256:00"),
        ("reg:5000/app:2@sha256:00", "reg:5000/app:2"),
        ("app", "app"),
    ],
)
def test_a_digest_is_left_out_where_a_tag_names_the_image(image: str, shown: str) -> None:
    assert without_digest(image) == shown
