"""The terminal as a file that never raises: when the terminal is gone, what is written goes nowhere."""

import os
from collections.abc import Callable


class TerminalOutput:
    """Text to a terminal's file descriptor, one write a flush.

    Textual's writer thread dies of an OSError, its queue fills up and the event loop waits for room for ever: so a
    terminal that went away is told to `lost`, once, and later text is dropped.
    """

    def __init__(self, fileno: int, lost: Callable[[], None], encoding: str = "utf-8") -> None:
        self._fileno = fileno
        self._lost = lost
        self._encoding = encoding
        self._parts: list[str] = []
        self._gone = False

    def write(self, text: str) -> int:
        """Keep `text` for the next flush."""
        self._parts.append(text)
        return len(text)

    def flush(self) -> None:
        """Send everything kept."""
        data = "".join(self._parts).encode(self._encoding, errors="replace")
        self._parts.clear()
        view = memoryview(data)
        while view and not self._gone:
            try:
                view = view[os.write(self._fileno, view) :]
            except OSError:
                self._gone = True
                self._lost()

    def fileno(self) -> int:
        return self._fileno

    def isatty(self) -> bool:
        return True
