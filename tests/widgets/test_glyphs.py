"""Statuses and figures as glyphs."""

import pytest

from console.model.pipelines import Status
from console.widgets.cells import plain
from console.widgets.glyphs import change_cell, spark, status_span, strip_cell


def test_every_status_has_a_glyph_and_the_verdicts_differ_in_shape() -> None:
    shapes = {status: status_span(status)[0] for status in Status}
    assert all(len(glyph) == 1 for glyph in shapes.values())
    assert len({shapes[one] for one in (Status.SUCCESS, Status.FAILED, Status.RUNNING, Status.CANCELED)}) == 4


def test_a_strip_keeps_the_newest_and_tells_the_terminal_each_tone_once() -> None:
    statuses = (Status.FAILED, *[Status.SUCCESS] * 5, Status.FAILED, Status.SUCCESS)
    assert plain(strip_cell(statuses, 4)) == "✓✓✗✓"
    assert [tone for _, tone in strip_cell(statuses, 20)] == ["bad", "", "bad", ""]


@pytest.mark.parametrize(
    ("values", "shown"),
    [((), ""), ((0.0, 0.0), "▁▁"), ((10.0, 20.0), "▃█"), ((5.0, None, 5.0), "█ █"), ((None,), " ")],
)
def test_a_spark_shows_how_values_move(values: tuple[float | None, ...], shown: str) -> None:
    assert spark(values, 10) == shown


@pytest.mark.parametrize(
    ("ratio", "text", "tone"), [(0.2, "↑20%", "bad"), (-0.2, "↓20%", "ok"), (0.05, "↑5%", ""), (None, "–", "mute")]
)
def test_a_change_has_an_arrow_and_only_a_large_one_a_tone(ratio: float | None, text: str, tone: str) -> None:
    assert change_cell(ratio) == ((text, tone),)
