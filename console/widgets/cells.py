"""What a table shows, as plain values: text with a tone, not a colour, so that panes are tested without a screen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

Span = tuple[str, str]
"""Text and its tone, one of those in tones.py: a theme gives each a colour, and none means anything by colour alone."""
Cell = tuple[Span, ...]

SortValue = float | str | datetime | timedelta | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    `priority` 0 is always on screen; the others leave from the highest number on when the screen is narrow.
    """

    id: str
    label: str
    width: int
    """In terminal columns; the least width where `stretch` is set."""
    priority: int = 1
    right: bool = False
    stretch: bool = False
    """Takes its part of what is left over."""
    widest: int = 10_000
    """Never wider than this, however much is left over."""
    paint: Callable[[Any, int], Cell] | None = None
    """Draws the row's `values[id]` for a width known only on screen, in place of its cell."""
    sortable: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table. `cells` and `sort` follow the columns."""

    key: str
    """Stays the same while the thing it shows is the same: the cursor stays on it."""
    cells: tuple[Cell, ...]
    sort: tuple[SortValue, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    """What `field:value` filters compare, and what a bare word searches, in lower case."""
    at: datetime | None = None
    """What `age:<2h` compares."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """For columns that paint themselves."""
    link: str = ""
    """What `y` copies and `o` opens."""


def cell(text: str, tone: str = "") -> Cell:
    """One piece of text in one tone."""
    return ((text, tone),)


def plain(cell: Cell) -> str:
    """A cell's text without tones."""
    return "".join(text for text, _ in cell)
