"""Arguments reach their verb; every end is an exit code and at most a sentence."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from console import __version__
from console.cli import main
from console.cli.guard import BUG, FAILED, INTERRUPTED, PIPE, USAGE, Failed, guarded
from console.cli.options import split
from console.cli.verbs import VERBS
from console.ports import SourceError
from console.secrets import remember

ROOT = Path(__file__).parents[2]
TOKEN = "glpat-Xy7Zq2Lm9Kp4Rt8Wv3Bn"


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSOLE_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("CONSOLE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("CONSOLE_STATE_DIR", str(tmp_path / "state"))


def process(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    """The console as a process, not on a terminal."""
    return subprocess.run(
        [sys.executable, "-m", "console", *words],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, **env},
        stdin=subprocess.DEVNULL,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("words", [["--version"], ["-V"], ["--context", "x", "--version"]])
def test_the_version(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 0
    assert capsys.readouterr().out == f"console {__version__}\n"


def test_the_help_lists_every_verb_and_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    for verb in VERBS:
        assert f"  {verb.name} " in shown
    for code in (0, FAILED, USAGE, BUG, INTERRUPTED, PIPE):
        assert f"  {code} " in shown


@pytest.mark.parametrize(
    ("words", "verb", "rest"),
    [
        ([], None, []),
        (["show", "cache"], "show", ["cache"]),
        (["--context", "show", "doctor", "--json"], "doctor", ["--context", "show", "--json"]),
        (["--config=x", "keys"], "keys", ["--config=x"]),
        (["--read-only", "--theme", "dark"], None, ["--read-only", "--theme", "dark"]),
    ],
)
def test_options_stand_before_or_after_the_verb(words: list[str], verb: str | None, rest: list[str]) -> None:
    assert split(words) == (verb, rest)


def test_an_unknown_verb_has_the_nearest_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["docter"]) == USAGE
    assert capsys.readouterr().err == "console: there is no verb 'docter'\n  did you mean: console doctor\n"


def test_a_wrong_option_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--fresh"]) == USAGE
    assert "--fresh" in capsys.readouterr().err


@pytest.mark.parametrize("limit", ["0", "-1", "nan", "inf", "x"])
def test_a_time_limit_is_above_zero(limit: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["collect", f"--timeout={limit}"]) == USAGE
    assert "invalid seconds value" in capsys.readouterr().err


def test_without_a_terminal_the_app_names_show() -> None:
    done = process()
    assert done.returncode == USAGE
    assert "console show" in done.stderr
    assert "Traceback" not in done.stderr


def test_asking_for_the_version_loads_no_parser_and_no_screen() -> None:
    code = "import sys; from console.cli import main; main(['--version']); print(*sys.modules)"
    loaded = set(subprocess.check_output([sys.executable, "-c", code], text=True, cwd=ROOT).split())
    assert not loaded & {"argparse", "textual", "msgspec", "httpx", "sqlalchemy", "rich"}


def test_making_ready_for_the_app_loads_nothing_that_belongs_behind_the_first_paint() -> None:
    code = (
        "import sys; from pathlib import Path; from console.config import places, read\n"
        "from console.cli.screen import launch; from console.cli.options import Options\n"
        "launch(read(Path('config.example.toml')), places(), Options()); print(*sys.modules)"
    )
    loaded = set(subprocess.check_output([sys.executable, "-c", code], text=True, cwd=ROOT).split())
    heavy = {"argparse", "httpx", "sqlalchemy", "gitlab", "docker", "plotext", "numpy", "tomli_w", "rich", "subprocess"}
    assert not loaded & heavy
    assert not [name for name in loaded if name.startswith(("console.sources", "console.history", "console.sync"))]


def test_failures_are_told_with_their_remedy(capsys: pytest.CaptureFixture[str]) -> None:
    def fails() -> int:
        raise SourceError("GitLab is down", remedy="wait")

    assert guarded(fails, []) == FAILED
    assert capsys.readouterr().err == "console: GitLab is down\n  wait\n"


def test_a_failure_has_the_exit_code_it_asks_for() -> None:
    def fails() -> int:
        raise Failed("no", code=USAGE)

    assert guarded(fails, []) == USAGE


def test_ctrl_c_is_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted() -> int:
        raise KeyboardInterrupt

    assert guarded(interrupted, []) == INTERRUPTED
    assert capsys.readouterr() == ("", "")


def test_a_reader_that_leaves_is_no_failure() -> None:
    code = "from console.cli.guard import guarded; import sys\n"
    code += "def talk():\n  for _ in range(100_000): print('x' * 100)\n  return 0\nsys.exit(guarded(talk, []))"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    ) as talking:
        assert talking.stdout
        assert talking.stderr
        talking.stdout.readline()
        talking.stdout.close()
        assert talking.stderr.read() == b""
        assert talking.wait(30) == PIPE


def test_a_bug_writes_a_report_without_secrets_and_shows_no_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    remember("hunter22-hunter22")

    def broken() -> int:
        raise RuntimeError(f"bad header: {TOKEN} hunter22-hunter22")

    assert guarded(broken, ["--config", TOKEN]) == BUG
    (report,) = (tmp_path / "state" / "crashes").iterdir()
    text = report.read_text()
    shown = capsys.readouterr().err
    assert str(report) in shown
    assert "RuntimeError" in text
    assert "in broken" in text
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    for secret in (TOKEN, "hunter22"):
        assert secret not in text + shown
    assert "Traceback" not in shown


def test_a_fault_in_a_task_is_called_by_its_own_name(capsys: pytest.CaptureFixture[str]) -> None:
    def broken() -> int:
        raise ExceptionGroup("tasks", [ExceptionGroup("inner", [ZeroDivisionError("x")])])

    assert guarded(broken, []) == BUG
    assert "itself: ZeroDivisionError" in capsys.readouterr().err


def test_a_report_goes_elsewhere_when_the_state_folder_takes_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CONSOLE_STATE_DIR", str(tmp_path / "file"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def broken() -> int:
        raise RuntimeError

    assert guarded(broken, []) == BUG
    assert list(tmp_path.glob("crash-*.txt"))


def test_a_wrong_config_is_two_and_has_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(f"[contexts.work.gitlab]\nurl = 3\ntoken = '{TOKEN}'\n")
    done = process("doctor")
    assert done.returncode == USAGE
    assert "line 2: contexts.work.gitlab.url" in done.stderr
    assert TOKEN not in done.stderr + done.stdout
    assert "Traceback" not in done.stderr
