"""A log of 100 MB opened on its last screen, walked through and searched: time and memory, in a process of its own."""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

LINE = b"2026-05-08T09:28:48.074871Z 01O test_case_%09d \x1b[32mPASSED\x1b[0m in 0.12 s\n"
MEGABYTES = 100
PAGES = 1_000


def write_log(path: Path) -> None:
    """A log of MEGABYTES, like a test run's."""
    with path.open("wb") as file:
        number = 0
        while file.tell() < MEGABYTES * 1_000_000:
            file.write(b"".join(LINE % line for line in range(number, number + 10_000)))
            number += 10_000
        file.write(b"Job succeeded\n")


def resident_megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def measure(path: Path) -> dict[str, float]:
    """In the child: an app that is already on screen opens the log."""
    from textual.app import App

    from console import theme
    from console.boards.log import FileLog
    from console.model.pipelines import Job, Status

    class Window(App[None]):
        def __init__(self) -> None:
            super().__init__()
            theme.install(self)

        def get_theme_variable_defaults(self) -> dict[str, str]:
            return theme.variable_defaults(self.current_theme)

    app = Window()
    async with app.run_test(size=(200, 50)) as pilot:
        await pilot.pause()
        before = resident_megabytes()
        start = perf_counter()
        from console.screens.log import LogScreen

        screen = LogScreen(FileLog(path), Job(1, 1, 1, "test", "test", Status.SUCCESS), "llm/agent-brain")
        await app.push_screen(screen)
        while not screen.view.lines:  # noqa: ASYNC110 - waiting any other way would be measured too
            await asyncio.sleep(0)
        opened = perf_counter() - start
        await pilot.pause()
        grown = resident_megabytes() - before
        start = perf_counter()
        for _ in range(PAGES):
            screen.view.action_page(-1)
            while screen.view._waiting:  # noqa: ASYNC110
                await asyncio.sleep(0)
        paged = (perf_counter() - start) / PAGES
        start = perf_counter()
        await screen._search(_needle("test_case_000000777 "))
        searched = perf_counter() - start
        return {
            "open_ms": round(opened * 1000, 1),
            "memory_mb": round(grown, 1),
            "page_up_ms": round(paged * 1000, 2),
            "search_all_s": round(searched, 2),
            "memory_after_search_mb": round(resident_megabytes() - before, 1),
        }


def _needle(text: str) -> Any:
    from console.boards.log import Needle

    return Needle(text)


def run() -> dict[str, float]:
    """Milliseconds to the last screen with its imports, megabytes it took, and what walking and searching cost."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "job.log"
        write_log(path)
        child = [sys.executable, "-m", "benchmarks.log_open", str(path)]
        output = subprocess.run(child, check=True, capture_output=True, text=True).stdout
        measured: dict[str, float] = json.loads(output)
        return measured


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(asyncio.run(measure(Path(sys.argv[1])))))
    else:
        print(json.dumps(run(), indent=2))
