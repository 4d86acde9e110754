"""Statuses and small figures as glyphs: each differs in shape, so that colour is never needed."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from ..model.pipelines import Status
from ..text import duration
from .cells import Cell, Span

_GLYPHS: dict[Status, Span] = {
    Status.SUCCESS: ("✓", "ok"),
    Status.FAILED: ("✗", "bad"),
    Status.RUNNING: ("▶", "run"),
    Status.PENDING: ("…", "run"),
    Status.PREPARING: ("…", "run"),
    Status.WAITING_FOR_RESOURCE: ("…", "warn"),
    Status.WAITING_FOR_CALLBACK: ("…", "run"),
    Status.CREATED: ("·", "mute"),
    Status.CANCELING: ("◌", "warn"),
    Status.CANCELED: ("⊘", "mute"),
    Status.SKIPPED: ("»", "mute"),
    Status.MANUAL: ("‖", "warn"),
    Status.SCHEDULED: ("◷", "mute"),
    Status.UNKNOWN: ("?", "warn"),
}


def status_span(status: Status | None) -> Span:
    """One character for a status; no status is a dash."""
    return ("–", "mute") if status is None else _GLYPHS[status]


def status_cell(status: Status | None) -> Cell:
    """Glyph and word, such as `✗ failed`."""
    glyph, tone = status_span(status)
    return ((f"{glyph} {status.value.replace('_', ' ') if status else 'none'}", tone),)


def strip_cell(statuses: Iterable[Status], width: int) -> Cell:
    """The newest `width` statuses, oldest first. Successes stay quiet, so that failures stand out."""
    spans: list[Span] = []
    for status in tuple(statuses)[-width:]:
        glyph, tone = status_span(status)
        tone = "" if tone in ("ok", "mute") else tone
        if spans and spans[-1][1] == tone:
            spans[-1] = (spans[-1][0] + glyph, tone)
        else:
            spans.append((glyph, tone))
    return tuple(spans)


_BLOCKS = " ▁▂▃▄▅▆▇█"


def spark(values: Iterable[float | None], width: int) -> str:
    """The newest `width` values as block characters from half their minimum to their maximum; a gap is a blank.

    From zero, a series that hardly moves would be a solid bar.
    """
    kept = tuple(values)[-width:]
    known = [value for value in kept if value is not None]
    low, top = (min(known) / 2, max(known)) if known else (0.0, 0.0)
    return "".join(_block(value, low, top) for value in kept)


def spark_cell(values: Iterable[float | None], width: int) -> Cell:
    """`spark` as a column paints it."""
    return ((spark(values, width), "run"),)


def _block(value: float | None, low: float, top: float) -> str:
    if value is None:
        return " "
    return _BLOCKS[1 + round((value - low) / (top - low) * 7)] if top > low else _BLOCKS[1]


def seconds(span: timedelta | None) -> float | None:
    """What a duration sorts by."""
    return None if span is None else span.total_seconds()


def change_cell(ratio: float | None, *, worse_up: bool = True) -> Cell:
    """A relative change with an arrow; beyond 10 % it is a warning or good news."""
    if ratio is None:
        return (("–", "mute"),)
    bad = ratio > 0 if worse_up else ratio < 0
    arrow = "↑" if ratio > 0.005 else "↓" if ratio < -0.005 else "→"
    tone = "" if abs(ratio) < 0.1 else ("bad" if bad else "ok")
    return ((f"{arrow}{abs(ratio) * 100:.0f}%", tone),)


def clock_time(at: datetime | None) -> str:
    """The time in the operator's zone, with its day when it is not about today."""
    return "–" if at is None else at.astimezone().strftime("%d %b %H:%M")


def duration_cell(span: timedelta | None) -> Cell:
    """A duration, quiet when there is none."""
    return ((duration(span), "" if span is not None else "mute"),)
