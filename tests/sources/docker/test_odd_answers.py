"""The Docker source against engines of other versions, and against answers no engine should give."""

import asyncio
import json
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from console.ports import SourceError, Trouble
from console.sources.docker import DockerSource
from console.sources.docker.containers import MOST_INSPECTIONS
from tests.sources.docker.conftest import HandClock
from tests.sources.docker.odd_engine import NO_SWARM, VERSION, Answer, OddEngine, Reply, Route

Odd = Callable[[Mapping[str, Route]], OddEngine]
Reading = Callable[..., DockerSource]


def row(id_: str, status: str = "Up 3 hours", **more: Any) -> dict[str, Any]:
    return {"Id": id_, "Names": [f"/{id_}"], "Image": "app:1", "State": "running", "Status": status, **more}


def inspection(started: str, restarts: int = 0) -> Answer:
    return Answer(200, {"State": {"StartedAt": started}, "RestartCount": restarts})


async def refusal(source: DockerSource) -> SourceError:
    with pytest.raises(SourceError) as caught:
        await source.engine()
    return caught.value


@pytest.mark.parametrize(
    ("newest", "oldest", "used"), [("1.41", "1.12", "1.41"), ("1.60", "1.24", "1.51"), ("1.70", "1.60", "1.60")]
)
async def test_we_speak_the_newest_version_both_know(
    odd: Odd, reading: Reading, newest: str, oldest: str, used: str
) -> None:
    engine = odd({"/version": Answer(200, {**VERSION, "ApiVersion": newest, "MinAPIVersion": oldest})})
    assert (await reading(engine).engine()).api_version == newest
    assert set(engine.versions) == {"", used}


async def test_an_engine_too_old_is_to_be_upgraded(odd: Odd, reading: Reading) -> None:
    error = await refusal(reading(odd({"/version": Answer(200, {**VERSION, "ApiVersion": "1.18"})})))
    assert (error.trouble, "1.18" in str(error)) == (Trouble.UNSUPPORTED, True)


async def test_rows_with_nulls_links_and_newer_fields(odd: Odd, reading: Reading) -> None:
    rows = [
        {"Id": "bare", "Names": None, "Labels": None, "State": "created", "Status": "Created", "Created": 0},
        row("linked", Names=["/other/alias", "/linked"], Health={"Status": "starting", "FailingStreak": 0}),
        row("none", Health={"Status": "none"}),
        row("sick", "Up 3 hours (unhealthy)", Labels={"a": "b"}, Created=1_772_366_400),
        row("paused", "Up 2 days (Paused)", State="paused"),
        row("later", "Something new", State="hibernating"),
        row("endless", "Up 99999999999999999999 years", Created=10**30),
    ]
    engine = odd({"/containers/json": Answer(200, rows)})
    found = {one.id: one for one in (await reading(engine).engine()).containers}
    assert (found["bare"].name, found["bare"].labels, found["bare"].created_at) == ("", {}, None)
    assert (found["linked"].name, found["linked"].health, found["none"].health) == ("linked", "starting", "")
    assert (found["sick"].health, found["sick"].labels) == ("unhealthy", {"a": "b"})
    assert found["sick"].created_at == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert (found["endless"].created_at, found["endless"].restarts) == (None, None)
    assert (found["later"].state, found["later"].restarts) == ("hibernating", None)


async def test_text_of_strangers_is_made_harmless(odd: Odd, reading: Reading) -> None:
    evil = "\x1b]0;gone\x07x\u202e\x00" + "y" * 10_000
    services = [{"ID": "s", "Spec": {"Name": evil, "Labels": {evil: evil}}}]
    engine = odd(
        {
            "/version": Answer(200, {**VERSION, "Version": evil}),
            "/containers/json": Answer(200, [row(evil, Names=[f"/{evil}"], Labels={evil: evil}, Image=evil)]),
            "/services": Answer(200, services),
        }
    )
    now = await reading(engine).engine()
    [one], [service] = now.containers, now.services
    for text in (now.version, one.id, one.name, one.image, *one.labels, *one.labels.values(), service.name):
        assert text.startswith("xy")
        assert text.isprintable()
        assert len(text) <= 1_000


async def test_a_container_is_inspected_once_a_start(odd: Odd, reading: Reading, clock: HandClock) -> None:
    rows = [
        row("old"),
        row("young", "Up 5 seconds"),
        row("gone", "Up 2 minutes"),
        row("ended", "Exited (0) 1 hour ago"),
    ]
    engine = odd(
        {
            "/containers/json": lambda _: Answer(200, rows),
            "/containers/old/json": inspection("2026-03-01T09:00:00.123456789Z", 2),
            "/containers/young/json": lambda _: inspection("2026-03-01T11:59:55Z", len(engine.asked)),
        }
    )
    source = reading(engine)

    def inspected() -> list[str]:
        asked = sorted(path.split("/")[2] for path in engine.asked if path.count("/") == 3)
        engine.asked.clear()
        return asked

    first = {one.id: one for one in (await source.engine()).containers}
    assert inspected() == ["gone", "old", "young"]
    assert (first["old"].restarts, first["gone"].restarts, first["ended"].restarts) == (2, None, None)
    assert first["old"].started_at == datetime(2026, 3, 1, 9, 0, 0, 123456, tzinfo=UTC)
    clock.sleep(seconds=30)
    rows[1], rows[2] = row("young", "Up 35 seconds"), row("ended too", "Exited (0) 1 second ago")
    await source.engine()
    assert inspected() == []
    clock.sleep(seconds=30)
    rows[1] = row("young", "Up 2 seconds")
    await source.engine()
    assert inspected() == ["young"]
    clock.sleep(hours=2)
    rows[0], rows[1] = row("old", "Up 5 hours"), row("young", "Restarting (1) 3 seconds ago", State="restarting")
    await source.engine()
    assert inspected() == ["young"]


