"""Environments and deployments, by REST."""

from dataclasses import dataclass
from datetime import datetime

from ...model.pipelines import Project
from ...model.rollouts import Deployment, Environment
from . import nouns
from .lists import pages, query, reading
from .wire import Wire

_ENVIRONMENT_PAGES = 20
"""2,000 environments; projects with review apps collect stopped ones without end."""
_DEPLOYMENT_PAGES = 100


@dataclass(frozen=True, slots=True)
class Rollouts:
    """Where a project's commits went."""

    wire: Wire

    async def environments(self, project: Project) -> tuple[Environment, ...]:
        """All of them, stopped ones too."""
        what = f"the environments of {project.path}"
        path = f"projects/{project.id}/environments"
        rows = await pages(self.wire, path, query(per_page=100), what=what, limit=_ENVIRONMENT_PAGES)
        with reading(what, self.wire):
            return tuple(nouns.environment_rest(row, project.id) for row in rows)

    async def deployments(self, project: Project, updated_after: datetime | None) -> tuple[Deployment, ...]:
        """The newest hundred; or all that changed since, last change first.

        A row that changes between two pages moves to the front, so none is skipped; oldest first would skip some.
        """
        what = f"the deployments of {project.path}"
        asked, limit = query(order_by="updated_at", sort="desc", per_page=100), 1
        if updated_after is not None:
            since = updated_after.isoformat()
            asked = query(order_by="updated_at", sort="desc", updated_after=since, per_page=100)
            limit = _DEPLOYMENT_PAGES
        rows = await pages(self.wire, f"projects/{project.id}/deployments", asked, what=what, limit=limit)
        with reading(what, self.wire):
            return tuple(nouns.deployment_rest(row, project.id) for row in rows)
