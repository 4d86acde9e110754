"""The floor: the least Textual app that shows a table. What it costs, any app built on Textual costs."""

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.widgets import DataTable, Footer, Header

COLUMNS = ("id", "project", "ref", "status", "stage", "duration", "queued", "user")
ROWS = 200


class Floor(App[None]):
    """One DataTable of ROWS rows, a header and a footer."""

    BINDINGS: ClassVar[list[BindingType]] = [("j", "down", "Down"), ("k", "up", "Up"), ("q", "quit", "Quit")]

    def compose(self) -> ComposeResult:
        yield Header()
        yield DataTable[str](cursor_type="row")
        yield Footer()

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        table.add_columns(*COLUMNS)
        states = ("success", "failed", "running")
        for at in range(ROWS):
            row = (f"group/project-{at % 17}", "main", states[at % 3], "build", f"{at % 60}m", f"{at % 9}s", "kim")
            table.add_row(str(900_000 + at), *row)
        table.focus()

    def action_down(self) -> None:
        self.query_one(DataTable).action_cursor_down()

    def action_up(self) -> None:
        self.query_one(DataTable).action_cursor_up()


if __name__ == "__main__":
    Floor().run()
