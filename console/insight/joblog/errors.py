"""The line of a failed job's log that most likely says why it failed.

A runner stops a script at its first failing command, and prints each command before it runs. So what was printed
before the last command did not stop the job; after it, the first line of the most telling kind wins.
"""

import re
from dataclasses import dataclass

from ...model.cache import FirstError
from .kinds import rank

VERDICT = re.compile(r"^(?:ERROR|FATAL): (?:Job failed|Preparation failed|Build failed)")
_LOUD = 3
SURVIVED = 200
"""Lines without trouble after which a script is taken to have gone on in spite of what it printed."""
_TRACEBACK = re.compile(r"^(?:E\s+)?Traceback \(most recent call last\):")


@dataclass(slots=True)
class ErrorFinder:
    """Finds the first error of a log that is read line by line, once."""

    found: FirstError | None = None
    """Best so far; of the script's last command if that printed any failure."""
    _rank: int = 0
    _verdict: FirstError | None = None
    _traceback: bool = False
    _fresh: bool = True
    _last: int = 0
    """Line of the last trouble: a later one far behind it says that the script survived the earlier."""

    @property
    def expects(self) -> bool:
        """Whether the next lines matter whatever they hold: a traceback ends in the line that names the error."""
        return self._traceback

    def command(self) -> None:
        """The script goes on: what it printed so far did not stop it."""
        self._fresh = True
        self._traceback = False

    def read(self, number: int, text: str) -> None:
        """Takes line `number` (from 1), plain."""
        if VERDICT.match(text):
            self._verdict = self._verdict or FirstError(number, text[:1_000])
            return
        if self._traceback and text and not text[0].isspace() and not text.startswith(("|", "During ", "The above ")):
            self._traceback = False
            self._offer(number, text, 3)
        elif _TRACEBACK.match(text):
            self._traceback = True
        elif score := rank(text):
            self._offer(number, text, score)

    def _offer(self, number: int, text: str, score: int) -> None:
        survived = score >= self._rank and number - self._last > SURVIVED
        if score >= _LOUD:
            self._last = number
        if self._fresh or score > self._rank or survived:
            self.found, self._rank, self._fresh = FirstError(number, text.strip()[:1_000]), score, False

    @property
    def result(self) -> FirstError | None:
        """The best line; the runner's own verdict when no other tells anything; None: nothing failed."""
        return self.found or self._verdict
