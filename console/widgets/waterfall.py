"""A pipeline's waterfall, one bar a job: when it waited, when it ran, and what it could have taken longer."""

from datetime import timedelta

from ..boards.pipelines import Bar
from ..model.pipelines import Status
from .cells import Cell, Span
from .glyphs import status_span

QUEUE, RUN, SLACK, CRITICAL = "░", "█", "·", "◆"
"""Shapes differ, so that a bar says the same without colour; a critical job's bar begins with the diamond."""


def bar_cell(bar: Bar, total: timedelta, width: int) -> Cell:
    """The bar on a scale of `width` columns for `total`, the whole pipeline.

    A job that ran at all has at least one column, even on a scale where it is shorter than that.
    """
    if total <= timedelta() or width < 1:
        return ()
    start, ready, end = (
        _column(at, total, width) for at in (bar.start, bar.start + bar.queued, bar.start + bar.queued + bar.running)
    )
    ran = bar.running > timedelta() or bar.critical
    if ran:
        ready = min(ready, width - 1)
        start, end = min(start, ready), max(end, ready + 1)
    slack = _column(bar.start + bar.queued + bar.running + (bar.slack or timedelta()), total, width) - end
    spans: list[Span] = [(" " * start, ""), (QUEUE * (ready - start), "mute")]
    if ran:
        spans += _run(bar, end - ready)
    spans.append((SLACK * max(0, slack), "mute"))
    return tuple((text, tone) for text, tone in spans if text)


def _run(bar: Bar, columns: int) -> list[Span]:
    glyph, tone = status_span(bar.job.status)
    tone = "run" if tone in ("ok", "mute") else tone
    body = RUN * columns
    if bar.job.status is Status.FAILED and columns > (2 if bar.critical else 1):
        body = body[:-1] + glyph
    return [(CRITICAL, "accent"), (body[1:], tone)] if bar.critical else [(body, tone)]


def _column(at: timedelta, total: timedelta, width: int) -> int:
    """The column where a time stands, 0..width."""
    return max(0, min(width, round(at / total * width)))
