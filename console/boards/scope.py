"""What a board looks at: a window of days, and perhaps one project."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from ..model.pipelines import Project

if TYPE_CHECKING:
    from ..ports import Services


@dataclass(frozen=True, slots=True)
class Span:
    """UTC days of a window, and of the one before it that it is compared with."""

    before: date
    """First day of the window before."""
    start: date
    """First day of the window."""
    today: date

    @classmethod
    def back(cls, today: date, window: timedelta) -> "Span":
        """The days that end today and cover at least `window`; a window under a day is today alone."""
        days = max(1, -(-window // timedelta(days=1)))
        start = today - timedelta(days=days - 1)
        return cls(start - timedelta(days=days), start, today)


async def whole_since(services: "Services") -> date | None:
    """The first UTC day from which on history holds everything; None: not known, since it is being filled."""
    loaded, total = await services.history.filled()
    if loaded >= total:
        return date.min
    back = [one.complete_since for one in services.sync.health() if one.complete_since is not None]
    return max(back).date() + timedelta(days=1) if back else None


def find(projects: Iterable[Project], name: str) -> Project:
    """The project with this path, or whose path ends in this part. Raises SourceError when none or several do."""
    every = list(projects)
    found = [one for one in every if one.path == name] or [one for one in every if one.path.endswith(f"/{name}")]
    if len(found) == 1:
        return found[0]
    from ..ports import SourceError, Trouble

    told = "several projects: " + ", ".join(one.path for one in found[:4]) if found else "no project of the fleet"
    raise SourceError(f"{name} names {told}", trouble=Trouble.MISSING, remedy="give the whole path, such as group/name")
