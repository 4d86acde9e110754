"""The Roll-outs boards."""

from dataclasses import replace
from datetime import timedelta

import pytest

from console.boards.rollouts import rollout, rollouts
from console.model.engine import Container, Engine
from console.model.metrics import Points, Sample
from console.model.rollouts import Deployment, Environment
from console.model.settings import DEFAULT_QUERIES
from console.ports import SourceError
from tests.fakes import NOW, FakeEngine, FakeHistory, FakeMetrics, project, services

RATE, ERRORS, P95 = (DEFAULT_QUERIES[f"track_{name}"] for name in ("request_rate", "error_ratio", "p95_seconds"))
PRODUCTION = Environment(1, 1, "production", tier="production", state="available")
DEPLOYED = Deployment(
    9, 3, 1, "production", "success", "main", "abcdef01", NOW - timedelta(hours=2),
    finished_at=NOW - timedelta(hours=2) + timedelta(minutes=3), user="kim", job_name="canary 25%",
)  # fmt: skip


def container(track: str, number: int) -> Container:
    labels = {"console.service": "agent-brain", "console.track": track, "console.project": "llm/agent-brain"}
    return Container(f"{track}{number}", f"{track}{number}", f"brain:{track}", "running", labels, NOW, restarts=0)


def engine(name: str = "local", *, canary: int = 1, stable: int = 3) -> FakeEngine:
    made = tuple(container(t, n) for t, many in (("stable", stable), ("canary", canary)) for n in range(many))
    return FakeEngine(name, Engine(name, NOW, "27", "1.46", made))


def metrics(**canary: float) -> FakeMetrics:
    def pair(stable: float, other: float | None) -> tuple[Sample, ...]:
        return tuple(
            Sample({"service": "agent-brain", "track": track}, value, NOW)
            for track, value in (("stable", stable), ("canary", other))
        )

    return FakeMetrics(
        {
            RATE: pair(30.0, canary.get("rate", 10.0)),
            ERRORS: pair(0.004, canary.get("errors", 0.005)),
            P95: pair(0.1, canary.get("p95", 0.11)),
        }
    )


def history(*deployments: Deployment) -> FakeHistory:
    return FakeHistory([project()], all_environments=[PRODUCTION], all_deployments=list(deployments or (DEPLOYED,)))


async def test_nothing_known_is_an_empty_board() -> None:
    board = await rollouts(services())
    assert (board.rows, board.problems) == ((), ())


async def test_deployments_engines_and_metrics_become_one_row() -> None:
    (row,) = (await rollouts(services(history(), engines=(engine(),), metrics=metrics()))).rows
    assert (row.service, row.environment, row.project_id) == ("agent-brain", "production", 1)
    assert (row.strategy, row.step, row.desired, row.concern) == ("canary", "canary 25 %", 0.25, "")
    assert row.sources == ("gitlab", "docker:local", "prometheus")
    assert row.since == DEPLOYED.finished_at
    stable, canary = row.tracks
    assert (stable.name, stable.replicas, stable.weight, stable.request_rate) == ("stable", 3, 0.75, 30.0)
    assert (canary.name, canary.version, canary.error_ratio, canary.p95) == (
        "canary", "canary", 0.005, timedelta(milliseconds=110)
    )  # fmt: skip


async def test_a_canary_that_misbehaves_is_a_concern_and_comes_first() -> None:
    past = history(DEPLOYED, replace(DEPLOYED, id=10, project_id=2, job_name="deploy"))
    past.all_projects.append(project(2, "llm/agent-aaa"))
    board = await rollouts(services(past, engines=(engine(),), metrics=metrics(errors=0.061)))
    assert [row.service for row in board.rows] == ["agent-brain", "agent-aaa"]
    assert board.rows[0].concern == "errors canary 6.1 %, stable 0.4 %"


