"""Which board a word after `console show` means, and its table."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from ...boards import builds, cache, pipelines, rollouts, spend
from ...model.pipelines import Project
from ...ports import Services
from . import cost, delivery
from .fields import View

WINDOWS = {"24h": timedelta(hours=24), "7d": timedelta(days=7), "30d": timedelta(days=30), "90d": timedelta(days=90)}
DIMENSIONS = ("project", "tag", "branch", "user")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a board is asked for."""

    project: Project | None
    """None: the fleet."""
    window: timedelta
    by: str
    """Of spend: one of DIMENSIONS."""

    @property
    def path(self) -> str:
        return self.project.path if self.project else ""


@dataclass(frozen=True, slots=True)
class Printed:
    """A board that can be printed."""

    read: Callable[[Services, Wanted], Awaitable[Any]]
    view: Callable[[Any], View[Any]]
    from_history: bool = True
    """Whether all of it comes from history, so that an empty one shows nothing."""


async def _pipelines(services: Services, wanted: Wanted) -> Any:
    if wanted.project:
        return await pipelines.project(services, wanted.project.id)
    return await pipelines.fleet(services)


async def _rollouts(services: Services, wanted: Wanted) -> Any:
    board = await rollouts.rollouts(services)
    if wanted.project is None:
        return board
    return replace(board, rows=tuple(row for row in board.rows if row.project_id == wanted.project.id))


def _pipelines_view(board: Any) -> View[Any]:
    return delivery.project(board) if isinstance(board, pipelines.ProjectBoard) else delivery.fleet(board)


BOARDS: dict[str, Printed] = {
    "pipelines": Printed(_pipelines, _pipelines_view),
    "builds": Printed(lambda services, wanted: builds.builds(services, wanted.window, wanted.path), cost.builds),
    "cache": Printed(lambda services, wanted: cache.cache(services, wanted.window, wanted.path), cost.cache, False),
    "spend": Printed(lambda services, wanted: spend.spend(services, wanted.window, wanted.by, wanted.path), cost.spend),
    "rollouts": Printed(_rollouts, delivery.rollouts, False),
}
