"""From arguments to one verb's exit code."""

import sys
from importlib import import_module
from typing import NoReturn

from .guard import OK, Failed, guarded
from .options import Options, split
from .verbs import BY_NAME, VERBS


def main(argv: list[str] | None = None) -> int:
    """Run the console with `argv`, or the process's arguments, and give the exit code."""
    words = sys.argv[1:] if argv is None else argv
    return guarded(lambda: dispatch(words), words)


def dispatch(words: list[str]) -> int:
    """One verb's exit code; without a verb, the app's. Raises what `guarded` turns into an exit code."""
    if not words:
        _screen(Options(), words)
    if words in (["--version"], ["-V"]):
        return _version()
    from . import options as shared
    from . import parser

    name, rest = split(words)
    if name is None:
        arguments = parser.root().parse_args(rest)
        if arguments.version:
            return _version()
        _screen(shared.of(arguments), words)
    if name not in BY_NAME:
        raise _unknown(name)
    verb = import_module(f".{BY_NAME[name].module}", __package__)
    arguments = parser.of_verb(BY_NAME[name], verb).parse_args(rest)
    return int(verb.run(shared.of(arguments), arguments))


def _screen(options: Options, words: list[str]) -> NoReturn:
    from .screen import run

    run(options, words)


def _version() -> int:
    from .. import __version__

    print(f"console {__version__}")
    return OK


def _unknown(name: str) -> Failed:
    from ..config.problems import nearest
    from ..text import clean

    near = nearest(name, BY_NAME)
    hint = f"did you mean: console {near}" if near else "verbs: " + ", ".join(verb.name for verb in VERBS)
    return Failed(f"there is no verb {clean(name, 60)!r}", hint, code=2)
