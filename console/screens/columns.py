"""Which columns a table shows."""

from collections.abc import Collection, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import SelectionList
from textual.widgets.selection_list import Selection

from ..widgets.cells import Column


class ColumnsScreen(ModalScreen[frozenset[str] | None]):
    """Gives the ids of the columns to hide, or None when left with Esc.

    The columns that identify a row and say its status are not listed: they always stay.
    """

    DEFAULT_CSS = """
    ColumnsScreen { align: center middle; }
    ColumnsScreen > Vertical { width: 44; height: auto; max-height: 90%; border: round $primary; }
    ColumnsScreen SelectionList { border: none; height: auto; max-height: 100%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", "Leave as it was", id="columns.leave"),
        Binding("enter", "done", "Done", id="columns.done", priority=True),
        Binding("j", "app.simulate_key('down')", show=False),
        Binding("k", "app.simulate_key('up')", show=False),
    ]

    def __init__(self, columns: Sequence[Column], hidden: Collection[str]) -> None:
        super().__init__()
        self._choices = tuple(column for column in columns if column.priority > 0)
        self._hidden = frozenset(hidden)

    def compose(self) -> ComposeResult:
        with Vertical() as body:
            body.border_title = "Columns"
            body.border_subtitle = "Space chooses, Enter is done"
            yield SelectionList[str](
                *(Selection(Content(one.label), one.id, one.id not in self._hidden) for one in self._choices)
            )

    def action_done(self) -> None:
        shown = set(self.query_one(SelectionList).selected)
        self.dismiss(frozenset(column.id for column in self._choices if column.id not in shown))
