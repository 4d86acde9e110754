"""Test reports of pipelines."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from ...model.tests import CaseResult, PipelineTests, SuiteCounts, SuiteResult, Verdict
from ...text import clean
from .lists import reading
from .objects import ONCE, Objects
from .read import Node, identity, node, nodes, number, span, text
from .wire import Wire

_LINES = 40
_LINE = 400
"""Of a case's output: enough to see what failed; a report may hold megabytes."""


@dataclass(frozen=True, slots=True)
class Reports:
    """By REST: GraphQL tells only a summary."""

    wire: Wire
    objects: Objects

    async def tests(self, project_id: int, pipeline_id: int) -> PipelineTests:
        """Every case of one pipeline."""
        body = await self._get(project_id, pipeline_id, "test_report")
        return PipelineTests(project_id, pipeline_id, tuple(suite(row) for row in nodes(body.get("test_suites"))))

    async def counts(self, project_id: int, pipeline_id: int) -> tuple[SuiteCounts, ...]:
        """The totals of each suite. Its keys differ from those of the grand total, which is left to the reader."""
        body = await self._get(project_id, pipeline_id, "test_report_summary")
        with reading(f"the tests of pipeline {pipeline_id}", self.wire):
            return tuple(suite_counts(row) for row in nodes(body.get("test_suites")))

    async def _get(self, project_id: int, pipeline_id: int, kind: str) -> Node:
        def ask(lab: Any) -> Mapping[str, Any]:
            pipeline = lab.projects.get(project_id, lazy=True).pipelines.get(pipeline_id, lazy=True)
            found: Mapping[str, Any] = getattr(pipeline, kind).get(**ONCE).asdict()
            return found

        return node(await self.objects.call(ask, what=f"the tests of pipeline {pipeline_id}"))


def suite(row: Node) -> SuiteResult:
    """One job's report."""
    return SuiteResult(
        name=text(row, "name"),
        cases=tuple(case(one) for one in nodes(row.get("test_cases"))),
        duration=span(row, "total_time"),
        error=text(row, "suite_error"),
    )


def case(row: Node) -> CaseResult:
    """One test case; `system_output` is text, a list or an object, as the test framework wrote it."""
    return CaseResult(
        name=text(row, "name"),
        classname=text(row, "classname"),
        verdict=Verdict.of(text(row, "status")),
        duration=span(row, "execution_time"),
        file=text(row, "file"),
        output=lines(row.get("system_output")) or lines(row.get("stack_trace")),
        recent_failures=number(node(row.get("recent_failures")), "count"),
    )


def lines(told: object) -> tuple[str, ...]:
    """The beginning of an output, line by line, made harmless."""
    if isinstance(told, dict):
        told = [f"{key}: {value}" for key, value in told.items()]
    if isinstance(told, list):
        told = "\n".join(str(one) for one in told)
    if not isinstance(told, str):
        return ()
    return tuple(islice((clean(line, _LINE) for line in told[: 4 * _LINES * _LINE].splitlines()), _LINES))


def suite_counts(row: Node) -> SuiteCounts:
    """One job's totals."""
    ids = row.get("build_ids")
    return SuiteCounts(
        name=text(row, "name"),
        total=number(row, "total_count") or 0,
        success=number(row, "success_count") or 0,
        failed=number(row, "failed_count") or 0,
        skipped=number(row, "skipped_count") or 0,
        error=number(row, "error_count") or 0,
        duration=span(row, "total_time"),
        job_ids=tuple(identity({"id": one}) for one in ids) if isinstance(ids, list) else (),
    )
