"""What sync remembers of one project: where its fills stand, and what is due."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ..model.pipelines import Project
from ..ports import Bookmark

FILLS = ("pipelines", "jobs")
"""Kinds that are filled page by page, back to the horizon."""
PATIENCE = 3
"""Failures in a row after which a fill begins anew: GitLab may have forgotten its cursor."""


@dataclass(slots=True)
class Book:
    """One project's standing; moments are by our clock, except in bookmarks, which hold GitLab's."""

    project: Project
    marks: dict[str, Bookmark] = field(default_factory=dict)
    changed: bool = True
    """The fleet page showed something new, or nobody has looked since the start."""
    swept_at: datetime | None = None
    """When its changes were last asked for."""
    deployed_at: datetime | None = None
    busy: bool = False
    """A worker is at it."""
    tries: int = 0
    next_try: datetime | None = None
    """After a failure of its own."""
    problem: str = ""
    """Why its last step failed, when that was its own failure."""

    def mark(self, kind: str) -> Bookmark:
        """Its bookmark; a new one when nothing was ever asked."""
        return self.marks.get(kind) or Bookmark(self.project.id, kind)

    def keep(self, mark: Bookmark) -> None:
        """Remember a bookmark."""
        self.marks[mark.kind] = mark

    def recall(self, mark: Bookmark, horizon: datetime) -> None:
        """Take up a stored bookmark; a fill that ended at a nearer horizon goes on from there."""
        short = mark.cursor is not None and mark.reached is not None and mark.reached > horizon
        self.keep(replace(mark, complete=mark.complete and not short))

    @property
    def begun(self) -> bool:
        """Whether its first page of pipelines is stored, so that changes can be asked for."""
        mark = self.mark("pipelines")
        return mark.complete or mark.cursor is not None or mark.newest is not None

    @property
    def filled(self) -> bool:
        """Whether pipelines and jobs are stored back to the horizon."""
        return all(self.mark(kind).complete for kind in FILLS)

    @property
    def complete_since(self) -> datetime | None:
        """From when on pipelines and jobs are stored; None: nothing is yet."""
        reached = [mark.reached for kind in FILLS if not (mark := self.mark(kind)).complete]
        known = [one for one in reached if one is not None]
        return max(known, default=None) if len(known) == len(reached) else None

    def failed(self, problem: str, next_try: datetime) -> None:
        """Its last step failed; `problem` is empty when the source failed as a whole.

        Then it waits only from the third time on: once because the source may be back in a moment, later because it
        may be this very project that the source fails at. A fill that fails by itself gives its cursor up.
        """
        self.tries += 1
        self.problem = problem
        self.next_try = next_try if problem or self.tries >= PATIENCE else None
        if problem and self.tries % PATIENCE == 0:
            for kind in FILLS:
                self.marks[kind] = replace(self.mark(kind), cursor=None)

    def succeeded(self) -> None:
        """Its last step went well."""
        self.tries, self.problem, self.next_try = 0, "", None

    def sweep_due(self, every: float) -> datetime | None:
        """When its changes are to be asked for; None: now."""
        return None if self.changed or self.swept_at is None else self.swept_at + timedelta(seconds=every)

    def deployments_due(self, every: float) -> datetime | None:
        """When its deployments are to be asked for; None: now."""
        return None if self.deployed_at is None else self.deployed_at + timedelta(seconds=every)


def complete_since(books: Iterable[Book]) -> datetime | None:
    """From when on everything of all projects is stored, by those whose fill goes on; None: not even their newest."""
    since = [book.complete_since for book in books if not book.filled]
    known = [one for one in since if one is not None]
    return max(known, default=None) if len(known) == len(since) else None
