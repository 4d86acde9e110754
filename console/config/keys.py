"""Checks `[keys]` against the bindings the app has."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from unicodedata import name as unicode_name

from .lines import dotted, line_of
from .load import ConfigError, Loaded, Problem
from .problems import nearest

NEVER: dict[str, str] = {
    "ctrl+a": "tmux and screen take it",
    "ctrl+b": "tmux takes it",
    "ctrl+c": "it always means: leave or copy",
    "ctrl+h": "terminals send it for Backspace",
    "ctrl+i": "terminals send it for Tab",
    "ctrl+j": "terminals send it for Enter",
    "ctrl+k": "hands on their way between tmux panes hit it",
    "ctrl+l": "hands on their way between tmux panes hit it",
    "ctrl+m": "terminals send it for Enter",
    "ctrl+q": "terminals stop and resume with it",
    "ctrl+s": "terminals stop and resume with it",
    "ctrl+z": "it suspends",
}


@dataclass(frozen=True, slots=True)
class KeyUse:
    """One binding of the app."""

    id: str
    keys: tuple[str, ...]
    scope: str = ""
    """Where it is valid, such as a pane's name; empty: everywhere. Two scopes may share a key, unless one is empty."""
    text: str = ""
    """What it does."""


def split(keys: str | Collection[str]) -> tuple[str, ...]:
    """`"a,ctrl+r"` or `["a", "ctrl+r"]` as single keys, in the terminal library's names."""
    parts = keys.split(",") if isinstance(keys, str) else keys
    return tuple(_named(part.strip()) for part in parts if part.strip())


def _named(key: str) -> str:
    """`slash` for `/`: people write the character, key events carry its name."""
    if len(key) != 1 or key.isalnum():
        return key
    full = unicode_name(key, key).lower().replace("-", "_").replace(" ", "_")
    return _SHORT.get(full, full)


_SHORT = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}


def keymap(own: Mapping[str, str | Collection[str]]) -> dict[str, str]:
    """`[keys]` in the form `App.set_keymap` takes: id to keys joined by commas."""
    return {name: ",".join(split(keys)) for name, keys in own.items()}


def remapped(own: Mapping[str, str | Collection[str]], uses: Collection[KeyUse]) -> tuple[KeyUse, ...]:
    """The app's bindings with the operator's keys in place of their own."""
    return tuple(KeyUse(use.id, split(own[use.id]) if use.id in own else use.keys, use.scope, use.text) for use in uses)


def check(loaded: Loaded, uses: Collection[KeyUse]) -> None:
    """Raises ConfigError, with lines, when [keys] of a config cannot be used."""
    own = loaded.config.keys
    if not problems(own, uses):
        return
    text = loaded.path.read_text(encoding="utf-8-sig", errors="replace")
    lines = {dotted(("keys", name)): line_of(text, ("keys", name)) for name in own}
    raise ConfigError(loaded.path, tuple(replace(one, line=lines[one.key]) for one in problems(own, uses)))


def problems(own: Mapping[str, str | Collection[str]], uses: Collection[KeyUse]) -> tuple[Problem, ...]:
    """What is wrong with `[keys]`: ids that do not exist, keys that are never bound, two uses of one key."""
    return (*_unusable(own, uses), *_conflicts(own, uses))


def _unusable(own: Mapping[str, str | Collection[str]], uses: Collection[KeyUse]) -> Iterator[Problem]:
    ids = sorted({use.id for use in uses})
    for name, keys in own.items():
        if name not in ids:
            yield Problem(
                dotted(("keys", name)), "there is no such binding", "those of: console keys", nearest(name, ids)
            )
        elif not split(keys):
            yield Problem(dotted(("keys", name)), "no key", "a key such as r or ctrl+r")
        for key in split(keys):
            if key.lower() in NEVER:
                yield Problem(dotted(("keys", name)), f"{key} is never bound: {NEVER[key.lower()]}", "another key")


def _conflicts(own: Mapping[str, str | Collection[str]], uses: Collection[KeyUse]) -> Iterator[Problem]:
    """Only conflicts the operator made: of two bindings that share a key, at least one is in `[keys]`."""
    holders: dict[str, list[KeyUse]] = defaultdict(list)
    for use in remapped(own, uses):
        for key in use.keys:
            holders[key].append(use)
    for key, several in holders.items():
        for index, first in enumerate(several):
            for second in several[index + 1 :]:
                mine = first if first.id in own else second
                other = second if mine is first else first
                same_place = "" in (first.scope, second.scope) or first.scope == second.scope
                if mine.id in own and first.id != second.id and same_place:
                    yield Problem(
                        dotted(("keys", mine.id)), f"{key} is already {other.id}", f"a key {other.id} does not have"
                    )
