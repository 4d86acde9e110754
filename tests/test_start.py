"""What is imported before the first paint: each module there is time that an operator waits for."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from console import last
from console.boards import pipelines as boards
from console.panes import PANES, PaneKind
from tests.fakes import NOW, FakeHistory, pipeline, project, services

ROOT = Path(__file__).parent.parent
HEAVY = {
    "anyio",
    "argparse",
    "docker",
    "gitlab",
    "httpx",
    "numpy",
    "plotext",
    "requests",
    "sqlalchemy",
    "sqlite3",
    "tomli_w",
    "urllib3",
    "webbrowser",
    "console.cli.parser",
    "console.cli.services",
    "console.cli.sources",
    "console.config.problems",
    "console.demo",
    "console.history",
    "console.insight",
    "console.ports",
    "console.screens",
    "console.sources",
    "console.sync",
    "console.widgets.chart",
    "console.widgets.prompt",
    "console.widgets.waterfall",
}
"""Modules, with all inside them, that have no place before it."""
ALLOWED = {"cache": {"console.ports"}}
"""By pane: what its first board is made of."""
CONFIG = """
[contexts.lab.gitlab]
url = "https://gitlab.invalid"
token = { env = "NO_TOKEN" }
"""
PROBE = """
import sys
from pathlib import Path
from console.cli import screen
from console.cli.options import Options
from console.config import Places, read

folder = Path(sys.argv[1])
config = folder / "config.toml"
launch = screen.launch(read(config), Places(config, folder, folder), Options())
from console.app import ConsoleApp

class Probe(ConsoleApp):
    def begin(self):
        print(self.pane.kind.name, len(self.pane.table.shown), *sys.modules)
        self.exit()

Probe(launch).run(headless=True, size=(80, 24))
"""
"""Runs the app as the command line does, up to where the work behind the first paint would begin."""


def first_paint(folder: Path) -> tuple[str, int, set[str]]:
    """In a process of its own: the pane on screen, its rows, and every module imported by then."""
    (folder / "config.toml").write_text(CONFIG)
    (folder / "config.toml").chmod(0o600)
    command = [sys.executable, "-c", PROBE, str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    pane, rows, *modules = done.stdout.split()
    return pane, int(rows), set(modules)


def heavy(modules: set[str]) -> set[str]:
    return {name for name in HEAVY if any(one == name or one.startswith(f"{name}.") for one in modules)}


async def test_the_last_screen_is_painted_without_anything_heavy(tmp_path: Path) -> None:
    history = FakeHistory([project()], [pipeline(1, ago=timedelta(hours=1))])
    board = await boards.fleet(services(history))
    last.write(tmp_path / "last" / "lab.bin", last.Last(boards={"pipelines": last.shown(board, NOW)}))
    pane, rows, modules = first_paint(tmp_path)
    assert (pane, rows) == ("pipelines", 1)
    assert heavy(modules) == set()


@pytest.mark.parametrize("kind", PANES, ids=lambda kind: kind.name)
def test_each_pane_is_painted_first_without_anything_heavy(kind: PaneKind, tmp_path: Path) -> None:
    name = kind.name
    last.write(tmp_path / "last" / "lab.bin", last.Last(pane=name))
    pane, _, modules = first_paint(tmp_path)
    assert pane == name
    assert heavy(modules) <= ALLOWED.get(name, set())
    others = {f"console.panes.{one.name}" for one in PANES if one.name != name}
    assert not others & modules
