"""Label sets: sorted tuples of (name, value), hashable, so that they can be group keys as they are."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

Labels = tuple[tuple[str, str], ...]
NAME = "__name__"


def labels_of(pairs: Mapping[str, str]) -> Labels:
    """The label set of a mapping; an empty value is the same as no label, as in Prometheus."""
    return tuple(sorted((name, value) for name, value in pairs.items() if value != ""))


def label(labels: Labels, name: str) -> str:
    """The value of one label; absent is the empty string, as in Prometheus."""
    for one, value in labels:
        if one == name:
            return value
    return ""


@lru_cache(maxsize=16_384)
def keep(labels: Labels, names: frozenset[str]) -> Labels:
    """Only the labels with these names."""
    return tuple(pair for pair in labels if pair[0] in names)


@lru_cache(maxsize=16_384)
def drop(labels: Labels, names: frozenset[str]) -> Labels:
    """All labels but those with these names."""
    return tuple(pair for pair in labels if pair[0] not in names)


_ONLY_NAME = frozenset({NAME})


def nameless(labels: Labels) -> Labels:
    """The labels of a computed value: the metric's name no longer describes it."""
    return drop(labels, _ONLY_NAME)


def with_label(labels: Labels, name: str, value: str) -> Labels:
    """The same labels with one set, or taken away when the value is empty."""
    return labels_of({**dict(labels), name: value})


def show(labels: Iterable[tuple[str, str]]) -> str:
    """As Prometheus prints a label set inside an error: `{a="b", c="d"}`."""
    return "{" + ", ".join(f'{name}="{value}"' for name, value in labels) + "}"