async def test_without_metrics_weights_are_shares_of_replicas() -> None:
    (row,) = (await rollouts(services(history(), engines=(engine(canary=1, stable=3),)))).rows
    assert [track.weight for track in row.tracks] == [0.75, 0.25]
    assert [track.request_rate for track in row.tracks] == [None, None]


async def test_a_weight_beside_the_wish_is_said() -> None:
    (row,) = (await rollouts(services(history(), engines=(engine(),), metrics=metrics(rate=1.0)))).rows
    assert row.concern == "canary gets 3 % of requests, should get 25 %"


async def test_a_failed_deployment_is_a_concern() -> None:
    (row,) = (await rollouts(services(history(replace(DEPLOYED, status="failed"))))).rows
    assert (row.step, row.concern) == ("failed", "deployment failed: canary 25%")


async def test_what_only_the_metrics_know_is_shown() -> None:
    (row,) = (await rollouts(services(metrics=metrics()))).rows
    assert (row.service, row.environment, row.project_id) == ("agent-brain", "", None)
    assert [(track.name, track.replicas) for track in row.tracks] == [("stable", None), ("canary", None)]


async def test_sources_that_fail_are_said_and_the_others_shown() -> None:
    broken = FakeEngine("east", error=SourceError("connection refused"))
    failing = FakeMetrics(error=SourceError("HTTP 503"))
    board = await rollouts(services(history(), engines=(broken, engine("west")), metrics=failing))
    assert board.problems == ("docker:east: connection refused", "prometheus: HTTP 503")
    assert board.rows[0].sources == ("gitlab", "docker:west")


async def test_what_a_source_told_before_it_failed_stays_and_its_age_is_said() -> None:
    local, prometheus = engine(), metrics(errors=0.2)
    asked = services(history(), engines=(local,), metrics=prometheus)
    [before] = (await rollouts(asked)).rows
    assert before.concern
    local.error, prometheus.error = SourceError("connection refused"), SourceError("HTTP 503")
    board = await rollouts(asked)
    assert board.rows == (before,)
    of = f"{NOW.astimezone():%H:%M}"
    assert board.problems == (
        f"docker:local: connection refused; figures of {of}",
        f"prometheus: HTTP 503; figures of {of}",
    )


async def test_review_apps_and_stopped_environments_are_left_out() -> None:
    past = history(
        replace(DEPLOYED, environment="review/x"),
        replace(DEPLOYED, environment="prod-old"),
        replace(DEPLOYED, environment="review/y", status="running"),
    )
    past.all_environments = [
        Environment(2, 1, "review/x", tier="development", state="available"),
        Environment(3, 1, "prod-old", tier="production", state="stopped"),
    ]
    assert [row.environment for row in (await rollouts(services(past))).rows] == ["review/y"]


async def test_an_endless_p95_is_no_data() -> None:
    (row,) = (await rollouts(services(history(), engines=(engine(),), metrics=metrics(p95=float("inf"))))).rows
    assert row.tracks[1].p95 is None


async def test_one_service_shows_its_series_and_its_past() -> None:
    points = ((NOW - timedelta(minutes=1), 0.1), (NOW, 0.2))
    store = metrics()
    store.matrices = {
        ERRORS: (
            Points({"service": "agent-brain", "track": "canary"}, points),
            Points({"service": "other", "track": "canary"}, points),
        )
    }
    running = replace(DEPLOYED, id=11, status="running", created_at=NOW, finished_at=None)
    past = history(DEPLOYED, replace(DEPLOYED, id=8, status="failed", finished_at=None), running)
    board = await rollout(services(past, engines=(engine(),), metrics=store), "agent-brain", "production")
    assert board.row.tracks[1].points_error == points
    assert board.row.tracks[0].points_error == ()
    assert [(one.outcome, one.duration) for one in board.past] == [
        ("success", timedelta(minutes=3)), ("failed", None)
    ]  # fmt: skip


async def test_a_service_nobody_knows_is_an_error() -> None:
    with pytest.raises(SourceError, match="nothing is known of shop in production"):
        await rollout(services(), "shop", "production")
