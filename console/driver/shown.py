"""What stands on the terminal, so that only what differs is sent.

Textual sends whole lines again whenever a widget repaints, and the whole screen at each layout: four times while an
app starts. Here each piece of a line is compared with what was sent there last; equal ends of a piece are left out.
"""

from collections.abc import Iterable, Iterator

from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.strip import Strip

Piece = tuple[int, int, Strip]
"""Line and column where it begins, and what it shows."""


class Shown:
    """The pieces last sent, by line and column. `forget` when the terminal no longer shows them."""

    def __init__(self) -> None:
        self._lines: dict[int, dict[int, Strip]] = {}
        self._size = (0, 0)

    def forget(self) -> None:
        """The terminal may show anything: send all of it again."""
        self._lines.clear()

    def changes(self, update: CompositorUpdate, size: tuple[int, int]) -> CompositorUpdate:
        """The update, reduced when it is sent to what differs on a screen of `size` columns and lines."""
        if size != self._size:
            self._size = size
            self.forget()
        return _Changes(self, update) if isinstance(update, LayoutUpdate | ChopsUpdate) else update

    def sequences(self, update: CompositorUpdate, console: Console) -> Iterator[str]:
        """What to send, piece by piece; it counts as shown from now on."""
        for y, x, strip in _pieces(update):
            line = self._lines.setdefault(y, {})
            old = line.get(x)
            if old is None or old.cell_length != strip.cell_length:
                for start in [
                    at for at, one in line.items() if at < x + strip.cell_length and x < at + one.cell_length
                ]:
                    del line[start]
                start, changed = 0, strip
            else:
                start, changed = difference(old, strip)
            line[x] = strip
            if changed.cell_length:
                yield f"\x1b[{y + 1};{x + start + 1}H{changed.render(console)}"


def _take_away(line: dict[int, Strip], start: int, end: int) -> None:
    """Forget pieces that something of another width is drawn over."""
    for at in [at for at, piece in line.items() if at < end and start < at + piece.cell_length]:
        del line[at]


class _Changes(CompositorUpdate):
    """An update that compares at the moment it is sent: until then others may be sent, or it may be dropped."""

    def __init__(self, shown: Shown, update: CompositorUpdate) -> None:
        self._shown = shown
        self._update = update

    def render_segments(self, console: Console) -> str:
        return "".join(self._shown.sequences(self._update, console))


def difference(old: Strip, new: Strip) -> tuple[int, Strip]:
    """Where `new` begins to differ from `old`, which is as wide, and its part from there to where both end alike."""
    before, after = _segments(old), _segments(new)
    start = _cut_heads(before, after)
    _cut_tails(before, after)
    return start, Strip(after)


def _segments(strip: Strip) -> list[Segment]:
    return [segment for segment in strip if segment.text]


def _cut_heads(before: list[Segment], after: list[Segment]) -> int:
    """Take off what both begin with; gives its width. A character that joins the one before it is not cut from it."""
    same = next((at for at, (one, other) in enumerate(zip(before, after, strict=False)) if one != other), None)
    if same is None:
        same = min(len(before), len(after))
    while 0 < same < len(after) and cell_len(after[same].text[0]) == 0:
        same -= 1
    width = sum(segment.cell_length for segment in after[:same])
    del before[:same], after[:same]
    # All but one: the next segment may begin with what joins the last character of this one.
    if before and after and (length := min(_alike(before[0], after[0], 1), len(after[0].text) - 1)):
        before[0], after[0] = (Segment(one.text[length:], one.style) for one in (before[0], after[0]))
        width += length
    return width


def _cut_tails(before: list[Segment], after: list[Segment]) -> None:
    """Take off what both end with."""
    while before and after and before[-1] == after[-1]:
        before.pop()
        after.pop()
    if before and after and (length := _alike(before[-1], after[-1], -1)):
        before[-1], after[-1] = (Segment(one.text[:-length], one.style) for one in (before[-1], after[-1]))


def _alike(one: Segment, other: Segment, step: int) -> int:
    """How many characters two texts of one look share from the front (`step` 1) or the back (-1); each is a column."""
    if one.style != other.style or not (one.text.isascii() and other.text.isascii()):
        return 0
    pairs = zip(one.text[::step], other.text[::step], strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one.text), len(other.text)))


def _pieces(update: CompositorUpdate) -> Iterable[Piece]:
    """All pieces of a layout, or those that a partial update touches. They are whole, whatever part of them changed."""
    if isinstance(update, LayoutUpdate):
        for y, strips in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in strips:
                yield y, x, strip
                x += strip.cell_length
    elif isinstance(update, ChopsUpdate):
        for y, first, last in update.spans:
            for (x, part), end in zip(update.chops[y].items(), update.chop_ends[y], strict=False):
                if part is not None and x < last and end > first:
                    yield y, x, part
