"""The keys that are valid right now."""

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static


class KeysScreen(ModalScreen[None]):
    """Every key of the focused pane and of the app, those that cannot act now marked so."""

    DEFAULT_CSS = """
    KeysScreen { align: center middle; }
    KeysScreen > VerticalScroll {
        width: 64; max-width: 95%; height: auto; max-height: 90%; border: round $primary; padding: 0 1;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,enter", "dismiss", "Close", id="keys.close"),
    ]

    def __init__(self, bindings: Iterable[ActiveBinding]) -> None:
        super().__init__()
        self._lines = tuple(sorted(lines(bindings)))

    def compose(self) -> ComposeResult:
        with VerticalScroll() as body:
            body.border_title = "Keys"
            yield Static("\n".join(self._lines), markup=False)


def lines(bindings: Iterable[ActiveBinding]) -> Iterable[str]:
    """`j, down   Down` for each binding with a description; keys of one binding stand together."""
    keys: dict[tuple[str, bool], list[str]] = {}
    for active in bindings:
        if active.binding.description:
            keys.setdefault((active.binding.description, active.enabled), []).append(active.binding.key)
    for (description, enabled), names in keys.items():
        shown = ", ".join(_shown(name) for name in names)
        yield f"{shown:<24} {description}{'' if enabled else '   (not here)'}"


_NAMES = {
    "slash": "/",
    "colon": ":",
    "question_mark": "?",
    "minus": "-",
    "asterisk": "*",
    "escape": "Esc",
    "enter": "Enter",
    "space": "Space",
    "comma": ",",
    "exclamation_mark": "!",
}


def _shown(key: str) -> str:
    return _NAMES.get(key, key.replace("ctrl+", "Ctrl+").replace("shift+", "Shift+"))
