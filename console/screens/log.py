"""A job's log: follow, search, fold, jump to the first error, however large it is."""

import asyncio
from bisect import bisect_left, bisect_right, insort
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Static

from ..boards.log import Needle
from ..model.pipelines import Job
from ..ports import LogReader, SourceError
from ..text import count, percent, size
from ..widgets.bars import keys_spans
from ..widgets.cells import Cell
from ..widgets.clipboard import copy
from ..widgets.line import Line
from ..widgets.prompt import Prompt
from .keys import KeysScreen
from .logchunks import Chunks, Missing
from .logscan import Outline, find_first_error, search
from .logview import LogView

SMALL = 4_000_000
"""Bytes up to which a log is read whole at once behind the screen, for its sections and line numbers."""
PAUSES = (1.0, 2.0, 3.0, 5.0, 8.0, 15.0)
"""Seconds between looks at a log that does not grow; the first after it did."""


class LogScreen(ModalScreen[None]):
    """One job's log, opened on its last screen."""

    DEFAULT_CSS = """
    LogScreen { background: $background; }
    LogScreen > .problem { height: auto; color: $status-failed; padding: 1 2; display: none; }
    LogScreen.-problem > .problem { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "back", "Back", id="log.back"),
        Binding("slash", "find", "Search", id="log.find", priority=True),
        Binding("n", "match(1)", "Next", id="log.next"),
        Binding("N", "match(-1)", "Previous", id="log.previous", show=False),
        Binding("exclamation_mark", "first_error", "First error", id="log.error"),
        Binding("f", "follow", "Follow", id="log.follow"),
        Binding("z", "fold", "Fold", id="log.fold"),
        Binding("Z", "fold_all", "Fold all", id="log.fold_all"),
        Binding("t", "clocks", "Times", id="log.clocks"),
        Binding("y", "copy_line", "Copy line", id="log.copy"),
        Binding("Y", "copy_link", "Copy link", id="log.copy_link", show=False),
        Binding("r", "reload", "Reload", id="log.reload", show=False),
        Binding("question_mark", "keys", "Keys", id="log.keys"),
    ]

    def __init__(self, logs: LogReader, job: Job, project_path: str) -> None:
        super().__init__()
        self.job = job
        self.project_path = project_path
        self.chunks = Chunks(logs, job.project_id, job.id)
        self.view = LogView(self.chunks)
        self.following = False
        self.ended = job.status.finished
        self.matches: list[int] = []
        self._outline = Outline(self.chunks)
        self._problem = ""
        self._busy = ""
        """What is being scanned for; empty: nothing."""
        self._done = 0
        self._told = ""
        """One sentence in the keys' line, until something else happens."""

    def compose(self) -> ComposeResult:
        yield Line((("‹ ", "mute"), (f"{self.project_path} › {self.job.name} ", "strong"), (f"#{self.job.id}", "mute")))
        yield Static(classes="problem", markup=False)
        yield self.view
        yield Line(id="status")
        yield Line(id="keys")

    def on_mount(self) -> None:
        self.view.focus()
        self.load()

    # --- Reading ----------------------------------------------------------------------------------------------------

    @work(exclusive=True, group="load")
    async def load(self) -> None:
        """Show the end of the log, and what is under way of it."""
        self._tell("Reading the log…")
        try:
            await self.chunks.open()
        except SourceError as error:
            self._fail(error)
            return
        self._told = ""
        self._fail(None)
        self.following = not self.ended
        self._outline = Outline(self.chunks)
        self.view.begin()
        if self.chunks.total <= SMALL:
            self.outline()
        if not self.ended:
            self.follow()

    @work(exclusive=True, group="follow")
    async def follow(self) -> None:
        """Look for more until the job has ended, less and less often while nothing comes."""
        pause = 0
        while not self._ended_by_now():
            await asyncio.sleep(PAUSES[min(pause, len(PAUSES) - 1)])
            try:
                grew = await self.chunks.grow()
            except SourceError as error:
                self._say_problem(error)
                pause += 1
                continue
            self._say_problem(None)
            pause = 0 if grew else pause + 1
            if grew:
                self._grown()

    def _grown(self) -> None:
        if self.following:
            self.view.do(self.view.last)
        elif self.view.at_end or len(self.view.lines) < self.view.size.height:
            self.view.do(self.view.again)
        if self.chunks.total <= SMALL:
            self.outline()
        self._show_status()

    def _ended_by_now(self) -> bool:
        """Whether the job writes no more: it had ended, or its last line says so."""
        with suppress(Missing):
            last = self.view.window.backward(self.chunks.total, 1)
            self.ended = self.ended or bool(last and last[0].ends_job)
        return self.ended

    @work(exclusive=True, group="outline")
    async def outline(self) -> None:
        """Read a small log whole, behind the screen."""
        with suppress(SourceError):  # what is on screen stays; keys that need the outline read again and say why not
            await self._extend()

    async def _extend(self) -> None:
        await self._outline.extend(self._advance if self._busy else lambda _done: None)
        self.view.window.know(self._outline.sections)
        self.view.show_everything_again()
        self._show_status()

    # --- Scans ------------------------------------------------------------------------------------------------------

    @work(exclusive=True, group="scan")
    async def scan(self, what: str, job: Callable[[], Awaitable[None]]) -> None:
        """Read through the log for something, with progress; Escape ends it."""
        self._busy, self._done, self._told = what, 0, ""
        self._show_status()
        try:
            await job()
        except SourceError as error:
            self._say_problem(error)
        finally:
            self._busy = ""
            self._show_status()

    def _advance(self, done: int) -> None:
        self._done = done
        self._show_status()

    async def _search(self, needle: Needle) -> None:
        line = self.view.line
        origin = line.start if line else 0
        async for offsets in search(self.chunks, needle, origin, self._advance):
            first = not self.matches
            for offset in offsets:
                insort(self.matches, offset)
            if first:
                self.view.do(self.view.jump(offsets[0]), by_hand=True)
        if not self.matches:
            self._tell(f"{needle.text!r} is nowhere in this log")

    async def _jump_to_error(self) -> None:
        found = await find_first_error(self.chunks, self.view.window, self._advance)
        if found is None:
            self._tell("No line of this log says what failed")
        else:
            self.view.do(self.view.jump(found[0]), by_hand=True)

    async def _fold_here(self) -> None:
        await self._extend()
        line, window = self.view.line, self.view.window
        section = window.innermost(line.start) if line else None
        if section is None:
            self._tell("This line is in no section")
        elif window.is_folded(section.start):
            window.unfold(section)
        else:
            window.fold(section)
        self.view.do(self.view.again)

    async def _fold_everything(self) -> None:
        window = self.view.window
        if window.folds:
            window.unfold_all()
        else:
            await self._extend()
            window.fold_all()
            if not window.folds:
                self._tell("This log has no sections")
        self.view.do(self.view.again)

    # --- Keys -------------------------------------------------------------------------------------------------------

    def action_back(self) -> None:
        """One thing at a time: the search under way, its matches, then the log."""
        if self._busy:
            self.workers.cancel_group(self, "scan")
        elif self.view.needle is not None:
            self._forget_matches()
        else:
            self.dismiss()

    def _forget_matches(self) -> None:
        self.view.needle = None
        self.matches.clear()
        self.view.show_everything_again()
        self._show_status()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In the search line `/` is a character."""
        return not self.query(Prompt) if action == "find" else True

    async def action_find(self) -> None:
        prompt = Prompt("search", self.view.needle.text if self.view.needle else "", (), self.view)
        prompt.placeholder = "search the whole log; upper case makes case matter"
        await self.mount(prompt)
        self.set_focus(prompt)

    async def on_prompt_closed(self, message: Prompt.Closed) -> None:
        message.stop()
        message.prompt.pass_on_late_keys()
        await message.prompt.remove()
        if message.text is None:
            return
        self._forget_matches()
        if message.text:
            needle = Needle(message.text)
            self.view.needle = needle
            self.view.show_everything_again()
            self.scan("searching", lambda: self._search(needle))

    def action_match(self, step: int) -> None:
        """The next or previous match from the cursor on, round the end."""
        line = self.view.line
        if not self.matches or line is None:
            self._tell("Nothing found so far" if self._busy else "Search with / first")
            return
        if step > 0:
            place = bisect_right(self.matches, line.end - 1) % len(self.matches)
        else:
            place = bisect_left(self.matches, line.start) - 1
        self.view.do(self.view.jump(self.matches[place]), by_hand=True)

    def action_first_error(self) -> None:
        self.scan("looking for the first error", self._jump_to_error)

    def action_follow(self) -> None:
        self.following = not self.following
        if self.following:
            self.view.do(self.view.last)
            if self.ended:
                self._tell("The job has ended: nothing more will come")
                self.following = False
        self._show_status()

    def action_fold(self) -> None:
        self.scan("looking for sections", self._fold_here)

    def action_fold_all(self) -> None:
        self.scan("looking for sections", self._fold_everything)

    def action_clocks(self) -> None:
        self.view.clocks = not self.view.clocks
        if self.view.clocks and not any(line.clock for line in self.view.lines):
            self.view.clocks = False
            self._tell("This log has no timestamps (the runner writes them with FF_TIMESTAMPS)")
        self.view.show_everything_again()

    async def action_copy_line(self) -> None:
        line = self.view.line
        if line is not None:
            self._tell(await copy(self.app, line.text))

    async def action_copy_link(self) -> None:
        link = self.job.web_url
        self._tell(await copy(self.app, link) if link else "This log has no link")

    def action_reload(self) -> None:
        self.load()

    def action_keys(self) -> None:
        self.app.push_screen(KeysScreen(self.active_bindings.values()))

    # --- Saying -----------------------------------------------------------------------------------------------------

    def on_log_view_moved(self, message: LogView.Moved) -> None:
        if message.by_hand:
            self.following = self.following and self._on_last_line
            self._told = "" if not self._busy else self._told
        self._say_problem(None)
        self._show_status()

    def on_log_view_failed(self, message: LogView.Failed) -> None:
        self._say_problem(message.error)

    @property
    def _on_last_line(self) -> bool:
        return self.view.at_end and self.view.cursor == len(self.view.lines) - 1

    def _tell(self, text: str) -> None:
        self._told = text
        self._show_status()

    def _fail(self, error: SourceError | None) -> None:
        """The log cannot be opened: say why in its place."""
        self.set_class(error is not None, "-problem")
        text = f"{error}\n{error.remedy}\n\nr tries again, Esc goes back." if error else ""
        self.query_one(".problem", Static).update(text)
        self._show_status()

    def _say_problem(self, error: SourceError | None) -> None:
        """More of the log could not be read: what is on screen stays."""
        self._problem = str(error) if error else ""
        self._show_status()

    def _show_status(self) -> None:
        if not self.query(Line):
            return  # not composed yet, or gone while a scan was under way
        self.query_one("#status", Line).say(self._position(), self._state())
        if self._told:
            self.query_one("#keys", Line).say(((f" {self._told}", "warn"),))
            return
        shown = [(_KEYS.get(one.key, one.key), one.description, True) for one in _shown(self.BINDINGS)]
        self.query_one("#keys", Line).say(*keys_spans(shown, "", 0, self.size.width))

    def _position(self) -> Cell:
        line, total = self.view.line, self.chunks.total
        if line is None:
            empty = self.view.ready and not self.has_class("-problem")
            return (("The log is empty" if empty else "", "mute"),)
        number = None
        with suppress(Missing):
            number = self._outline.number(line.start)
        place = f"line {count(number)}, " if number is not None else ""
        folded = f", {self.view.window.folds} folded" if self.view.window.folds else ""
        return ((f" {place}{percent(line.end / total)} of {size(total)}{folded}", ""),)

    def _state(self) -> Cell:
        if self._problem:
            return ((f"{self._problem} ", "bad"),)
        found = f"{count(len(self.matches))} lines match " if self.view.needle else ""
        if self._busy:
            share = percent(self._done / self.chunks.total) if self.chunks.total else ""
            return ((found, "accent"), (f"{self._busy} {share}, Esc stops ", "run"))
        if not self.view.ready:
            return ()
        state = "ended" if self.ended else "following" if self.following else "running, f follows"
        return ((found, "accent"), (f"{state} ", "ok" if self.following else "mute"))


_KEYS = {"slash": "/", "exclamation_mark": "!", "question_mark": "?", "escape,q": "Esc"}


def _shown(bindings: Iterable[BindingType]) -> Iterable[Binding]:
    return (one for one in bindings if isinstance(one, Binding) and one.show)
