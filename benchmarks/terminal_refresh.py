"""The console on a fleet of 200 projects in memory, of which some change several times a second.

`python -m benchmarks.terminal_refresh CHANGED`: how many projects get a new pipeline every PERIOD seconds.
"""

import asyncio
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from console.launch import Announce, ContextInfo, Launch, Runtime
from console.model.pipelines import Pipeline, Status
from console.ports import Services
from tests.fakes import NOW, FakeHistory, pipeline, project, services

PROJECTS, EACH, PERIOD = 200, 5, 0.25
READY = ("llm/project-100", "Quit")


@dataclass
class Restless:
    """A context whose fleet changes by itself."""

    services: Services
    history: FakeHistory
    announce: Announce
    changed: int

    async def run(self) -> None:
        for turn in range(1_000_000):
            await asyncio.sleep(PERIOD)
            if self.changed:
                self.history.all_pipelines[: self.changed * EACH] = _pipelines(range(100, 100 + self.changed), turn)
            self.announce(frozenset({"pipelines"}))

    def refresh(self) -> None:
        """It is always fresh."""

    def watching(self, topics: frozenset[str]) -> None:
        """Everything is told."""

    async def close(self) -> None:
        """Nothing is open."""


def _pipelines(projects: Sequence[int], turn: int) -> list[Pipeline]:
    """The newest of each project succeeds and fails by turns: the first projects, which stay on top."""
    newest = Status.FAILED if turn % 2 else Status.SUCCESS
    return [
        pipeline(
            1_000 * (100 + at) + number, Status.SUCCESS if number else newest, project_id=100 + at, ago=_ago(number)
        )
        for at in projects
        for number in range(EACH)
    ]


def _ago(number: int) -> timedelta:
    return timedelta(hours=1 + number)


def main(changed: int) -> None:
    from console.app import ConsoleApp

    history = FakeHistory([project(100 + at, f"llm/project-{100 + at}") for at in range(PROJECTS)])
    history.all_pipelines = _pipelines(range(100, 100 + PROJECTS), 0)

    async def opened(_name: str, announce: Announce) -> Runtime:
        return Restless(services(history), history, announce, changed)

    with tempfile.TemporaryDirectory() as folder:
        launch = Launch("lab", (ContextInfo("lab"),), opened, lambda name: Path(folder) / name, clock=lambda: NOW)
        ConsoleApp(launch).start()


if __name__ == "__main__":
    main(int(sys.argv[1]))
