"""How failures read in a log: the first error, what follows it, and the runner's last line."""

from ..nouns import Job, Pipeline
from ..suites import culprit, message

_TEXTS: dict[str, tuple[str, ...]] = {
    "compile": (
        "src/session/manager.ts:118:23 - error TS2345: Argument of type 'string | undefined' is not assignable to "
        "parameter of type 'string'.",
        "",
        "118     this.sessions.delete(event.sessionId);",
        "                              ~~~~~~~~~~~~~~~",
        "Found 1 error in src/session/manager.ts:118",
        "make: *** [Makefile:14: build] Error 2",
    ),
    "lint": (
        "error: F841 Local variable `deadline` is assigned to but never used",
        "  --> agent/planner.py:212:9",
        "Found 1 error.",
        "make: *** [Makefile:9: lint] Error 1",
    ),
    "network": (
        "ERROR: Could not install packages due to an OSError: HTTPSConnectionPool(host='pypi.llm.example', port=443): "
        "Max retries exceeded (Caused by ReadTimeoutError)",
        "make: *** [Makefile:5: deps] Error 1",
    ),
    "memory": ("Killed", "make: *** [Makefile:22: run] Error 137"),
    "registry": (
        "error: failed to push registry.llm.example/llm/agent: unexpected status from PUT request: 502 Bad Gateway",
        "make: *** [Makefile:31: upload] Error 1",
    ),
    "dockerfile": (
        "ERROR: failed to solve: process \"/bin/sh -c apt-get install -y libssl3=3.0.11\" did not complete "
        "successfully: exit code: 100",
    ),
    "findings": (
        "Total: 2 (HIGH: 1, CRITICAL: 1)",
        "ERROR: CVE-2026-21441 in libexpat1 2.5.0-1 is CRITICAL, fixed in 2.5.0-1+deb12u2",
    ),
    "threshold": ("ERRO[0320] thresholds on metrics 'http_req_duration' have been crossed: p(95)<200",),
    "links": ("ERROR: 3 broken links: docs/runbooks/rollback.md -> /guides/canary (404)",),
    "rollout": (
        "Waiting for rollout to finish: 1 of 4 updated replicas are available...",
        "error: deployment exceeded its progress deadline",
    ),
}  # fmt: skip
_ENDINGS = {
    "runner": "ERROR: Job failed (system failure): prepare environment: waiting for pod running: deadline exceeded",
    "image": 'ERROR: Job failed: failed to pull image "{image}" with specified policies [always]: manifest unknown',
    "timeout": "ERROR: Job failed: execution took longer than 1h0m0s seconds",
    "memory": "ERROR: Job failed: exit code 137",
}


def error_lines(pipeline: Pipeline, job: Job) -> tuple[str, ...]:
    """What the script prints when it fails, the first error first; empty when it was not the script."""
    test = culprit(pipeline, job)
    if test is not None:
        return (
            f"FAILED {test.file}::{test.name} - {message(test, job.cause)}",
            f"    at {test.file}:57",
            f"1 failed, {len(test.name) * 7} passed",
            "make: *** [Makefile:18: test] Error 1",
        )
    if job.cause in ("test:flaky", "test:broken"):
        return ("FAILED: 1 of 12 checks", "make: *** [Makefile:18: test] Error 1")
    return _TEXTS.get(job.cause or "", ())


def ending(job: Job) -> str:
    """The runner's last line, without colour."""
    if job.outcome == "canceled":
        return "ERROR: Job failed: canceled"
    if job.cause is None:
        return "Job succeeded"
    return _ENDINGS.get(job.cause, "ERROR: Job failed: exit code 1").format(image=job.spec.image)
