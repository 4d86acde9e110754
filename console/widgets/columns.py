"""Which columns fit a width, and a row of cells as runs of equal tone."""

from collections.abc import Iterable, Mapping, Sequence

from rich.cells import cell_len, set_cell_size

from .cells import Cell, Column, Row, Span

GAP = 2
"""Blanks between columns."""


def natural_widths(columns: Sequence[Column], rows: Iterable[Row]) -> dict[str, int]:
    """How wide each stretching column's longest cell is; one that paints itself can use any width."""
    places = [(at, column) for at, column in enumerate(columns) if column.stretch]
    widths = {column.id: column.widest if column.paint else column.width for _, column in places}
    for row in rows:
        for at, column in places:
            widths[column.id] = max(widths[column.id], sum(_length(text) for text, _ in row.cells[at]))
    return widths


def _length(text: str) -> int:
    return len(text) if text.isascii() else cell_len(text)


def fit(
    columns: Sequence[Column], width: int, natural: Mapping[str, int] | None = None
) -> tuple[tuple[Column, int], ...]:
    """The columns that fit into `width`, in their order, each with the width it gets.

    Columns of priority 0 always stay, the others leave from the highest priority number on; what is left over goes
    to the stretching columns in equal parts, to none more than its longest cell (`natural`) can use.
    """
    shown = sorted(columns, key=lambda column: column.priority)
    while shown[-1].priority > 0 and _needed(shown) > width:
        shown.pop()
    widths = {column.id: column.width for column in shown}
    useful = {column.id: min(column.widest, (natural or {}).get(column.id, column.widest)) for column in shown}
    spare = width - _needed(shown)
    elastic = [column for column in shown if column.stretch and column.width < useful[column.id]]
    while spare > 0 and elastic:
        share = max(1, spare // len(elastic))
        for column in elastic:
            more = min(share, spare, useful[column.id] - widths[column.id])
            widths[column.id] += more
            spare -= more
        elastic = [column for column in elastic if widths[column.id] < useful[column.id]]
    return tuple((column, widths[column.id]) for column in columns if column.id in widths)


def _needed(columns: Sequence[Column]) -> int:
    return sum(column.width for column in columns) + GAP * (len(columns) - 1)


def sized(spans: Iterable[Span], width: int, right: bool = False) -> Cell:
    """The cell cut or padded to exactly `width` terminal columns; a cut text ends in an ellipsis."""
    out: list[Span] = []
    left = width
    for text, tone in spans:
        length = _length(text)
        if length > left:
            out.append((_cut(text, left), tone))
            left = 0
            break
        out.append((text, tone))
        left -= length
    if left:
        out.insert(0, (" " * left, "")) if right else out.append((" " * left, ""))
    return tuple(out)


def _cut(text: str, width: int) -> str:
    if width <= 0:
        return ""
    head = text[: width - 1] if text.isascii() else set_cell_size(text, width - 1)
    return head + "…"


def line(row: Row, layout: Sequence[tuple[Column, int]], index: dict[str, int], *, marked: bool = False) -> list[Span]:
    """The row as runs: neighbours of one tone are one span, so that the terminal is told each tone once.

    A marked row's first cell begins with a dot.
    """
    runs: list[Span] = []
    for number, (column, width) in enumerate(layout):
        if number:
            _append(runs, " " * GAP, "")
        shown = _cell(row, column, width, index)
        if marked and number == 0:
            shown = (("● ", "accent"), *shown)
        for text, tone in sized(shown, width, column.right):
            _append(runs, text, tone)
    return runs


def _cell(row: Row, column: Column, width: int, index: dict[str, int]) -> Cell:
    if column.paint is not None and column.id in row.values:
        return column.paint(row.values[column.id], width)
    return row.cells[index[column.id]]


def _append(runs: list[Span], text: str, tone: str) -> None:
    if runs and (runs[-1][1] == tone or (tone == "" and text.isspace())):
        runs[-1] = (runs[-1][0] + text, runs[-1][1])
    elif text:
        runs.append((text, tone))
