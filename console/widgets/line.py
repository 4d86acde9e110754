"""One line of text that is drawn only when it changed."""

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from .cells import Cell
from .columns import sized
from .diff import changed_columns
from .tones import tone_style


class Line(Widget):
    """One line: spans from the left, spans from the right, the left cut when both do not fit."""

    DEFAULT_CSS = "Line { height: 1; width: 1fr; color: $foreground; background: $background; }"

    def __init__(self, left: Cell = (), right: Cell = (), *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._left = left
        self._right = right
        self._styles: dict[str, Style] = {}

    def say(self, left: Cell, right: Cell = ()) -> None:
        """Show these spans; only the columns that differ are drawn."""
        if (left, right) == (self._left, self._right):
            return
        before = self._spans()
        self._left, self._right = left, right
        if (span := changed_columns(before, self._spans())) is not None:
            self.refresh(Region(span[0], 0, span[1] - span[0], 1))

    @property
    def text(self) -> str:
        """What it shows, without tones."""
        return "".join(text for text, _ in self._spans()).rstrip()

    def _spans(self) -> Cell:
        width = max(0, self.size.width)
        right = sized(self._right, min(width, sum(len(text) for text, _ in self._right))) if self._right else ()
        used = sum(len(text) for text, _ in right)
        return (*sized(self._left, max(0, width - used - bool(used))), *((" ", ""),) * bool(used), *right)

    def render_line(self, y: int) -> Strip:
        if y:
            return Strip.blank(self.size.width, self.rich_style)
        segments = [Segment(text, self._style(tone)) for text, tone in self._spans()]
        return Strip(segments, self.size.width)

    def _style(self, tone: str) -> Style:
        if tone not in self._styles:
            self._styles[tone] = self.rich_style + tone_style(self.app.theme_variables, tone)
        return self._styles[tone]

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles.clear()
        self.refresh()
