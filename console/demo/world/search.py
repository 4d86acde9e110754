"""Choosing among a project's pipelines, without making those that nobody wants."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf

from .nouns import Pipeline
from .rhythm import Start
from .states import FINISHED, PipelineState, pipeline_state
from .timeline import CREATED_AFTER_START, Timeline

SETTLED = 86400.0
"""A pipeline that nobody interferes with moves no more so many seconds after it was created."""


@dataclass(frozen=True, slots=True)
class PipelineFilter:
    """What a list of pipelines shall hold; None: anything. Times are unix seconds, words GitLab's in lower case."""

    status: str | None = None
    scope: str | None = None
    """running, pending, finished, branches or tags."""
    ref: str | None = None
    sha: str | None = None
    source: str | None = None
    """Child pipelines are listed only by their own source, parent_pipeline."""
    username: str | None = None
    name: str | None = None
    yaml_errors: bool = False
    created_after: float | None = None
    created_before: float | None = None
    updated_after: float | None = None
    updated_before: float | None = None

    def starts(self, timeline: Timeline, index: int, t: float, until: float = inf) -> Iterator[Start]:
        """The beginnings of the pipelines that fit at `t` and were created by `until`, newest first."""
        if self.name is not None or self.yaml_errors:
            return  # no pipeline here has a name, and none was made of bad YAML
        fresh = -inf if self.updated_after is None else self.updated_after - SETTLED
        touched = self._touched(timeline, index)
        oldest = min([fresh, *(timeline.calendar.origin + second for second in touched)])
        for start in timeline.beginnings(index, min(t, until), oldest):
            created = timeline.calendar.origin + start.second + CREATED_AFTER_START
            if (created >= fresh or start.second in touched) and self._begins_well(start, created):
                found = self.pipeline(timeline, index, start, t) if self._asks_for_state else None
                if not self._asks_for_state or (found is not None and self._is_well(found, t)):
                    yield start

    def pipeline(self, timeline: Timeline, index: int, start: Start, t: float) -> Pipeline | None:
        """The pipeline that began so, or the child that is asked for in its place."""
        found = timeline.begun(index, start)
        return timeline.child(found, t) if self.source == "parent_pipeline" else found

    @staticmethod
    def _touched(timeline: Timeline, index: int) -> set[int]:
        keys = (timeline.ids.pipeline_key(number) for number in tuple(timeline.interventions))
        return {key.second for key in keys if key.index == index}

    def _begins_well(self, start: Start, created: float) -> bool:
        return (
            self.ref in (None, start.ref)
            and self.sha in (None, start.sha)
            and self.source in (None, start.source, "parent_pipeline")
            and self.username in (None, start.user.username)
            and (self.created_after is None or created > self.created_after)
            and (self.created_before is None or created < self.created_before)
            and (self.scope not in ("branches", "tags") or (start.kind == "tag") == (self.scope == "tags"))
        )

    @property
    def _asks_for_state(self) -> bool:
        moved = self.updated_after is not None or self.updated_before is not None
        of_state = self.status is not None or self.scope in ("running", "pending", "finished")
        return moved or of_state or self.source == "parent_pipeline"

    def _is_well(self, found: Pipeline, t: float) -> bool:
        state = pipeline_state(found, t)
        return (
            self.status in (None, state.status)
            and self._in_scope(state)
            and (self.updated_after is None or state.updated_at > self.updated_after)
            and (self.updated_before is None or state.updated_at < self.updated_before)
        )

    def _in_scope(self, state: PipelineState) -> bool:
        if self.scope == "finished":
            return state.status in FINISHED
        return self.scope not in ("running", "pending") or state.status == self.scope
