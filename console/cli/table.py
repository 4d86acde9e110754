"""Plain tables that fit the terminal they are printed to."""

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size

GAP = "  "


@dataclass(frozen=True, slots=True)
class Column:
    """One column."""

    title: str
    right: bool = False
    """Numbers end at one edge."""
    least: int = 0
    """Cells it is never narrowed below; its title always fits, and a number is never cut."""
    optional: int = 0
    """Left out in a narrow terminal, the highest number first; 0 never."""


def terminal_width(env: Mapping[str, str] = os.environ) -> int | None:
    """Cells in a line of the terminal stdout is; None in a pipe, where nothing is cut."""
    if not sys.stdout.isatty():
        return None
    return int(env["COLUMNS"]) if env.get("COLUMNS", "").isdigit() else shutil.get_terminal_size().columns


def colours(env: Mapping[str, str] = os.environ) -> bool:
    """Whether stdout takes colours and nobody said NO_COLOR."""
    return sys.stdout.isatty() and not env.get("NO_COLOR") and env.get("TERM", "dumb") not in ("", "dumb")


def render(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int | None) -> str:
    """Header and rows as lines. Columns too many for `width` are left out, those too wide are cut with an ellipsis."""
    kept = _kept(columns, rows, width)
    widths = _widths([columns[at] for at in kept], [[row[at] for at in kept] for row in rows], width)
    lines = [_line([columns[at].title for at in kept], [columns[at] for at in kept], widths)]
    lines += [_line([row[at] for at in kept], [columns[at] for at in kept], widths) for row in rows]
    return "\n".join(lines)


def _kept(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int | None) -> list[int]:
    kept = list(range(len(columns)))
    while width is not None:
        least = [_floor(columns, rows, at) for at in kept]
        spare = [at for at in kept if columns[at].optional]
        if not spare or sum(least) + len(GAP) * (len(kept) - 1) <= width:
            break
        kept.remove(max(spare, key=lambda at: columns[at].optional))
    return kept


def _natural(columns: Sequence[Column], rows: Sequence[Sequence[str]], at: int) -> int:
    return max([cell_len(columns[at].title), *(cell_len(row[at]) for row in rows)])


def _floor(columns: Sequence[Column], rows: Sequence[Sequence[str]], at: int) -> int:
    natural = _natural(columns, rows, at)
    return natural if columns[at].right else min(natural, max(columns[at].least, cell_len(columns[at].title)))


def _widths(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int | None) -> list[int]:
    """As wide as their contents; where that is too much, the widest gives way first."""
    widths = [_natural(columns, rows, at) for at in range(len(columns))]
    floors = [_floor(columns, rows, at) for at in range(len(columns))]
    while width is not None and sum(widths) + len(GAP) * (len(widths) - 1) > width:
        able = [at for at in range(len(columns)) if widths[at] > floors[at]]
        if not able:
            break
        widths[max(able, key=lambda at: widths[at])] -= 1
    return widths


def _line(cells: Sequence[str], columns: Sequence[Column], widths: Sequence[int]) -> str:
    parts = (_fit(text, column, width) for text, column, width in zip(cells, columns, widths, strict=True))
    return GAP.join(parts).rstrip()


def _fit(text: str, column: Column, width: int) -> str:
    length = cell_len(text)
    if length > width:
        return set_cell_size(text, width - 1) + "…"
    space = " " * (width - length)
    return space + text if column.right else text + space
