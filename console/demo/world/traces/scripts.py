"""What the scripts of jobs print: commands, then lines of one width, so that any part of a log can be made alone."""

from collections.abc import Callable
from dataclasses import dataclass

from ..dice import share
from ..nouns import Job, Pipeline
from ..suites import tests_of

LINE = 96
"""Characters of a line, without stamp and line end."""
HUGE = ("llm/llm-platform", "e2e:load")
"""This job's log is at GitLab's limit."""
HUGE_BYTES = 100 * 1024 * 1024

COMMANDS = {
    "build": ("make deps", "make build"),
    "image": ("docker buildx create --use", "docker buildx bake --push --progress=plain"),
    "lint": ("make lint",),
    "unit": ("make test",),
    "e2e": ("make e2e",),
    "scan": ("trivy image --exit-code 1 --severity HIGH,CRITICAL $IMAGE",),
    "package": ("make dist", "make upload"),
    "deploy": ("./deploy.sh --environment $CI_ENVIRONMENT_NAME --wait",),
    "train": ("nvidia-smi -L", "python -m evals.run --suite $SUITE --shards 8"),
    "docs": ("mkdocs build --strict",),
    "bench": ("k6 run --vus 500 bench/load.js",),
}
_LINES = {
    "build": (60, 700), "image": (120, 900), "lint": (25, 120), "unit": (60, 1500), "e2e": (120, 1800),
    "scan": (40, 300), "package": (40, 160), "deploy": (30, 90), "train": (300, 1900), "docs": (40, 200),
    "bench": (100, 900),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Body:
    """The long middle of a script: `count` lines, each of LINE characters."""

    count: int
    text: Callable[[int], str]


def commands(job: Job) -> tuple[str, ...]:
    return COMMANDS[job.spec.kind]


def body(pipeline: Pipeline, job: Job, line_bytes: int) -> Body:
    """`line_bytes` is what a line takes in this log."""
    low, high = _LINES[job.spec.kind]
    count = int(low + (high - low) * share(job.spec.name, pipeline.project.path, "lines") * (0.8 + 0.2 * share(job.id)))
    if (pipeline.project.path, job.spec.name) == HUGE:
        count = HUGE_BYTES // line_bytes - 60
    make = _MAKERS[job.spec.kind](pipeline, job, count)
    return Body(count, lambda number: make(number)[:LINE].ljust(LINE))


def _building(pipeline: Pipeline, job: Job, count: int) -> Callable[[int], str]:
    name = pipeline.project.name.replace("-", "_")
    verbs = ("Collecting", "Downloading", "Compiling", "Linking", "Checking")
    return lambda i: f"{verbs[min(4, i * 5 // count)]} {name}.part_{i * 7919 % 4093:04d} ({i * 37 % 900 + 4} kB)"


def _layers(pipeline: Pipeline, job: Job, count: int) -> Callable[[int], str]:
    def text(i: int) -> str:
        step, sub = divmod(i, max(1, count // 14))
        cached = " CACHED" if sub == 1 and "hit" in job.caches else ""
        layer = f"{i * 2654435761 % 2**48:012x}"
        return f"#{step + 5} [stage-{step // 5} {step + 1}/15]{cached} extracting sha256:{layer} done"

    return text


def _testing(pipeline: Pipeline, job: Job, count: int) -> Callable[[int], str]:
    tests = tests_of(pipeline, job)
    if not tests:
        return _building(pipeline, job, count)

    def text(i: int) -> str:
        test = tests[i % len(tests)]
        if pipeline.project.language == "Go":
            return f"=== RUN   {test.name}/case_{i // len(tests)}"
        if pipeline.project.language == "TypeScript":
            return f"  ok {test.classname} > {test.name} [{i // len(tests)}] ({i * 13 % 90 + 3} ms)"
        return f"{test.file}::{test.name}[{i // len(tests)}] PASSED [{100 * (i + 1) // count:3d}%]"

    return text


def _requests(pipeline: Pipeline, job: Job, count: int) -> Callable[[int], str]:
    return lambda i: (
        f"time={i * 0.012:011.3f}s vus=500 url=/v1/chat/completions status={200 if i % 997 else 503} "
        f"wait={18 + i * 7919 % 41} ms bytes={800 + i * 31 % 4000}"
    )


def _shards(pipeline: Pipeline, job: Job, count: int) -> Callable[[int], str]:
    return lambda i: (
        f"[shard {i % 8}] step {i // 8:5d}  loss={2.1 / (1 + i / 300):.4f}  tokens/s={41000 + i * 37 % 900}"
        f"  gpu_mem={61 + i % 5} GiB"
    )


_MAKERS: dict[str, Callable[[Pipeline, Job, int], Callable[[int], str]]] = {
    "build": _building, "image": _layers, "lint": _building, "unit": _testing, "e2e": _testing, "scan": _building,
    "package": _building, "deploy": _building, "train": _shards, "docs": _building, "bench": _requests,
}  # fmt: skip
