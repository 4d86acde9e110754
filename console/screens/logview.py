"""The lines of a log on the screen, with a cursor; only lines that look different are drawn again."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events, work
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from ..boards.log import LogLine, Needle
from ..ports import SourceError
from ..text import duration
from ..widgets.colours import style
from .logchunks import Chunks, Missing
from .logwindow import LogWindow, Section

SIDEWAYS = 16
"""Columns one key moves the text."""
MOST_STEPS = 64
"""Steps that wait for the network; of a key held longer than that the rest is dropped."""

Step = Callable[[], None]
"""A move: it may raise Missing before it changed anything, and is then tried again."""


class LogView(Widget, can_focus=True):
    """A window on a log. It moves at once where the bytes are here, else when they have come."""

    DEFAULT_CSS = "LogView { height: 1fr; width: 1fr; color: $foreground; background: $background; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Down", id="log.down", show=False),
        Binding("up,k", "move(-1)", "Up", id="log.up", show=False),
        Binding("pagedown,ctrl+f", "page(1)", "Page down", id="log.page_down", show=False),
        Binding("pageup", "page(-1)", "Page up", id="log.page_up", show=False),
        Binding("right,l", "sideways(1)", "Right", id="log.right", show=False),
        Binding("left,h", "sideways(-1)", "Left", id="log.left", show=False),
        Binding("g,home", "first", "Top", id="log.first", show=False),
        Binding("G,end", "last", "Bottom", id="log.last", show=False),
    ]

    @dataclass
    class Moved(Message):
        """Another line is under the cursor, or other lines are shown."""

        by_hand: bool

    @dataclass
    class Failed(Message):
        """Lines could not be read; those on screen stay."""

        error: SourceError

    def __init__(self, chunks: Chunks) -> None:
        super().__init__()
        self.chunks = chunks
        self.window = LogWindow(chunks)
        self.lines: list[LogLine] = []
        self.cursor = 0
        self.left = 0
        self.clocks = False
        """Whether times are shown."""
        self.needle: Needle | None = None
        self.ready = False
        """Whether the log has been opened; steps before that are taken then."""
        self._waiting: deque[tuple[Step, bool]] = deque()
        self._painted: list[tuple[object, ...]] = []
        self._styles: dict[str, Style] = {}

    # --- What the screen asks ---------------------------------------------------------------------------------------

    @property
    def line(self) -> LogLine | None:
        """The line under the cursor."""
        return self.lines[self.cursor] if self.cursor < len(self.lines) else None

    @property
    def at_end(self) -> bool:
        return not self.lines or self.lines[-1].end >= self.chunks.total

    def do(self, step: Step, *, by_hand: bool = False) -> None:
        """Take a step now, or after those that wait for bytes."""
        if self._waiting or not self.ready:
            if len(self._waiting) < MOST_STEPS:
                self._waiting.append((step, by_hand))
            return
        try:
            step()
        except Missing:
            self._waiting.append((step, by_hand))
            self._read()
        else:
            self._arrived(by_hand)

    def begin(self) -> None:
        """The log has been opened: show its end, and take the steps that were asked for meanwhile."""
        self.ready = True
        self._waiting.appendleft((self.last, False))
        self._read()

    def jump(self, start: int) -> Step:
        """Puts the cursor on the line that the byte at `start` belongs to, unfolding what hides it."""

        def step() -> None:
            here = self.window.start_of(start)
            self.window.reveal(here)
            above = self.window.backward(here, self._height // 3)
            lines = self.window.page(above[0].start if above else here, self._height)
            self._set(lines, next((n for n, line in enumerate(lines) if line.start >= here), len(lines) - 1))

        return step

    def last(self) -> None:
        """The last screen, the cursor on its last line."""
        lines = self.window.last_page(self._height)
        self._set(lines, len(lines) - 1)

    def again(self) -> None:
        """The same place once more: after a change of size, folds or content."""
        if not self.lines:
            self.last()
            return
        here = self.lines[min(self.cursor, len(self.lines) - 1)].start
        fold = next((one for one in self.window.sections if self._hides(one, here)), None)
        here = fold.start if fold else here
        above = self.window.backward(here, self.cursor)
        lines = self.window.page(above[0].start if above else here, self._height)
        self._set(lines, next((n for n, line in enumerate(lines) if line.start >= here), len(lines) - 1))

    def show_everything_again(self) -> None:
        """Colours, matches or times changed."""
        self._styles.clear()
        self._paint()

    # --- Keys -------------------------------------------------------------------------------------------------------

    def action_move(self, lines: int) -> None:
        self.do(lambda: self._move(lines), by_hand=True)

    def action_page(self, pages: int) -> None:
        self.do(lambda: self._page(pages), by_hand=True)

    def action_first(self) -> None:
        self.do(lambda: self._set(self.window.forward(0, self._height), 0), by_hand=True)

    def action_last(self) -> None:
        self.do(self.last, by_hand=True)

    def action_sideways(self, steps: int) -> None:
        widest = max((len(line.text) for line in self.lines), default=0)
        self.left = max(0, min(self.left + steps * SIDEWAYS, widest - SIDEWAYS))
        self._paint()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.action_move(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.action_move(-3)

    def on_click(self, event: events.Click) -> None:
        if event.y < len(self.lines):
            self.do(lambda: self._set(self.lines, event.y), by_hand=True)

    def on_resize(self) -> None:
        if self.lines:
            self.do(self.again)

    # --- Moving -----------------------------------------------------------------------------------------------------

    @property
    def _height(self) -> int:
        return max(1, self.content_size.height)

    def _move(self, count: int) -> None:
        """At the edge the view moves by half a screen: a held key then repaints it once in many lines."""
        target, half = self.cursor + count, max(1, self._height // 2)
        lines = self.lines
        if target < 0 and lines:
            above = self.window.backward(lines[0].start, max(half, -target))
            target += len(above)
            lines = (above + lines)[: self._height]
        elif target >= len(lines) and lines:
            lines = lines + self.window.forward(lines[-1].end, max(half, target - len(lines) + 1))
            cut = max(0, len(lines) - self._height)
            lines, target = lines[cut:], target - cut
        self._set(lines, target)

    def _page(self, pages: int) -> None:
        step = max(1, self._height - 1)
        if not self.lines:
            return
        if pages > 0:
            lines = self.window.page(self.lines[-1].start if len(self.lines) > 1 else self.lines[-1].end, self._height)
            target = len(lines) - 1 if lines[-1:] == self.lines[-1:] else self.cursor
        else:
            above = self.window.backward(self.lines[0].start, step)
            lines = self.window.page(above[0].start if above else self.lines[0].start, self._height)
            target = self.cursor if above else 0
        self._set(lines, target)

    def _set(self, lines: list[LogLine], cursor: int) -> None:
        self.lines = lines
        self.cursor = max(0, min(cursor, len(lines) - 1))

    def _hides(self, section: Section, start: int) -> bool:
        return self.window.is_folded(section.start) and section.body <= start < section.end

    @work(exclusive=True, group="read")
    async def _read(self) -> None:
        """Take the steps that wait, reading what they miss."""
        while self._waiting:
            step, by_hand = self._waiting[0]
            try:
                await self.chunks.run(step)
            except SourceError as error:
                self._waiting.clear()
                self.post_message(self.Failed(error))
                return
            self._arrived(by_hand)
            self._waiting.popleft()

    def _arrived(self, by_hand: bool) -> None:
        self._paint()
        self.post_message(self.Moved(by_hand))

    # --- Drawing ----------------------------------------------------------------------------------------------------

    def _paint(self) -> None:
        """Refresh the rows that differ from what is on screen."""
        rows = [self._look(number) for number in range(self._height)]
        known = self._painted
        width = self.content_size.width
        changed = [n for n, row in enumerate(rows) if n >= len(known) or known[n] != row]
        self._painted = rows
        if changed:
            self.refresh(*(Region(0, row, width, 1) for row in changed))

    def _look(self, row: int) -> tuple[object, ...]:
        """All that the picture of a row depends on."""
        if row >= len(self.lines):
            return ()
        line = self.lines[row]
        section = self.window.section_at(line.start)
        needle = self.needle.text if self.needle else ""
        return line, row == self.cursor, section, self.window.is_folded(line.start), self.left, needle, self.clocks

    def render_line(self, y: int) -> Strip:
        width = self.content_size.width
        if y >= len(self.lines):
            return Strip.blank(width, self._style("plain"))
        line = self.lines[y]
        under = y == self.cursor
        clock = f"{line.clock or '':<8} " if self.clocks else ""
        head = [Segment(clock + self._gutter(line), self._style("mute", under))]
        room = width - sum(segment.cell_length for segment in head)
        body = Strip(self._body(line, under))
        whole = body.cell_length
        shown = body.crop(self.left, self.left + room)
        if whole > self.left + room or line.cut:
            shown = shown.crop(0, room - 1).extend_cell_length(room - 1, self._style("plain", under))
            shown = Strip([*shown, Segment("›", self._style("mute", under))])
        if self.left and whole:
            shown = Strip([Segment("‹", self._style("mute", under)), *shown.crop(1)])
        return Strip([*head, *shown]).extend_cell_length(width, self._style("plain", under))

    def _gutter(self, line: LogLine) -> str:
        if line.opens is None or not line.text:
            return "! " if line.error else "  "
        return "▸ " if self.window.is_folded(line.start) else "▾ "

    def _body(self, line: LogLine, under: bool) -> list[Segment]:
        """The text in pieces: matches, and the duration of the section it opens."""
        tone = "title" if line.opens is not None else "bad" if line.error else "plain"
        base, segments, place = self._style(tone, under), list[Segment](), 0
        for start, end in self.needle.spans(line.text) if self.needle else ():
            if start > place:
                segments.append(Segment(line.text[place:start], base))
            segments.append(Segment(line.text[start:end], self._style("match")))
            place = end
        segments.append(Segment(line.text[place:], base))
        section = self.window.section_at(line.start)
        if section is not None and section.seconds is not None:
            segments.append(Segment(f"  {took(section.seconds)}", self._style("mute", under)))
        return segments

    def _style(self, tone: str, under: bool = False) -> Style:
        key = f"{tone}{'+' if under else ''}"
        if key not in self._styles:
            self._styles[key] = self.rich_style + self._tone(tone, under)
        return self._styles[key]

    def _tone(self, tone: str, under: bool) -> Style:
        variables = self.app.theme_variables
        if tone == "match":
            return style(variables, "match-foreground", on="match-background", attributes="bold reverse" * _plain(self))
        if under:
            reverse = "reverse" if _plain(self) else ""
            return style(variables, "block-cursor-foreground", on="block-cursor-background", attributes=reverse)
        return {
            "plain": Style(),
            "mute": style(variables, "status-muted"),
            "bad": style(variables, "status-failed"),
            "title": style(variables, "", attributes="bold"),
        }[tone]

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles.clear()
        self.refresh()


def _plain(widget: Widget) -> bool:
    """Whether a background is too little to show something by: without colour, or in the terminal's own."""
    return widget.app.no_color or widget.app.native_ansi_color


def took(seconds: int) -> str:
    """Duration of a section."""
    from datetime import timedelta

    return duration(timedelta(seconds=seconds))