@pytest.mark.parametrize("status", [404, 409, 500])
async def test_a_container_that_is_just_going_hides_no_other(odd: Odd, reading: Reading, status: int) -> None:
    rows = Answer(200, [row("going"), row("staying")])
    gone = Answer(status, {"message": "no such container"})
    sample = Answer(200, {"read": "2026-03-01T12:00:01Z", "memory_stats": {"usage": 5}})
    staying = {"/containers/staying/json": inspection("2026-03-01T09:00:00Z", 1), "/containers/staying/stats": sample}
    going = {"/containers/going/json": gone, "/containers/going/stats": gone}
    source = reading(odd({"/containers/json": rows, **staying, **going}))
    assert [one.restarts for one in (await source.engine()).containers] == [None, 1]
    assert [(one.id, one.memory_bytes) for one in await source.stats(["going", "staying"])] == [("staying", 5)]


async def test_statistics_that_are_forbidden_are_an_error(odd: Odd, reading: Reading) -> None:
    engine = odd({"/containers/a/stats": Answer(403, {"message": "denied"})})
    with pytest.raises(SourceError, match="denied") as caught:
        await reading(engine).stats(["a", "a"])
    assert caught.value.trouble is Trouble.FORBIDDEN


async def test_many_new_containers_are_inspected_bit_by_bit(odd: Odd, reading: Reading) -> None:
    names = [f"c{number:03}" for number in range(MOST_INSPECTIONS + 10)]
    inspections = {f"/containers/{name}/json": inspection("2026-03-01T09:00:00Z") for name in names}
    engine = odd({"/containers/json": Answer(200, [row(name) for name in names]), **inspections})
    source = reading(engine)
    known = [sum(one.restarts == 0 for one in (await source.engine()).containers) for _ in range(3)]
    assert known == [MOST_INSPECTIONS, len(names), len(names)]
    assert engine.connections <= 8


@pytest.mark.parametrize(
    "answer",
    [
        Answer(503, NO_SWARM),
        Answer(503, {"message": "This node is not a swarm manager. Worker nodes can't be used to view cluster state."}),
        Answer(404, {"message": "page not found"}),
        Answer(501, {"message": "not implemented"}),
    ],
)
async def test_an_engine_without_a_swarm_has_no_services(odd: Odd, reading: Reading, answer: Answer) -> None:
    now = await reading(odd({"/services": answer})).engine()
    assert (now.swarm, now.services) == (False, ())


async def test_a_swarm_without_a_leader_is_a_failure_and_not_an_empty_swarm(odd: Odd, reading: Reading) -> None:
    error = await refusal(reading(odd({"/services": Answer(500, {"message": "The swarm does not have a leader."})})))
    assert "does not have a leader" in str(error)


async def test_services_of_every_mode(odd: Odd, reading: Reading) -> None:
    def service(id_: str, mode: dict[str, Any], **more: Any) -> dict[str, Any]:
        template = {"ContainerSpec": {"Image": "reg:5000/app:1.2@sha256:" + "0" * 64}}
        return {"ID": id_, "Spec": {"Name": id_, "Mode": mode, "TaskTemplate": template}, **more}

    def counts(running: int, desired: int) -> dict[str, Any]:
        return {"ServiceStatus": {"RunningTasks": running, "DesiredTasks": desired, "CompletedTasks": 0}}

    updated = {"UpdatedAt": "2026-03-01T11:00:00Z", "UpdateStatus": {"State": "paused", "Message": "x"}}
    rows = [
        service("web", {"Replicated": {"Replicas": 3}}, **counts(2, 3), **updated),
        service("agent", {"Global": {}}, **counts(5, 5)),
        service("job", {"ReplicatedJob": {"TotalCompletions": 9}}, **counts(1, 4)),
        service("bare", {}),
    ]
    web, agent, job, bare = (await reading(odd({"/services": Answer(200, rows)})).engine()).services
    assert (web.desired, web.running, web.image, web.update_state) == (3, 2, "reg:5000/app:1.2", "paused")
    assert web.updated_at == datetime(2026, 3, 1, 11, tzinfo=UTC)
    assert [(one.desired, one.running) for one in (agent, job, bare)] == [(None, 5), (4, 1), (None, 0)]


