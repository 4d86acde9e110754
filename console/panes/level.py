"""What a pane shows at one depth: a plain object that turns one board into rows, tested without a screen."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from ..model.freshness import SourceHealth, State
from ..text import duration
from ..widgets.cells import Cell, Column, Row

if TYPE_CHECKING:
    from textual.message import Message

    from ..ports import Services
    from ..widgets.chartdata import ChartData

T = TypeVar("T")
AT_ONCE = 100
"""Rows made before others may have the event loop."""


class Level:
    """One table of a pane: what it reads, how its rows look, and where Enter leads."""

    title: str
    """For the breadcrumb."""
    topics: frozenset[str]
    """What sync must say has changed for the board to be read again."""
    columns: tuple[Column, ...]
    empty = "Nothing to show yet."
    options: tuple[str, ...] = ()
    """Names of the choices that `option` understands: window, by."""
    charted = False
    """Whether `chart` may give one."""
    evident = False
    """Whether `evidence` may give some."""
    at: str | None = None
    """Row on which the cursor stands when the level is opened; None: the first."""

    async def board(self, services: "Services") -> Any:
        """Read the board; raises SourceError when history cannot be read."""
        raise NotImplementedError

    def rows(self, board: Any) -> Iterable[Row]:
        """The board's rows in its own order."""
        raise NotImplementedError

    def note(self, board: Any) -> Cell:
        """One line over the table: the sum of it."""
        return ()

    def down(self, board: Any, key: str) -> "Level | Message | None":
        """What Enter on a row opens: a deeper level, something the app is asked for, or nothing."""
        return None

    async def evidence(self, services: "Services", board: Any, key: str) -> "Level | Message | None":
        """What a row's verdict rests on: a log, or the rows behind it; raises SourceError when it cannot be read."""
        return None

    def option(self, name: str) -> "Level":
        """This level with the next choice of an option."""
        raise KeyError(name)

    def chart(self, board: Any, key: str | None) -> "ChartData | None":
        """The chart for the row under the cursor."""
        return None


WINDOWS: tuple[tuple[timedelta, str], ...] = (
    (timedelta(hours=24), "24 h"),
    (timedelta(days=7), "7 days"),
    (timedelta(days=30), "30 days"),
    (timedelta(days=90), "90 days"),
)
WEEK, MONTH = WINDOWS[1][0], WINDOWS[2][0]


def window_name(window: timedelta) -> str:
    """`7 days`."""
    return dict(WINDOWS).get(window, duration(window))


def next_window(window: timedelta) -> timedelta:
    """The next wider window, after the widest the narrowest."""
    return next_of(tuple(span for span, _ in WINDOWS), window)


def next_of(values: Sequence[T], value: T) -> T:
    """The value after `value`, round and round."""
    return values[(values.index(value) + 1) % len(values)] if value in values else values[0]


def why_empty(sources: Iterable[SourceHealth], usual: str) -> str:
    """What a table without rows says: the first source that fails explains more than `usual`."""
    failing = (one for one in sources if one.reason and one.state in (State.FAILING, State.LIMITED))
    return next((f"{one.source}: {one.reason}" for one in failing), usual)


async def gathered(rows: Iterable[Row]) -> list[Row]:
    """All rows; those of a fleet of thousands take longer than a frame, so keys are let in between."""
    made: list[Row] = []
    for row in rows:
        made.append(row)
        if len(made) % AT_ONCE == 0:
            await asyncio.sleep(0)
    return made


def called(place: str, name: str) -> bool:
    """Whether a row's field is the name given: whole, or the last part of a path."""
    return name == place or name.rsplit("/", 1)[-1] == place


def why_not(action: str, description: str) -> str:
    """Why a key cannot act here."""
    reasons = {
        "numbers": "there is no chart on screen",
        "chart": "nothing here has a chart",
        "evidence": "nothing here rests on a log",
    }
    return f"{description}: {reasons.get(action, 'there is no such choice here')}."
