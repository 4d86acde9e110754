"""What the app is started with: the command line builds it, so that the app knows no source and no config file."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from .ports import Services

Announce = Callable[[frozenset[str]], None]
"""Called on the event loop with the topics that changed."""


class Runtime(Protocol):
    """One context at work: its services, and the sync that keeps them fresh."""

    @property
    def services(self) -> "Services": ...
    async def run(self) -> None:
        """Keep history fresh until cancelled."""
        ...

    def refresh(self) -> None:
        """Ask every source again now."""
        ...

    def watching(self, topics: frozenset[str]) -> None:
        """What the visible pane needs; what nobody looks at may rest."""
        ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class ContextInfo:
    """What the app knows of a context before it is opened."""

    name: str
    production: bool = False
    read_only: bool = False


def now() -> datetime:
    """The present time, aware and in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Launch:
    """All the app is given."""

    context: str
    contexts: tuple[ContextInfo, ...]
    open: Callable[[str, Announce], Awaitable[Runtime]]
    """Opens a context behind the first paint; raises SourceError when its history cannot be used."""
    state_path: Callable[[str], Path]
    """Where a context's last screen is kept."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Binding id to keys, as Textual's keymap wants it."""
    theme: str = ""
    themes_folder: Path | None = None
    """The operator's own themes."""
    mouse: bool = True
    clock: Callable[[], datetime] = now
