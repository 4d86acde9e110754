"""The console in a terminal beside the least Textual app there is: `python -m benchmarks.terminal [--help]`.

Every run is a fresh process; programs take turns, so that what else the machine does hits all alike; figures are
medians. Each figure with a target is judged, ratios within the run. Linux only.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from . import terminal_figures as measured
from .terminal_figures import Figures
from .terminal_fleet import READY, Fleet, fleet
from .terminal_program import Program
from .terminal_refresh import READY as REFRESH_READY
from .terminal_targets import judged

SIZES = ((80, 24), (200, 50))
RUNS, REST_SECONDS, SETTLE_SECONDS = 3, 10.0, 4.0
CATCH_UP_SECONDS = 45.0
"""In which the console asks once for everything that runs, and then less and less often: only then it rests."""
OTHERS = {"posting": ("posting", ("Jump",)), "dolphie": ("dolphie", ("Dolphie",))}
"""Programs from the Python package index: their command, and what stands on their first screen."""


@dataclass(frozen=True)
class Candidate:
    """One program to measure."""

    name: str
    command: tuple[str, ...]
    ready: tuple[str, ...]
    fleet: Fleet | None = None
    before_keys: str = ""
    """Typed before keys are measured: the console goes down to a table that scrolls."""
    restless: bool = False
    """It draws by itself while keys are measured."""
    environment: dict[str, str] = field(default_factory=dict)


def once(one: Candidate, size: tuple[int, int], rest_seconds: float) -> Figures:
    """All figures of one run."""
    with tempfile.TemporaryDirectory(prefix="console-bench-run-") as folder:
        environment = dict(one.environment)
        if one.fleet is not None:
            environment |= one.fleet.copy(Path(folder) / "fleet").environment
        with Program(one.command, *size, environment) as program:
            if one.restless:
                program.wait_for(one.ready)
                keys = measured.keys(program, quiet=False)
                return keys | measured.refresh(program) | measured.leave(program)
            figures = measured.start(program, one.ready)
            measured.settle(program, SETTLE_SECONDS if one.fleet is None else CATCH_UP_SECONDS)
            figures |= measured.rest(program, rest_seconds)
            if one.before_keys:
                program.send(one.before_keys)
                measured.settle(program, 1.0)
            return figures | measured.keys(program) | measured.held(program) | measured.leave(program)


def candidates(stored: Fleet, others: Sequence[Candidate]) -> list[Candidate]:
    """The floor, the console on its history, the console on 200 projects that change, and what was asked for."""
    here = sys.executable
    return [
        Candidate("floor", (here, "-m", "benchmarks.terminal_floor"), ("project-3", "Quit")),
        Candidate("console", (here, "-m", "console"), READY, stored, "\r"),
        *(
            Candidate(
                f"refresh_{changed}",
                (here, "-m", "benchmarks.terminal_refresh", str(changed)),
                REFRESH_READY,
                restless=True,
            )
            for changed in (0, 2, 200)
        ),
        *others,
    ]


def run(
    sizes: Sequence[tuple[int, int]] = SIZES,
    runs: int = RUNS,
    others: Sequence[str] = (),
    rest: float = REST_SECONDS,
    kept: Path | None = None,
) -> dict[str, Any]:
    """Figures by size and program, targets with their verdicts, and how busy the machine was."""
    told: dict[str, Any] = {"runs": runs, "cpus": os.cpu_count(), "load_before": round(os.getloadavg()[0], 2)}
    with tempfile.TemporaryDirectory(prefix="console-bench-others-") as folder, fleet(kept) as (stored, platform):
        programs = candidates(stored, [_installed(name, Path(folder)) for name in others])
        alone = Candidate("console_alone", programs[1].command, READY, stored, "\r")
        every: dict[tuple[int, int], dict[str, list[Figures]]] = {size: {} for size in sizes}
        for turn in range(runs):
            for size in sizes:
                for one in programs:
                    _say(f"{turn + 1}/{runs} {size[0]}x{size[1]} {one.name}")
                    try:
                        every[size].setdefault(one.name, []).append(once(one, size, rest))
                    except (TimeoutError, LookupError, OSError) as error:
                        if one.name not in others:
                            raise
                        _say(f"{one.name} cannot be measured here: {error}")
        platform.terminate()
        platform.wait()
        for size in sizes:
            _say(f"{size[0]}x{size[1]} console, its sources gone")
            every[size][alone.name] = [once(alone, size, rest) for _ in range(max(1, runs // 2))]
    for size, by_name in every.items():
        figures = {name: _medians(ones) for name, ones in by_name.items() if ones}
        told[f"{size[0]}x{size[1]}"] = {"figures": figures, "targets": judged(figures, size)}
    return told | {"load_after": round(os.getloadavg()[0], 2)}


def _installed(name: str, folder: Path) -> Candidate:
    """A program from the package index in a virtual environment of its own."""
    command, ready = OTHERS[name]
    home = folder / name
    venv.create(home, with_pip=True)
    subprocess.run([home / "bin" / "pip", "install", "--quiet", name], check=True, stdout=sys.stderr)
    return Candidate(name, (str(home / "bin" / command),), ready, environment={"HOME": str(home)})


def _medians(ones: Sequence[Figures]) -> Figures:
    names = dict.fromkeys(name for one in ones for name in one)
    return {name: round(median(one[name] for one in ones if name in one), 2) for name in names}


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _size(text: str) -> tuple[int, int]:
    columns, rows = text.split("x")
    return int(columns), int(rows)


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.terminal", description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS, help=f"fresh processes of each program; default: {RUNS}")
    parser.add_argument("--size", type=_size, action="append", metavar="COLUMNSxROWS", help="default: 80x24 and 200x50")
    parser.add_argument("--rest", type=float, default=REST_SECONDS, metavar="SECONDS", help="how long rest is watched")
    parser.add_argument("--with", dest="others", default="", metavar="NAME,…", help=f"also: {', '.join(OTHERS)}")
    parser.add_argument(
        "--history", type=Path, metavar="FOLDER", help="keep the filled history here, or take it from here"
    )
    asked = parser.parse_args(words)
    others = [name for name in asked.others.split(",") if name]
    if unknown := set(others) - set(OTHERS):
        parser.error(f"there is no {', '.join(unknown)}; there are: {', '.join(OTHERS)}")
    print(json.dumps(run(asked.size or SIZES, asked.runs, others, asked.rest, asked.history), indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
