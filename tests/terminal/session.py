"""A program in a pseudo-terminal, and the screen an operator would see."""

import contextlib
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType

import pyte

ROOT = Path(__file__).parent.parent.parent
TIMEOUT_SECONDS = 20.0
"""Far more than anything takes: a test that waits this long has failed."""


class TimedOut(AssertionError):
    """Something did not come; the text holds the screen as it was."""


class _Screen(pyte.Screen):
    """pyte's screen, minus what it does not know: private sequences would reach its handlers as colours."""

    def select_graphic_rendition(self, *attributes: int, **kwargs: bool) -> None:
        if not kwargs.get("private"):
            super().select_graphic_rendition(*attributes)


class Session:
    """One run of a program at a terminal of `columns` x `rows`; leaving the `with` block ends it."""

    def __init__(
        self,
        arguments: Sequence[str],
        *,
        columns: int = 80,
        rows: int = 24,
        environment: Mapping[str, str] | None = None,
        ignore: Sequence[int] = (),
    ) -> None:
        self.raw = bytearray()
        """Everything the program wrote to the terminal."""
        self._screen = _Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._master, slave = pty.openpty()
        self.resize(columns, rows)
        keep = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
        fresh = {"TERM": "xterm-256color", "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT), **keep, **(environment or {})}
        ignored = ",".join(str(int(number)) for number in ignore)
        self._process = subprocess.Popen(
            [sys.executable, "-S", "-c", _BECOME, ignored, *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=fresh,
            cwd=ROOT,
            start_new_session=True,
        )
        os.close(slave)
        self.pid = self._process.pid

    def __enter__(self) -> "Session":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self.hang_up()

    # --- Acting -----------------------------------------------------------------------------------------------------

    def send(self, keys: str | bytes) -> None:
        """Type: text, or bytes as they are."""
        os.write(self._master, keys.encode() if isinstance(keys, str) else keys)

    def resize(self, columns: int, rows: int) -> None:
        """Change the window's size; the program gets SIGWINCH."""
        self._screen.resize(rows, columns)
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def hang_up(self) -> None:
        """Close the terminal, as a lost connection does."""
        if self._master >= 0:
            os.close(self._master)
            self._master = -1

    # --- Seeing -----------------------------------------------------------------------------------------------------

    @property
    def lines(self) -> list[str]:
        """What is on the screen, row by row."""
        return [line.rstrip() for line in self._screen.display]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def title(self) -> str:
        return str(self._screen.title)

    def read(self, seconds: float = 0.05) -> bytes:
        """Take what the program writes within a time; ends at once when something came."""
        if not select.select([self._master], [], [], seconds)[0]:
            return b""
        try:
            data = os.read(self._master, 65_536)
        except OSError:  # Linux says so when the program has closed its end
            return b""
        self.raw += data
        # pyte 0.8.2 raises at the keyboard protocol's sequences, which a real terminal ignores.
        self._stream.feed(re.sub(rb"\x1b\[[<>=][0-9;]*[a-z]", b"", data))
        return data

    def wait_for(self, text: str, *, gone: bool = False) -> None:
        """Until `text` is on the screen, or no longer is."""
        self._wait(lambda: (text in self.text) != gone, f"{text!r} {'to go' if gone else 'to come'}")

    def wait_quiet(self, seconds: float = 0.2) -> int:
        """Until nothing was written for `seconds`; gives the bytes that came until then."""
        before, deadline = len(self.raw), time.monotonic() + TIMEOUT_SECONDS
        while self.read(seconds):
            if time.monotonic() > deadline:
                raise TimedOut(f"the program never stops writing:\n{self.text}")
        return len(self.raw) - before

    def wait_exit(self, *, reading: bool = True) -> int:
        """Until the program has ended: its exit code, or the negative number of the signal that killed it.

        Without `reading`, what it writes is left in the terminal, which then takes no more at some point.
        """
        if not reading:
            return self._process.wait(TIMEOUT_SECONDS)
        self._wait(lambda: self._process.poll() is not None, "the program to end")
        while self._master >= 0 and self.read(0.0):
            pass
        return self._process.wait()

    def wait_until(self, done: Callable[[], bool], what: str) -> None:
        """Until something holds."""
        self._wait(done, what)

    def _wait(self, done: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while not done():
            if time.monotonic() > deadline:
                raise TimedOut(f"waited for {what}; the screen:\n{self.text}")
            if self._master >= 0:
                self.read()
            else:
                time.sleep(0.02)

    # --- What a terminal was left in --------------------------------------------------------------------------------

    def problems(self) -> list[str]:
        """What the program changed in the terminal and did not set back; empty is as it must be."""
        wrong = [name for name, on, off in _MODES if self.raw.rfind(on) > self.raw.rfind(off)]
        if self._master >= 0:
            local = termios.tcgetattr(self._master)[3]
            wrong += [name for name, bit in (("echo", termios.ECHO), ("lines", termios.ICANON)) if not local & bit]
        return wrong


_MODES = [
    ("alternate screen", b"\x1b[?1049h", b"\x1b[?1049l"),
    ("hidden cursor", b"\x1b[?25l", b"\x1b[?25h"),
    ("mouse", b"\x1b[?1000h", b"\x1b[?1000l"),
    ("mouse movement", b"\x1b[?1003h", b"\x1b[?1003l"),
    ("paste", b"\x1b[?2004h", b"\x1b[?2004l"),
    ("focus", b"\x1b[?1004h", b"\x1b[?1004l"),
    ("wrap", b"\x1b[?7l", b"\x1b[?7h"),
    ("keyboard", b"\x1b[>", b"\x1b[<u"),
]


_BECOME = """
import fcntl, os, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
    signal.signal(number, signal.SIG_DFL)
for number in filter(None, sys.argv[1].split(",")):
    signal.signal(int(number), signal.SIG_IGN)
os.execv(sys.argv[2], sys.argv[2:])
"""
"""Makes the terminal the controlling one, so that signals come with it, and turns into the program. Signals are as in a
fresh terminal, also where the tests themselves run under nohup or in the background. A process of its own does it,
since a fork of this one with its threads could hang."""


@contextlib.contextmanager
def python(
    *arguments: str, columns: int = 80, rows: int = 24, ignore: Sequence[int] = (), **environment: str
) -> Iterator[Session]:
    """This Python in a terminal, with extra environment variables."""
    with Session(
        [sys.executable, *arguments], columns=columns, rows=rows, environment=environment, ignore=ignore
    ) as it:
        yield it
