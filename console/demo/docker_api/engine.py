"""What the engine has now: the world's containers with their identities and states, and what operators did to them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import inf

from console.demo.clock import Clock
from console.demo.docker_api.answers import ApiError
from console.demo.world.dice import digest, share
from console.demo.world.nouns import Container
from console.demo.world.world import World

NODE = "docker-host-1"
CPUS = 16
MEMORY_BYTES = 64 * 1024**3
CRASH_PERIOD = 61.0
"""Seconds from one attempt to start a crashing container to the next, once the back-off is at its longest."""
_SECOND_RUN = 45.0
"""Seconds for which a job that had ended runs when somebody starts it again."""


def hex_id(*labels: str) -> str:
    """64 hexadecimal digits that stand for these labels."""
    return (digest("docker", *labels) + digest("docker", "more", *labels))[:32].hex()


def swarm_id(*labels: str) -> str:
    """25 characters of 0-9a-z, as Swarm identifies its objects."""
    number, found = int.from_bytes(digest("swarm", *labels), "big"), ""
    for _ in range(25):
        number, digit = divmod(number, 36)
        found += "0123456789abcdefghijklmnopqrstuvwxyz"[digit]
    return found


@dataclass(frozen=True, slots=True)
class Live:
    """A container as it is at one moment (Unix seconds); what has not happened is `inf`."""

    noun: Container
    now: float
    state: str
    started_at: float
    finished_at: float
    restarts: int

    @property
    def id(self) -> str:
        """64 hexadecimal digits."""
        return hex_id("container", self.noun.name, str(self.noun.created_at))

    @property
    def labels(self) -> dict[str, str]:
        """Its own labels, and those that Swarm gives to its tasks."""
        own = dict(self.noun.labels)
        if self.noun.service is None:
            return own
        return own | {
            "com.docker.swarm.node.id": swarm_id("node", NODE),
            "com.docker.swarm.service.id": swarm_id("service", self.noun.service),
            "com.docker.swarm.service.name": self.noun.service,
            "com.docker.swarm.task": "",
            "com.docker.swarm.task.id": swarm_id("task", self.id),
            "com.docker.swarm.task.name": f"{self.noun.name}.{swarm_id('task', self.id)}",
        }

    @property
    def running(self) -> bool:
        """Whether its processes exist."""
        return self.state in ("running", "paused")

    @property
    def exit_code(self) -> int:
        """Of its last run; 0 while it runs."""
        return 0 if self.running else self.noun.exit_code

    @property
    def pid(self) -> int:
        """Its first process; 0 when there is none."""
        return 4000 + int(share("pid", self.noun.name, self.started_at) * 60_000) if self.running else 0

    @property
    def network(self) -> str:
        """The network that it is on."""
        return "platform_default" if self.noun.service is None else "fleet"

    @property
    def ip_address(self) -> str:
        """Its address there."""
        prefix = "172.20.0" if self.noun.service is None else "10.0.9"
        return f"{prefix}.{2 + int(share('address', self.noun.name) * 250)}"


class Engine:
    """The containers at the present that the clock tells."""

    def __init__(self, world: World, clock: Clock) -> None:
        self.world, self.clock = world, clock
        self.restarted: dict[str, list[float]] = {}
        """When operators restarted each container, oldest first, by its id."""

    @property
    def now(self) -> float:
        """The present in Unix seconds."""
        return self.clock.now()

    def containers(self) -> list[Live]:
        """Every container, newest first."""
        now = self.now
        found = [self._live(noun, now) for noun in self.world.containers() if noun.created_at <= now]
        return sorted(found, key=lambda one: (-one.noun.created_at, one.noun.name))

    def _live(self, noun: Container, now: float) -> Live:
        fresh = Live(noun, now, noun.state, noun.created_at + 1, inf, noun.restarts)
        restarts = [t for t in self.restarted.get(fresh.id, ()) if t <= now]
        started = restarts[-1] if restarts else fresh.started_at
        if noun.state == "restarting":
            return _crashing(noun, now, started)
        if noun.state == "exited":
            ran = _SECOND_RUN if restarts else 40 + 300 * share("ran", noun.name)
            ended = started + ran
            return Live(noun, now, "exited" if ended <= now else "running", started, min(ended, inf), noun.restarts)
        return Live(noun, now, "running" if restarts else noun.state, started, inf, noun.restarts)

    def find(self, reference: str) -> Live:
        """The container of a name, an id or the beginning of an id. Raises ApiError."""
        every = self.containers()
        exact = [one for one in every if reference.removeprefix("/") == one.noun.name or reference == one.id]
        found = exact or [one for one in every if re.fullmatch("[0-9a-f]+", reference) and one.id.startswith(reference)]
        if len(found) > 1:
            raise ApiError(400, f"Multiple IDs found with provided prefix: {reference}")
        if not found:
            raise ApiError(404, f"No such container: {reference}")
        return found[0]

    def restart(self, reference: str) -> None:
        """Stop a container's processes and start it again. Raises ApiError."""
        self.restarted.setdefault(self.find(reference).id, []).append(self.now)

    def tasks(self) -> Iterator[Live]:
        """The containers that are tasks of a Swarm service."""
        return (one for one in self.containers() if one.noun.service is not None)


def _crashing(noun: Container, now: float, started: float) -> Live:
    """A container that ends a second after each start, and is started again."""
    times = int((now - started) // CRASH_PERIOD)
    latest = started + times * CRASH_PERIOD
    return Live(noun, now, "restarting", latest, latest + 1, noun.restarts + times)
