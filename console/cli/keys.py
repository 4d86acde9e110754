"""`console keys`: every binding with its id, its keys as the config has them, and what it does."""

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from dataclasses import replace
from unicodedata import lookup

from ..config import places, read
from ..config.keys import KeyUse, check, remapped
from .guard import OK
from .options import Options
from .output import print_json
from .table import Column, render, terminal_width

DESCRIPTION = "List the keys. An id and its key go into [keys] of the config; keys you changed are marked with *."


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--format", choices=("table", "json"), default="table", help="default: table")


def run(options: Options, arguments: Namespace) -> int:
    """Print the table. Raises ConfigError when [keys] of the config cannot be used."""
    from .bindings import uses

    where = places(options.config)
    known = uses()
    own: Mapping[str, str | tuple[str, ...]] = {}
    if where.config.exists():
        loaded = read(where.config)
        own = loaded.config.keys
        check(loaded, known)
    shown = [_plain(use) for use in remapped(own, known)]
    if arguments.format == "json":
        print_json([{"id": use.id, "keys": use.keys, "text": use.text, "changed": use.id in own} for use in shown])
        return OK
    rows = [(", ".join(use.keys), use.text, use.id + (" *" if use.id in own else "")) for use in shown]
    print(render((Column("KEYS"), Column("DOES"), Column("ID")), rows, terminal_width()))
    return OK


_SIGNS = {"slash": "/", "backslash": "\\", "at": "@", "minus": "-", "plus": "+", "underscore": "_"}


def _plain(use: KeyUse) -> KeyUse:
    """With keys as they are printed on a keyboard."""
    return replace(use, keys=tuple(_sign(key) for key in use.keys))


def _sign(key: str) -> str:
    """`?` for `question_mark`; a key without a sign, such as `ctrl+p` or `escape`, stays."""
    if key in _SIGNS:
        return _SIGNS[key]
    if "_" not in key and key not in ("colon", "asterisk"):
        return key
    try:
        return lookup(key.replace("_", " "))
    except KeyError:
        return key
