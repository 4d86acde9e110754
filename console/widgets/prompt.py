"""The line in which a filter or a command is typed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.suggester import SuggestFromList
from textual.widgets import Input


class Prompt(Input):
    """One line; a filter acts while it is typed, a command at Enter."""

    DEFAULT_CSS = """
    Prompt { height: 1; border: none; padding: 0 1; background: $surface; }
    Prompt:focus { border: none; background: $surface; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave", id="prompt.leave", show=False),
        Binding("tab", "cursor_right", "Complete", show=False),
    ]

    @dataclass
    class Edited(Message):
        """A filter was changed."""

        text: str

    @dataclass
    class Closed(Message):
        """Enter or Esc; `text` is None at Esc."""

        prompt: "Prompt"
        text: str | None

    def __init__(self, kind: str, start: str, words: Sequence[str]) -> None:
        super().__init__(
            start,
            placeholder="filter: word !not field:value age:<2h" if kind == "filter" else "command",
            suggester=SuggestFromList(words) if words else None,
            compact=True,
            select_on_focus=False,
        )
        self.kind = kind

    def on_input_changed(self, message: Input.Changed) -> None:
        message.stop()
        if self.kind == "filter":
            self.post_message(self.Edited(message.value))

    def on_input_submitted(self, message: Input.Submitted) -> None:
        message.stop()
        self.post_message(self.Closed(self, message.value))

    def action_leave(self) -> None:
        self.post_message(self.Closed(self, None))
