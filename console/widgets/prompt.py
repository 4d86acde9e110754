"""The line in which a filter or a command is typed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.suggester import SuggestFromList
from textual.widget import Widget
from textual.widgets import Input


class Prompt(Input):
    """One line; a filter acts while it is typed, a command at Enter."""

    DEFAULT_CSS = """
    Prompt { height: 1; border: none; padding: 0 1; background: $surface; }
    Prompt:focus { border: none; background: $surface; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
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

    def __init__(self, kind: str, start: str, words: Sequence[str], back: Widget | None) -> None:
        super().__init__(
            start,
            placeholder="filter: word !not field:value age:<2h" if kind == "filter" else "command",
            suggester=SuggestFromList(words) if words else None,
            compact=True,
            select_on_focus=False,
        )
        self.kind = kind
        self.late: list[events.Key] = []
        """Typed after Enter or Esc, before the focus had moved: a paste or a slow link brings several keys at once."""
        self._focus_after = back
        self._answered = False

    def on_input_changed(self, message: Input.Changed) -> None:
        message.stop()
        if self.kind == "filter":
            self.post_message(self.Edited(message.value))

    def _close(self, text: str | None) -> None:
        """Give the focus back at once; keys that are already on their way to us are kept in `late`."""
        if not self._answered:
            self._answered = True
            self.screen.set_focus(self._focus_after)
            self.post_message(self.Closed(self, text))

    def pass_on_late_keys(self) -> None:
        """Let the keys that came too late for us act where the focus is now."""
        for key in self.late:
            self.app.post_message(events.Key(key.key, key.character))

    async def _on_key(self, event: events.Key) -> None:
        """Enter and Esc act here and not as bindings, which the app runs after the keys that stand behind them."""
        if self._answered:
            self.late.append(event)
        elif event.key == "enter":
            self._close(self.value)
        elif event.key == "escape":
            self._close(None)
        else:
            await super()._on_key(event)
            return
        event.stop()
        event.prevent_default()
