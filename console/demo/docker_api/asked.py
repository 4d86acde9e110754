"""What a request asks: the engine's ideas of a boolean, a moment and a filter."""

from datetime import datetime
from typing import Any

import msgspec
from starlette.requests import Request

from console.demo.docker_api.answers import ApiError

Filters = dict[str, list[str]]
"""The wanted values of each key; an element passes a key when one of them fits."""


def flag(request: Request, name: str, default: bool = False) -> bool:
    """A boolean: anything but empty, 0, no, false and none is true."""
    text = request.query_params.get(name)
    return default if text is None else text.strip().lower() not in ("", "0", "no", "false", "none")


def number(request: Request, name: str, default: int) -> int:
    """A whole number. Raises ApiError."""
    text = request.query_params.get(name, "")
    try:
        return int(text) if text else default
    except ValueError:
        raise ApiError(400, f'strconv.Atoi: parsing "{text}": invalid syntax') from None


def moment(request: Request, name: str) -> float | None:
    """A time in Unix seconds, from Unix seconds or RFC 3339; None when it was not given. Raises ApiError."""
    text = request.query_params.get(name, "")
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(text.upper()).timestamp()
    except ValueError:
        raise ApiError(400, f'parsing time "{text}" as "2006-01-02T15:04:05Z07:00": cannot parse') from None


def filters(request: Request, allowed: frozenset[str]) -> Filters:
    """The `filters` parameter, in its form of today (lists) or of old (objects of true). Raises ApiError."""
    text = request.query_params.get("filters", "")
    if not text:
        return {}
    try:
        given = msgspec.json.decode(text, type=dict[str, list[str] | dict[str, bool]])
    except (msgspec.MsgspecError, UnicodeError):
        raise ApiError(400, "invalid filter") from None
    for key in given:
        if key not in allowed:
            raise ApiError(400, f"invalid filter '{key}'")
    return {
        key: [value for value in values if isinstance(values, list) or values[value]] for key, values in given.items()
    }


def has_label(wanted: str, labels: dict[str, str]) -> bool:
    """Whether labels have `key`, or `key=value`."""
    key, equals, value = wanted.partition("=")
    return key in labels and (not equals or labels[key] == value)


def labelled(asked: Filters, labels: dict[str, str]) -> bool:
    """Whether every wanted label is there."""
    return all(has_label(wanted, labels) for wanted in asked.get("label", []))


def one_of(asked: Filters, key: str, *values: str) -> bool:
    """Whether a key is not asked for, or one of the values is among its wanted ones."""
    return key not in asked or bool(set(asked[key]) & set(values))


def prefixed(asked: Filters, key: str, value: str) -> bool:
    """Whether a key is not asked for, or the value begins with one of its wanted ones."""
    return key not in asked or any(value.startswith(wanted) for wanted in asked[key])


Body = dict[str, Any]
"""An object of the API."""
