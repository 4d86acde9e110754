"""Writes a config file: whole or not at all, readable by its owner alone, never over another without a backup."""

import contextlib
import difflib
import os
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from .structs import Config


def to_toml(config: Config) -> str:
    """`config` as TOML; what equals its default is left out. Raises ValueError when it would not be read back."""
    import tomli_w

    text = tomli_w.dumps(_sparse(config))
    if msgspec.toml.decode(text, type=Config) != config:
        raise ValueError("the config does not survive being written")
    return text


def _sparse(struct: msgspec.Struct) -> dict[str, Any]:
    """A struct's fields that differ from their defaults, as TOML values."""
    kept: dict[str, Any] = {}
    for one in msgspec.structs.fields(type(struct)):
        value = getattr(struct, one.name)
        empty = one.default_factory() if one.default_factory is not msgspec.NODEFAULT else one.default
        if value is not None and value != empty:
            kept[one.encode_name] = _plain(value)
    return kept


def _plain(value: Any) -> Any:
    if isinstance(value, msgspec.Struct):
        return _sparse(value)
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, tuple | list) else value


def difference(path: Path, text: str) -> str:
    """What writing `text` would change in the file at `path`, as a unified diff; empty when nothing."""
    old = path.read_text(encoding="utf-8", errors="replace")
    lines = difflib.unified_diff(
        old.splitlines(keepends=True), text.splitlines(keepends=True), str(path), f"{path} (new)"
    )
    return "".join(line if line.endswith("\n") else line + "\n" for line in lines)


def backup(path: Path, now: datetime) -> Path:
    """A copy of `path` beside it, with mode 0600 and a name nobody has taken. Raises OSError."""
    stem = f"{path.name}.{now:%Y%m%d-%H%M%S}"
    for attempt in range(100):
        copy = path.with_name(f"{stem}.bak" if attempt == 0 else f"{stem}-{attempt}.bak")
        with contextlib.suppress(FileExistsError):
            with open(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
                opened.write(path.read_bytes())
            return copy
    raise FileExistsError(f"no free name for a backup of {path}")


def write(path: Path, text: str) -> None:
    """Puts `text` at `path` in one step with mode 0600; a cut-off write leaves the old file. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # A link stays a link: many keep their config in a repository of dot files.
    target = path.resolve()
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with open(descriptor, "w", encoding="utf-8") as opened:
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
