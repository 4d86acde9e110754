"""Verbs on the simulated platform, over HTTP: what an operator sees when all is well, and when it is not."""

import csv
import io
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.cli import main

pytest.importorskip("starlette", reason="the demo extra is not installed")

from console.demo.platform import TOKEN_VARIABLE, Platform

DOWN = ("gitlab-down", "docker-down", "prometheus-down")
FAULTS = ("5xx", "429", "truncated", "html", "expired-token", "partial", *DOWN)


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    """A small fleet: two projects."""
    with Platform(projects=2) as running:
        yield running


@pytest.fixture(scope="module")
def folder(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Config, history and state of a console on the platform; the history reaches one day back."""
    folder = tmp_path_factory.mktemp("console")
    config = folder / "config.toml"
    config.write_text(
        platform.config_toml() + "\n[sync]\nrequests_per_minute = 6000\nbackfill_days = 1\nlogs_per_minute = 6000\n"
    )
    config.chmod(0o600)
    before = dict(os.environ)
    os.environ |= {
        "CONSOLE_CONFIG": str(config),
        "CONSOLE_DATA_DIR": str(folder / "data"),
        "CONSOLE_STATE_DIR": str(folder / "state"),
        TOKEN_VARIABLE: platform.token,
    }
    yield folder
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(scope="module")
def collected(folder: Path) -> None:
    assert main(["collect", "--timeout", "20"]) == 0


@pytest.fixture
def faults(platform: Platform) -> Iterator[Platform]:
    """The platform, free of faults afterwards."""
    yield platform
    platform.faults.set(set())


def test_doctor_finds_a_good_platform_healthy(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    subjects = {check["subject"] for check in report["checks"]}
    assert subjects == {"config", "terminal", "history", "gitlab", "docker:swarm", "prometheus"}
    queries = [check for check in report["checks"] if check["name"].startswith("query ")]
    assert len(queries) == 9
    assert {check["verdict"] for check in queries} == {"ok"}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_token_is_nowhere_in_what_doctor_says_of_a_fault(
    folder: Path, faults: Platform, capsys: pytest.CaptureFixture[str], fault: str
) -> None:
    faults.faults.set({fault})
    code = main(["doctor", "--timeout", "10"])
    told = capsys.readouterr()
    assert code in (0, 1)
    assert code == 1 or fault == "partial"
    assert faults.token not in told.out + told.err
    assert "Traceback" not in told.out + told.err
    assert "-> " in told.out


def test_collect_says_what_it_brought(collected: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["collect", "--timeout", "20", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["projects"] == 2
    assert list(told) == ["projects", "pipelines", "jobs", "logs", "filled", "problems", "in_time"]


@pytest.mark.parametrize("pane", ["pipelines", "builds", "cache", "spend", "rollouts"])
def test_every_pane_is_printed_in_every_form(collected: None, capsys: pytest.CaptureFixture[str], pane: str) -> None:
    assert main(["show", pane, "--format", "json"]) == 0
    board = json.loads(capsys.readouterr().out)
    assert board["at"].endswith("+00:00")
    assert board["rows"]
    assert main(["show", pane, "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert len(rows) == len(board["rows"])
    assert main(["show", pane]) == 0
    assert len(capsys.readouterr().out.splitlines()) >= 1 + len(rows)


def test_durations_are_seconds_in_json(collected: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "builds", "--window", "24h", "--format", "json"]) == 0
    board = json.loads(capsys.readouterr().out)
    assert board["window"] == 86_400
    assert all(row["p50"] is None or 1 < row["p50"] < 7200 for row in board["rows"])


def test_an_old_history_is_said_to_be_old_and_a_fresh_one_is_not(
    collected: None, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", "pipelines"]) == 0
    assert capsys.readouterr().err == ""
    for file in (folder / "data" / "history").iterdir():
        os.utime(file, (0, time.time() - 7200))
    assert main(["show", "pipelines"]) == 0
    assert capsys.readouterr().err == "history was last written 2h ago; --fresh asks the sources first\n"


def test_one_project_is_chosen_by_its_last_part(collected: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "pipelines", "--format", "json"]) == 0
    path = json.loads(capsys.readouterr().out)["rows"][0]["project"]["path"]
    assert main(["show", "pipelines", "--project", path.rpartition("/")[2], "--format", "json"]) == 0
    board = json.loads(capsys.readouterr().out)
    assert board["project"]["path"] == path
    assert board["pipelines"]
    assert main(["show", "pipelines", "--project", "no-such"]) == 2


def test_a_job_in_gitlab_is_explained(collected: None, capsys: pytest.CaptureFixture[str]) -> None:
    import asyncio

    from console.cli.services import open_context
    from console.config import places, read

    async def a_job() -> str:
        where = places()
        runtime = await open_context(read(where.config), where, "demo", lambda _: None)
        try:
            history = runtime.services.history
            newest = await history.latest(20)
            jobs = await history.jobs([one.id for one in newest])
            return next(job.web_url for job in jobs if job.status.finished and job.web_url and job.started_at)
        finally:
            await runtime.close()

    address = asyncio.run(a_job())
    assert main(["explain", address, "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["sections"]


def test_show_without_history_and_without_gitlab_is_a_failure_with_a_reason(
    folder: Path, faults: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CONSOLE_DATA_DIR", str(tmp_path))
    faults.faults.set({"gitlab-down"})
    assert main(["show", "pipelines", "--timeout", "1"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "console: " in told.err
    assert faults.token not in told.err


def test_stored_panes_are_printed_though_everything_is_down(
    collected: None, faults: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    faults.faults.set(DOWN)
    for pane in ("pipelines", "builds", "cache", "spend", "rollouts"):
        assert main(["show", pane]) == 0, pane
        assert faults.token not in capsys.readouterr().out
