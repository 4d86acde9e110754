"""Plain questions with the default in brackets."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field

from ..guard import Failed


def _typed(prompt: str) -> str:
    """One line from the terminal; the end of input is as good as Ctrl+C."""
    print(prompt, end="", flush=True)
    line = sys.stdin.readline()
    if not line:
        raise KeyboardInterrupt
    return line.strip()


@dataclass(slots=True)
class Asker:
    """Asks a person, or takes the defaults and remembers what had none."""

    interactive: bool
    read: Callable[[str], str] = _typed
    missing: list[str] = field(default_factory=list)
    """What a person would have been asked and nothing knows: the options that give it."""

    def text(self, question: str, default: str = "", *, option: str, needed: bool = True) -> str:
        """An answer, or `default` for an empty one. Nobody there and no default: empty, and noted as missing."""
        if not self.interactive:
            if needed and not default:
                self.missing.append(option)
            return default
        while True:
            answer = self.read(f"{question} [{default}]: " if default else f"{question}: ") or default
            if answer or not needed:
                return answer

    def yes(self, question: str, *, default: bool) -> bool:
        """A yes or no; nobody there: `default`."""
        if not self.interactive:
            return default
        while True:
            answer = self.read(f"{question} [{'Y/n' if default else 'y/N'}]: ").lower()
            if answer in ("", "y", "yes", "n", "no"):
                return default if not answer else answer.startswith("y")

    def complete(self) -> None:
        """Raises Failed, naming the options to give, when anything is missing."""
        if self.missing:
            raise Failed(
                "nobody to ask, and these are not known: " + ", ".join(self.missing),
                "give them as options, or run console init in a terminal",
                code=2,
            )
