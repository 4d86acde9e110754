"""The names and types in a JSON value, to hold a stand-in's answers against the real system's."""

from collections.abc import Collection, Iterator
from typing import Any


def shape(value: Any, named_by_users: Collection[str] = (), path: str = "") -> Iterator[tuple[str, str]]:
    """Every place in a JSON value with its type; what is null or empty says nothing.

    `named_by_users` are ends of paths of objects whose keys are data: each of those keys is `*`.
    """
    if isinstance(value, dict):
        free = path.endswith(tuple(f".{name}" for name in named_by_users))
        for key, inner in value.items():
            yield from shape(inner, named_by_users, f"{path}.{'*' if free else key}")
    elif isinstance(value, list):
        for inner in value:
            yield from shape(inner, named_by_users, f"{path}[]")
    elif value is not None:
        yield path, "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__


def unknown(ours: Any, theirs: Any, named_by_users: Collection[str] = (), allowed: Collection[str] = ()) -> list[str]:
    """The places in our answer that are not in theirs, or have another type there.

    Nothing is said about an object that theirs does not have, nor about the `allowed` places.
    """
    told = dict(shape(theirs, named_by_users))
    return [
        f"{path}: {kind}, not {told.get(path)}"
        for path, kind in dict(shape(ours, named_by_users)).items()
        if told.get(path) != kind and path not in allowed and (path in told or _beside_others(path, told))
    ]


def _beside_others(path: str, told: dict[str, str]) -> bool:
    inside = path.removesuffix("[]").rpartition(".")[0]
    return not path.endswith(".*") and any(other.startswith(f"{inside}.") for other in told)
