"""What doctor makes of engines, metrics and this machine."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console.cli.doctor import docker, local, prometheus
from console.cli.doctor.check import Check, Verdict
from console.model.metrics import Sample, Vector
from console.ports import SourceError, Trouble
from console.sources.docker import EngineFacts
from console.sources.prometheus import PrometheusFacts

URL = "http://localhost:9090"
NOW = datetime(2026, 3, 18, 12, 0, tzinfo=UTC)
OK, WARN, FAIL, SKIP = Verdict.OK, Verdict.WARN, Verdict.FAIL, Verdict.SKIP
ENGINE = EngineFacts(
    host="build-1",
    system="Debian GNU/Linux 12",
    version="29.1.2",
    api_version="1.52",
    min_api_version="1.44",
    api_used="1.52",
    transport="unix",
    swarm="manager",
    containers=12,
    clock_skew=timedelta(),
    rootless=False,
    warnings=(),
)
STORE = PrometheusFacts("prometheus", "2.42.0", False, timedelta(), timedelta(seconds=8), (), ())


@dataclass
class FakeEngine:
    facts: EngineFacts | SourceError = ENGINE
    name: str = "local"

    async def examine(self) -> EngineFacts:
        if isinstance(self.facts, SourceError):
            raise self.facts
        return self.facts


@dataclass
class FakeStore:
    facts: PrometheusFacts | SourceError = STORE
    answers: dict[str, Vector | SourceError] = field(default_factory=dict)

    async def examine(self) -> PrometheusFacts:
        if isinstance(self.facts, SourceError):
            raise self.facts
        return self.facts

    async def instant(self, promql: str) -> Vector:
        answer = self.answers[promql]
        if isinstance(answer, SourceError):
            raise answer
        return answer


def by_name(checks: tuple[Check, ...]) -> dict[str, Verdict]:
    return {check.name: check.verdict for check in checks}


async def test_a_good_engine_passes_every_check() -> None:
    found = by_name(await docker.checks(FakeEngine(), "unix:///a"))
    assert tuple(found) == ("reachable", "tls", "rights", "version", "clock")
    assert set(found.values()) == {OK}


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"swarm": "worker"}, "rights"),
        ({"api_version": "1.40"}, "version"),
        ({"clock_skew": timedelta(minutes=2)}, "clock"),
        ({"warnings": ("no TLS",)}, "engine"),
    ],
)
async def test_an_engine_with_a_doubt_is_warned_of(change: dict[str, object], name: str) -> None:
    found = by_name(await docker.checks(FakeEngine(replace(ENGINE, **change)), "unix:///a"))  # type: ignore[arg-type]
    assert found[name] is WARN


async def test_a_socket_one_may_not_open_fails_the_rights() -> None:
    error = SourceError("permission denied", trouble=Trouble.FORBIDDEN, remedy="join the docker group")
    checks = await docker.checks(FakeEngine(error), "unix:///a")
    assert by_name(checks) == {"reachable": OK, "tls": OK, "rights": FAIL, "version": SKIP, "clock": SKIP}
    assert checks[2].remedy == "join the docker group"
    assert {check.subject for check in checks} == {"docker:local"}


def vector(*values: float | None) -> Vector:
    return Vector(tuple(Sample({"n": str(at)}, value, NOW) for at, value in enumerate(values)), NOW)


async def test_each_query_is_answered_empty_or_refused() -> None:
    answers: dict[str, Vector | SourceError] = {
        "up": vector(1.0),
        "no": vector(),
        "nan": vector(None),
        "bad(": SourceError("parse error"),
    }
    found = by_name(
        await prometheus.checks(FakeStore(answers=answers), {f"q {name}": name for name in answers}, URL, "")
    )
    queries = {name.removeprefix("query q "): verdict for name, verdict in found.items() if name.startswith("query")}
    assert queries == {"up": OK, "no": WARN, "nan": WARN, "bad(": FAIL}
    assert found["reachable"] is OK


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"newest_sample_age": None}, WARN),
        ({"newest_sample_age": timedelta(minutes=6)}, WARN),
        ({"newest_sample_age": timedelta(seconds=-1)}, OK),
    ],
)
async def test_a_store_without_fresh_data_is_warned_of(change: dict[str, object], expected: Verdict) -> None:
    found = by_name(await prometheus.checks(FakeStore(replace(STORE, **change)), {}, URL, ""))  # type: ignore[arg-type]
    assert found["data"] is expected


async def test_a_store_that_is_down_is_asked_no_queries() -> None:
    down = FakeStore(SourceError("connection refused", trouble=Trouble.UNREACHABLE))
    found = by_name(await prometheus.checks(down, {"q": "up"}, URL, ""))
    assert found["reachable"] is FAIL
    assert found["queries"] is SKIP


@pytest.mark.parametrize(("mode", "expected"), [(0o600, OK), (0o644, WARN), (0o660, FAIL), (0o602, FAIL)])
def test_a_config_that_others_can_change_is_a_failure(tmp_path: Path, mode: int, expected: Verdict) -> None:
    path = tmp_path / "config.toml"
    path.write_text("")
    path.chmod(mode)
    assert local.config(path).verdict is expected


def test_a_history_that_is_not_there_yet_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "data" / "work.sqlite3"
    assert local.history(path).verdict is OK
    assert not path.parent.exists()


def test_a_file_that_is_no_history_is_a_failure_with_its_remedy(tmp_path: Path) -> None:
    path = tmp_path / "work.sqlite3"
    path.write_bytes(b"not a database, though long enough to be looked at " * 100)
    check = local.history(path)
    assert check.verdict is FAIL
    assert check.remedy


def test_without_a_terminal_its_checks_are_skipped() -> None:
    assert [check.verdict for check in local.terminal({})] == [SKIP]
