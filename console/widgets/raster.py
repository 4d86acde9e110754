"""Lines as characters: braille with eight dots a cell, or one ASCII character a cell."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

_LEFT = (0x40, 0x04, 0x02, 0x01)
_RIGHT = (0x80, 0x20, 0x10, 0x08)
"""Bits of a braille cell's two columns, from the bottom dot up. Source: Unicode, Braille Patterns block."""
_RUNS = tuple(
    tuple(tuple(sum(column[low : high + 1]) for high in range(4)) for low in range(4)) for column in (_LEFT, _RIGHT)
)
"""[column][low][high]: the bits from dot `low` to dot `high`."""
BRAILLE = 0x2800

PATTERNS: tuple[tuple[bool, ...], ...] = (
    (True,),
    (True, True, True, True, False, False),
    (True, False, False),
    (True, True, True, True, True, True, False, True, False),
)
"""Which dot columns of a line are drawn: lines differ without their colour."""
LETTERS = "*o+x#@"
"""What a line consists of without braille."""

Point = tuple[float, float | None]


@dataclass(slots=True)
class Raster:
    """Cells of `width` x `height`; row 0 is the bottom one. Later drawing wins a cell's colour, dots add up."""

    width: int
    height: int
    braille: bool
    bits: dict[tuple[int, int], int] = field(default_factory=dict)
    letters: dict[tuple[int, int], str] = field(default_factory=dict)
    codes: dict[tuple[int, int], int] = field(default_factory=dict)
    """(row, column) to the number of what is drawn there, which the theme gives a colour."""

    @property
    def dots_across(self) -> int:
        return self.width * 2 if self.braille else self.width

    @property
    def dots_up(self) -> int:
        return self.height * 4 if self.braille else self.height

    def line(self, points: Iterable[Point], code: int, style: int) -> None:
        """Join points, in shares of 0..1 of both sides; None breaks the line. `style` picks pattern or letter."""
        pattern = PATTERNS[style % len(PATTERNS)] if self.braille else (True,)
        letter = LETTERS[style % len(LETTERS)]
        for column, (low, high) in _columns(points, self.dots_across, self.dots_up).items():
            if pattern[column % len(pattern)]:
                self._run(column, low, high, code, letter)

    def dot(self, x: float, y: float, code: int, style: int) -> None:
        """A point that no line leads to: large enough to be seen."""
        row, column = round(min(1.0, max(0.0, y)) * (self.height - 1)), round(x * (self.width - 1))
        self.text(row, column, "●" if self.braille else LETTERS[style % len(LETTERS)], code)

    def area(self, lows: Sequence[Point], highs: Sequence[Point], code: int) -> None:
        """Shade what lies between two lines."""
        below = _columns(lows, self.dots_across, self.dots_up)
        above = _columns(highs, self.dots_across, self.dots_up)
        for column in below.keys() & above.keys():
            low, high = below[column][0], above[column][1]
            if not self.braille:
                self._run(column, low, high, code, ":")
                continue
            for dot in range(low, high + 1):
                if (dot in (low, high) and column % 2) or (column + dot * 2) % 4 == 0:
                    self._run(column, dot, dot, code, ":")

    def text(self, row: int, column: int, text: str, code: int) -> None:
        """Write over whatever is there; what does not fit is cut."""
        for offset, char in enumerate(text):
            if 0 <= row < self.height and 0 <= column + offset < self.width:
                self.bits.pop((row, column + offset), None)
                self.letters[row, column + offset] = char
                self.codes[row, column + offset] = code

    def under(self, row: int, column: int, char: str, code: int) -> None:
        """Write a character where nothing is drawn yet."""
        if (row, column) not in self.codes and 0 <= row < self.height and 0 <= column < self.width:
            self.letters[row, column] = char
            self.codes[row, column] = code

    def cells(self) -> Iterable[tuple[int, int, str, int]]:
        """Row, column, character and code of every cell that is drawn on."""
        for (row, column), code in self.codes.items():
            bits = self.bits.get((row, column), 0)
            yield row, column, chr(BRAILLE + bits) if bits else self.letters[row, column], code

    def _run(self, column: int, low: int, high: int, code: int, letter: str) -> None:
        """The dots from low to high of one dot column."""
        if not self.braille:
            for row in range(low, high + 1):
                self.letters[row, column] = letter
                self.codes[row, column] = code
            return
        masks, place = _RUNS[column & 1], column >> 1
        for row in range(low >> 2, (high >> 2) + 1):
            first, last = max(low - row * 4, 0), min(high - row * 4, 3)
            self.bits[row, place] = self.bits.get((row, place), 0) | masks[first][last]
            self.codes[row, place] = code


def _columns(points: Iterable[Point], across: int, up: int) -> dict[int, tuple[int, int]]:
    """The lowest and highest dot that a line touches in each dot column: cost grows with the width, not the points."""
    touched: dict[int, tuple[int, int]] = {}
    before: tuple[float, float] | None = None
    for x, y in points:
        if y is None:
            before = None
            continue
        here = x * (across - 1), min(1.0, max(0.0, y)) * (up - 1)
        _join(touched, before or here, here)
        before = here
    return touched


def _join(touched: dict[int, tuple[int, int]], start: tuple[float, float], end: tuple[float, float]) -> None:
    (x0, y0), (x1, y1) = start, end
    first, last = round(x0), round(x1)
    if first == last:
        _touch(touched, first, y0, y1)
        return
    slope = (y1 - y0) / (x1 - x0)
    for column in range(first, last + 1):
        left, right = max(column - 0.5, x0), min(column + 0.5, x1)
        _touch(touched, column, y0 + (left - x0) * slope, y0 + (right - x0) * slope)


def _touch(touched: dict[int, tuple[int, int]], column: int, one: float, other: float) -> None:
    a, b = round(one), round(other)
    low, high = (a, b) if a < b else (b, a)
    known = touched.get(column)
    touched[column] = (low, high) if known is None else (min(low, known[0]), max(high, known[1]))
