"""A stored history of 17 projects and 90 days, made once from the simulated platform; and the platform, still."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .terminal_program import Program

READY = ("llm/agent-brain", "Quit")
FILL_SECONDS = 900
STILL = "0.000001"
"""Speed of a platform on which nothing happens while it is watched."""
_EAGER = "\n[sync]\nrequests_per_minute = 6000\nlogs_per_minute = 600\n"
_TOKEN = "# export "


@dataclass
class Fleet:
    """Where the console finds its config, history and last screen; `copy` gives a run its own."""

    folder: Path
    variables: dict[str, str]

    def copy(self, to: Path) -> "Fleet":
        """The same history in another folder, so that no run sees what one before it stored."""
        shutil.copytree(self.folder, to)
        return Fleet(to, self.variables)

    @property
    def environment(self) -> dict[str, str]:
        """Environment variables for the console."""
        here = self.folder
        return {
            **self.variables,
            "CONSOLE_CONFIG": str(here / "config.toml"),
            "CONSOLE_DATA_DIR": str(here / "data"),
            "CONSOLE_STATE_DIR": str(here / "state"),
        }


@contextlib.contextmanager
def fleet(columns: int = 80, rows: int = 24) -> Iterator[tuple[Fleet, "subprocess.Popen[bytes]"]]:
    """A filled fleet with a last screen, and the platform's process."""
    with tempfile.TemporaryDirectory(prefix="console-bench-") as folder:
        here = Path(folder) / "fleet"
        here.mkdir()
        config = here / "config.toml"
        command = [sys.executable, "-m", "console.demo", "--serve", "--speed", STILL, "--port-file", str(config)]
        platform = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            _wait_for(config, platform)
            told = config.read_text()
            name, _, value = told.partition("\n")[0].removeprefix(_TOKEN).partition("=")
            made = Fleet(here, {name: value})
            config.write_text(told + _EAGER)
            _fill(made)
            _look(made, columns, rows)
            config.write_text(told)
            yield made, platform
        finally:
            platform.terminate()
            platform.wait()


def _wait_for(config: Path, platform: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 90
    while not config.exists():
        if platform.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("the simulated platform did not start")
        time.sleep(0.05)


def _fill(made: Fleet) -> None:
    """All 90 days: what is not there would be fetched while the console is measured."""
    command = [sys.executable, "-m", "console", "collect", "--timeout", str(FILL_SECONDS)]
    subprocess.run(command, env={**os.environ, **made.environment}, check=True, stdout=sys.stderr)


def _look(made: Fleet, columns: int, rows: int) -> None:
    """Open it once and leave: from then on there is a last screen to start from."""
    with Program([sys.executable, "-m", "console"], columns, rows, made.environment) as program:
        program.wait_for((*READY, "broken"))
        program.wait_quiet(3.0)
        program.send("q")
        program.wait_end()
