"""The fleet's tests: what each suite holds, which of them are flaky, and what one run of a job gave."""

from dataclasses import dataclass
from functools import lru_cache

from .dice import dice, share
from .nouns import Job, Pipeline, Project

_SUBJECTS = ("planner", "router", "session", "stream", "tokenizer", "memory", "quota", "webhook", "scheduler", "cache",
             "retry", "auth", "tracing", "config", "embedding", "health")  # fmt: skip
_DEEDS = ("accepts_an_empty_list", "retries_on_timeout", "closes_the_stream", "keeps_order", "rejects_a_bad_token",
          "survives_a_restart", "reports_its_version", "limits_the_rate", "evicts_the_oldest", "handles_unicode",
          "reconnects", "returns_partial_results", "is_idempotent", "rolls_back", "emits_a_metric")  # fmt: skip
BROKEN_CHAT = "reconnects after the server was restarted"


@dataclass(frozen=True, slots=True)
class Test:
    classname: str
    name: str
    file: str
    seconds: float
    flake_rate: float = 0.0
    """How likely it is the one to blame when its job fails for a flaky test; 0: it is sound."""

    __test__ = False


@dataclass(frozen=True, slots=True)
class Case:
    """The outcome of one test in one run of a job."""

    test: Test
    status: str
    """success, failed, skipped or error."""
    seconds: float
    output: str | None


@lru_cache(maxsize=512)
def suite(project: Project, spec_name: str, shard: str) -> tuple[Test, ...]:
    """The tests that a job runs; jobs of `parallel` share a suite out, `shard` is what follows their name."""
    rng = dice(project.path, spec_name, shard, "suite")
    count = rng.randrange(30, 120)
    tests = []
    for number in range(count):
        subject, deed = rng.choice(_SUBJECTS), rng.choice(_DEEDS)
        rate = rng.uniform(0.2, 1.0) if rng.random() < 0.04 or number == 0 else 0.0
        tests.append(_named(project, spec_name, subject, f"{deed}_{number}", rng.expovariate(1.6), rate))
    if project.name == "agent-chat" and spec_name == "websocket_tests":
        tests.append(Test("websocket.reconnect", BROKEN_CHAT, "test/websocket/reconnect.spec.ts", 4.2))
    return tuple(tests)


def _named(project: Project, spec_name: str, subject: str, name: str, seconds: float, rate: float) -> Test:
    if project.language == "TypeScript":
        return Test(f"{spec_name}.{subject}", name.replace("_", " "), f"test/{subject}.spec.ts", seconds, rate)
    if project.language == "Go":
        camel = "".join(word.title() for word in name.split("_"))
        return Test(f"{project.name}/{subject}", f"Test{camel}", f"{subject}/{subject}_test.go", seconds, rate)
    return Test(
        f"tests.{spec_name.split(' ')[0]}.test_{subject}", f"test_{name}", f"tests/test_{subject}.py", seconds, rate
    )


def tests_of(pipeline: Pipeline, job: Job) -> tuple[Test, ...]:
    return suite(pipeline.project, job.spec.name, job.name.removeprefix(job.spec.name))


def culprit(pipeline: Pipeline, job: Job) -> Test | None:
    """The test for which this run failed; None when it did not fail for a test."""
    if job.cause not in ("test:flaky", "test:broken") or not job.spec.junit:
        return None
    tests = tests_of(pipeline, job)
    if job.cause == "test:flaky":
        shaky = [test for test in tests if test.flake_rate]
        return dice(job.id, "culprit").choices(shaky, [test.flake_rate for test in shaky])[0]
    if pipeline.project.name == "agent-chat" and job.spec.name == "websocket_tests":
        return tests[-1]
    return tests[int(share(pipeline.ref, job.spec.name) * len(tests))]


def message(test: Test, cause: str | None) -> str:
    """First line of the failure."""
    if test.name == BROKEN_CHAT:
        return "Error: expected socket state OPEN, got CLOSED (code 1012 service restart)"
    if cause == "test:flaky":
        kinds = (
            f"TimeoutError: {test.name} did not finish within 5.0 s",
            "ConnectionResetError: [Errno 104] Connection reset by peer",
            "AssertionError: expected 3 events, got 2",
            "redis.exceptions.BusyLoadingError: Redis is loading the dataset in memory",
        )
        return kinds[int(share(test.classname, test.name) * len(kinds))]
    return f"AssertionError: assert {200 + len(test.name)} == {404 + len(test.classname)}"


def cases(pipeline: Pipeline, job: Job) -> list[Case]:
    """The report of a finished run; empty for a job that writes none, or that did not come to its tests."""
    blamed = culprit(pipeline, job)
    if not job.spec.junit or job.outcome not in ("success", "failed") or (job.outcome == "failed" and blamed is None):
        return []
    rng, found = dice(job.id, "cases"), []
    for test in tests_of(pipeline, job):
        seconds = round(test.seconds * rng.uniform(0.8, 1.3), 3)
        if test is blamed:
            found.append(Case(test, "failed", seconds + 2, f"{message(test, job.cause)}\n    at {test.file}:57"))
        else:
            found.append(Case(test, "skipped" if share(test.name, "skip") < 0.02 else "success", seconds, None))
    return found
