"""A table that tells the terminal only what changed: the part every pane is made of."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from .cells import Cell, Column, Row, Span, plain
from .columns import fit, line, natural_widths, sized
from .diff import changed_columns
from .grammar import Filter, parse
from .tones import tone_style

_Runs = tuple[list[Span], bool, bool]
"""Spans of one line, whether it has the cursor, whether it is marked."""


class Rows(Widget, can_focus=True):
    """Rows under a header line: one cursor that stays on its row once it was put there, sorting, a filter and marks.

    A line is repainted from its first to its last changed cell. At the edge the view moves by half a page, so that a
    held key repaints the whole table once in ten lines instead of at each.
    """

    DEFAULT_CSS = "Rows { height: 1fr; width: 1fr; color: $foreground; background: $background; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Down", id="rows.down", show=False),
        Binding("up,k", "move(-1)", "Up", id="rows.up", show=False),
        Binding("pagedown,ctrl+f", "page(1)", "Page down", id="rows.page_down", show=False),
        Binding("pageup", "page(-1)", "Page up", id="rows.page_up", show=False),
        Binding("g,home", "jump(0)", "First", id="rows.first", show=False),
        Binding("G,end", "jump(-1)", "Last", id="rows.last", show=False),
        Binding("enter,l,right", "choose", "Open", id="rows.open"),
        Binding("s", "sort", "Sort", id="rows.sort"),
        Binding("S", "reverse", "Reverse", id="rows.reverse", show=False),
        Binding("space", "mark", "Mark", id="rows.mark", show=False),
        Binding("asterisk", "mark_all", "Mark all", id="rows.mark_all", show=False),
    ]

    @dataclass
    class Chosen(Message):
        """Enter was pressed on a row."""

        key: str

    @dataclass
    class Moved(Message):
        """The cursor stands on another row, or on none."""

        key: str | None

    @dataclass
    class Arranged(Message):
        """Sort order, filter, marks or the number of rows changed."""

    def __init__(self, clock: Callable[[], datetime] | None = None, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._clock = clock or (lambda: datetime.now(UTC))
        self._columns: tuple[Column, ...] = ()
        self._index: dict[str, int] = {}
        self._all: tuple[Row, ...] = ()
        self._shown: tuple[Row, ...] = ()
        self._layout: tuple[tuple[Column, int], ...] = ()
        self._natural: dict[str, int] = {}
        self._fitted = -1
        self._fitted_height = 0
        self._painted: dict[int, _Runs] = {}
        self._styles: dict[tuple[str, bool], Style] = {}
        self._top = 0
        self._cursor = 0
        self._wanted: str | None = None
        self._filter = parse("")
        self.sorted_by: str = ""
        """Id of a column, or empty for the board's own order."""
        self.descending = False
        self.steered = False
        """Whether the cursor was put where it is; until then it stays on top, whichever row comes there."""
        self.marked: set[str] = set()
        self.hidden: frozenset[str] = frozenset()
        """Ids of columns that the operator does not want."""
        self.moved: Callable[[], None] = lambda: None
        """Called at once when the cursor moved, so that what says its position is drawn in the same frame."""
        self.empty = "Nothing here."
        """What an empty table says."""

    # --- What others set and ask -----------------------------------------------------------------------------------

    def show_columns(self, columns: Sequence[Column]) -> None:
        """Set the columns; the rows are gone, sorting returns to the board's order."""
        self._columns = tuple(columns)
        self._index = {column.id: number for number, column in enumerate(columns)}
        self._all = self._shown = ()
        self.sorted_by, self.descending = "", False
        self.marked.clear()
        self._cursor = self._top = 0
        self._wanted, self.steered = None, False
        self._natural = {}
        self._fitted = -1
        self.repaint()

    def replace(self, rows: Iterable[Row]) -> None:
        """Show these rows; a cursor that was moved stays on its row key, and only what differs is drawn."""
        self._all = tuple(rows)
        self.marked &= {row.key for row in self._all}
        self._widen()
        self._arrange()

    def _widen(self) -> None:
        """Give columns the width their cells need; they never shrink again, so that nothing jumps about."""
        now = natural_widths(self._columns, self._all)
        wider = {id: max(width, self._natural.get(id, 0)) for id, width in now.items()}
        if wider != self._natural:
            self._natural = wider
            self._fitted = -1

    def set_filter(self, text: str) -> None:
        """Show only rows that a filter line lets through."""
        self._filter = parse(text)
        self._arrange()

    def sort_by(self, column: str, descending: bool) -> None:
        """Sort by a column's id, or by the board's own order for an empty or unknown one."""
        self.sorted_by = column if column in self._index else ""
        self.descending = descending
        self._arrange()

    def hide(self, ids: frozenset[str]) -> None:
        """Leave these columns out; those of priority 0 stay whatever is asked."""
        self.hidden = ids
        self._fitted = -1
        self.repaint()
        self.post_message(self.Arranged())

    def go_to(self, key: str | None) -> None:
        """Put the cursor on a row, now or when it arrives."""
        self._wanted = key
        self.steered |= key is not None
        self._arrange()

    @property
    def columns(self) -> tuple[Column, ...]:
        """All there are, also those that do not fit or are hidden."""
        return self._columns

    @property
    def filter(self) -> Filter:
        return self._filter

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        return self._shown[self._cursor] if self._shown else None

    @property
    def label(self) -> str:
        """What the row under the cursor is called: its cell in the first column that is always on screen."""
        at = next((at for at, column in enumerate(self._columns) if column.priority == 0), None)
        return "" if at is None or self.row is None else plain(self.row.cells[at]).strip()

    @property
    def shown(self) -> tuple[Row, ...]:
        """The rows that pass the filter, in the order shown."""
        return self._shown

    @property
    def position(self) -> str:
        """`3/17`, or `3/5 of 17` under a filter."""
        where = f"{self._cursor + 1 if self._shown else 0}/{len(self._shown)}"
        return where if len(self._shown) == len(self._all) else f"{where} of {len(self._all)}"

    # --- Order and cursor ------------------------------------------------------------------------------------------

    def _arrange(self) -> None:
        before = self.row
        now = self._clock()
        rows = [row for row in self._all if self._filter(row, now)] if self._filter.tests else list(self._all)
        if self.sorted_by:
            rows = _sorted(rows, self._index[self.sorted_by], self.descending)
        self._shown = tuple(rows)
        key = self._wanted or (before.key if before and self.steered else None)
        found = next((at for at, row in enumerate(rows) if row.key == key), None)
        if found is not None:
            self._wanted = None
        self._cursor = max(0, min(found if found is not None else self._cursor, len(rows) - 1))
        self._keep_in_view(0)
        self._paint_changes()
        after = self.row
        if (after and after.key) != (before and before.key):
            self.post_message(self.Moved(after.key if after else None))
        self.post_message(self.Arranged())

    def _keep_in_view(self, step: int) -> None:
        if not self.size.height:
            return
        page = max(1, self.size.height - 1)
        top = self._top
        if not top <= self._cursor < top + page:
            if abs(step) == 1:
                top += step * max(1, page // 2)
            elif self._cursor < top:
                top = self._cursor
            else:
                top = self._cursor - page + 1
        self._top = max(0, min(top, len(self._shown) - page))

    def _move_to(self, at: int, step: int = 0) -> None:
        at = max(0, min(at, len(self._shown) - 1))
        self.steered |= bool(self._shown)
        if at == self._cursor or not self._shown:
            return
        self._cursor = at
        self._wanted = None
        self._keep_in_view(step)
        self._paint_changes()
        self.moved()
        self.post_message(self.Moved(self._shown[at].key))

    def action_move(self, step: int) -> None:
        self._move_to(self._cursor + step, step)

    def action_page(self, pages: int) -> None:
        self._move_to(self._cursor + pages * max(1, self.size.height - 2))

    def action_jump(self, at: int) -> None:
        self._move_to(at if at >= 0 else len(self._shown) - 1)

    def action_choose(self) -> None:
        if self.row:
            self.steered = True
            self.post_message(self.Chosen(self.row.key))

    def action_sort(self) -> None:
        """Sort by the next column on screen, then by the board's own order again."""
        ids = ["", *(column.id for column, _ in self._layout if column.sortable)]
        following = ids[(ids.index(self.sorted_by) + 1) % len(ids)] if self.sorted_by in ids else ""
        self.sort_by(following, False)

    def action_reverse(self) -> None:
        self.sort_by(self.sorted_by, not self.descending)

    def action_mark(self) -> None:
        if self.row:
            self.marked ^= {self.row.key}
            self.action_move(1)
            self._paint_changes()
            self.post_message(self.Arranged())

    def action_mark_all(self) -> None:
        keys = {row.key for row in self._shown}
        self.marked = set() if keys <= self.marked else self.marked | keys
        self._paint_changes()
        self.post_message(self.Arranged())

    # --- Painting --------------------------------------------------------------------------------------------------

    def repaint(self) -> None:
        """Draw every line anew: the width, the columns or the theme changed."""
        self._painted.clear()
        self._styles.clear()
        self.refresh()

    def _paint_changes(self) -> None:
        """Refresh of each visible line the part that differs from what was painted."""
        self._fit()
        for y in range(self.size.height):
            old, new = self._painted.get(y), self._runs(y)
            if old is None or old[1:] != new[1:]:
                self.refresh(Region(0, y, self.size.width, 1))
            elif (span := changed_columns(old[0], new[0])) is not None:
                start, end = span
                self.refresh(Region(start, y, end - start, 1))

    def _fit(self) -> None:
        # The first picture is drawn before any event tells the size: here, so that it is right at once.
        if self._fitted_height != self.size.height:
            self._fitted_height = self.size.height
            self._keep_in_view(0)
        if self._fitted != self.size.width and self._columns:
            self._fitted = self.size.width
            wanted = [column for column in self._columns if column.priority == 0 or column.id not in self.hidden]
            self._layout = fit(wanted, self.size.width, self._natural)

    def _runs(self, y: int) -> _Runs:
        if y == 0:
            return self._header(), False, False
        at = self._top + y - 1
        if at >= len(self._shown):
            return ([(self._why_empty, "mute")] if y == 2 and not self._shown else []), False, False
        row = self._shown[at]
        marked = row.key in self.marked
        return line(row, self._layout, self._index, marked=marked), at == self._cursor, marked

    @property
    def _why_empty(self) -> str:
        return f"None of {len(self._all)} matches; Esc takes the filter away." if self._all else self.empty

    def _header(self) -> list[Span]:
        cells = tuple(self._label(column) for column, _ in self._layout)
        named = Row("", cells)
        return line(named, self._layout, {column.id: at for at, (column, _) in enumerate(self._layout)})

    def _label(self, column: Column) -> Cell:
        arrow = ("▼" if self.descending else "▲") if column.id == self.sorted_by else ""
        return ((column.label + arrow, ""),)

    def render_line(self, y: int) -> Strip:
        self._fit()
        runs = self._runs(y)
        self._painted[y] = runs
        spans, at_cursor, _ = runs
        width = self.size.width
        padded = sized(spans, width)
        look = "header" if y == 0 else ""
        return Strip([Segment(text, self._style(look or tone, at_cursor)) for text, tone in padded], width)

    def _style(self, tone: str, at_cursor: bool) -> Style:
        style = self._styles.get((tone, at_cursor))
        if style is None:
            cursor = ("focused" if self.has_focus else "blurred") if at_cursor else ""
            style = self.rich_style + tone_style(self.app.theme_variables, tone, cursor=cursor)
            self._styles[tone, at_cursor] = style
        return style

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self.repaint()

    def on_focus(self) -> None:
        self._repaint_cursor()

    def on_blur(self) -> None:
        self._repaint_cursor()

    def _repaint_cursor(self) -> None:
        self._styles.clear()
        self.refresh(Region(0, self._cursor - self._top + 1, self.size.width, 1))

    def on_resize(self) -> None:
        self._keep_in_view(0)
        self.repaint()

    # --- Mouse -----------------------------------------------------------------------------------------------------

    def on_click(self, event: events.Click) -> None:
        if event.y == 0:
            return
        at = self._top + event.y - 1
        if at < len(self._shown):
            self._move_to(at)
            if event.chain == 2:
                self.action_choose()

    def on_mouse_scroll_down(self) -> None:
        self.action_move(3)

    def on_mouse_scroll_up(self) -> None:
        self.action_move(-3)


def _sorted(rows: list[Row], at: int, descending: bool) -> list[Row]:
    """Rows by one column, those without a value last either way; equal ones keep the board's order."""
    known = [row for row in rows if row.sort[at] is not None]
    unknown = [row for row in rows if row.sort[at] is None]
    return sorted(known, key=lambda row: row.sort[at], reverse=descending) + unknown  # type: ignore[arg-type,return-value]
