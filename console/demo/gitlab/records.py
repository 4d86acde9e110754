"""What the API looks up or keeps beside the world's time line."""

from functools import cached_property
from threading import Lock
from typing import Any

from ..world.ids import FIRST_PROJECT
from ..world.nouns import Project
from ..world.world import World


class Records:
    """Projects by path; variables of pipelines that were started through the API."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.variables: dict[int, list[dict[str, Any]]] = {}
        self.writing = Lock()

    @cached_property
    def _by_path(self) -> dict[str, int]:
        return {project.path.lower(): project.index for project in self.world.timeline.projects()}

    def project(self, text: str) -> Project | None:
        """By id or full path (paths know no upper case)."""
        timeline = self.world.timeline
        index = int(text) - FIRST_PROJECT if text.isdigit() else self._by_path.get(text.lower(), -1)
        return timeline.project(index) if 0 <= index < timeline.count else None
