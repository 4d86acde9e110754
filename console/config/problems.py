"""Says what is wrong with a config, all of it at once. Loaded only when something is."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any

import msgspec
from msgspec import inspect

from ..secrets import SecretRef, redact
from ..text import clean
from .lines import Path, dotted, line_of
from .load import Problem
from .structs import Config

SECRET_FORMS = (
    '{ env = "NAME" }, { command = ["program", "argument"] }, { file = "path" } or { keyring = "service/user" }'
)
Found = Iterator[tuple[Path, str, str, str]]
"""Path, what was found, what is allowed, nearest right key."""


def explain(raw: dict[str, Any], text: str, message: str) -> tuple[Problem, ...]:
    """Every problem of `raw`, which msgspec refused with `message`, in the order of the file."""
    problems = [
        Problem(redact(dotted(path)), found, allowed, near, line_of(text, path))
        for path, found, allowed, near in _walk(raw, inspect.type_info(Config), ())
    ]
    problems.sort(key=lambda one: one.line or 0)
    return tuple(problems) or (Problem("", redact(message), ""),)


def syntax(error: tomllib.TOMLDecodeError, text: str) -> Problem:
    """A file that is not TOML, with its line and column."""
    place = re.search(r"\(at (?:line (\d+), column \d+|end of document)\)", str(error))
    line = int(place[1]) if place and place[1] else text.count("\n") + 1
    return Problem("", f"is not valid TOML: {redact(str(error))}", "", line=line)


def no_context(name: str, known: Iterable[str], text: str | None = None) -> Problem:
    """A context that is not in the file; with its `text`, the one its default_context names."""
    names = tuple(known)
    key, line = ("", None) if text is None else ("default_context", line_of(text, ("default_context",)))
    return Problem(key, f"there is no context {clean(name, 64)!r}", ", ".join(names), nearest(name, names), line)


def nearest(word: str, known: Iterable[str]) -> str:
    """Of `known`, the one most like `word`; empty when none is."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return close[0] if close else ""


def _walk(value: Any, kind: inspect.Type, path: Path) -> Found:
    if isinstance(kind, inspect.Metadata):
        described = (kind.extra_json_schema or {}).get("description", "")
        for where, found, allowed, near in _walk(value, kind.type, path):
            yield where, found, (described or allowed if where == path else allowed), near
    elif isinstance(kind, inspect.UnionType):
        yield from _union(value, kind, path)
    elif isinstance(kind, inspect.StructType):
        yield from _secret(value, path) if kind.cls is SecretRef else _struct(value, kind, path)
    elif isinstance(kind, inspect.DictType):
        yield from _dict(value, kind, path)
    elif isinstance(kind, inspect.VarTupleType):
        if not isinstance(value, list):
            yield path, _shown(value), "a list", ""
            return
        for index, one in enumerate(value):
            yield from _walk(one, kind.item_type, (*path, index))
    elif not _fits(value, kind):
        near = nearest(str(value), map(str, kind.values)) if isinstance(kind, inspect.LiteralType) else ""
        yield path, _shown(value), _allowed(kind), near


def _struct(value: Any, kind: inspect.StructType, path: Path) -> Found:
    if not isinstance(value, dict):
        yield path, _shown(value), "a table", ""
        return
    fields = {one.encode_name: one for one in kind.fields}
    wrong = False
    for key in value:
        if key not in fields:
            wrong = True
            yield (*path, key), "unknown key", ", ".join(fields), nearest(key, fields)
    for key, one in fields.items():
        if key in value:
            for problem in _walk(value[key], one.type, (*path, key)):
                wrong = True
                yield problem
        elif one.required:
            wrong = True
            yield path, f"{key} is missing", _allowed(one.type), ""
    if not wrong:
        yield from _rules(value, kind.cls, path)


def _rules(value: dict[str, Any], cls: type, path: Path) -> Found:
    """What a struct's own check says, once all its fields are right."""
    try:
        msgspec.convert(value, cls)
    except msgspec.ValidationError as error:
        said = str(error).partition(" - at `")[0]
        yield path, "does not fit together", said.removeprefix("Expected "), ""


def _dict(value: Any, kind: inspect.DictType, path: Path) -> Found:
    if not isinstance(value, dict):
        yield path, _shown(value), "a table", ""
        return
    for key, one in value.items():
        for where, found, allowed, near in _walk(key, kind.key_type, (*path, key)):
            yield where, f"name {found}", allowed, near
        yield from _walk(one, kind.value_type, (*path, key))


