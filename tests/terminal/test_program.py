"""The whole program in a real terminal, on the simulated platform: every pane, drill-down, filter, resize, quit."""

import re
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytest.importorskip("starlette", reason="the demo extra is not installed")

from console.demo.platform import TOKEN_VARIABLE, Platform
from tests.terminal.session import Session

pytestmark = pytest.mark.terminal
SIZES = [(80, 24), (200, 50)]
ENTER, ESCAPE = "\r", "\x1b"


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    """The whole fleet, moving."""
    with Platform() as running:
        yield running


@pytest.fixture(scope="module")
def folder(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Config, history and state, which the runs of this module share as an operator's would."""
    folder = tmp_path_factory.mktemp("console")
    config = folder / "config.toml"
    config.write_text(platform.config_toml() + "\n[sync]\nrequests_per_minute = 6000\nbackfill_days = 2\n")
    config.chmod(0o600)
    return folder


@contextmanager
def console(
    folder: Path, platform: Platform, size: tuple[int, int] = (80, 24), *arguments: str, **environment: str
) -> Iterator[Session]:
    """The console, showing its fleet. Its history is shared by all runs, where one stood is not."""
    with (
        tempfile.TemporaryDirectory() as state,
        started(folder, platform, state, size, *arguments, **environment) as it,
    ):
        it.wait_for("agent-brain")
        it.wait_for("17 projects")
        yield it


def started(
    folder: Path, platform: Platform, state: str, size: tuple[int, int], *arguments: str, **environment: str
) -> Session:
    here = {
        "CONSOLE_CONFIG": str(folder / "config.toml"),
        "CONSOLE_DATA_DIR": str(folder / "data"),
        "CONSOLE_STATE_DIR": state,
        TOKEN_VARIABLE: platform.token,
    }
    command = [sys.executable, "-m", "console", *arguments]
    return Session(command, columns=size[0], rows=size[1], environment={**here, **environment})


def quit_cleanly(session: Session) -> None:
    session.send("q")
    assert session.wait_exit() == 0
    assert session.problems() == []


def filter_by(session: Session, text: str) -> None:
    """Set a filter, and wait until its line is closed and the table has the keys again."""
    session.send("/")
    session.wait_for("filter")
    session.send(text + ENTER)
    session.wait_until(lambda: "Open" in session.lines[-1] and f"/{text}" in session.lines[-1], f"the filter {text}")
    session.wait_quiet()


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "200x50"])
def test_every_pane_is_one_key_away(folder: Path, platform: Platform, size: tuple[int, int]) -> None:
    with console(folder, platform, size) as session:
        for key, words in {
            "3": ("project or job", "p50"),
            "4": ("layer", "runner"),
            "5": ("minutes",),
            "6": ("environment", "production"),
            "2": ("status", "agent-chat"),
        }.items():
            session.send(key)
            for word in words:
                session.wait_for(word)
            assert len(session.lines) == size[1]
        quit_cleanly(session)


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "200x50"])
def test_one_goes_down_to_a_log_and_back(folder: Path, platform: Platform, size: tuple[int, int]) -> None:
    with console(folder, platform, size) as session:
        filter_by(session, "agent-chat")
        session.send(ENTER)
        session.wait_for("all refs")
        filter_by(session, "failed")
        session.send(ENTER)
        session.wait_for("npm_install")
        session.send(ENTER)
        session.wait_for("ended")
        session.send("g")
        session.wait_for("Running with gitlab-runner")
        session.send("Z")
        session.wait_for("folded")
        session.send("/")
        session.wait_for("search the whole log")
        session.send("gitlab-runner" + ENTER)
        session.wait_for("lines match")
        session.send(ESCAPE)
        session.wait_for("lines match", gone=True)
        session.send(ESCAPE)
        session.wait_for("◆")
        quit_cleanly(session)


def test_a_window_that_changes_its_size_is_filled_again(folder: Path, platform: Platform) -> None:
    with console(folder, platform) as session:
        session.resize(200, 50)
        session.wait_until(lambda: any(len(line) > 150 for line in session.lines), "the wide layout")
        session.resize(80, 24)
        session.wait_until(lambda: session.lines[-1] != "" and "Open" in session.lines[-1], "the narrow layout")
        session.resize(50, 10)
        session.wait_for("60")
        session.resize(80, 24)
        session.wait_for("agent-brain")
        quit_cleanly(session)


def test_where_one_was_is_shown_again_before_anything_answers(folder: Path, platform: Platform, tmp_path: Path) -> None:
    with started(folder, platform, str(tmp_path), (80, 24)) as session:
        session.wait_for("agent-brain")
        session.send("6")
        session.wait_for("production")
        quit_cleanly(session)
    platform.faults.set({"gitlab-down", "docker-down", "prometheus-down"})
    try:
        with started(folder, platform, str(tmp_path), (80, 24)) as session:
            session.wait_for("production")
            session.send("2")
            session.wait_for("agent-brain")
            quit_cleanly(session)
    finally:
        platform.faults.set(set())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_the_terminal_as_it_was(folder: Path, platform: Platform, number: signal.Signals) -> None:
    with console(folder, platform) as session:
        session.signal(number)
        assert session.wait_exit() == 128 + number
        assert session.problems() == []


def test_a_lost_terminal_ends_the_console(folder: Path, platform: Platform) -> None:
    with console(folder, platform) as session:
        session.hang_up()
        assert session.wait_exit() == 128 + signal.SIGHUP


def test_line_noise_does_not_end_the_console(folder: Path, platform: Platform) -> None:
    with console(folder, platform) as session:
        session.send(b"\xff\xfe\x1b[99999999999P\x1b[:Pu\xe9")
        session.send("3")
        session.wait_for("project or job")
        quit_cleanly(session)


def test_without_colour_the_cursor_is_still_seen(folder: Path, platform: Platform) -> None:
    with console(folder, platform, NO_COLOR="1") as session:
        session.wait_quiet()
        assert re.search(rb"\x1b\[1;7;[0-9;]*m", session.raw), "nothing bold and reversed"
        assert b"\x1b[38;" not in session.raw
        quit_cleanly(session)


def test_the_token_is_never_sent_to_the_terminal(folder: Path, platform: Platform) -> None:
    with console(folder, platform) as session:
        for key in "34562?":
            session.send(key)
            session.wait_quiet()
        assert platform.token.encode() not in session.raw
