"""How failures read in a log: the first error, what follows it, and the runner's last line."""

from ..nouns import Job, Pipeline
from ..suites import culprit, message

_COMPILE = {
    "TypeScript": (
        "src/session/manager.ts:118:23 - error TS2345: Argument of type 'string | undefined' is not assignable to "
        "parameter of type 'string'.",
        "",
        "118     this.sessions.delete(event.sessionId);",
        "                              ~~~~~~~~~~~~~~~",
    ),
    "Go": ("# agent/router", "router/router.go:88:14: undefined: ErrQuota", "FAIL\tagent/router [build failed]"),
    "Rust": (
        "error[E0382]: borrow of moved value: `session`",
        "   --> src/store.rs:204:9",
        "error: could not compile `agent` (lib) due to 1 previous error",
    ),
    "Python": (
        "Traceback (most recent call last):",
        '  File "/builds/agent/agent/settings.py", line 7, in <module>',
        "ModuleNotFoundError: No module named 'pydantic_settings'",
    ),
}
_LINT = {
    "TypeScript": ("  212:9  error  'deadline' is assigned a value but never used  @typescript-eslint/no-unused-vars",),
    "Go": ("agent/planner.go:212:2: ineffectual assignment to deadline (ineffassign)",),
    "Rust": ("error: unused variable: `deadline`", "   --> src/planner.rs:212:9"),
    "HCL": ('Error: Unsupported argument "ami_id"', "  on runners.tf line 31, in resource aws_instance runner:"),
}
_BY_LANGUAGE: dict[str, dict[str, tuple[str, ...]]] = {"compile": _COMPILE, "lint": _LINT}
_TEXTS: dict[str, tuple[str, ...]] = {
    "compile": ("make: *** [Makefile:14: build] Error 2",),
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
    "timeout": "ERROR: Job failed: execution took longer than {limit} seconds",
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
        return ("AssertionError: 1 of 12 checks failed: /healthz answered 503", "make: *** [Makefile:18: test] Error 1")
    cause = job.cause or ""
    told = _BY_LANGUAGE.get(cause, {}).get(pipeline.project.language, ())
    common = _TEXTS.get(cause, ())
    return (*told, *(common[-1:] if told else common))


def ending(job: Job) -> str:
    """The runner's last line, without colour."""
    if job.outcome == "canceled":
        return "ERROR: Job failed: canceled"
    if job.cause is None:
        return "Job succeeded"
    minutes, seconds = divmod(round(job.planned_seconds), 60)
    limit = f"{minutes // 60}h{minutes % 60}m{seconds}s"
    return _ENDINGS.get(job.cause, "ERROR: Job failed: exit code 1").format(image=job.spec.image, limit=limit)
