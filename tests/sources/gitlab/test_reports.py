"""Test reports of pipelines."""

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from console.model.tests import CaseResult, SuiteCounts, Verdict
from console.ports import SourceError
from tests.contracts.openapi import SHARED
from tests.sources.gitlab.lab import Lab

FOLDER = SHARED / "fixtures" / "api"
REPORT = "projects/7/pipelines/90/test_report"
shared = pytest.mark.skipif(not FOLDER.exists(), reason="GitLab's sample bodies are not beside this checkout")


def suite(**case: Any) -> dict[str, Any]:
    return {"test_suites": [{"name": "rspec", "total_time": 1.5, "test_cases": [case]}]}


@shared
async def test_the_sample_report_is_read_with_all_its_kinds_of_output(lab: Lab) -> None:
    lab.routes[REPORT] = json.loads((FOLDER / "pipeline_test_report.json").read_text())
    report = await lab.source().tests(7, 90)
    first, second = report.suites
    assert [case.verdict for case in first.cases] == [Verdict.ERROR, Verdict.ERROR, Verdict.ERROR, Verdict.SUCCESS]
    assert first.cases[0].recent_failures == 10
    assert [case.output for case in first.cases] == [
        ("Failed test",),
        ("message: Failed test", "type: MultipleExceptionError"),
        ("Failed test a", "Failed test b"),
        (),
    ]
    assert second.cases[0].duration == timedelta(seconds=1.008)


@shared
async def test_the_sample_summary_counts_by_job(lab: Lab) -> None:
    lab.routes[f"{REPORT}_summary"] = json.loads((FOLDER / "pipeline_test_report_summary.json").read_text())
    assert await lab.source().test_counts(7, 90) == (
        SuiteCounts("test", 3363, 3351, 0, 12, 0, timedelta(seconds=1904), (66004,)),
    )


async def test_no_report_is_no_suites(lab: Lab) -> None:
    lab.routes[REPORT] = {"total_time": 0, "total_count": 0, "test_suites": []}
    assert (await lab.source().tests(7, 90)).suites == ()


async def test_a_report_of_megabytes_and_escapes_is_shortened_and_inert(lab: Lab) -> None:
    lab.routes[REPORT] = suite(
        status="dreaming", name="\x1b[31mx", classname=None, system_output="\x1b]0;title\x07line\n" * 1_000_000
    )
    (case,) = (await lab.source().tests(7, 90)).suites[0].cases
    assert case == CaseResult("x", "", Verdict.UNKNOWN, output=("line",) * 40)


async def test_a_suite_gitlab_could_not_read_says_why(lab: Lab) -> None:
    lab.routes[REPORT] = {
        "test_suites": [{"name": "rspec", "suite_error": "JUnit XML parsing failed", "test_cases": []}]
    }
    (found,) = (await lab.source().tests(7, 90)).suites
    assert (found.error, found.cases) == ("JUnit XML parsing failed", ())


async def test_a_pipeline_that_is_gone_has_no_report(lab: Lab) -> None:
    lab.routes[REPORT] = httpx.Response(404, json={"message": "404 Not found"})
    with pytest.raises(SourceError, match="the tests of pipeline 90"):
        await lab.source().tests(7, 90)