async def test_an_engine_that_counts_no_tasks_lets_us_count_them(odd: Odd, reading: Reading) -> None:
    def tasks(query: dict[str, str]) -> Answer:
        assert json.loads(query["filters"]) == {"desired-state": ["running"]}
        states = ["running", "running", "starting", "failed"]
        return Answer(200, [{"ServiceID": "web", "Status": {"State": state}} for state in states])

    services = Answer(200, [{"ID": "web", "Spec": {"Name": "web", "Mode": {"Replicated": {"Replicas": 4}}}}])
    old = Answer(200, {**VERSION, "ApiVersion": "1.38"})
    now = await reading(odd({"/version": old, "/services": services, "/tasks": tasks})).engine()
    assert [(one.desired, one.running) for one in now.services] == [(4, 2)]


async def test_an_old_engine_is_asked_for_two_samples_at_once(odd: Odd, reading: Reading) -> None:
    def stats(query: dict[str, str]) -> Answer:
        assert "one-shot" not in query
        return Answer(
            200,
            {
                "read": "2026-03-01T12:00:01Z",
                "preread": "2026-03-01T12:00:00Z",
                "cpu_stats": {"cpu_usage": {"total_usage": 3_500_000_000}},
                "precpu_stats": {"cpu_usage": {"total_usage": 2_000_000_000}},
                "memory_stats": {"usage": 100, "limit": 2**63 - 1, "stats": {"total_inactive_file": 40}},
            },
        )

    old = Answer(200, {**VERSION, "ApiVersion": "1.38"})
    [used] = await reading(odd({"/version": old, "/containers/a/stats": stats})).stats(["a"])
    assert (used.cpu_cores, used.memory_bytes, used.memory_limit_bytes) == (1.5, 60, None)


async def test_the_statistics_of_many_are_asked_side_by_side_but_not_all_at_once(odd: Odd, reading: Reading) -> None:
    at_once, most, lock, together = 0, 0, threading.Lock(), threading.Barrier(8)

    def stats(_: dict[str, str]) -> Reply:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        together.wait(5)  # 32 questions come in four rounds of eight, or this breaks
        with lock:
            at_once -= 1
        return Answer(200, {"read": "2026-03-01T12:00:01Z"})

    ids = [f"c{number}" for number in range(32)]
    found = await reading(odd({f"/containers/{id_}/stats": stats for id_ in ids})).stats(ids)
    assert [one.id for one in found] == ids
    assert most == 8


async def test_the_disk_is_asked_once_a_minute(odd: Odd, reading: Reading, clock: HandClock) -> None:
    engine = odd({"/system/df": Answer(200, {"LayersSize": 10, "Images": None, "Volumes": [{"UsageData": None}]})})
    source = reading(engine)
    first, second = await asyncio.gather(source.disk(), source.disk())
    clock.sleep(seconds=59)
    assert first == second == await source.disk()
    assert engine.asked.count("/system/df") == 1
    clock.sleep(seconds=2)
    await source.disk()
    assert engine.asked.count("/system/df") == 2
    assert (first.images_bytes, first.images_reclaimable_bytes) == (10, 10)


async def test_the_disk_is_summed_as_docker_does(odd: Odd, reading: Reading) -> None:
    use = {
        "LayersSize": 1_000,
        "Images": [
            {"Size": 700, "SharedSize": 200, "Containers": 2},
            {"Size": 400, "SharedSize": 200, "Containers": 0},
            {"Size": -1, "SharedSize": -1, "Containers": 1},
        ],
        "Containers": [{"SizeRw": 30}, {}, {"SizeRw": 12}],
        "Volumes": [{"UsageData": {"Size": 50, "RefCount": 1}}, {"UsageData": {"Size": -1, "RefCount": 0}}],
        "BuildCache": [
            {
                "ID": "a",
                "Type": "regular",
                "InUse": True,
                "Shared": False,
                "Size": 9,
                "UsageCount": 4,
                "LastUsedAt": None,
            }
        ],
    }
    disk = await reading(odd({"/system/df": Answer(200, use)})).disk()
    assert (disk.images_bytes, disk.images_reclaimable_bytes) == (1_000, 500)
    assert (disk.containers_bytes, disk.volumes_bytes) == (42, 50)
    [record] = disk.build_cache
    assert (record.kind, record.size_bytes, record.in_use, record.used, record.last_used_at) == (
        "regular",
        9,
        True,
        3,
        None,
    )


async def test_one_connection_serves_one_question_after_another(odd: Odd, reading: Reading) -> None:
    engine = odd({})
    source = reading(engine)
    for _ in range(5):
        await source.engine()
    assert engine.connections == 1


async def test_a_question_given_up_does_not_hold_up_the_next(odd: Odd, reading: Reading) -> None:
    asked, answer = threading.Event(), threading.Event()

    def slow(_: dict[str, str]) -> Answer:
        asked.set()
        answer.wait(10)
        return Answer(200, [])

    engine = odd({"/containers/json": slow})
    source = reading(engine)
    question = asyncio.create_task(source.engine())
    await asyncio.to_thread(asked.wait, 10)
    question.cancel()
    with pytest.raises(asyncio.CancelledError):
        await question
    engine.routes["/containers/json"] = Answer(200, [])
    await source.engine()
    assert engine.connections == 2
    answer.set()
