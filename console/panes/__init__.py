"""The panes, one file each. A new pane is one board, one file here and one line in PANES.

The file is named like the pane and has `FIRST`, the class of its first level, and `BOARD`, the type of that level's
board. It is imported when the pane is first seen: only the one on screen belongs before the first paint.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from .level import Level


class PaneKind(NamedTuple):
    """What the app knows of a pane before it is opened."""

    key: str
    name: str
    """Its file, `:name`, its entry in the palette, and what is remembered of it."""
    title: str

    def first(self) -> "Level":
        """A new first level."""
        level: Level = import_module(f".{self.name}", __name__).FIRST()
        return level

    def board_type(self) -> Any:
        """The type of its first level's board, to read what was shown last."""
        return import_module(f".{self.name}", __name__).BOARD


PANES = (
    PaneKind("2", "pipelines", "Pipelines"),
    PaneKind("3", "builds", "Build times"),
    PaneKind("4", "cache", "Cache"),
    PaneKind("5", "spend", "Spend"),
    PaneKind("6", "rollouts", "Roll-outs"),
)
