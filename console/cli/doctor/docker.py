"""Checks of one Docker engine."""

from collections.abc import Iterator
from typing import Protocol

from ...ports import SourceError
from ...sources.docker.facts import EngineFacts
from ...text import count
from .check import Check, Subject, clock

CHECKS = ("reachable", "tls", "rights", "version", "clock")
LEAST_API = (1, 41)
"""Of Docker 20.10: older engines count Swarm's running tasks in another way."""


class Examined(Protocol):
    """What doctor asks of an engine's source."""

    @property
    def name(self) -> str: ...
    async def examine(self) -> EngineFacts: ...


async def checks(source: Examined, host: str) -> tuple[Check, ...]:
    """All checks of the engine at `host`. Never raises SourceError."""
    subject = Subject(f"docker:{source.name}")
    try:
        return tuple(of_facts(subject, await source.examine()))
    except SourceError as error:
        return subject.refused(error, CHECKS, _link(host.partition(":")[0]))


def of_facts(subject: Subject, facts: EngineFacts) -> Iterator[Check]:
    """What the engine told of itself."""
    yield subject.ok("reachable", f"{facts.host}, {facts.system}" if facts.system else facts.host)
    yield subject.ok("tls", _link(facts.transport))
    swarm = f"Swarm {facts.swarm}" if facts.swarm else "no Swarm"
    rootless = ", rootless" if facts.rootless else ""
    if facts.swarm == "worker":
        yield subject.warn("rights", "a Swarm worker tells nothing of services", "add a manager's engine to the config")
    else:
        yield subject.ok("rights", f"{count(facts.containers)} containers visible, {swarm}{rootless}")
    yield _version(subject, facts)
    yield clock(subject, facts.clock_skew)
    for warning in facts.warnings:
        yield subject.warn("engine", warning, "see the engine's documentation")


def _link(transport: str) -> str:
    return {"unix": "not needed on a socket", "ssh": "by ssh"}.get(transport, transport)


def _version(subject: Subject, facts: EngineFacts) -> Check:
    found = f"{facts.version}, API {facts.api_version}"
    parts = facts.api_version.split(".")
    known = len(parts) == 2 and all(part.isdigit() for part in parts)
    if known and (int(parts[0]), int(parts[1])) < LEAST_API:
        least = ".".join(str(part) for part in LEAST_API)
        return subject.warn("version", found, f"API {least} or newer (Docker 20.10) tells more")
    return subject.ok("version", found)
