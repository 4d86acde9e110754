"""JUnit reports of a pipeline: whole, and as a summary."""

from typing import Any

from ...world.nouns import Job, Pipeline
from ...world.states import latest_at
from ...world.suites import Case, cases

Body = dict[str, Any]
_COUNTED = ("success", "failed", "skipped", "error")


def _suites(pipeline: Pipeline, now: float) -> list[tuple[Job, list[Case]]]:
    done = (job for job in latest_at(pipeline, now) if job.finished_at <= now)
    return [(job, found) for job in done if (found := cases(pipeline, job))]


def test_report(pipeline: Pipeline, now: float) -> Body:
    suites = [_suite(job, found) for job, found in _suites(pipeline, now)]
    names = ("total_count", *(f"{name}_count" for name in _COUNTED))
    totals = {name: sum(one[name] for one in suites) for name in names}
    return {"total_time": round(sum(one["total_time"] for one in suites), 3), **totals, "test_suites": suites}


def _counts(found: list[Case]) -> Body:
    counts = {f"{name}_count": sum(case.status == name for case in found) for name in _COUNTED}
    return {"total_time": round(sum(case.seconds for case in found), 3), "total_count": len(found), **counts}


def _suite(job: Job, found: list[Case]) -> Body:
    return {"name": job.name, **_counts(found), "suite_error": None, "test_cases": [_case(case) for case in found]}


def _case(case: Case) -> Body:
    failed = case.status == "failed"
    return {
        "status": case.status,
        "name": case.test.name,
        "classname": case.test.classname,
        "file": case.test.file,
        "execution_time": case.seconds,
        "system_output": case.output,
        "stack_trace": None,
        "recent_failures": {"count": 1 + int(case.test.flake_rate * 12), "base_branch": "main"} if failed else None,
        "attachment_url": None,
    }


def test_report_summary(pipeline: Pipeline, now: float) -> Body:
    """The keys of `total` are shorter than those of the suites; so it is in GitLab."""
    suites = _suites(pipeline, now)
    every = [case for _, found in suites for case in found]
    total = {name: sum(case.status == name for case in every) for name in _COUNTED}
    return {
        "total": {
            "time": round(sum(case.seconds for case in every), 3), "count": len(every), **total, "suite_error": None,
        },
        "test_suites": [
            {"name": job.name, **_counts(found), "build_ids": [job.id], "suite_error": None} for job, found in suites
        ],
    }  # fmt: skip


test_report.__test__ = False  # type: ignore[attr-defined]
test_report_summary.__test__ = False  # type: ignore[attr-defined]
