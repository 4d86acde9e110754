"""The lines of tabs and keys, as plain spans."""

from collections.abc import Sequence
from typing import Protocol

from .cells import Cell


class Tab(Protocol):
    """What the tab line needs of a pane."""

    @property
    def key(self) -> str: ...
    @property
    def title(self) -> str: ...


def tabs_spans(tabs: Sequence[Tab], chosen: Tab, breadcrumb: Sequence[str], width: int) -> tuple[Cell, Cell]:
    """Tabs on the left, where one is on the right; titles shrink to their keys when both do not fit."""
    deeper = " › ".join(breadcrumb[1:])
    left: Cell = ()
    room = width - len(deeper) - 2
    long = sum(len(tab.title) + 4 for tab in tabs) <= room
    for tab in tabs:
        text = f" {tab.key} {tab.title} " if long or tab is chosen else f" {tab.key} "
        left = (*left, (text, "tab" if tab is chosen else "mute"))
    return left, ((f"{deeper} ", "strong"),) if deeper else ()


def keys_spans(keys: Sequence[tuple[str, str, bool]], wanted: str, marked: int, width: int) -> tuple[Cell, Cell]:
    """The keys that can act, as many as fit, with the filter and the number of marked rows on the right."""
    right: Cell = ()
    if marked:
        right = ((f"● {marked} marked ", "accent"),)
    if wanted:
        right = (*right, (f"/{wanted} ", "warn"))
    room = width - sum(len(text) for text, _ in right) - 1
    left: Cell = ()
    for key, text, enabled in keys:
        needed = len(key) + len(text) + 3
        if not enabled:
            continue
        if needed > room:
            break
        left = (*left, (f" {key}", "accent"), (f" {text} ", "mute"))
        room -= needed
    return left, right
