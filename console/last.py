"""What the screen showed last: read before anything heavy is loaded, so that the first paint waits for nothing.

One small file a context, replaced atomically; a file that cannot be read is as good as none.
"""

import os
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec


@dataclass(frozen=True, slots=True)
class Place:
    """Where the operator stood in one pane's first level."""

    key: str | None = None
    filter: str = ""
    sort: str = ""
    descending: bool = False
    hidden: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Shown:
    """A board as it was shown, still encoded: only the one on screen is decoded at start."""

    at: datetime
    board: msgspec.Raw


@dataclass(slots=True)
class Last:
    """All that a context's screen comes back with."""

    pane: str = ""
    theme: str = ""
    places: dict[str, Place] = field(default_factory=dict)
    boards: dict[str, Shown] = field(default_factory=dict)
    header: Shown | None = None


def read(path: Path) -> Last:
    """What was stored; a missing, foreign or damaged file gives an empty one."""
    try:
        return msgspec.msgpack.decode(path.read_bytes(), type=Last)
    except (OSError, msgspec.DecodeError):
        return Last()


def write(path: Path, last: Last) -> None:
    """Replace the file, readable by its owner only; raises OSError when it cannot be written."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_suffix(f".{os.getpid()}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.msgpack.encode(last))
    fresh.replace(path)


def shown(board: Any, at: datetime) -> Shown:
    """A board made ready to be stored."""
    return Shown(at, msgspec.Raw(msgspec.msgpack.encode(board)))


def board_of(stored: Shown, kind: Any) -> Any:
    """The board again, or None when this version's boards look different."""
    try:
        return msgspec.msgpack.decode(stored.board, type=kind)
    except msgspec.DecodeError:
        return None
