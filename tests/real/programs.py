"""Real programs as fixtures: found or skipped, started with folders and ports of their own, stopped by process id."""

import asyncio
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Never

import pytest

SYSTEM_PATH = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin", "/usr/bin"))
"""Debian keeps daemons in sbin, which is not on everybody's PATH."""


def need(*programs: str, root: bool = False) -> None:
    """Skips the test when a program or the right to start it is missing; fails instead when CONSOLE_REQUIRE_REAL=1."""
    missing = [program for program in programs if shutil.which(program, path=SYSTEM_PATH) is None]
    reason = f"not installed: {', '.join(missing)}" if missing else ""
    if root and os.geteuid() != 0:
        reason = "only root can start a Docker engine"
    if reason:
        unavailable(reason)


def unavailable(reason: str) -> Never:
    """Skips the test, or fails it when CONSOLE_REQUIRE_REAL=1."""
    if os.environ.get("CONSOLE_REQUIRE_REAL") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def free_port() -> int:
    """A TCP port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(condition: Callable[[], object], what: str, seconds: float = 30.0) -> None:
    """Returns when `condition` is true; one that raises OSError is not true yet. Raises TimeoutError naming `what`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if condition():
                return
        except OSError:
            pass
        time.sleep(0.02)
    raise TimeoutError(f"{what}: not within {seconds:g} s")


async def until(condition: Callable[[], Awaitable[object]], what: str, seconds: float = 30.0) -> None:
    """As `wait_for`, for a condition that is awaited; errors come through."""
    end = time.monotonic() + seconds
    while not await condition():
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {seconds:g} s")
        await asyncio.sleep(0.02)


class Program:
    """One program of ours that runs."""

    def __init__(self, words: list[str], log: Path, environment: Mapping[str, str] | None = None) -> None:
        """Starts it; its output goes to the end of `log`."""
        self.log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                env={**os.environ, "PATH": SYSTEM_PATH, **(environment or {})},
            )

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def until(self, condition: Callable[[], object], what: str, seconds: float = 30.0) -> None:
        """Waits for `condition`; raises RuntimeError with the end of the log when the program ends before that."""

        def checked() -> object:
            if self._process.poll() is not None:
                raise RuntimeError(f"{what}: ended with {self._process.returncode}\n{self.log.read_text()[-3000:]}")
            return condition()

        wait_for(checked, what, seconds)

    def stop(self, seconds: float = 20.0) -> None:
        """Asks it to end, and kills it when it does not."""
        self._process.terminate()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
