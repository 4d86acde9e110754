"""The top line in words: context, sources, counts of what is wrong."""

from collections.abc import Iterable
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


WIDE = 140
"""Columns from which on reasons are told too."""


LEAST_REASON = 24
"""Columns left over from which on the beginning of a reason is told there."""
NAMES, STATES, REASONS = range(3)
"""How much is told of a source."""


def source_cell(one: SourceHealth, now: datetime, detail: int) -> Cell:
    """One source: `✗ docker:edge 13:51`, `✗ docker:edge down since 13:51, try 3 at 13:53:08`, the same with the reason.

    The moment of the next try, not the seconds to it: they would have to be drawn anew each second.
    """
    mark, tone = _MARKS[one.state]
    spans: Cell = ((f"{mark} ", tone), (one.source, tone if tone == "bad" else ""))
    if one.reason and tone != "bad":  # it answers, but not all that was asked
        spans = (*spans, ("!", "warn"))
    words = _words(one, now, detail) if detail > NAMES else _moment(one)
    return (*spans, (f" {words}", tone if tone != "ok" else "warn" if one.reason else "mute")) if words else spans


def _moment(one: SourceHealth) -> str:
    failing = one.state in (State.FAILING, State.LIMITED)
    return f"{one.since.astimezone():%H:%M}" if failing and one.since else ""


def _words(one: SourceHealth, now: datetime, detail: int) -> str:
    reason = one.reason if detail == REASONS else ""
    if one.state is State.LOADING and one.total:
        return f"{one.loaded or 0}/{one.total} {reason}".rstrip()
    if one.state is State.LIMITED and one.next_try:
        return f"429 until {one.next_try.astimezone():%H:%M:%S}"
    if one.state is State.SLOW:
        return f"slow {reason}".rstrip()
    if one.state is State.STALE:
        return f"{age(one.fresh_at, now)} old"
    if one.state is not State.FAILING:
        return reason
    since = f"down since {one.since.astimezone():%H:%M}" if one.since else "down"
    waits = one.next_try is not None and one.next_try > now
    again = f"at {one.next_try.astimezone():%H:%M:%S}" if one.next_try and waits else "now"
    return f"{since}, try {one.tries + 1} {again}" + (f": {reason}" if reason else "")


def context_spans(context: str, production: bool, read_only: bool) -> Cell:
    """Which fleet this is; production has its own colour and, for those who see none, a mark."""
    name: Cell = ((f" {context}{' !' if production else ''} ", "production" if production else "context"),)
    return (*name, (" read-only", "warn")) if read_only else name


def sources_spans(board: HeaderBoard | None, now: datetime, room: int, detail: int) -> Cell:
    """Every source; where `room` columns are too few, less of each, those in trouble first, the others as a number."""
    if board is None:
        return (("  starting…", "mute"),)
    told = [one for one in board.sources if one.state is not State.OFF]
    well = [one for one in told if one.state is State.LIVE and not one.reason]
    trouble = [one for one in told if one not in well]
    count: Cell = (("  ● ", "ok"), (f"{len(well)} live", "")) if well else ()
    wanted = _apart(source_cell(one, now, detail) for one in told)
    shorter = [_apart(source_cell(one, now, least) for one in trouble) for least in (STATES, NAMES)]
    tries = [wanted, (*shorter[0], *count), (*shorter[1], *count)] if trouble else [wanted, count]
    fitting = next((spans for spans in tries if _length(spans) <= room), tries[-1])
    reason = next((f"  {one.reason}" for one in trouble if one.reason), "") if fitting is not wanted else ""
    return (*fitting, (reason, "mute")) if room - _length(fitting) > LEAST_REASON else fitting


def _apart(cells: Iterable[Cell]) -> Cell:
    return tuple(span for one in cells for span in (("  ", ""), *one))


def _length(spans: Cell) -> int:
    return sum(len(text) for text, _ in spans)


def header_spans(
    context: str, production: bool, read_only: bool, board: HeaderBoard | None, now: datetime, width: int
) -> tuple[Cell, Cell]:
    """The top line, for a terminal of `width` columns: left context and sources, right what is wrong."""
    name, right = context_spans(context, production, read_only), counts_spans(board)
    room = width - _length(name) - _length(right) - 1
    return (*name, *sources_spans(board, now, room, REASONS if width >= WIDE else STATES)), right


def counts_spans(board: HeaderBoard | None) -> Cell:
    """What is wrong, quiet when nothing is."""
    if board is None:
        return ()
    spans: Cell = ()
    if board.failing:
        spans = ((f"{board.failing} source{'s' * (board.failing > 1)} failing  ", "bad"),)
    broken: Span = (f"✗ {board.broken} broken", "bad") if board.broken else ("✓ none broken", "ok")
    return (*spans, broken, (f"  ▶ {board.running}", "run" if board.running else "mute"), (" ", ""))
