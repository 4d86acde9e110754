"""One job's log for the viewer: its lines made plain, its sections, its first error, read by range.

Offsets are bytes in the log. Nothing here holds a whole log: what is asked for is read, cleaned and given.
"""

import asyncio
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..insight.logview import ErrorScan, entry, is_error
from ..ports import LogPart, SourceError, Trouble

_HEADER = re.compile(rb"\d{4}-\d\d-\d\dT(\d\d:\d\d:\d\d)\.\d{6}Z [0-9a-f]{2}[OE]([ +])")
_ESCAPES = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]")
_ENDED = re.compile(r"^(Job succeeded|ERROR: Job failed)")


@dataclass(frozen=True, slots=True)
class LogMark:
    """Start or end of a section."""

    kind: Literal["start", "end"]
    name: str
    unix: int


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line as it is shown."""

    start: int
    end: int
    """Where the following line starts."""
    text: str
    clock: str
    """Time of the day in UTC, `09:28:48`; empty: this log has no timestamps."""
    marks: tuple[LogMark, ...]
    error: bool
    """Whether it tells of trouble."""
    cut: bool = False
    """Whether the line goes on: it is longer than a viewer takes at once."""

    @property
    def hidden(self) -> bool:
        """Whether it holds nothing but the marks of sections that end."""
        return bool(self.marks) and not self.text and all(mark.kind == "end" for mark in self.marks)

    @property
    def opens(self) -> LogMark | None:
        """The section that starts here."""
        return next((mark for mark in self.marks if mark.kind == "start"), None)

    @property
    def ends_job(self) -> bool:
        """Whether the runner says here how the job ended, its last line."""
        return bool(_ENDED.match(self.text))


def continues(raw: bytes) -> bool:
    """Whether a raw line goes on with the one before it."""
    header = _HEADER.match(raw)
    return header is not None and header[2] == b"+"


def log_line(raw: bytes, start: int, *, cut: bool = False) -> LogLine:
    """The line that a viewer shows for raw bytes: one raw line, with those that continue it."""
    end = start + len(raw)
    pieces = [entry(piece) for piece in raw.split(b"\n")] if b"\n" in raw[:-1] else [entry(raw)]
    text = "".join(piece.text for piece in pieces)
    header = _HEADER.match(raw)
    return LogLine(
        start=start,
        end=end,
        text=text,
        clock=header[1].decode() if header else "",
        marks=tuple(LogMark(mark.kind, mark.name, mark.unix) for piece in pieces for mark in piece.marks),
        error=is_error(text),
        cut=cut,
    )


def marked_lines(block: bytes, start: int) -> tuple[LogLine, ...]:
    """The lines of a block of whole lines on which sections start or end; `start` is the block's offset."""
    lines: list[LogLine] = []
    place = block.find(b"section_")
    while place >= 0:
        first = block.rfind(b"\n", 0, place) + 1
        last = block.find(b"\n", place)
        last = len(block) if last < 0 else last + 1
        line = log_line(block[first:last], start + first)
        if line.marks:
            lines.append(line)
        place = block.find(b"section_", last)
    return tuple(lines)


class Needle:
    """A text to look for; upper case in it makes case matter."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._exact = text != text.lower()
        # Outside ASCII, case folding changes bytes: then every line is compared as text.
        flags = 0 if self._exact else re.IGNORECASE
        self._quick = re.compile(re.escape(text.encode()), flags) if text.isascii() or self._exact else None

    def spans(self, shown: str) -> tuple[tuple[int, int], ...]:
        """Where it stands in a shown line."""
        flags = 0 if self._exact else re.IGNORECASE
        return tuple(match.span() for match in re.finditer(re.escape(self.text), shown, flags)) if self.text else ()

    def find(self, block: bytes, start: int) -> tuple[int, ...]:
        """Offsets of the lines that show it, in a block of whole lines at offset `start`.

        Colours may stand inside a word, so they are taken out before the quick look.
        """
        plain = _ESCAPES.sub(b"", block)
        if self._quick is not None and self._quick.search(plain) is None:
            return ()
        found: list[int] = []
        place = start
        for raw in block.split(b"\n"):
            quick = self._quick is None or self._quick.search(_ESCAPES.sub(b"", raw)) is not None
            if quick and self.spans(entry(raw).text):
                found.append(place)
            place += len(raw) + 1
        return tuple(found)


class FirstErrorScan:
    """Finds the line that most likely says why a job failed, fed with blocks of whole lines from the log's start."""

    def __init__(self) -> None:
        self._scan = ErrorScan()
        self._number = 0
        self._blocks: list[tuple[int, int]] = []
        """Number of the first line and offset of each block."""

    def read(self, block: bytes, start: int) -> None:
        self._blocks.append((self._number + 1, start))
        for raw in block.removesuffix(b"\n").split(b"\n"):
            self._number += 1
            self._scan.read(self._number, raw)

    def result(self) -> tuple[int, int, str] | None:
        """Offset of the block, index of the line in it from 0, and its text; None: no error was found."""
        error = self._scan.result
        if error is None:
            return None
        first, start = max(block for block in self._blocks if block[0] <= error.line)
        return start, error.line - first, error.text


@dataclass(frozen=True, slots=True)
class FileLog:
    """A log in a file, read like one in GitLab; the ids are not looked at."""

    path: Path

    async def log(self, project_id: int, job_id: int, *, offset: int = 0, limit: int = 512_000) -> LogPart:
        """Bytes from `offset`, at most `limit`; a negative offset counts from the end."""
        return await asyncio.to_thread(self._read, offset, limit)

    def _read(self, offset: int, limit: int) -> LogPart:
        try:
            with self.path.open("rb") as file:
                total = os.fstat(file.fileno()).st_size
                start = max(0, total + offset) if offset < 0 else min(offset, total)
                file.seek(start)
                return LogPart(file.read(limit), start, total)
        except OSError as error:
            trouble = Trouble.MISSING if isinstance(error, FileNotFoundError) else Trouble.BROKEN
            raise SourceError(f"{self.path} cannot be read: {error.strerror}", trouble=trouble) from error
