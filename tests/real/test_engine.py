"""A real Docker engine as the console sees it."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from console.model.engine import Container, EngineEvent, SwarmService
from console.sources.docker import DockerSource
from tests.real.engine import IMAGE, RealEngine
from tests.real.programs import until, wait_for

pytestmark = pytest.mark.real


async def container(docker: DockerSource, name: str) -> Container:
    return next(one for one in (await docker.engine()).containers if one.name == name)


async def service(docker: DockerSource, name: str) -> SwarmService:
    return next(one for one in (await docker.engine()).services if one.name == name)


async def test_an_empty_engine_tells_its_versions_and_its_swarm(docker: DockerSource) -> None:
    now = await docker.engine()
    assert (now.name, now.containers, now.services, now.swarm) == ("lab", (), (), True)
    assert now.version[0].isdigit()
    assert now.api_version.startswith("1.")


async def test_a_container_is_told_with_labels_health_and_start(engine: RealEngine, docker: DockerSource) -> None:
    labels = {"console.service": "agent-brain", "console.track": "canary"}
    check = {"test": ["CMD", "/bin/true"], "interval": 10**9}
    before = datetime.now(UTC) - timedelta(seconds=1)
    made = engine.run("brain", "/bin/sleep", "1000", labels=labels, healthcheck=check)

    async def healthy() -> bool:
        return (await container(docker, "brain")).health == "healthy"

    await until(healthy, "the container is healthy")
    brain = await container(docker, "brain")
    assert (brain.id, brain.image, brain.state, brain.labels) == (made.id, IMAGE, "running", labels)
    assert brain.restarts == 0
    assert brain.created_at is not None
    assert brain.started_at is not None
    assert before < brain.started_at < datetime.now(UTC)


async def test_a_container_that_keeps_failing_counts_its_restarts(engine: RealEngine, docker: DockerSource) -> None:
    engine.run("crash", "/bin/sh", "-c", "exit 3", restart_policy={"Name": "always"})
    counts: list[int] = []

    async def thrice() -> bool:
        found = (await container(docker, "crash")).restarts
        counts.append(found or 0)
        return counts[-1] >= 3

    await until(thrice, "three restarts")
    assert counts == sorted(counts)


async def test_what_has_ended_is_told_too(engine: RealEngine, docker: DockerSource) -> None:
    made = engine.run("once", "/bin/true")
    wait_for(lambda: engine.client.containers.get(made.id).status == "exited", "it ended")
    once = await container(docker, "once")
    assert (once.state, once.health, once.started_at) == ("exited", "", None)


async def test_services_tell_what_runs_of_what_is_wanted(engine: RealEngine, docker: DockerSource) -> None:
    made = engine.client.services.create(  # type: ignore[no-untyped-call]
        IMAGE,
        ["/bin/sleep", "1000"],
        name="web",
        stop_grace_period=1,
        mode={"replicated": {"Replicas": 2}},
        labels={"console.track": "stable"},
    )
    engine.client.services.create(IMAGE, ["/bin/sleep", "1000"], name="agent", mode="global")  # type: ignore[no-untyped-call]

    async def settled() -> bool:
        return (await service(docker, "web")).running == 2 and (await service(docker, "agent")).running == 1

    await until(settled, "the tasks run")
    web, agent = await service(docker, "web"), await service(docker, "agent")
    assert (web.id, web.image, web.desired, web.labels) == (made.id, IMAGE, 2, {"console.track": "stable"})
    assert agent.desired is None
    made.reload()
    made.scale(0)

    async def none() -> bool:
        now = await service(docker, "web")
        return (now.desired, now.running) == (0, 0)

    await until(none, "the tasks are gone")


async def test_the_use_of_processor_and_memory_comes_with_the_second_sample(
    engine: RealEngine, docker: DockerSource
) -> None:
    busy = engine.run("busy", "/bin/sh", "-c", "while :; do :; done", mem_limit="64m", nano_cpus=300_000_000)
    idle = engine.run("idle", "/bin/sleep", "1000")
    ids = [busy.id, "0" * 64, idle.id]
    first = await docker.stats(ids)
    assert [one.id for one in first] == [busy.id, idle.id]
    assert [one.cpu_cores for one in first] == [None, None]
    second = await docker.stats(ids)
    assert second[0].memory_limit_bytes == 64 * 2**20
    assert 0 < (second[0].memory_bytes or 0) < 64 * 2**20
    assert second[0].cpu_cores is not None
    assert second[1].cpu_cores is not None
    assert second[1].cpu_cores < 0.05 < second[0].cpu_cores < 0.6


async def test_the_disk_use_is_summed_by_kind(engine: RealEngine, docker: DockerSource) -> None:
    engine.load("unused:1.0.0", {"ballast": "x" * 1_000_000})
    writes = "dd if=/dev/zero of=/big bs=1000 count=2000; dd if=/dev/zero of=/data/kept bs=1000 count=3000"
    engine.run("writer", "/bin/sh", "-c", f"{writes}; sleep 1000", volumes={"kept": {"bind": "/data", "mode": "rw"}})
    wait_for(lambda: engine.client.df()["Volumes"][0]["UsageData"]["Size"] >= 3_000_000, "it has written")
    use = await docker.disk()
    assert 1_000_000 <= use.images_reclaimable_bytes < use.images_bytes
    assert 2_000_000 <= use.containers_bytes < 2_500_000
    assert 3_000_000 <= use.volumes_bytes < 3_500_000
    assert use.build_cache == ()


async def test_the_build_cache_is_told_record_by_record(engine: RealEngine, docker: DockerSource) -> None:
    engine.build("built:1.0.0", 'RUN ["/bin/dd", "if=/dev/zero", "of=/big", "bs=1000", "count=500"]')
    records = (await docker.disk()).build_cache
    assert max(record.size_bytes for record in records) == 500_000
    assert {"regular", "source.local"} <= {record.kind for record in records}
    assert all(record.id and not record.in_use and record.last_used_at is not None for record in records)


async def test_events_come_as_they_happen_and_without_those_of_health_checks(
    engine: RealEngine, docker: DockerSource
) -> None:
    seen: list[EngineEvent] = []

    async def follow() -> None:
        async for happened in docker.events():
            seen.append(happened)  # noqa: PERF401 - read while it grows

    following = asyncio.create_task(follow())
    count = 0

    async def heard() -> bool:
        nonlocal count
        count += 1
        engine.client.volumes.create(f"call-{count}")
        return bool(seen)

    await until(heard, "an event")
    check = {"test": ["CMD", "/bin/true"], "interval": 10**8}
    made = await asyncio.to_thread(engine.run, "brain", "/bin/sleep", "1000", healthcheck=check)

    async def healthy() -> bool:
        return any(one.action == "health_status: healthy" for one in seen)

    await until(healthy, "the container is healthy")
    mine = [one for one in seen if one.id == made.id]
    assert [(one.kind, one.action, one.name) for one in mine[:2]] == [
        ("container", "create", "brain"),
        ("container", "start", "brain"),
    ]
    assert not any("exec" in one.action for one in seen)
    assert abs(datetime.now(UTC) - mine[-1].at) < timedelta(minutes=1)
    following.cancel()
    with pytest.raises(asyncio.CancelledError):
        async with asyncio.timeout(1):
            await following


async def test_the_doctor_learns_who_the_engine_is(docker: DockerSource) -> None:
    facts = await docker.examine()
    assert (facts.transport, facts.swarm, facts.containers, facts.rootless) == ("unix", "manager", 0, False)
    assert facts.host
    assert facts.api_used == facts.api_version
    assert facts.clock_skew is not None
    assert abs(facts.clock_skew) < timedelta(seconds=2)
