"""Options that every verb takes, before or after its name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

WITH_VALUE = ("--context", "--config", "--theme")


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for on the command line, whatever the verb; None and False leave it to the config."""

    context: str | None = None
    config: str | None = None
    theme: str | None = None
    read_only: bool = False


def add(parser: ArgumentParser) -> None:
    """Teach `parser` the options of Options."""
    group = parser.add_argument_group("options of every verb")
    group.add_argument("--context", metavar="NAME", help="the fleet to use; default: default_context of the config")
    group.add_argument("--config", metavar="FILE", help="config file; default: $CONSOLE_CONFIG, or where init wrote it")
    group.add_argument("--theme", metavar="NAME", help="colours; a bundled theme or one beside the config")
    group.add_argument("--read-only", action="store_true", help="no action of the console writes anything")


def seconds(text: str) -> float:
    """A time limit on the command line. Raises ValueError, which argparse tells, unless it is above zero."""
    value = float(text)
    if not 0 < value < 1e6:
        raise ValueError(text)
    return value


def of(arguments: Namespace) -> Options:
    """The Options among parsed arguments."""
    return Options(arguments.context, arguments.config, arguments.theme, arguments.read_only)


def split(argv: list[str]) -> tuple[str | None, list[str]]:
    """The verb, if there is one, and the rest: the first word that is neither an option nor an option's value."""
    skip = False
    for index, word in enumerate(argv):
        if skip:
            skip = False
        elif word in WITH_VALUE:
            skip = True
        elif word == "--":
            return None, argv
        elif not word.startswith("-"):
            return word, argv[:index] + argv[index + 1 :]
    return None, argv
