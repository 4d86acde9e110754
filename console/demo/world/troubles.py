"""What is wrong in the fleet: placed relative to the start, for an operator to find."""

from dataclasses import dataclass

from .nouns import JobSpec, Project

HOUR, DAY = 3600.0, 86400.0
BROKEN_SINCE = 5 * HOUR
"""agent-chat: since so long before the start its default branch fails in `websocket_tests`."""
CACHE_LOST_SINCE = 3.2 * DAY
"""agent-docker: since then no cache is found, its key changes with every commit."""
SLOW_SINCE = 11.4 * DAY
"""agent-mesh: since then `integration` takes half as long again."""
SLOW_FACTOR = 1.55
FORBIDDEN_FOR = (2.0 * DAY, 1.6 * DAY)
"""agent-memory: between these the cache store answered 403."""


@dataclass(frozen=True, slots=True)
class Bend:
    """How a job's run differs from usual."""

    slower: float = 1.0
    cause: str | None = None
    """It fails, and for this."""
    cache: str | None = None
    """Every cache of it ends so."""


USUAL = Bend()


def bend(project: Project, spec: JobSpec, kind: str, t: float, start: float) -> Bend:
    """What the fleet's troubles do to a job of a pipeline of this kind that was created at `t`."""
    before = start - t
    chat = project.name == "agent-chat" and spec.name == "websocket_tests"
    if chat and kind in ("default", "schedule", "tag") and before < BROKEN_SINCE:
        return Bend(cause="test:broken")
    if project.name == "agent-docker" and before < CACHE_LOST_SINCE:
        return Bend(slower=1.3 if spec.caches else 1.0, cache="miss")
    if project.name == "agent-mesh" and spec.name == "integration" and before < SLOW_SINCE:
        return Bend(slower=SLOW_FACTOR)
    if project.name == "agent-memory" and FORBIDDEN_FOR[1] < before < FORBIDDEN_FOR[0]:
        return Bend(slower=1.2, cache="forbidden")
    return USUAL
