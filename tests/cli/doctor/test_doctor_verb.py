"""`console doctor` as an operator and as a program see it."""

import json
from pathlib import Path

import pytest

from console.cli import main
from console.cli.doctor import lines
from console.cli.doctor.check import Check, Verdict

CONFIG = """
[contexts.work.prometheus]
url = "http://127.0.0.1:1"
headers = { Authorization = { env = "CONSOLE_TEST_UNSET" } }
[contexts.home]
"""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG)
    path.chmod(0o600)
    monkeypatch.setenv("CONSOLE_CONFIG", str(path))
    monkeypatch.setenv("CONSOLE_DATA_DIR", str(tmp_path / "data"))
    return path


def test_a_failure_is_exit_one_and_its_json_is_stable(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["healthy"] is False
    assert {tuple(check) for check in report["checks"]} == {
        ("context", "subject", "name", "verdict", "found", "remedy")
    }
    (failed,) = [check for check in report["checks"] if check["verdict"] == "fail"]
    assert (failed["context"], failed["subject"], failed["name"]) == ("work", "prometheus", "secrets")
    assert failed["found"] == "environment variable CONSOLE_TEST_UNSET is not set"


def test_warnings_and_skips_are_healthy(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--context", "home"]) == 0
    shown = capsys.readouterr().out
    assert shown.splitlines()[0] == "this machine"
    assert shown.endswith("healthy\n")


def test_all_contexts_are_checked_on_request(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["doctor", "--all", "--json"])
    contexts = {check["context"] for check in json.loads(capsys.readouterr().out)["checks"]}
    assert contexts == {None, "work", "home"}


def test_lines_fit_the_terminal_and_the_word_says_what_the_colour_says() -> None:
    checks = [Check("gitlab", "fleet", Verdict.FAIL, "no project is visible " * 8, "look at groups " * 8)]
    shown = list(lines("work", checks, 60, coloured=False))
    assert all(len(line) <= 60 for line in shown)
    assert shown[2].startswith("    fail fleet: ")
    coloured = list(lines("work", checks, 60, coloured=True))
    assert [line.replace("\x1b[31m", "").replace("\x1b[0m", "") for line in coloured] == shown
