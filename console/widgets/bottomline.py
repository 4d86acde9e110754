"""The bottom line: the keys that can act now, or the filter or command being typed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from .bars import keys_spans
from .line import Line

if TYPE_CHECKING:
    from .prompt import Prompt


class BottomLine(Vertical):
    """One line. The prompt is made when first asked for."""

    DEFAULT_CSS = "BottomLine { height: 1; }"

    @dataclass
    class Said(Message):
        """A `:` line was entered; empty when it was left."""

        text: str

    @dataclass
    class Filtered(Message):
        """The filter as typed so far."""

        text: str
        done: bool

    def compose(self) -> ComposeResult:
        yield Line()

    def say(self, filter: str, marked: int) -> None:
        """Show the keys, the filter in force and the number of marked rows."""
        self.query_one(Line).say(*keys_spans(self._keys(), filter, marked, self.app.size.width))

    def _keys(self) -> list[tuple[str, str, bool]]:
        """Key, what it does and whether it can act now, of every binding meant for this line."""
        found: dict[str, tuple[str, str, bool]] = {}
        for active in self.screen.active_bindings.values():
            one = active.binding
            if one.show and one.id and one.description and one.id not in found:
                found[one.id] = (self.app.get_key_display(one), one.description, active.enabled)
        return list(found.values())

    @property
    def asking(self) -> bool:
        """Whether a prompt is open."""
        return len(self.children) > 1

    async def ask(self, kind: str, start: str, words: Sequence[str]) -> None:
        """Open the prompt for a `filter` or a `command`."""
        from .prompt import Prompt

        if self.asking:
            return
        prompt = Prompt(kind, start, words, self.screen.focused)
        await self.mount(prompt)
        self.query_one(Line).display = False
        self.screen.set_focus(prompt)

    def on_prompt_edited(self, message: "Prompt.Edited") -> None:
        message.stop()
        self.post_message(self.Filtered(message.text, done=False))

    async def on_prompt_closed(self, message: "Prompt.Closed") -> None:
        """Esc takes a filter away and leaves a command unsaid."""
        message.stop()
        self.query_one(Line).display = True
        message.prompt.pass_on_late_keys()
        await message.prompt.remove()
        if message.prompt.kind == "filter":
            self.post_message(self.Filtered(message.text or "", done=True))
        else:
            self.post_message(self.Said(message.text or ""))
