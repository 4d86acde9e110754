"""Walking through a log line by line from any place in it, around folded sections."""

from bisect import bisect_right, insort
from dataclasses import dataclass

from ..boards.log import LogLine, continues, log_line
from .logchunks import Chunks

LONGEST = 64 * 1024
"""Bytes of a line from which on it goes on in the next: a megabyte without a newline must not freeze the screen."""
USUAL = 1024
"""Bytes looked at first for the end of a line: a copy of LONGEST for each line took most of a page's time."""
PIECES = 64
"""Raw lines that continue one another are one line up to this many."""


@dataclass(frozen=True, slots=True, order=True)
class Section:
    """A section of the log, between two lines."""

    start: int
    """Offset of its title line."""
    body: int
    """Offset of the line after the title."""
    end: int
    """Offset of the first line after the section."""
    seconds: int | None = None


class LogWindow:
    """Lines of a log by the offset of their start. Raises Missing wherever bytes are not here yet: see Chunks.run.

    A line starts after a newline; and, within one that has no end, at each multiple of LONGEST that is at least
    LONGEST away from its start. So where a line starts can be told from the bytes around it alone.
    """

    def __init__(self, chunks: Chunks) -> None:
        self.chunks = chunks
        self._folded: list[Section] = []
        self._sections: dict[int, Section] = {}

    # --- Sections ---------------------------------------------------------------------------------------------------

    def know(self, sections: list[Section]) -> None:
        """Sections that a scan found."""
        self._sections.update((section.start, section) for section in sections)

    @property
    def sections(self) -> tuple[Section, ...]:
        return tuple(sorted(self._sections.values()))

    def section_at(self, start: int) -> Section | None:
        """The section whose title is the line at `start`, if it is known."""
        return self._sections.get(start)

    def innermost(self, start: int) -> Section | None:
        """The smallest known section that the line at `start` belongs to."""
        around = [one for one in self._sections.values() if one.start <= start < one.end]
        return max(around, default=None)

    def is_folded(self, start: int) -> bool:
        return any(section.start == start for section in self._folded)

    def fold(self, section: Section) -> None:
        if section not in self._folded:
            insort(self._folded, section)

    def unfold(self, section: Section) -> None:
        if section in self._folded:
            self._folded.remove(section)

    def fold_all(self) -> None:
        self._folded = sorted(self._sections.values())

    def unfold_all(self) -> None:
        self._folded.clear()

    @property
    def folds(self) -> int:
        return len(self._folded)

    def reveal(self, start: int) -> None:
        """Unfold whatever hides the line at `start`."""
        self._folded = [section for section in self._folded if not section.body <= start < section.end]

    def _hiding(self, start: int) -> Section | None:
        """The outermost folded section whose body holds the offset."""
        for section in self._folded[: bisect_right(self._folded, start, key=lambda one: one.start)]:
            if section.body <= start < section.end:
                return section
        return None

    # --- Lines ------------------------------------------------------------------------------------------------------

    def line(self, start: int) -> LogLine:
        """The line that starts at `start`."""
        end = self._raw_end(start)
        cut = end < self.chunks.total and self.chunks.slice(end - 1, end) != b"\n"
        for _ in range(PIECES):
            if cut or end >= self.chunks.total or not continues(self.chunks.slice(end, end + 40)):
                break
            end = self._raw_end(end)
        return log_line(self.chunks.slice(start, end), start, cut=cut)

    def _raw_end(self, start: int) -> int:
        """Where the raw line ends that starts at `start`."""
        for near, far in ((start, start + USUAL), (start + USUAL, start + LONGEST)):
            newline = self.chunks.slice(near, far).find(b"\n")
            if newline >= 0:
                return near + newline + 1
            if far >= self.chunks.total:
                return self.chunks.total
        boundary = -(-(start + LONGEST) // LONGEST) * LONGEST
        newline = self.chunks.slice(start + LONGEST, boundary).find(b"\n")
        return start + LONGEST + newline + 1 if newline >= 0 else min(boundary, self.chunks.total)

    def start_of(self, offset: int) -> int:
        """Start of the line that the byte at `offset` belongs to."""
        start = self._raw_start(min(max(0, offset), self.chunks.total))
        for _ in range(PIECES):
            if start == 0 or not continues(self.chunks.slice(start, start + 40)):
                break
            start = self._raw_start(start - 1)
        return start

    def _raw_start(self, offset: int) -> int:
        boundary = offset // LONGEST * LONGEST
        floor = max(0, boundary - LONGEST)
        near = max(boundary, offset - USUAL)
        for start, end in ((near, offset), (boundary, near), (floor, boundary)):
            newline = self.chunks.slice(start, end).rfind(b"\n")
            if newline >= 0:
                return start + newline + 1
        return boundary if boundary - floor == LONGEST else 0

    def forward(self, start: int, count: int) -> list[LogLine]:
        """At most `count` shown lines from the one at `start` on."""
        lines: list[LogLine] = []
        while start < self.chunks.total and len(lines) < count:
            hiding = self._hiding(start)
            if hiding is not None:
                start = hiding.end
                continue
            line = self.line(start)
            if not line.hidden:
                lines.append(line)
            start = line.end
        return lines

    def backward(self, start: int, count: int) -> list[LogLine]:
        """At most `count` shown lines before the one at `start`, in the order of the log."""
        lines: list[LogLine] = []
        while start > 0 and len(lines) < count:
            start = self.start_of(start - 1)
            hiding = self._hiding(start)
            if hiding is not None:
                start = hiding.body
                continue
            line = self.line(start)
            if not line.hidden:
                lines.append(line)
        return lines[::-1]

    def page(self, top: int, height: int) -> list[LogLine]:
        """The lines of a screen whose first is at `top`, or as near to it as fills the screen."""
        lines = self.forward(top, height)
        if len(lines) < height:
            lines = self.backward(lines[0].start if lines else self.chunks.total, height - len(lines)) + lines
        return lines

    def last_page(self, height: int) -> list[LogLine]:
        return self.backward(self.chunks.total, height)
