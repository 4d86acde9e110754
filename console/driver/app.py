"""The part of the app that is about its terminal: starting, signals, crashes, quitting, frames, colours."""

import asyncio
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import Any, ClassVar

from textual import screen
from textual._compositor import CompositorUpdate
from textual.app import App
from textual.driver import Driver
from textual.filter import LineFilter, NoColor
from textual.worker import WorkerFailed

from .leaving import Guard
from .place import default_frames, default_mouse
from .shown import Shown
from .unix import TerminalDriver

SWITCH_SECONDS = 0.001
"""How long a thread may compute while the one that draws waits. Python's own 5 ms, several times over while sources
are read, are what an operator feels as a slow key."""


class TerminalApp(App[None]):
    """An app that leaves by every way out with the terminal restored. Run it with `start`."""

    SIGNALS: ClassVar[tuple[str, ...]] = ("SIGTERM", "SIGHUP", "SIGINT")
    _NO_COLOUR: ClassVar[Sequence[LineFilter]] = (NoColor(),)

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        # Animation is frames, frames are bytes, and a table that glides is read later.
        self.animation_level = "none"
        self._guard = Guard(self.abandon)
        self._handlers: dict[int, Any] = {}
        self._shown = Shown()

    # --- For the app to use -----------------------------------------------------------------------------------------

    def start(self, *, mouse: bool | None = None, frames: int | None = None) -> int:
        """Run until the operator leaves; the answer is the exit code: 0, what `exit` was given, 128 + signal, 1 after a
        crash, whose exception is then in `crash`.

        `frames` a second and the mouse default to what the link allows. Threads that still block in a request are not
        waited for; `leave` ends the process in spite of them.
        """
        sys.setswitchinterval(SWITCH_SECONDS)
        vars(screen)["UPDATE_PERIOD"] = 1 / (frames or default_frames())  # read by each screen when it first draws
        loop = asyncio.new_event_loop()
        try:
            self.run(loop=loop, mouse=default_mouse() if mouse is None else mouse)
        finally:
            self._guard.left()
            _cancel_tasks(loop)
            loop.close()
            self._unwatch_signals()
        return self.return_code or 0

    def abandon(self) -> None:
        """Close what must not be cut: called in a thread, before the process ends without an orderly shutdown.

        The app overrides it; it has a second.
        """

    def redraw(self) -> None:
        """Send the whole screen again, whatever stands on the terminal: another program may have written over it."""
        self.forget_screen()
        self.screen.refresh()

    @property
    def crash(self) -> BaseException | None:
        """What ended the app, where that was a bug."""
        error: BaseException | None = self._exception
        return error.error if isinstance(error, WorkerFailed) else error

    # --- Ways out ---------------------------------------------------------------------------------------------------

    def terminal_lost(self) -> None:
        """The terminal went away, told by the driver from any thread."""
        self._leave_soon(128 + signal.SIGHUP)

    def forget_screen(self) -> None:
        """What stands on the terminal is unknown, told by the driver: it was taken anew, or its size changed."""
        self._shown.forget()

    def watch_signals(self) -> None:
        """Leave in order at each of SIGNALS; one that was ignored when we started (nohup) stays ignored."""
        self._guard.remember()
        for name in self.SIGNALS:
            number = signal.Signals[name]
            if number not in self._handlers and signal.getsignal(number) is not signal.SIG_IGN:
                self._handlers[number] = signal.signal(number, self._on_signal)

    def _unwatch_signals(self) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        self._handlers.clear()

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self._leave_soon(128 + number)

    def _leave_soon(self, code: int) -> None:
        self._guard.watch(code)
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._leave, code)

    def _leave(self, code: int) -> None:
        if not self._exit:
            self.exit(return_code=code)

    def _handle_exception(self, error: Exception) -> None:
        # Textual prints a traceback with the values of all local variables, secrets among them.
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        self._close_messages_no_wait()

    def _display(self, screen: screen.Screen[Any], renderable: Any) -> None:
        if isinstance(renderable, CompositorUpdate):
            renderable = self._shown.changes(renderable, self.size)
        super()._display(screen, renderable)

    # --- What Textual asks ------------------------------------------------------------------------------------------

    def get_driver_class(self) -> type[Driver]:
        return TerminalDriver

    def get_line_filters(self) -> Sequence[LineFilter]:
        """With NO_COLOR not even the greys that Textual makes of colours."""
        return self._NO_COLOUR if self.no_color else super().get_line_filters()


def _cancel_tasks(loop: asyncio.AbstractEventLoop) -> None:
    """Let every task left see its cancellation, as asyncio.run does; its wait for threads is what we leave out."""
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    if tasks:
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
    loop.run_until_complete(loop.shutdown_asyncgens())
