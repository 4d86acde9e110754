"""What the top line says whatever pane is open: the sources' freshness and how much is wrong."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ..model.freshness import SourceHealth, State

if TYPE_CHECKING:
    from ..model.pipelines import Pipeline
    from ..ports import Services


@dataclass(frozen=True, slots=True)
class HeaderBoard:
    """Counts over the whole fleet, and each source's condition."""

    sources: tuple[SourceHealth, ...]
    broken: int
    """Projects whose default branch failed."""
    running: int
    """Pipelines not finished, on any ref."""
    at: datetime

    @property
    def failing(self) -> int:
        """Sources that do not answer now."""
        return sum(one.state is State.FAILING for one in self.sources)


async def header(services: "Services") -> HeaderBoard:
    """Read the top line; raises SourceError when history cannot be read."""
    from ..insight.health import STRIP, broken_by

    by_project: dict[int, list[Pipeline]] = {}
    for one in await services.history.latest(STRIP):
        by_project.setdefault(one.project_id, []).append(one)
    broken = sum(broken_by(mine) is not None for mine in by_project.values())
    running = sum(one.status.active for one in await services.history.active())
    return HeaderBoard(services.sync.health(), broken, running, services.clock())
