"""Where in a TOML text a key stands: tomllib tells only of syntax errors, and operators look for lines."""

import re
from collections.abc import Iterator

Path = tuple[str | int, ...]

_PART = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')"""
_DOTTED = rf"{_PART}(?:\s*\.\s*{_PART})*"
_HEADER = re.compile(rf"^\s*(\[\[?)\s*({_DOTTED})\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(rf"^\s*({_DOTTED})\s*=")
_PARTS = re.compile(_PART)
_LONG_QUOTES = ('"""', "'''")


def line_of(text: str, path: Path) -> int | None:
    """The line, from 1, of `path` or else of its nearest parent that has a line of its own."""
    known = dict(_positions(text))
    for length in range(len(path), 0, -1):
        if (line := known.get(path[:length])) is not None:
            return line
    return None


def dotted(path: Path) -> str:
    """`contexts.work.docker[0].host`, with quotes where a key needs them."""
    shown = ""
    for part in path:
        if isinstance(part, int):
            shown += f"[{part}]"
        else:
            plain = re.fullmatch(r"[A-Za-z0-9_-]+", part)
            shown += ("." if shown else "") + (part if plain else f'"{part[:60]!s}"')
    return shown


def _positions(text: str) -> Iterator[tuple[Path, int]]:
    """Each header and key with its line; keys inside inline tables have none. Of one path the first comes last."""
    found: list[tuple[Path, int]] = []
    table: Path = ()
    counts: dict[Path, int] = {}
    quoted = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if quoted:
            quoted = "" if quoted in line else quoted
            continue
        if header := _HEADER.match(line):
            table = _resolve(_split(header[2]), counts)
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                found.append((table, number))
                table = (*table, counts[table])
            found.append((table, number))
        elif key := _KEY.match(line):
            path = table
            for part in _split(key[1]):
                path = (*path, part)
                found.append((path, number))
            quoted = next((mark for mark in _LONG_QUOTES if line.count(mark) % 2), "")
    return reversed(found)


def _split(key: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in _PARTS.findall(key))


def _resolve(parts: tuple[str, ...], counts: dict[Path, int]) -> Path:
    """The path of a header, with the index of each array of tables it goes through."""
    path: Path = ()
    for part in parts[:-1]:
        path = (*path, part)
        if path in counts:
            path = (*path, counts[path])
    return (*path, parts[-1])
