"""`console keys`: every binding with its id, its keys as the config has them, and what it does."""

from argparse import ArgumentParser, Namespace
from dataclasses import replace

from ..config import ConfigError, places, read
from ..config.keys import KeyUse, problems, remapped
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
    own = read(where.config).config.keys if where.config.exists() else {}
    known = uses()
    if wrong := problems(own, known):
        raise ConfigError(where.config, wrong)
    shown = [_plain(use) for use in remapped(own, known)]
    if arguments.format == "json":
        print_json([{"id": use.id, "keys": use.keys, "text": use.text, "changed": use.id in own} for use in shown])
        return OK
    rows = [(", ".join(use.keys), use.text, use.id + (" *" if use.id in own else "")) for use in shown]
    print(render((Column("KEYS"), Column("DOES"), Column("ID")), rows, terminal_width()))
    return OK


_SIGNS = {
    "slash": "/",
    "backslash": "\\",
    "colon": ":",
    "question_mark": "?",
    "minus": "-",
    "asterisk": "*",
    "at": "@",
    "plus": "+",
    "underscore": "_",
    "full_stop": ".",
    "number_sign": "#",
}


def _plain(use: KeyUse) -> KeyUse:
    """With keys as they are printed on a keyboard."""
    return replace(use, keys=tuple(_SIGNS.get(key, key) for key in use.keys))
