"""Ending in time: when the orderly way out is blocked, the terminal is restored and the process ends all the same."""

import os
import select
import sys
import termios
from collections.abc import Callable
from threading import Event, Thread
from typing import NoReturn

RESTORE = (
    b"\x1b[?2004l\x1b[?7h\x1b[?2048l"  # bracketed paste, line wrap, resize reports
    b"\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l"  # mouse
    b"\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l"  # keyboard protocol, alternate screen, cursor, focus reports
)
"""Sets a terminal as a shell expects it."""

GRACE_SECONDS = 2.0


class Guard:
    """Waits for the orderly way out and, when it takes too long, ends the process without it.

    A stalled terminal (Ctrl+S on the far side, a frozen SSH) blocks the event loop in a write: no callback of ours
    would ever run there, so this is a thread.
    """

    def __init__(self, abandon: Callable[[], None], grace_seconds: float = GRACE_SECONDS) -> None:
        self._abandon = abandon
        self._grace_seconds = grace_seconds
        self._left = Event()
        self._thread: Thread | None = None
        self._attributes: list[object] | None = None

    def remember(self) -> None:
        """Keep the terminal's settings as they are now, before anything changes them."""
        try:
            self._attributes = termios.tcgetattr(0)
        except (termios.error, OSError):
            self._attributes = None

    def watch(self, code: int) -> None:
        """From now on the process has `grace_seconds` to leave, else it ends with this exit code."""
        if self._thread is None:
            self._thread = Thread(target=self._wait, args=(code,), name="leaving", daemon=True)
            self._thread.start()

    def left(self) -> None:
        """The orderly way out worked."""
        self._left.set()

    def _wait(self, code: int) -> None:
        if self._left.wait(self._grace_seconds):
            return
        closing = Thread(target=self._abandon, name="closing", daemon=True)
        closing.start()
        closing.join(self._grace_seconds / 2)
        self._restore()
        os._exit(code)

    def _restore(self) -> None:
        try:
            if self._attributes is not None:
                termios.tcsetattr(0, termios.TCSANOW, self._attributes)  # type: ignore[arg-type]
            if select.select([], [1], [], 0.1)[1]:
                os.write(1, RESTORE)
        except (termios.error, OSError):
            return  # the terminal is gone: nothing is left to restore


def leave(code: int) -> NoReturn:
    """End the process now: after the clean-up, instead of waiting for threads that block in a network read.

    Python joins its pool's threads at exit, and a request under way holds one for seconds.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            continue  # a closed pipe: nobody reads it any more
    os._exit(code)
