"""What a pipeline's test reports tell."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Verdict(StrEnum):
    """How one test case ended; a value this version does not know is UNKNOWN, never fatal."""

    SUCCESS = "success"
    FAILED = "failed"
    SKIPPED = "skipped"
    ERROR = "error"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, word: str) -> "Verdict":
        """The verdict GitLab calls `word`."""
        try:
            return cls(word)
        except ValueError:
            return cls.UNKNOWN


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One test case in one pipeline."""

    name: str
    classname: str
    verdict: Verdict
    duration: timedelta | None = None
    file: str = ""
    output: tuple[str, ...] = ()
    """Lines of what it printed or of its stack trace, shortened."""
    recent_failures: int | None = None
    """Failures on the default branch in the last 14 days; None: not told."""


@dataclass(frozen=True, slots=True)
class SuiteResult:
    """The test cases of one job."""

    name: str
    """The job's name."""
    cases: tuple[CaseResult, ...]
    duration: timedelta | None = None
    error: str = ""
    """Why GitLab could not read the report; empty when it could."""


@dataclass(frozen=True, slots=True)
class PipelineTests:
    """Every test case of one pipeline; no suites: it has no report."""

    project_id: int
    pipeline_id: int
    suites: tuple[SuiteResult, ...]


@dataclass(frozen=True, slots=True)
class SuiteCounts:
    """How many cases of one job ended how, without the cases."""

    name: str
    total: int
    success: int
    failed: int
    skipped: int
    error: int
    duration: timedelta | None = None
    job_ids: tuple[int, ...] = ()
