"""The Swarm services that put each track of a service before users."""

from dataclasses import dataclass
from math import inf

from console.demo.docker_api.engine import Engine, swarm_id
from console.demo.world.nouns import Service, Track

_MEMORY_LIMIT = 2560 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Deployed:
    """A Swarm service at one moment; times in Unix seconds."""

    name: str
    image: str
    labels: dict[str, str]
    replicas: int
    port: int
    published: bool
    """Whether this track has the service's port of the ingress network: the first one does."""
    created_at: float
    updated_at: float
    changes: int
    memory_bytes: int = _MEMORY_LIMIT

    @property
    def id(self) -> str:
        """25 characters."""
        return swarm_id("service", self.name)

    @property
    def version_index(self) -> int:
        """Grows with each update; an update must name it."""
        return 40 + self.changes * 7


def deployed(engine: Engine) -> list[Deployed]:
    """Every service that has been created by now, in the world's order."""
    found = (_deployed(engine, service, track) for service in engine.world.services() for track in service.tracks)
    return [one for one in found if one is not None]


def _deployed(engine: Engine, service: Service, track: Track) -> Deployed | None:
    """None before the track's first replica."""
    past = [phase for phase in track.phases if phase.since <= engine.now]
    served = [phase for phase in past if phase.replicas]
    if not served:
        return None
    created = max(served[0].since, engine.world.origin)
    return Deployed(
        name=f"{service.name}_{track.name}",
        image=track.image,
        labels={
            "com.docker.stack.namespace": service.name,
            "console.project": service.project,
            "console.service": service.name,
            "console.strategy": service.strategy,
            "console.track": track.name,
        },
        replicas=past[-1].replicas,
        port=service.port,
        published=track is service.tracks[0],
        created_at=created,
        updated_at=max(past[-1].since, created) if past[-1].since > -inf else created,
        changes=len(past),
    )
