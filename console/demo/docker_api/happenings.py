"""What happened to the engine's objects: events that follow from the time, and those that operators caused."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from console.demo.docker_api.asked import Body, Filters, has_label, one_of
from console.demo.docker_api.engine import CRASH_PERIOD, Engine, Live, hex_id, swarm_id
from console.demo.docker_api.tracks import Deployed, deployed
from console.demo.world.dice import dice

_JOB_SLOT = 40
"""Seconds: in some of these slots a runner starts a container for a job."""
_HELPER_IMAGE = "registry.gitlab.com/gitlab-org/gitlab-runner/gitlab-runner-helper:x86_64-v18.11.1"


@dataclass(frozen=True, slots=True)
class Happening:
    """One event; `at` in Unix seconds."""

    at: float
    kind: str
    action: str
    actor: str
    attributes: dict[str, str]
    scope: str = "local"

    def body(self) -> Body:
        """As the stream of events sends it; events of containers repeat some of it in the words of old."""
        old = {"status": self.action, "id": self.actor, "from": self.attributes.get("image", "")}
        return {
            **(old if self.kind == "container" else {}),
            "Type": self.kind,
            "Action": self.action,
            "Actor": {"ID": self.actor, "Attributes": self.attributes},
            "scope": self.scope,
            "time": int(self.at),
            "timeNano": int(self.at * 1_000_000) * 1000,
        }

    def passes(self, asked: Filters) -> bool:
        """Whether it is one of the wanted events."""
        name = self.attributes.get("name", "")
        action = self.action.partition(":")[0]
        return (
            one_of(asked, "type", self.kind)
            and one_of(asked, "event", self.action, action)
            and one_of(asked, "scope", self.scope)
            and one_of(asked, "image", self.attributes.get("image", ""))
            and all(has_label(wanted, self.attributes) for wanted in asked.get("label", []))
            and all(
                self.kind == kind and any(wanted in (self.actor, self.actor[:12], name) for wanted in asked[kind])
                for kind in ("container", "service", "network", "volume", "node")
                if kind in asked
            )
        )


def happenings(engine: Engine, since: float, until: float) -> list[Happening]:
    """Every event in since < t <= until, oldest first. Asking again gives the same ones."""
    found = [
        *(one for live in engine.containers() for one in _of_container(engine, live, since, until)),
        *(one for service in deployed(engine) for one in _of_service(service)),
        *_of_jobs(since, until),
    ]
    return sorted((one for one in found if since < one.at <= until), key=lambda one: (one.at, one.actor, one.action))


def _happened(one: Live, at: float, action: str, **more: str) -> Happening:
    attributes = {**one.labels, "image": one.noun.image, "name": one.noun.name, **more}
    return Happening(at, "container", action, one.id, attributes)


def _of_container(engine: Engine, one: Live, since: float, until: float) -> Iterator[Happening]:
    born = one.noun.created_at
    yield _happened(one, born, "create")
    yield _happened(one, born + 1, "start")
    for at in engine.restarted.get(one.id, ()):
        yield from _restarted(one, at)
    if one.noun.state == "restarting":
        yield from _crashes(one, since, until)
    elif one.noun.state == "exited" and one.state == "exited":
        if one.exit_code == 137:
            yield _happened(one, one.finished_at - 0.01, "oom")
        yield _happened(one, one.finished_at, "die", exitCode=str(one.exit_code))


def _restarted(one: Live, at: float) -> Iterator[Happening]:
    yield _happened(one, at, "kill", signal="15")
    yield _happened(one, at + 0.001, "die", exitCode="0")
    yield _happened(one, at + 0.002, "stop")
    yield _happened(one, at + 0.003, "start")
    yield _happened(one, at + 0.004, "restart")


def _crashes(one: Live, since: float, until: float) -> Iterator[Happening]:
    """A start and an end in each period, counted from the latest start."""
    first = max(since, one.noun.created_at + CRASH_PERIOD)
    turn = ceil((first - one.started_at - 1) / CRASH_PERIOD)
    while (at := one.started_at + turn * CRASH_PERIOD) <= min(until, one.now):
        yield _happened(one, at, "start")
        yield _happened(one, at + 1, "die", exitCode=str(one.noun.exit_code))
        turn += 1


def _of_service(one: Deployed) -> Iterator[Happening]:
    name = {"name": one.name}
    yield Happening(one.created_at, "service", "create", one.id, name, "swarm")
    if one.updated_at > one.created_at:
        update = {**name, "replicas.new": str(one.replicas)}
        yield Happening(one.updated_at, "service", "update", one.id, update, "swarm")


def _of_jobs(since: float, until: float) -> Iterator[Happening]:
    """Containers that runners make for jobs and throw away."""
    for slot in range(int((since - 120) // _JOB_SLOT), int(until // _JOB_SLOT) + 1):
        rng = dice("job container", slot)
        if rng.random() < 0.4:
            yield from _job(slot, slot * _JOB_SLOT + rng.uniform(0, 30), rng.uniform(8, 80), rng.random() < 0.12)


def _job(slot: int, at: float, seconds: float, failed: bool) -> Iterator[Happening]:
    name = f"runner-t1a2b3-project-{slot % 17 + 1}-concurrent-0-{swarm_id(str(slot))[:16]}-build"
    attributes = {"image": _HELPER_IMAGE, "name": name, "com.gitlab.gitlab-runner.type": "build"}
    identity = hex_id("job", str(slot))
    for moment, action, more in (
        (at, "create", {}),
        (at + 0.4, "start", {}),
        (at + seconds, "die", {"exitCode": "1" if failed else "0"}),
        (at + seconds + 0.6, "destroy", {}),
    ):
        yield Happening(moment, "container", action, identity, {**attributes, **more})
