"""Copying: through the terminal, and through a real tmux."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.widgets.clipboard import OSC_52_LIMIT_BYTES, copy
from tests.host import Host
from tests.terminal.session import Session

TMUX = shutil.which("tmux")


async def test_outside_tmux_the_terminal_is_asked() -> None:
    host = Host()
    async with host.run_test():
        assert await copy(host, "https://gitlab.example/x", {}) == "Copied 24 characters through the terminal (OSC 52)."
        assert host.copied == ["https://gitlab.example/x"]


async def test_more_than_terminals_take_is_refused_and_said() -> None:
    host = Host()
    async with host.run_test():
        told = await copy(host, "x" * OSC_52_LIMIT_BYTES, {})
        assert told.startswith("Not copied: 74,994 characters is more than terminals take")
        assert host.copied == []
        await copy(host, "x" * (OSC_52_LIMIT_BYTES // 4 * 3), {})
        assert len(host.copied) == 1


async def test_text_no_terminal_can_take_is_copied_as_far_as_it_is_text() -> None:
    host = Host()
    async with host.run_test():
        await copy(host, "half \ud83d", {})
        assert host.copied == ["half ?"]


async def test_without_a_tmux_to_ask_the_terminal_is_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    host = Host()
    async with host.run_test():
        assert "OSC 52" in await copy(host, "x", {"TMUX": "/gone,1,0"})


COPIER = """
import asyncio, sys
from textual.app import App
from console.widgets.clipboard import copy
print(asyncio.run(copy(App(), "line one\\nline two")))
sys.stdin.readline()
"""


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Session]:
    """A tmux with default settings, attached to a terminal, whose one window runs COPIER."""
    if TMUX is None:
        pytest.skip("tmux is not installed")
    script = tmp_path / "copier.py"
    script.write_text(COPIER)
    # The folder keeps this server apart from any other; -f keeps the operator's own settings out.
    environment = {"TMUX_TMPDIR": str(tmp_path), "SHELL": "/bin/sh"}
    with Session([TMUX, "-f", "/dev/null", "new", f"{sys.executable} {script}"], environment=environment) as session:
        yield session
        subprocess.run([TMUX, "kill-server"], env={"TMUX_TMPDIR": str(tmp_path)}, check=False, capture_output=True)


def test_inside_tmux_the_text_reaches_tmux_and_the_terminal_behind_it(tmux: Session, tmp_path: Path) -> None:
    assert TMUX is not None
    tmux.wait_for("Copied 2 lines through tmux.")
    buffer = subprocess.run([TMUX, "show-buffer"], env={"TMUX_TMPDIR": str(tmp_path)}, capture_output=True, text=True)
    assert buffer.stdout == "line one\nline two"
    tmux.wait_quiet()
    assert b"\x1b]52;" in tmux.raw
