"""`console demo`: the platform starts, hands over its config and token, and never outlives us."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from console.cli import demo, main, simulation
from console.cli.guard import Failed
from console.cli.simulation import platform
from console.config import read

ROOT = Path(__file__).parents[2]
CONFIG = """# export CONSOLE_TEST_DEMO=abc-123
[contexts.demo.gitlab]
url = "http://h"
token = { env = "CONSOLE_TEST_DEMO" }
"""
START = f"""
import os, sys, time
from pathlib import Path
place = Path(sys.argv[-1])
def ready():
    place.with_suffix(".new").write_text({CONFIG!r})
    place.with_suffix(".new").rename(place)
"""


def script(tmp_path: Path, body: str) -> list[str]:
    """A stand-in for the platform's process; `ready()` hands over its config."""
    path = tmp_path / "platform.py"
    path.write_text(START + body)
    return [sys.executable, str(path)]


def until(holds: Callable[[], bool]) -> None:
    """Wait for a condition, for ten seconds at most."""
    end = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.01)


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").exists() and Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z"


def test_the_config_and_the_token_are_there_when_it_starts_and_nothing_is_left_when_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CONSOLE_TEST_DEMO", raising=False)
    pids = tmp_path / "pids"
    command = script(
        tmp_path,
        f"child = os.fork()\nif child:\n    Path({str(pids)!r}).write_text(f'{{os.getpid()}} {{child}}')\n    ready()\n"
        "time.sleep(600)",
    )
    with platform(command, tmp_path / "config.toml") as ready:
        ready()
        loaded = read(tmp_path / "config.toml")
        assert loaded.config.contexts["demo"].gitlab
        assert os.environ["CONSOLE_TEST_DEMO"] == "abc-123"
        several = [int(pid) for pid in pids.read_text().split()]
    for pid in several:
        until(lambda pid=pid: gone(pid))  # type: ignore[misc]
    monkeypatch.delenv("CONSOLE_TEST_DEMO")


def test_a_platform_that_does_not_start_says_why(tmp_path: Path) -> None:
    command = script(tmp_path, "sys.stderr.write('first\\nno such fault: x\\n'); sys.exit(2)")
    with platform(command, tmp_path / "config.toml") as ready, pytest.raises(Failed, match="exit code 2") as raised:
        ready()
    assert raised.value.remedy == "no such fault: x"
    assert raised.value.code == 2


def test_a_platform_that_ignores_the_first_signal_is_ended_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulation, "STOP_SECONDS", 0.2)
    monkeypatch.setenv("CONSOLE_TEST_DEMO", "")
    pid = tmp_path / "pid"
    command = script(
        tmp_path,
        "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"Path({str(pid)!r}).write_text(str(os.getpid()))\nready()\ntime.sleep(600)",
    )
    with platform(command, tmp_path / "config.toml") as ready:
        ready()
    assert gone(int(pid.read_text()))


def test_the_real_platform_stops_when_its_console_is_killed(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    command = [sys.executable, "-m", "console.cli.platform", "--serve", "--projects", "1"]
    held, ours = os.pipe()
    with subprocess.Popen(
        [*command, "--port-file", str(config)], stdin=held, stdout=subprocess.DEVNULL, cwd=ROOT
    ) as child:
        os.close(held)
        try:
            until(lambda: config.exists() or child.poll() is not None)
            assert child.poll() is None
            os.close(ours)  # as the kernel does when we are killed
            assert child.wait(20) == 0
        finally:
            if child.poll() is None:
                child.send_signal(signal.SIGKILL)


def test_without_the_extra_its_name_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demo, "NEEDED", ("starlette", "no_such_package"))
    assert main(["demo"]) == 1
    assert "fleet-console[demo]" in capsys.readouterr().err


def test_without_a_terminal_it_names_serve(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert main(["demo"]) == 2
    assert "--serve" in capsys.readouterr().err


def test_the_help_names_every_fault() -> None:
    faults = pytest.importorskip("console.demo.faults")
    assert demo.EPILOG is not None
    listed = demo.EPILOG.partition("Faults: ")[2].partition(".")[0].replace("\n", " ")
    assert set(listed.split(", ")) == faults.NAMES
