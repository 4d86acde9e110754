"""A stored history of 17 projects and 90 days, made once from the simulated platform; and the platform, still."""

import contextlib
import json
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
FILLS, FILL_SECONDS = 20, 60
STILL = "0.000001"
"""Speed of a platform on which nothing happens while it is watched."""
_EAGER = "\n[sync]\nrequests_per_minute = 6000\nlogs_per_minute = 30\n"
_RESTED = "\n[sync]\nlogs_per_minute = 0\n"
"""Logs of 30 days would be read for an hour: that is no rest."""
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
def fleet(kept: Path | None = None) -> Iterator[tuple[Fleet, "subprocess.Popen[bytes]"]]:
    """A filled fleet with a last screen, and the platform's process.

    `kept` is a folder for a history that the next time is not filled again.
    """
    with tempfile.TemporaryDirectory(prefix="console-bench-") as folder:
        here = Path(folder) / "fleet"
        here.mkdir()
        if kept is not None and (kept / "data").exists():
            shutil.copytree(kept / "data", here / "data")
        config = here / "config.toml"
        command = [sys.executable, "-m", "console.demo", "--serve", "--speed", STILL, "--port-file", str(config)]
        platform = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            _wait_for(config, platform)
            told = config.read_text()
            name, _, value = told.partition("\n")[0].removeprefix(_TOKEN).partition("=")
            made = Fleet(here, {name: value})
            config.write_text(told + _EAGER)
            if not (here / "data").exists():
                _fill(made)
                if kept is not None:
                    shutil.copytree(here / "data", kept / "data")
            _look(made)
            config.write_text(told + _RESTED)
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
    """All pipelines and jobs of 90 days: what is not there would be fetched while the console is measured.

    Raises RuntimeError when that takes longer than FILLS times FILL_SECONDS.
    """
    command = [sys.executable, "-m", "console", "collect", "--json", "--timeout", str(FILL_SECONDS)]
    for _ in range(FILLS):
        output = subprocess.run(
            command, env={**os.environ, **made.environment}, check=True, stdout=subprocess.PIPE
        ).stdout
        told = json.loads(output)
        print(f"history: {told['filled']} of {told['projects']} projects", file=sys.stderr, flush=True)
        if told["filled"] == told["projects"]:
            return
    raise RuntimeError("the history could not be filled in time")


def _look(made: Fleet) -> None:
    """Open it once and leave: from then on there is a last screen to start from."""
    with Program([sys.executable, "-m", "console"], 80, 24, made.environment) as program:
        program.wait_for((*READY, "broken"))
        program.wait_quiet(3.0, 120.0)
        program.send("q")
        program.wait_end()
