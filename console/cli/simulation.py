"""The simulated platform as a process of its own: started, waited for, stopped."""

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from .guard import FAILED, USAGE, Failed

START_SECONDS = 90.0
STOP_SECONDS = 5.0
POLL_SECONDS = 0.02
TOKEN_MARK = "# export "


@contextlib.contextmanager
def platform(command: list[str], config: Path) -> Iterator[Callable[[], None]]:
    """The platform in a process group of its own; Ctrl+C in our terminal does not reach it.

    The block is given a function that waits until the platform serves: its config is then in `config`, its token in
    the environment. It raises Failed, with the last line the platform said, when it does not start. The platform stops
    when the block ends, or when our end of its standard input closes.
    """
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [*command, "--port-file", str(config)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=said,
            start_new_session=True,
        )

        def ready() -> None:
            try:
                _wait(process, config)
                _take_token(config)
            except _NotStarted as error:
                said.seek(0)
                lines = said.read().decode("utf-8", errors="replace").strip().splitlines()
                code = USAGE if process.returncode == USAGE else FAILED
                raise Failed(f"the simulated platform {error}", lines[-1] if lines else "", code=code) from None

        try:
            yield ready
        finally:
            _stop(process)


class _NotStarted(Exception):
    """Why the platform is not there."""


def _wait(process: "subprocess.Popen[bytes]", config: Path) -> None:
    """Until the platform has written its config, which it does once its ports answer."""
    deadline = time.monotonic() + START_SECONDS
    while not config.exists():
        if process.poll() is not None:
            raise _NotStarted(f"ended with exit code {process.returncode}")
        if time.monotonic() > deadline:
            raise _NotStarted(f"did not start within {START_SECONDS:.0f} s")
        time.sleep(POLL_SECONDS)


def _take_token(config: Path) -> None:
    """Put the token the platform names in its first line into our environment, where its config refers to it."""
    first = config.read_text(encoding="utf-8").partition("\n")[0]
    name, sign, value = first.removeprefix(TOKEN_MARK).partition("=")
    if not (first.startswith(TOKEN_MARK) and sign):
        raise _NotStarted("gave no token")
    os.environ[name.strip()] = value.strip()


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """End the platform's whole process group: first asked, then made to."""
    if process.stdin:
        process.stdin.close()
    for number, seconds in ((signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, STOP_SECONDS)):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
        return