def _union(value: Any, kind: inspect.UnionType, path: Path) -> Found:
    """Of the union's kinds, the one `value` looks like; with a secret among them nothing of it is shown."""
    kinds = [one for one in kind.types if not isinstance(one, inspect.NoneType)]
    structs = [one for one in kinds if isinstance(one, inspect.StructType)]
    if structs and (isinstance(value, dict) or len(kinds) == 1):
        yield from _walk(value, structs[0], path)
    elif structs and not isinstance(value, str):
        yield path, _kind(value), f"text, or {SECRET_FORMS}", ""
    elif isinstance(value, list) and (lists := [one for one in kinds if isinstance(one, inspect.VarTupleType)]):
        yield from _walk(value, lists[0], path)
    elif not any(_fits(value, one) for one in kinds):
        yield path, _shown(value), " or ".join(_allowed(one) for one in kinds), ""


def _secret(value: Any, path: Path) -> Found:
    """A secret reference. What stands there may be the secret itself, so no value is ever part of the answer."""
    if isinstance(value, str):
        yield path, "a secret written into the file (not shown)", SECRET_FORMS, ""
        return
    if not isinstance(value, dict):
        yield path, _kind(value), SECRET_FORMS, ""
        return
    known = SecretRef.__struct_fields__
    for key in value:
        if key not in known:
            yield (*path, key), "unknown key", ", ".join(known), nearest(key, known)
            return
    try:
        msgspec.convert(value, SecretRef)
    except msgspec.ValidationError as error:
        yield path, str(error).partition(" - at `")[0].replace("Expected", "expected"), SECRET_FORMS, ""


def _fits(value: Any, kind: inspect.Type) -> bool:
    if isinstance(kind, inspect.Metadata):
        return _fits(value, kind.type)
    if isinstance(kind, inspect.BoolType):
        return isinstance(value, bool)
    if isinstance(kind, inspect.LiteralType):
        return value in kind.values
    if isinstance(kind, inspect.StrType):
        return isinstance(value, str) and (kind.pattern is None or re.search(kind.pattern, value) is not None)
    if isinstance(kind, inspect.IntType | inspect.FloatType):
        whole = int if isinstance(kind, inspect.IntType) else (int, float)
        return isinstance(value, whole) and not isinstance(value, bool) and _in_range(value, kind)
    return False


def _in_range(value: float, kind: inspect.IntType | inspect.FloatType) -> bool:
    """A NaN is in no range."""
    low = (kind.ge is None or value >= kind.ge) and (kind.gt is None or value > kind.gt)
    return low and (kind.le is None or value <= kind.le) and (kind.lt is None or value < kind.lt)


def _allowed(kind: inspect.Type) -> str:
    if isinstance(kind, inspect.Metadata):
        return str((kind.extra_json_schema or {}).get("description", "")) or _allowed(kind.type)
    if isinstance(kind, inspect.StructType):
        return SECRET_FORMS if kind.cls is SecretRef else "a table"
    if isinstance(kind, inspect.DictType):
        return "a table"
    if isinstance(kind, inspect.BoolType):
        return "true or false"
    if isinstance(kind, inspect.LiteralType):
        return "one of " + ", ".join(str(one) for one in kind.values)
    if isinstance(kind, inspect.IntType | inspect.FloatType):
        return _range(kind)
    return "a list of text" if isinstance(kind, inspect.VarTupleType) else "text"


def _range(kind: inspect.IntType | inspect.FloatType) -> str:
    word = "a whole number" if isinstance(kind, inspect.IntType) else "a number"
    limits = (("from", kind.ge), ("above", kind.gt), ("to", kind.le), ("below", kind.lt))
    return " ".join((word, *(f"{name} {limit:g}" for name, limit in limits if limit is not None)))


def _kind(value: Any) -> str:
    words = {bool: "true or false", str: "text", int: "a number", float: "a number", list: "a list", dict: "a table"}
    return words.get(type(value), "a date or time")


def _shown(value: Any) -> str:
    """`value` in an error. A URL may hold a password before its @, so all of such a text stays out."""
    if isinstance(value, str) and "@" in value:
        return "a value with @ (not shown: it may hold a password)"
    if isinstance(value, list | dict):
        return _kind(value)
    return redact(f"'{clean(value, 60)}'" if isinstance(value, str) else str(value).lower())
