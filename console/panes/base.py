"""What every pane is made of: levels that one goes down into and back from, over one table.

The pane follows the board of its deepest level, and rests while it is hidden.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message

from ..messages import Notice, PlaceChanged
from ..text import age, count
from ..widgets.cells import Cell, Row, cell
from ..widgets.line import Line
from ..widgets.rows import Rows
from . import PaneKind
from .level import Level, called, gathered, why_empty, why_not

if TYPE_CHECKING:
    from ..ports import Services


@dataclass
class Stand:
    """Where the operator stands in one level."""

    level: Level
    board: Any = None
    key: str | None = None
    filter: str = ""
    sort: str = ""
    descending: bool = False
    hidden: frozenset[str] = frozenset()
    stored_at: datetime | None = None
    """When the board was stored by an earlier run; None once it was read anew."""


class Pane(Vertical):
    """A stack of levels over one table, with a line that sums up and, where there is room, a chart."""

    DEFAULT_CSS = """
    Pane { height: 1fr; }
    Pane > Rows { min-height: 4; }
    Pane > .note { height: 1; }
    Pane > Chart { height: 45%; display: none; }
    Pane.-charted > Chart { display: block; }
    Pane.-chart-only > Rows { height: 0; min-height: 0; }
    Pane.-chart-only > Chart { height: 1fr; }
    Pane.-dim Rows { text-style: dim; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,h,left,backspace", "back", "Back", id="pane.back"),
        Binding("w", "option('window')", "Window", id="pane.window"),
        Binding("b", "option('by')", "By", id="pane.by"),
        Binding("c", "chart", "Chart", id="pane.chart"),
        Binding("v", "numbers", "Numbers", id="pane.numbers"),
        Binding("e", "evidence", "Evidence", id="pane.evidence"),
        Binding("comma", "app.columns", "Columns", id="pane.columns", show=False),
        Binding("tab", "app.next_pane(1)", "Next pane", id="pane.next", show=False),
        Binding("shift+tab", "app.next_pane(-1)", "Previous pane", id="pane.previous", show=False),
    ]
    ROOM_FOR_CHART = 30
    """Terminal lines from which on a chart stands beside its table without being asked for."""
    AGE_SECONDS = 10
    """Between looks at the age of what an earlier run stored."""
    SETTLE_SECONDS = 0.15
    """A chart follows the cursor once it has rested this long: a held key draws none."""

    def __init__(self, kind: PaneKind, services: "Services | None", clock: Callable[[], datetime]) -> None:
        super().__init__(id=f"pane-{kind.name}")
        self.kind = kind
        self.services = services
        self.clock = clock
        self.stands = [Stand(kind.first())]
        self.problem = ""
        self._changed = asyncio.Event()
        self._chart_asked: bool | None = None
        self._chart_timer: Any = None
        self._age_timer: Any = None
        self._visiting = ""
        self._note: Cell = ()
        """Of the board on screen: made once, since a moving cursor says it again at each step."""

    def compose(self) -> ComposeResult:
        yield Line(classes="note")
        yield Rows(self.clock)

    # --- Where one stands ------------------------------------------------------------------------------------------

    @property
    def stand(self) -> Stand:
        """The deepest level."""
        return self.stands[-1]

    @property
    def table(self) -> Rows:
        return self.query_one(Rows)

    @property
    def breadcrumb(self) -> tuple[str, ...]:
        return tuple(stand.level.title for stand in self.stands)

    def remember(self) -> Stand:
        """The deepest level's stand, up to date with cursor, order and filter."""
        table, stand = self.table, self.stand
        stand.key = table.row.key if table.row and table.steered else stand.key
        stand.filter, stand.sort, stand.descending = table.filter.text, table.sorted_by, table.descending
        stand.hidden = table.hidden
        return stand

    def on_mount(self) -> None:
        self.table.moved = self._say_note
        self._enter()

    def _enter(self) -> None:
        """Show the deepest level from what is known of it, and follow its board."""
        stand, table = self.stand, self.table
        table.empty = stand.level.empty if stand.board is not None else self.problem or "Loading…"
        table.show_columns(stand.level.columns)
        table.set_filter(stand.filter)
        table.sort_by(stand.sort, stand.descending)
        table.hide(stand.hidden)
        table.go_to(stand.key)
        if stand.board is not None:
            self._show(stand.board, stand.level.rows(stand.board))
        else:
            self._note = ()
            self.query_one(".note", Line).say(())
        self._arrange_chart()
        self.post_message(PlaceChanged())
        if self.display:
            self.follow()

    def restore(self, board: Any, stand: Stand) -> None:
        """Before mounting: start from what was shown last."""
        stand.level, stand.board = self.stands[0].level, board
        self.stands = [stand]

    # --- Following the board ---------------------------------------------------------------------------------------

    def changed(self, topics: frozenset[str]) -> None:
        """Sync says that these topics changed; a burst is one redraw, since the event is cleared before the read.

        An empty table tells why it is, which the sources' state may be.
        """
        if topics & self.stand.level.topics or ("sources" in topics and not self.table.shown):
            self._changed.set()

    def fail(self, problem: str) -> None:
        """Nothing can be read at all, as `problem` says; empty: now it can."""
        self.problem = problem
        self._enter()

    def attend(self, services: "Services | None") -> None:
        """Read from these services from now on; None: there are none yet."""
        self.services = services
        if self.is_mounted and self.display:
            self.follow()

    @work(exclusive=True, group="board")
    async def follow(self) -> None:
        """Show the board; whenever sync says a topic of ours changed, show it again."""
        if self.services is None:
            return
        from ..ports import SourceError

        stand = self.stand
        while True:
            self._changed.clear()
            try:
                board = await stand.level.board(self.services)
            except SourceError as error:
                self.problem = str(error)  # the last good rows stay
                self._say_note()
            else:
                self.problem = ""
                rows = await gathered(stand.level.rows(board))
                stand.board, stand.stored_at = board, None
                self.table.empty = why_empty(self.services.sync.health(), stand.level.empty)
                self._show(board, rows)
            await self._changed.wait()

    def on_show(self) -> None:
        self.follow()

    def on_hide(self) -> None:
        self.workers.cancel_group(self, "board")

    def _show(self, board: Any, rows: Iterable[Row]) -> None:
        self._note = self.stand.level.note(board)
        self.table.replace(rows)
        self._say_note()
        self._draw_chart()
        self._arrive()

    def _say_note(self) -> None:
        stand, note = self.stand, self._note
        if self.problem:
            note = (("! ", "bad"), (self.problem, "bad"), ("   ", ""), *note)
        elif stand.stored_at is not None:
            note = (*cell(f"as of {age(stand.stored_at, self.clock())} ago   ", "warn"), *note)
            self._age_timer = self._age_timer or self.set_timer(self.AGE_SECONDS, self._say_age)
        right = (*self._filling(), *cell(self.table.position, "mute"))
        self.query_one(".note", Line).say(note, right)

    def _say_age(self) -> None:
        """What was stored grows older while nothing newer comes."""
        self._age_timer = None
        self._say_note()

    def _filling(self) -> Cell:
        """How far back history goes while it is being filled: sums over a wider window are of what is there."""
        sources = self.services.sync.health() if self.services is not None else ()
        filling = next((one for one in sources if one.total and (one.loaded or 0) < one.total), None)
        if filling is None:
            return ()
        since = filling.complete_since
        some = f"{count(filling.loaded or 0)} of {count(filling.total or 0)} projects loaded"
        told = f"history back to {since.astimezone():%d %b}" if since else some
        return cell(f"{told}   ", "warn")

    # --- Going down and back ---------------------------------------------------------------------------------------

    def on_rows_chosen(self, message: Rows.Chosen) -> None:
        message.stop()
        if self.stand.board is None:
            return
        following = self.stand.level.down(self.stand.board, message.key)
        if following is None and self.stand.level.evident:
            self.action_evidence()
        else:
            self._open(following, "Nothing lies below this row.")

    def _open(self, following: Level | Message | None, nothing: str) -> None:
        if isinstance(following, Level):
            self.go_down(following)
        else:
            self.post_message(Notice(nothing) if following is None else following)

    @work(exclusive=True, group="evidence")
    async def action_evidence(self) -> None:
        """Open what the row under the cursor rests on."""
        from ..ports import SourceError

        stand, row = self.stand, self.table.row
        if row is None or stand.board is None or self.services is None:
            return
        try:
            found = await stand.level.evidence(self.services, stand.board, row.key)
        except SourceError as error:
            self.post_message(Notice(str(error), "warning"))
            return
        if stand is self.stand:
            self._open(found, "There is nothing to look at behind this row: nothing failed or missed here.")

    def go_down(self, level: Level) -> None:
        """Open a deeper level."""
        self.remember()
        self.stands.append(Stand(level, key=level.at))
        self._enter()

    def action_back(self) -> None:
        """Leave the filter first, then the level."""
        if self.table.filter.text:
            self.table.set_filter("")
            self.post_message(PlaceChanged())
        elif self.has_class("-chart-only"):
            self.action_chart()
        elif len(self.stands) > 1:
            self.stands.pop()
            self._enter()

    def visit(self, place: str, wanted: str) -> None:
        """From the first level, open the row called `place`, and filter by `wanted`; either may be empty."""
        if place:
            del self.stands[1:]
            self._visiting = place
            self._enter()
        if wanted:
            self.table.set_filter(wanted)

    def _arrive(self) -> None:
        """Open the row a `:` line named, once it is there."""
        place, self._visiting = self._visiting, ""
        if not place:
            return
        named = [row for row in self.table.shown if any(called(place, value) for value in row.fields.values())]
        if named:
            self.table.go_to(named[0].key)
            self.on_rows_chosen(Rows.Chosen(named[0].key))
        else:
            self.post_message(Notice(f"Nothing here is called {place}.", "warning"))

    def action_option(self, name: str) -> None:
        stand = self.remember()
        self.stands[-1] = Stand(stand.level.option(name), key=stand.key, filter=stand.filter)
        self._enter()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether a key can act now: None shows it disabled."""
        level = self.stand.level
        can = {
            "back": len(self.stands) > 1 or bool(self.table.filter.text) or self.has_class("-chart-only"),
            "option": bool(parameters) and parameters[0] in level.options,
            "chart": level.charted,
            "evidence": level.evident,
            "numbers": self.has_class("-charted"),
        }
        return can.get(action, True) or None

    def on_key(self, event: events.Key) -> None:
        """A key that cannot act says why; Esc on the first level is a habit, and no question."""
        active = self.screen.active_bindings.get(event.key)
        if active and active.node is self and not active.enabled and active.binding.action != "back":
            event.stop()
            self.post_message(Notice(why_not(active.binding.action, active.binding.description), "warning"))

    # --- Moved, sorted, filtered -----------------------------------------------------------------------------------

    def on_rows_moved(self, message: Rows.Moved) -> None:
        message.stop()
        self._draw_chart()

    def on_rows_arranged(self, message: Rows.Arranged) -> None:
        message.stop()
        self._say_note()
        self.post_message(PlaceChanged())

    # --- The chart -------------------------------------------------------------------------------------------------

    def action_chart(self) -> None:
        """Beside the table, alone, or not at all, where there is room for both; else alone or not at all."""
        roomy = self.app.size.height >= self.ROOM_FOR_CHART
        if self.has_class("-chart-only"):
            self.remove_class("-chart-only")
            self._chart_asked = False
        elif self.has_class("-charted") or not roomy:
            self.add_class("-chart-only")
            self._chart_asked = True
        else:
            self._chart_asked = True
        self._arrange_chart()
        self.post_message(PlaceChanged())

    def action_numbers(self) -> None:
        """The numbers behind the chart, as a table."""
        from ..widgets.chart import Chart

        for chart in self.query(Chart):
            chart.action_numbers()

    def on_resize(self) -> None:
        self._arrange_chart()

    def _arrange_chart(self) -> None:
        roomy = self.app.size.height >= self.ROOM_FOR_CHART
        wanted = self._chart_asked if self._chart_asked is not None else roomy
        shown = self.stand.level.charted and wanted and (roomy or self.has_class("-chart-only"))
        if not shown:
            self.remove_class("-chart-only")
        self.set_class(shown, "-charted")
        if shown:
            self._draw_chart()

    def _draw_chart(self) -> None:
        if not self.has_class("-charted"):
            return
        if self._chart_timer is not None:
            self._chart_timer.stop()
        self._chart_timer = self.set_timer(self.SETTLE_SECONDS, self._put_chart)

    async def _put_chart(self) -> None:
        """Give the chart what the row under the cursor shows; the chart is made when first seen."""
        from ..widgets.chart import Chart

        self._chart_timer = None
        if self.stand.board is None or not self.has_class("-charted"):
            return
        charts = self.query(Chart)
        if not charts:
            await self.mount(Chart())
        row = self.table.row
        self.query_one(Chart).set_data(self.stand.level.chart(self.stand.board, row.key if row else None))
