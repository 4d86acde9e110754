"""Textual's driver for Unix terminals, made fit for bastions: bad bytes, lost terminals, resize storms, quick quits."""

import os
import re
import selectors
import signal
import sys
from asyncio import TimerHandle
from codecs import getincrementaldecoder
from time import monotonic
from typing import Any, Protocol, cast

from textual import constants, events
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Size
from textual.message import Message

from .output import TerminalOutput

_SEQUENCES = re.compile("(?=\x1b)")
LONGEST_SEQUENCE = 256
RESIZE_QUIET_SECONDS = 0.05
"""A window being dragged tells its size many times a second; the screen is laid out once this long after the last."""
RESIZE_LIMIT_SECONDS = 0.5


class Owner(Protocol):
    """What the driver tells the app."""

    def terminal_lost(self) -> None:
        """The terminal went away; called from any thread."""
        ...

    def forget_screen(self) -> None:
        """Nothing is known of what the terminal shows; called on the event loop."""
        ...

    def watch_signals(self) -> None:
        """The terminal is about to be changed: from here on a signal must restore it."""
        ...


class TerminalDriver(LinuxDriver):
    """Reads keys and draws on the terminal at standard input and output."""

    def __init__(
        self, app: Any, *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._owner = cast(Owner, app)
        # Textual draws on standard error; on standard output `2> file` keeps what we say there out of the picture.
        stream = sys.__stdout__ if sys.__stdout__ is not None and sys.__stdout__.isatty() else sys.__stderr__
        assert stream is not None, "the terminal has been checked"
        self._file = cast(Any, TerminalOutput(stream.fileno(), self._owner.terminal_lost, stream.encoding or "utf-8"))
        self._wake: tuple[int, int] | None = None
        self._resize: events.Resize | None = None
        self._resize_timer: TimerHandle | None = None
        self._resize_since = 0.0

    def start_application_mode(self) -> None:
        """Take the terminal."""
        self._owner.watch_signals()
        self._owner.forget_screen()
        if self._wake is None:
            self._wake = os.pipe()
        super().start_application_mode()  # type: ignore[no-untyped-call]
        signal.signal(signal.SIGWINCH, self._on_size_signal)

    def disable_input(self) -> None:
        """Stop reading keys, at once: Textual's own reader notices up to 200 ms later."""
        if self._wake is not None and self._key_thread is not None and self._key_thread.is_alive():
            self.exit_event.set()
            os.write(self._wake[1], b"!")
            self._key_thread.join()
            self.exit_event.clear()
        super().disable_input()

    def close(self) -> None:
        super().close()
        if self._wake is not None:
            for fileno in self._wake:
                os.close(fileno)
            self._wake = None

    # --- Reading ----------------------------------------------------------------------------------------------------

    def run_input_thread(self) -> None:
        """Read keys until told to stop. It sleeps until there is one: Textual's reader wakes ten times a second."""
        assert self._wake is not None
        decode = getincrementaldecoder("utf-8")(errors="replace").decode
        parser = XTermParser(self._debug)
        settled = 0.0
        with selectors.SelectSelector() as selector:  # the one kind that works for terminals on every Unix
            selector.register(self.fileno, selectors.EVENT_READ)
            selector.register(self._wake[0], selectors.EVENT_READ)
            while not self.exit_event.is_set():
                # A lone Escape is told from the start of a sequence by waiting: only then is there a timeout.
                ready = selector.select(max(0.0, settled - monotonic()) if settled else None)
                if not ready:
                    settled = 0.0
                if any(key.fd == self._wake[0] for key, _ in ready):
                    os.read(self._wake[0], 64)
                if any(key.fd == self.fileno for key, _ in ready):
                    data = self._read()
                    if not data:
                        return
                    settled = monotonic() + constants.ESCAPE_DELAY + 0.01
                    parser = self._feed(parser, decode(data))
                for message in parser.tick():
                    self.process_message(message)

    def _read(self) -> bytes:
        """What has been typed; empty: the terminal is gone, and reading on would spin."""
        try:
            data = os.read(self.fileno, 4096)
        except OSError:
            data = b""
        if not data:
            self._owner.terminal_lost()
        return data

    def _feed(self, parser: XTermParser, text: str) -> XTermParser:
        """Pass on what was typed; the answer is the parser to go on with.

        Textual's parser raises at sequences with numbers that are none or too large. Line noise must not end the app,
        nor take what was typed after it along.
        """
        for piece in _SEQUENCES.split(text):
            # Character by character where it may break, so that only the broken sequence is lost.
            for part in piece if piece[:1] == "\x1b" and len(piece) <= LONGEST_SEQUENCE else (piece,) * bool(piece):
                try:
                    for message in parser.feed(part):
                        self.process_message(message)
                except (ValueError, OverflowError):
                    parser = XTermParser(self._debug)
        return parser

    # --- Size -------------------------------------------------------------------------------------------------------

    def process_message(self, message: Message) -> None:
        if isinstance(message, events.Resize):
            self._loop.call_soon_threadsafe(self._on_size, message)
        else:
            super().process_message(message)

    def _on_size_signal(self, _number: int, _frame: object) -> None:
        if not self._in_band_window_resize:
            size = Size(*self._get_terminal_size())
            self._loop.call_soon_threadsafe(self._on_size, events.Resize(size, size))

    def _on_size(self, event: events.Resize) -> None:
        """Wait for the last of a burst of sizes, but not for ever."""
        now = self._loop.time()
        if self._resize_timer is None:
            self._resize_since = now
        else:
            self._resize_timer.cancel()
        self._resize = event
        left = self._resize_since + RESIZE_LIMIT_SECONDS - now
        self._resize_timer = self._loop.call_later(max(0.0, min(RESIZE_QUIET_SECONDS, left)), self._send_size)

    def _send_size(self) -> None:
        self._resize_timer = None
        if self._resize is not None:
            self._owner.forget_screen()
            super().process_message(self._resize)
            self._resize = None
