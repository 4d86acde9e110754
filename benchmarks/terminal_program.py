"""A program on a pseudo-terminal: what it writes and when, what it costs. Linux only."""

import fcntl
import os
import pty
import re
import signal
import struct
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Thread
from types import TracebackType

import pyte

LOST = ("TMUX", "TMUX_PANE", "NO_COLOR", "LINES", "COLUMNS", "SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT")
ANSWERS = {
    b"\x1b[c": b"\x1b[?62;22c",
    b"\x1b[?2026$p": b"\x1b[?2026;2$y",
    b"\x1b[?2048$p": b"\x1b[?2048;0$y",
    b"\x1b[6n": b"\x1b[1;1R",
}
"""What programs ask a terminal, and what a plain modern one says."""
_PRIVATE = re.compile(rb"\x1b\[[<>=?][0-9;]*[a-z]|\x1b\[[0-9;?]*\$[a-z]")
"""What pyte takes for something else."""


class Program:
    """One run of a program. `chunks` are its writes, each with the moment it came, in seconds of `time.perf_counter`.

    A thread does nothing but read and take the time; screens are emulated afterwards.
    """

    def __init__(self, command: Sequence[str], columns: int, rows: int, environment: Mapping[str, str]) -> None:
        self.size = columns, rows
        self.chunks: list[tuple[float, bytes]] = []
        self.ended = False
        kept = {name: value for name, value in os.environ.items() if name not in LOST}
        fresh = {**kept, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", **environment}
        self.began = time.perf_counter()
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            try:
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
                os.execvpe(command[0], list(command), fresh)
            finally:
                os._exit(127)
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> "Program":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self.ended:
            os.kill(self.pid, signal.SIGKILL)
        self._reader.join(5)
        os.waitpid(self.pid, 0)
        os.close(self._terminal)

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self._terminal, 65_536)
            except OSError:  # Linux says so when the program has closed its end
                break
            self.chunks.append((time.perf_counter(), data))
            for question, answer in ANSWERS.items():
                if question in data:
                    os.write(self._terminal, answer)
        self.ended = True

    # --- Acting and waiting -----------------------------------------------------------------------------------------

    def send(self, keys: str) -> None:
        os.write(self._terminal, keys.encode())

    def wait_quiet(self, seconds: float, patience: float = 30.0) -> None:
        """Until it wrote nothing for so long; raises TimeoutError."""
        deadline = time.perf_counter() + patience
        while (now := time.perf_counter()) < self.last + seconds:
            if now > deadline:
                raise TimeoutError(f"never quiet for {seconds} s")
            time.sleep(min(0.005, seconds))

    def wait_for(self, texts: Sequence[str], patience: float = 60.0) -> None:
        """Until all texts are on the screen; raises TimeoutError with the screen."""
        deadline, seen = time.perf_counter() + patience, -1
        while not self.ended and time.perf_counter() < deadline:
            if len(self.chunks) != seen:
                seen = len(self.chunks)
                if _all_in(texts, self.screen()):
                    return
            time.sleep(0.02)
        raise TimeoutError(f"{texts} never came:\n" + "\n".join(self.screen().display))

    def wait_end(self, patience: float = 5.0) -> bool:
        """Whether it ended in time."""
        self._reader.join(patience)
        return self.ended

    # --- What it wrote ----------------------------------------------------------------------------------------------

    @property
    def last(self) -> float:
        """When it wrote last."""
        return self.chunks[-1][0] if self.chunks else self.began

    @property
    def written(self) -> int:
        """Bytes so far."""
        return sum(len(data) for _, data in list(self.chunks))

    def screen(self) -> pyte.Screen:
        """What an operator sees now."""
        screen, stream = self._blank()
        for _, data in list(self.chunks):
            stream.feed(_PRIVATE.sub(b"", data))
        return screen

    def seen_at(self, texts: Sequence[str]) -> float:
        """When all texts were on the screen for the first time; raises LookupError."""
        screen, stream = self._blank()
        for moment, data in list(self.chunks):
            stream.feed(_PRIVATE.sub(b"", data))
            if _all_in(texts, screen):
                return moment
        raise LookupError(f"{texts} never stood on the screen together")

    def _blank(self) -> tuple[pyte.Screen, pyte.ByteStream]:
        screen = pyte.Screen(*self.size)
        return screen, pyte.ByteStream(screen)

    # --- What it costs ----------------------------------------------------------------------------------------------

    def cpu_seconds(self) -> float:
        """User and system time so far, all threads; its children are not counted."""
        # The clock of a process, by the layout of Linux' clock ids: the kernel counts it in nanoseconds.
        return time.clock_gettime((~self.pid << 3) | 2)

    def resident_mb(self) -> float:
        """Megabytes of memory it holds, shared libraries included."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def wakeups(self) -> dict[str, int]:
        """How often each thread went to sleep by itself so far."""
        found = {}
        for status in Path(f"/proc/{self.pid}/task").glob("*/status"):
            text = status.read_text()
            found[status.parent.name] = int(text.split("\nvoluntary_ctxt_switches:")[1].split()[0])
        return found


def _all_in(texts: Sequence[str], screen: pyte.Screen) -> bool:
    shown = "\n".join(screen.display)
    return all(text in shown for text in texts)
