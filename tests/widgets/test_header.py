"""The top line in words: which fleet, how its sources are, and what is wrong."""

from dataclasses import replace
from datetime import timedelta

from console.boards.header import HeaderBoard
from console.model.freshness import SourceHealth, State
from console.widgets.cells import plain
from console.widgets.header import context_spans, header_spans
from tests.fakes import NOW

LIVE = tuple(SourceHealth(name, State.LIVE) for name in ("gitlab", "docker:swarm", "docker:edge", "prometheus"))
DOWN = SourceHealth(
    "prometheus",
    State.FAILING,
    reason="Prometheus at http://metrics:9090 refuses connections",
    since=NOW - timedelta(minutes=9),
    tries=2,
    next_try=NOW + timedelta(seconds=8),
)


def told(*sources: SourceHealth, width: int) -> str:
    left, _ = header_spans("lab", False, False, HeaderBoard(sources, 1, 6, NOW), NOW, width)
    return plain(left)


def test_a_source_that_fails_tells_since_when_and_the_next_try() -> None:
    since = f"{(NOW - timedelta(minutes=9)).astimezone():%H:%M}"
    again = f"{(NOW + timedelta(seconds=8)).astimezone():%H:%M:%S}"
    assert f"✗ prometheus down since {since}, try 3 at {again}" in told(LIVE[0], DOWN, width=100)
    assert told(replace(DOWN, next_try=NOW), width=100).endswith("try 3 now")
    assert told(LIVE[0], DOWN, width=200).endswith(": Prometheus at http://metrics:9090 refuses connections")


def test_where_not_all_sources_fit_the_one_that_fails_does() -> None:
    assert told(*LIVE, width=120).count("●") == 4
    narrow = told(*LIVE[:3], DOWN, width=110)
    assert narrow.startswith(" lab   ✗ prometheus down since")
    assert narrow.endswith("● 3 live")
    since = f"{(NOW - timedelta(minutes=9)).astimezone():%H:%M}"
    assert told(*LIVE[:3], DOWN, width=80) == f" lab   ✗ prometheus {since}  ● 3 live"


def test_when_everything_is_down_every_source_is_named() -> None:
    since = f"{(NOW - timedelta(minutes=9)).astimezone():%H:%M}"
    down = [replace(DOWN, source=name) for name in ("gitlab", "docker:swarm", "prometheus")]
    assert told(*down, width=110) == f" lab   ✗ gitlab {since}  ✗ docker:swarm {since}  ✗ prometheus {since}"


def test_a_source_that_answers_in_part_says_so() -> None:
    part = SourceHealth("gitlab", State.LIVE, reason="1 of 17 projects fail: 500")
    assert told(part, width=80) == " lab   ● gitlab!"
    assert told(part, width=200) == " lab   ● gitlab! 1 of 17 projects fail: 500"


def test_production_is_told_without_colour_too_and_read_only_beside_it() -> None:
    assert [tone for _, tone in context_spans("prod", True, True)] == ["production", "warn"]
    assert plain(context_spans("prod", True, True)) == " prod !  read-only"
    assert plain(context_spans("lab", False, False)) == " lab "
