"""Tracks, weights, steps and concerns of roll-outs."""

from dataclasses import replace

import pytest

from console.insight import concern, rollouts
from console.insight.concern import Figures
from console.model.engine import Container, Engine, SwarmService
from console.model.rollouts import Deployment
from tests.fakes import NOW

ONE = Deployment(1, 1, 1, "production", "success", "main", "abc", NOW)


def container(id: str, track: str = "stable", *, state: str = "running", **labels: str) -> Container:
    told = {"console.service": "shop", "console.track": track, **{k.replace("_", "."): v for k, v in labels.items()}}
    return Container(id, id, f"registry:5000/shop:{track}-1", state, told, NOW, restarts=1)


def test_containers_of_a_track_are_counted_together() -> None:
    engine = Engine(
        "a", NOW, "27", "1.46", (container("1"), container("2", state="restarting"), container("3", "canary"))
    )
    stable, canary = rollouts.placed(engine)
    assert (stable.track, stable.replicas, stable.desired, stable.restarts, stable.version) == (
        "stable",
        1,
        2,
        2,
        "stable-1",
    )
    assert (canary.track, canary.replicas, canary.desired) == ("canary", 1, 1)


def test_containers_without_the_label_are_no_service() -> None:
    assert rollouts.placed(Engine("a", NOW, "27", "1.46", (Container("1", "db", "postgres:16", "running"),))) == ()


def test_containers_that_are_gone_do_not_count_while_others_run() -> None:
    (one,) = rollouts.placed(Engine("a", NOW, "27", "1.46", (container("1"), container("2", state="exited"))))
    assert (one.replicas, one.desired) == (1, 1)


def test_tasks_of_a_swarm_service_are_not_counted_twice() -> None:
    service = SwarmService("s", "shop_stable", "shop:2", {"console.service": "shop"}, desired=3, running=2)
    task = container("1", com_docker_swarm_service_name="shop_stable")
    (one,) = rollouts.placed(Engine("a", NOW, "27", "1.46", (task,), (service,)))
    assert (one.replicas, one.desired, one.track) == (2, 3, "stable")


def test_replicas_on_several_engines_are_added_up() -> None:
    east, west = (rollouts.placed(Engine(name, NOW, "27", "1.46", (container("1"),))) for name in "ab")
    (one,) = rollouts.together([*east, *west])
    assert (one.replicas, one.desired, one.restarts) == (2, 2, 2)


@pytest.mark.parametrize(
    ("image", "version"),
    [
        ("registry:5000/a/b:1.2", "1.2"),
        ("registry:5000/a/b", ""),
        ("a@sha256:0123456789abcdef", "0123456789ab"),
        ("a:7@sha256:0123456789abcdef", "7"),
        ("", ""),
    ],
)
def test_a_version_is_the_tag_or_the_digest(image: str, version: str) -> None:
    assert rollouts.version_of(image) == version


@pytest.mark.parametrize(
    ("job", "share"),
    [
        ("canary 25%", 0.25),
        ("deploy 5 %", 0.05),
        ("promote 100%", 1.0),
        ("12.5%", 0.125),
        ("deploy", None),
        ("400%", None),
    ],
)
def test_a_share_is_read_from_the_name_of_a_job(job: str, share: float | None) -> None:
    assert rollouts.share_named(job) == share


def test_the_newest_deployment_is_the_newest_that_started() -> None:
    blocked = replace(ONE, id=2, status="blocked")
    assert rollouts.newest_started([blocked, ONE]) is ONE
    assert rollouts.newest_started([blocked]) is blocked
    assert rollouts.newest_started([]) is None


@pytest.mark.parametrize(
    ("tracks", "jobs", "told", "kind"),
    [
        (["stable", "canary"], [], "", "canary"),
        (["blue"], [], "", "blue-green"),
        (["stable"], [], "", "rolling"),
        (["stable"], ["canary 5%"], "", "canary"),
        ([], ["deploy"], "", "unknown"),
        (["stable"], [], "blue-green", "blue-green"),
    ],
)
def test_a_strategy_is_told_or_seen(tracks: list[str], jobs: list[str], told: str, kind: str) -> None:
    assert rollouts.strategy(tracks, jobs, told) == kind


def test_weights_are_shares_of_requests_or_else_of_replicas() -> None:
    assert rollouts.weights({"stable": 30.0, "canary": 10.0}, {"stable": 1, "canary": 1}) == {
        "stable": 0.75,
        "canary": 0.25,
    }
    assert rollouts.weights({"stable": None, "canary": None}, {"stable": 3, "canary": 1})["canary"] == 0.25
    assert rollouts.weights({"stable": 30.0, "canary": None}, {"stable": 3, "canary": 1})["canary"] == 0.25
    assert rollouts.weights({"stable": 30.0, "canary": None}, {"stable": 3, "canary": 0})["canary"] == 0.0
    assert rollouts.weights({"stable": 0.0}, {"stable": 0}) == {"stable": None}
    assert rollouts.weights({}, {}) == {}


@pytest.mark.parametrize(
    ("kind", "share", "live", "status", "words"),
    [
        ("canary", 0.25, "stable", "success", "canary 25 %"),
        ("canary", 0.051, "stable", "success", "canary 5.1 %"),
        ("canary", 0.0, "stable", "success", "done"),
        ("canary", None, "stable", "failed", "failed"),
        ("canary", 0.25, "stable", "running", "deploying canary 25%"),
        ("blue-green", 1.0, "green", "success", "green live"),
        ("blue-green", 0.3, "blue", "success", "switching, green 30 %"),
        ("rolling", None, "", "blocked", "waits for approval"),
        ("unknown", None, "", "", ""),
    ],
)
def test_a_step_is_told_in_words(kind: str, share: float | None, live: str, status: str, words: str) -> None:
    newest = replace(ONE, status=status, job_name="canary 25%") if status else None
    assert rollouts.step(kind, share, live, newest) == words


GOOD = Figures(40.0, 0.004, 0.100)


def test_a_worse_canary_is_told_with_both_values() -> None:
    bad = Figures(10.0, 0.061, 0.180)
    assert concern.compared("canary", bad, "stable", GOOD) == [
        "errors canary 6.1 %, stable 0.4 %", "p95 canary 180 ms, stable 100 ms"
    ]  # fmt: skip


def test_a_canary_that_is_alike_is_no_concern() -> None:
    assert concern.compared("canary", Figures(10.0, 0.006, 0.120), "stable", GOOD) == []


def test_small_differences_of_small_figures_are_no_concern() -> None:
    assert concern.compared("canary", Figures(9.0, 0.004, 0.009), "stable", Figures(9.0, 0.001, 0.004)) == []


def test_a_canary_without_traffic_or_figures_is_not_judged() -> None:
    assert concern.compared("canary", Figures(0.01, 1.0, 9.0), "stable", GOOD) == []
    assert concern.compared("canary", Figures(None, None, None), "stable", GOOD) == []


def test_missing_replicas_and_many_restarts_are_a_concern() -> None:
    assert concern.alone("canary", Figures(None, None, None, 1, 3, 7)) == [
        "canary runs 1 of 3 replicas", "canary restarted 7 times"
    ]  # fmt: skip
    assert concern.alone("canary", Figures(None, None, None, 3, 3, 1)) == []
    assert concern.alone("canary", Figures(None, None, None)) == []


def test_a_weight_beside_the_wish_is_a_concern() -> None:
    assert concern.off_weight("canary", 0.08, 0.25) == ["canary gets 8 % of requests, should get 25 %"]
    assert concern.off_weight("canary", 0.2, 0.25) == []
    assert concern.off_weight("canary", None, 0.25) == []
