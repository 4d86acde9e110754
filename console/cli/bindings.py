"""The app's bindings as a table, read from the classes that hold them."""

from collections.abc import Iterable, Iterator
from typing import Any

from ..config.keys import KeyUse, split

ON_ONE_SCREEN = ("pane", "rows")
"""Prefixes of ids that are valid together."""


def uses() -> tuple[KeyUse, ...]:
    """Every binding with an id, in the order of the classes. Loads the app."""
    from ..app import ConsoleApp
    from ..panes.base import Pane
    from ..screens.keys import KeysScreen
    from ..screens.log import LogScreen
    from ..widgets.prompt import Prompt
    from ..widgets.rows import Rows

    holders: Iterable[Any] = (ConsoleApp, Pane, Rows, LogScreen, Prompt, KeysScreen)
    return tuple(use for holder in holders for use in of_class(holder))


def of_class(holder: Any) -> Iterator[KeyUse]:
    """The bindings of one class; those without an id cannot be remapped and are left out."""
    for binding in holder.BINDINGS:
        if binding_id := getattr(binding, "id", None):
            yield KeyUse(binding_id, split(binding.key), _scope(binding_id), binding.description)


def _scope(binding_id: str) -> str:
    """The app's bindings are valid everywhere, those of a pane and its table on one screen, others on their own."""
    prefix = binding_id.partition(".")[0]
    return "" if prefix == "app" else "panes" if prefix in ON_ONE_SCREEN else prefix
