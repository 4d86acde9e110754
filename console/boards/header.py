"""What the top line says whatever pane is open: the sources' freshness and how much is wrong."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ..model.freshness import SourceHealth, State
from ..model.pipelines import Status

if TYPE_CHECKING:
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
    latest = await services.history.latest(per_project=1)
    active = await services.history.active()
    broken = sum(pipeline.status is Status.FAILED for pipeline in latest)
    return HeaderBoard(services.sync.health(), broken, len(active), services.clock())
