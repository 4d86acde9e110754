"""What to ask GitLab next: chosen from anew after each step, so that what somebody looks at never waits for a fill."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from ..model.pipelines import Job, Pipeline, Project, Status
from ..ports import Bookmark, Want
from .book import FILLS, Book
from .rhythm import Rhythm

COST_OF_JOBS = 2
"""Requests for the jobs of one pipeline: GraphQL and REST each know what the other does not tell."""
_EVER = datetime.max.replace(tzinfo=UTC)
_LATEST_WANTS = 200
_LOOKED_AT = timedelta(minutes=10)
"""A pipeline somebody opened is taken to be on a screen for this long."""
_CALMEST = 4
"""How many times the usual wait a running pipeline is left alone whose jobs do not change."""


States = frozenset[tuple[int, Status]]
"""Jobs of a pipeline by id, each with its status."""


class Kind(StrEnum):
    """What a step asks for."""

    JOBS = "jobs of a pipeline"
    CHANGES = "changes of a project"
    PIPELINES = "older pipelines"
    OLD_JOBS = "older jobs"
    DEPLOYMENTS = "deployments"
    OLD_DEPLOYMENTS = "older deployments"


@dataclass(frozen=True, slots=True)
class Step:
    """One piece of work on one project: some requests, their answers stored, a bookmark."""

    kind: Kind
    book: Book
    pipeline_id: int | None = None
    """Of JOBS."""

    @property
    def background(self) -> bool:
        """Whether nobody waits for it."""
        return self.book.begun and self.kind in (Kind.PIPELINES, Kind.OLD_JOBS, Kind.OLD_DEPLOYMENTS)


_FILLING = {"pipelines": Kind.PIPELINES, "jobs": Kind.OLD_JOBS}


class Agenda:
    """All projects with what is due for each. No I/O and no clock of its own."""

    def __init__(self, rhythm: Rhythm) -> None:
        self.books: dict[int, Book] = {}
        self.watched: frozenset[str] = frozenset()
        self._rhythm = rhythm
        self._wants: dict[Want, datetime] = {}
        self._asked: dict[Want, datetime] = {}
        self._running: dict[int, tuple[Pipeline, datetime]] = {}
        self._calm: dict[int, tuple[States, int]] = {}
        self._opened: dict[int, datetime] = {}

    # --- What comes in ----------------------------------------------------------------------------------------------

    def learn(self, projects: Iterable[Project]) -> None:
        """Projects as they are now."""
        for project in projects:
            self.books.setdefault(project.id, Book(project)).project = project

    def recall(self, marks: Iterable[Bookmark], now: datetime) -> None:
        """Bookmarks of known projects, as an earlier console left them."""
        for mark in marks:
            if mark.project_id in self.books:
                self.books[mark.project_id].recall(mark, now - self._rhythm.horizon)

    def forget(self, present: frozenset[int]) -> None:
        """Drop projects that left the fleet."""
        for id in self.books.keys() - present:
            del self.books[id]

    def want(self, want: Want, now: datetime) -> None:
        """Put something first; what was asked a moment ago waits until `Rhythm.want` has passed."""
        if want.pipeline_id is not None:
            self._opened[want.pipeline_id] = now
        due = self._asked.get(want, now - timedelta(days=1)) + timedelta(seconds=self._rhythm.want)
        self._wants.setdefault(want, max(now, due))
        if len(self._wants) > _LATEST_WANTS:
            del self._wants[next(iter(self._wants))]

    def runs(self, pipelines: Iterable[Pipeline], now: datetime) -> None:
        """These pipelines run now, and no others do; their jobs are to be looked at again and again."""
        before = self._running
        self._running = {one.id: (one, before[one.id][1] if one.id in before else now) for one in pipelines}
        self._calm = {id: calm for id, calm in self._calm.items() if id in self._running}
        self._opened = {id: at for id, at in self._opened.items() if now - at < _LOOKED_AT}

    def looked(self, pipeline_id: int, jobs: Iterable[Job]) -> None:
        """These are the jobs of a pipeline now: while they stand still they are asked for less and less often."""
        if pipeline_id in self._running:
            states = frozenset((job.id, job.status) for job in jobs)
            before, looks = self._calm.get(pipeline_id, (states, -1))
            self._calm[pipeline_id] = states, looks + 1 if states == before else 0

    # --- What goes out ----------------------------------------------------------------------------------------------

    def take(self, now: datetime, *, background: bool = True) -> Step | None:
        """The most urgent step that is due; its project is busy until somebody says otherwise. None: nothing is due.

        Without `background`, only what somebody waits for.
        """
        for due, step in self._steps():
            if (due is None or due <= now) and (background or not step.background):
                step.book.busy = True
                self._taken(step, now)
                return step
        return None

    def next_due(self, *, background: bool = True) -> datetime | None:
        """When the next step is due; None: none is before something comes in, or a step under way is done."""
        steps = (due for due, step in self._steps() if background or not step.background)
        moments = [due for due in steps if due is not None]
        return min(moments, default=None)

    def idle(self) -> bool:
        """Whether no step is under way."""
        return not any(book.busy for book in self.books.values())

    def _taken(self, step: Step, now: datetime) -> None:
        if step.kind is Kind.JOBS and step.pipeline_id is not None:
            self._note(Want(step.book.project.id, step.pipeline_id), now)
            if step.pipeline_id in self._running:
                pipeline = self._running[step.pipeline_id][0]
                wait = self._active_every() * self._calmness(pipeline.id, now)
                self._running[step.pipeline_id] = (pipeline, now + timedelta(seconds=wait))
        elif step.kind is Kind.CHANGES:
            self._note(Want(step.book.project.id), now)

    def _active_every(self) -> float:
        """Many running pipelines are looked at less often each: together they take a third of the budget at most."""
        a_minute = self._rhythm.requests_per_minute / 3
        return max(self._rhythm.active, len(self._running) * COST_OF_JOBS * 60 / a_minute)

    def _calmness(self, pipeline_id: int, now: datetime) -> int:
        opened = self._opened.get(pipeline_id)
        if opened is not None and now - opened < _LOOKED_AT:
            return 1
        _, looks = self._calm.get(pipeline_id, (None, 0))
        return min(_CALMEST, 1 << looks)

    def _note(self, want: Want, now: datetime) -> None:
        self._wants.pop(want, None)
        self._asked.pop(want, None)
        self._asked[want] = now
        if len(self._asked) > _LATEST_WANTS:
            del self._asked[next(iter(self._asked))]

    def _steps(self) -> Iterator[tuple[datetime | None, Step]]:
        """Every possible step with when it is due (None: now), most urgent kind first."""
        yield from self._wanted()
        books = [book for book in self.books.values() if not book.busy and not book.project.archived]
        yield from ((book.next_try, Step(Kind.PIPELINES, book)) for book in books if not book.begun)
        begun = [book for book in books if book.begun]
        yield from ((book.next_try, Step(Kind.CHANGES, book)) for book in begun if book.changed)
        if "jobs" in self.watched:
            yield from self._jobs_of_running()
        every = self._rhythm.sweep
        yield from ((_later(book.next_try, book.sweep_due(every)), Step(Kind.CHANGES, book)) for book in begun)
        watched = "deployments" in self.watched
        every = self._rhythm.deployments if watched else self._rhythm.deployments_unwatched
        yield from (
            (_later(book.next_try, book.deployments_due(every)), Step(Kind.DEPLOYMENTS, book)) for book in begun
        )
        yield from self._fill(begun)
        left = (book for book in begun if book.deployed_at and not book.mark("deployments").complete)
        yield from ((book.next_try, Step(Kind.OLD_DEPLOYMENTS, book)) for book in left)

    def _wanted(self) -> Iterator[tuple[datetime | None, Step]]:
        """What somebody looks at is asked also when the project's last step failed."""
        for want, due in self._wants.items():
            book = self.books.get(want.project_id)
            if book is None or book.busy or not (book.begun or want.pipeline_id):
                continue
            kind = Kind.JOBS if want.pipeline_id is not None else Kind.CHANGES
            yield due, Step(kind, book, want.pipeline_id)

    def _jobs_of_running(self) -> Iterator[tuple[datetime | None, Step]]:
        for pipeline, due in self._running.values():
            book = self.books.get(pipeline.project_id)
            if book is not None and not book.busy:
                yield _later(book.next_try, due), Step(Kind.JOBS, book, pipeline.id)

    def _fill(self, books: list[Book]) -> Iterator[tuple[datetime | None, Step]]:
        """Back-fill: what is least far back first, so that the fleet's days become whole from today downwards."""
        fills = [(book.mark(kind), book) for book in books for kind in FILLS if not book.mark(kind).complete]
        for mark, book in sorted(fills, key=lambda fill: fill[0].reached or _EVER, reverse=True):
            yield book.next_try, Step(_FILLING[mark.kind], book)


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    """The later of two due moments, of which None is now."""
    if one is None or other is None:
        return one or other
    return max(one, other)
