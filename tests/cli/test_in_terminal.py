"""The console as a whole program at a terminal: what it asks, opens, refuses and leaves behind."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from console.config import read
from tests.terminal.session import Session

pytestmark = pytest.mark.terminal
TOKEN = "glpat-Xy7Zq2Lm9Kp4Rt8Wv3Bn"


def environment(tmp_path: Path, **more: str) -> Mapping[str, str]:
    """A user who has nothing yet."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GITLAB_", "CI", "DOCKER_"))}
    return {
        **kept,
        "HOME": str(tmp_path),
        "TERM": "xterm-256color",
        "CONSOLE_CONFIG": str(tmp_path / "config.toml"),
        "CONSOLE_DATA_DIR": str(tmp_path / "data"),
        "CONSOLE_STATE_DIR": str(tmp_path / "state"),
        **more,
    }


def console(tmp_path: Path, *words: str, **more: str) -> Session:
    return Session([sys.executable, "-m", "console", *words], environment=environment(tmp_path, **more))


def test_without_a_config_the_app_names_init_and_demo(tmp_path: Path) -> None:
    with console(tmp_path) as session:
        assert session.wait_exit() == 2
        assert "console init" in session.text
        assert "console demo" in session.text


def test_a_dumb_terminal_is_refused_before_anything_is_drawn(tmp_path: Path) -> None:
    with console(tmp_path, TERM="dumb") as session:
        assert session.wait_exit() == 2
        assert "console show" in session.text
        assert b"\x1b[?1049h" not in session.raw


def test_a_person_makes_a_config_by_answering(tmp_path: Path) -> None:
    with console(tmp_path, "init", "--untested", "--no-docker") as session:
        for question, answer in (
            ("GitLab", "gitlab.example.com"),
            ("Token", "env GITLAB_TOKEN"),
            ("Groups", "llm, tools/ci"),
            ("Prometheus", "-"),
        ):
            session.wait_for(f"{question}")
            session.send(f"{answer}\r")
            session.wait_for(answer)
        assert session.wait_exit() == 0
    context = read(tmp_path / "config.toml").config.contexts["default"]
    assert context.gitlab
    assert (context.gitlab.url, context.gitlab.groups) == ("https://gitlab.example.com", ("llm", "tools/ci"))


def test_doctor_looks_at_the_terminal_it_is_in(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[contexts.work]\n")
    with console(tmp_path, "doctor", COLORTERM="", LC_ALL="C.UTF-8", TMUX="", SSH_CONNECTION="a 1 b 2") as session:
        assert session.wait_exit() == 0
        assert "screen: xterm-256color, 80x24" in session.text
        assert "colours: 256" in session.text
        assert "link: SSH" in session.text
        assert b"\x1b[32mok" in session.raw
    with console(tmp_path, "doctor", NO_COLOR="1") as session:
        assert session.wait_exit() == 0
        assert b"\x1b[32m" not in session.raw


def test_ctrl_c_at_a_question_leaves_quietly_and_writes_nothing(tmp_path: Path) -> None:
    with console(tmp_path, "init", "--untested") as session:
        session.wait_for("GitLab")
        session.send("\x03")
        assert session.wait_exit() == 130
        assert "Traceback" not in session.text
    assert not (tmp_path / "config.toml").exists()


def test_the_demo_opens_on_a_live_fleet_comes_back_with_it_and_leaves_nothing_running(tmp_path: Path) -> None:
    pytest.importorskip("starlette", reason="the demo extra is not installed")
    with console(tmp_path, "demo", "--projects", "2") as session:
        session.wait_for("llm/agent-brain")
        session.send("q")
        assert session.wait_exit() == 0
    with console(tmp_path, "demo", "--projects", "2") as session:
        session.wait_for("llm/agent-brain")
        session.wait_for("● gitlab")
        session.send("q")
        assert session.wait_exit() == 0
    assert not processes_naming(str(tmp_path))
    assert (tmp_path / "data" / "demo").is_dir()
    assert not (tmp_path / "config.toml").exists()


def processes_naming(text: str) -> list[str]:
    """Command lines and environments of processes that mention `text`; none where the system does not tell."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            known = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
        except OSError:
            continue
        if text.encode() in known and int(folder.name) != os.getpid():
            found.append(folder.name)
    return found
