"""A job log as a viewer shows it, line by line and from any place in it: nothing here needs to have seen the start.

A viewer cuts the log at line ends, asks `entry` for each raw line, folds what stands between the marks of a section,
and appends an entry that `continues` to the last one of its stream.
"""

from dataclasses import dataclass, field
from typing import Literal

from ..model.cache import FirstError
from .joblog.kinds import rank
from .joblog.lines import Mark, take_apart
from .joblog.reader import Reader

__all__ = ["Entry", "ErrorScan", "Mark", "clean_line", "entry", "is_error", "section_mark"]

_ERROR = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a log, harmless to show."""

    text: str
    """Without timestamp header, markers, escape codes and controls; of a progress bar, its last state."""
    marks: tuple[Mark, ...] = ()
    """Sections that end and start on this line, in order; the text is the title of the one that starts."""
    stream: str = ""
    continues: bool = False
    """Whether it goes on with the line before of the same stream."""


def entry(raw: bytes) -> Entry:
    """One raw line, with or without its line end. Of a line over 8 KiB its start and its end are kept."""
    line = take_apart(raw)
    return Entry(line.texts[-1].rstrip() if line.texts else "", line.marks, line.stream, line.continues)


def clean_line(raw: bytes) -> str:
    """The text of one raw line."""
    return entry(raw).text


def section_mark(raw: bytes) -> tuple[Literal["start", "end"], str, int] | None:
    """Kind, name and Unix time of the section that starts on a line, else of one that ends; None: neither."""
    if b"section_" not in raw:
        return None
    marks = take_apart(raw).marks
    chosen = next((one for one in marks if one.kind == "start"), marks[0] if marks else None)
    return None if chosen is None else (chosen.kind, chosen.name, chosen.unix)


def is_error(text: str) -> bool:
    """Whether a plain line by itself tells of trouble; for colouring, not for finding the cause."""
    return rank(text) >= _ERROR


@dataclass(slots=True)
class ErrorScan:
    """Finds the first error of a log that is read on, piece by piece, from its first line or any later one."""

    _reader: Reader = field(default_factory=Reader)

    def read(self, number: int, raw: bytes) -> None:
        """Takes the raw line `number`, from 1; lines come in order, each once."""
        if not self._reader.skips((raw,)):
            self._reader.read(number, raw)

    @property
    def result(self) -> FirstError | None:
        """The line that most likely says why the job failed, by all lines so far; None: none, or it succeeded."""
        return None if self._reader.succeeded else self._reader.errors.result
