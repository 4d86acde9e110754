"""The fields of Query and Mutation."""

from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError

from ...world.people import OPERATOR
from ...world.pools import BY_ID
from ..answers import ApiError
from ..auth import WRITES
from ..call import Call
from ..deeds import cancel_job, cancel_pipeline, play_job, retry_job, retry_pipeline
from ..entities.people import group_id
from ..rest.account import metadata
from ..rest.projects import groups
from .complexity import ANONYMOUS_LIMIT, LIMIT
from .connections import Connection
from .nodes.common import tail, user_node
from .nodes.jobs import JobNode
from .nodes.pipelines import PipelineNode
from .nodes.projects import GroupNode, ProjectNode, projects_connection
from .nodes.runners import RunnerNode, runners_connection

NO_PERMISSION = (
    "The resource that you are attempting to access does not exist or you don't have permission to perform this action"
)


@dataclass
class Query:
    """What one can ask. Without a token there is nothing to see: the whole fleet is private."""

    call: Call
    score: int
    anonymous: bool

    def echo(self, text: str) -> str:
        return f'"{OPERATOR.username}" says: {text}'

    @property
    def query_complexity(self) -> dict[str, int]:
        return {"score": self.score, "limit": ANONYMOUS_LIMIT if self.anonymous else LIMIT}

    @property
    def metadata(self) -> dict[str, Any] | None:
        return None if self.anonymous else metadata(self.call)

    @property
    def current_user(self) -> dict[str, Any] | None:
        return None if self.anonymous else user_node(self.call, OPERATOR.id)

    def group(self, full_path: str) -> GroupNode | None:
        path = full_path.lower()
        if self.anonymous or path not in groups(self.call):
            return None
        return GroupNode(self.call, path, group_id(path))

    def project(self, full_path: str) -> ProjectNode | None:
        found = None if self.anonymous or full_path.isdigit() else self.call.find_project(full_path)
        return ProjectNode(self.call, found) if found else None

    def projects(
        self,
        search: str | None = None,
        ids: list[str] | None = None,
        full_paths: list[str] | None = None,
        membership: bool | None = None,
        **page: Any,
    ) -> Connection:
        numbers = None if ids is None else {tail(one) for one in ids}
        paths = None if full_paths is None else {one.lower() for one in full_paths}
        rows = [
            one for one in self.call.timeline.projects()
            if not self.anonymous and (search or "").lower() in one.path.lower()
            and (numbers is None or one.id in numbers) and (paths is None or one.path in paths)
        ]  # fmt: skip
        return projects_connection(self.call, rows[::-1], page)

    def runner(self, id: str) -> RunnerNode | None:
        found = None if self.anonymous else BY_ID.get(tail(id))
        return RunnerNode(self.call, found) if found else None

    def runners(self, **given: Any) -> Connection:
        found = [] if self.anonymous else list(self.call.server.world.runners())
        return runners_connection(self.call, found, **given)


@dataclass
class Mutation:
    """What one can do; needs the scope `api`."""

    call: Call
    anonymous: bool

    def job_play(self, input: dict[str, Any]) -> dict[str, Any]:
        return self._job(play_job, input)

    def job_retry(self, input: dict[str, Any]) -> dict[str, Any]:
        return self._job(retry_job, input)

    def job_cancel(self, input: dict[str, Any]) -> dict[str, Any]:
        return self._job(cancel_job, input)

    def pipeline_retry(self, input: dict[str, Any]) -> dict[str, Any]:
        return self._pipeline(retry_pipeline, input)

    def pipeline_cancel(self, input: dict[str, Any]) -> dict[str, Any]:
        return self._pipeline(cancel_pipeline, input)

    def _job(self, deed: Any, given: dict[str, Any]) -> dict[str, Any]:
        self._check()
        found = self.call.timeline.job(tail(given["id"]), self.call.now)
        if found is None:
            raise GraphQLError(NO_PERMISSION)
        errors, node = [], JobNode(self.call, *found)
        try:
            node = JobNode(self.call, *deed(self.call, *found))
        except ApiError as error:
            errors = [_sentence(error)]
        return {"client_mutation_id": given.get("clientMutationId"), "errors": errors, "job": node}

    def _pipeline(self, deed: Any, given: dict[str, Any]) -> dict[str, Any]:
        self._check()
        found = self.call.timeline.pipeline(tail(given["id"]), self.call.now)
        if found is None:
            raise GraphQLError(NO_PERMISSION)
        errors = []
        try:
            found = deed(self.call, found)
        except ApiError as error:
            errors = [_sentence(error)]
        node = PipelineNode(self.call, found)
        return {"client_mutation_id": given.get("clientMutationId"), "errors": errors, "pipeline": node}

    def _check(self) -> None:
        if self.anonymous or not WRITES & set(self.call.token.scopes):
            raise GraphQLError(NO_PERMISSION)


def _sentence(error: ApiError) -> str:
    text = str(error.body.get("message") or error.body.get("error"))
    return text.partition(" - ")[2] or text
