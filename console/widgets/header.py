"""The top line in words: context, sources, counts of what is wrong."""

from datetime import datetime

from ..boards.header import HeaderBoard
from ..model.freshness import SourceHealth, State
from ..text import age
from .cells import Cell, Span

_MARKS: dict[State, Span] = {
    State.LIVE: ("●", "ok"),
    State.LOADING: ("◌", "run"),
    State.SLOW: ("◐", "warn"),
    State.STALE: ("○", "warn"),
    State.LIMITED: ("◔", "warn"),
    State.FAILING: ("✗", "bad"),
    State.OFF: ("–", "mute"),
}


def source_cell(one: SourceHealth, now: datetime, *, long: bool) -> Cell:
    """One source: `● gitlab`, `✗ docker:edge down since 13:51, try 3 in 8s`; the reason too when there is room."""
    mark, tone = _MARKS[one.state]
    spans: Cell = ((f"{mark} ", tone), (one.source, tone if tone == "bad" else ""))
    words = _words(one, now, long)
    return (*spans, (f" {words}", tone if tone != "ok" else "mute")) if words else spans


def _words(one: SourceHealth, now: datetime, long: bool) -> str:
    if one.state is State.LOADING and one.total:
        return f"{one.loaded or 0}/{one.total}"
    if one.state is State.LIMITED and one.next_try:
        return f"429 until {one.next_try.astimezone():%H:%M:%S}"
    if one.state is State.SLOW:
        return "slow"
    if one.state is State.STALE:
        return f"{age(one.fresh_at, now)} old"
    if one.state is not State.FAILING:
        return ""
    since = f"down since {one.since.astimezone():%H:%M}" if one.since else "down"
    again = f", try {one.tries + 1} in {age(now, one.next_try)}" if one.next_try and one.next_try > now else ""
    return f"{since}{again}" + (f": {one.reason}" if long and one.reason else "")


def header_spans(context: str, production: bool, board: HeaderBoard | None, now: datetime, width: int) -> Cell:
    """The left part of the top line, for a terminal of `width` columns."""
    spans: Cell = ((f" {context} ", "production" if production else "context"),)
    if board is None:
        return (*spans, ("  starting…", "mute"))
    for one in board.sources:
        if one.state is not State.OFF:
            spans = (*spans, ("  ", ""), *source_cell(one, now, long=width >= 140))
    return spans


def counts_spans(board: HeaderBoard | None) -> Cell:
    """The right part: what is wrong, quiet when nothing is."""
    if board is None:
        return ()
    spans: Cell = ()
    if board.failing:
        spans = ((f"{board.failing} source{'s' * (board.failing > 1)} failing  ", "bad"),)
    broken: Span = (f"✗ {board.broken} broken", "bad") if board.broken else ("✓ none broken", "ok")
    return (*spans, broken, (f"  ▶ {board.running}", "run" if board.running else "mute"), (" ", ""))
