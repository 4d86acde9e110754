"""What a log says about a job's caches."""

from dataclasses import dataclass

from ..dice import sha1_like, share
from ..nouns import CacheSpec, Job, Pipeline, Runner
from ..troubles import CACHE_LOST_SINCE
from .writer import GREEN, RED, RESET, YELLOW, Writer

_STORE = "https://s3.llm.example/runner-cache/runner"
_CLEARED = {"agent-ui": 5, "agent-ops": 2}
"""How often somebody cleared the runner caches of a project: the number becomes a part of its keys."""
LOCK_FILE_LIFE = 9 * 86400
_NO_DOWNLOAD = (
    "No URL provided, cache will not be downloaded from shared cache server. Instead a local version of cache will be "
    "extracted."
)
_NO_UPLOAD = "No URL provided, cache will not be uploaded to shared cache server. Cache will be stored only locally."


@dataclass(frozen=True, slots=True)
class Keyed:
    """A cache of a job with its keys as the runner sees them."""

    spec: CacheSpec
    key: str
    fallbacks: tuple[str, ...]
    outcome: str


def keyed(pipeline: Pipeline, job: Job, start: float) -> list[Keyed]:
    """The job's caches with effective keys, in the order of the configuration. `start` is the world's."""
    return [
        Keyed(
            spec,
            _effective(pipeline, _expanded(pipeline, job, spec, start)),
            tuple(_effective(pipeline, _variables(pipeline, job, key)) for key in spec.fallback_keys),
            outcome,
        )
        for spec, outcome in zip(job.spec.caches, job.caches, strict=False)
    ]


def _expanded(pipeline: Pipeline, job: Job, spec: CacheSpec, start: float) -> str:
    if pipeline.project.name == "agent-docker" and start - pipeline.created_at < CACHE_LOST_SINCE:
        return f"layers-{pipeline.sha[:8]}"
    if not spec.files:
        return _variables(pipeline, job, spec.key)
    version = int((pipeline.created_at + share(pipeline.project.path) * LOCK_FILE_LIFE) // LOCK_FILE_LIFE)
    return f"{spec.key}-{sha1_like(pipeline.project.path, *spec.files, version)}"


def _variables(pipeline: Pipeline, job: Job, text: str) -> str:
    return (
        text.replace("$CI_COMMIT_REF_SLUG", slug(pipeline.ref))
        .replace("$CI_COMMIT_SHA", pipeline.sha)
        .replace("$CI_JOB_NAME_SLUG", slug(job.name))
    )


def slug(text: str) -> str:
    """As CI_COMMIT_REF_SLUG: lower case, at most 63 characters, others than 0-9 and a-z become a dash."""
    return "".join(one if one.isascii() and one.isalnum() else "-" for one in text.lower())[:63].strip("-")


def _effective(pipeline: Pipeline, key: str) -> str:
    cleared = _CLEARED.get(pipeline.project.name)
    protected = "protected" if pipeline.kind in ("default", "tag", "schedule") else "non_protected"
    return f"{key}-{cleared}-{protected}" if cleared else f"{key}-{protected}"


def restore(out: Writer, at: float, seconds: float, cache: Keyed, runner: Runner, project_id: int, pid: int) -> None:
    """The lines of one cache being looked for and extracted."""
    if cache.outcome == "push_only":
        out.line(at, f"Not downloading cache {cache.key} due to policy")
        return
    keys = [cache.key, *cache.fallbacks]
    found = {"miss": None, "forbidden": None, "fallback": keys[1] if len(keys) > 1 else None}.get(
        cache.outcome, keys[0]
    )
    step = seconds / (len(keys) + 1)
    for key in keys:
        out.line(at, f"{GREEN}Checking cache for {key}...{RESET}")
        out.helper(
            at + 0.08, "Runtime platform", arch=runner.architecture, os="linux", pid=pid, revision=runner.revision,
            version=runner.version,
        )  # fmt: skip
        at += step
        if key == found:
            _found(out, at, cache.outcome, _url(runner, project_id, key), key)
            return
        _lost(out, at, cache.outcome, runner)


def _found(out: Writer, at: float, outcome: str, url: str, key: str) -> None:
    if outcome == "local":
        out.helper(at - 0.05, _NO_DOWNLOAD)
    elif outcome == "current":
        out.helper(at - 0.05, "cache.zip is up to date")
    else:
        out.helper(at - 0.05, f"Downloading cache from {url}", ETag=f'"{sha1_like(key, "etag")[:32]}"')
    out.line(at, f"{GREEN}Successfully extracted cache{RESET}")


def _lost(out: Writer, at: float, outcome: str, runner: Runner) -> None:
    if not runner.shared_cache:
        out.helper(at - 0.06, _NO_DOWNLOAD)
        out.helper(at - 0.05, f"{YELLOW}WARNING: Cache file does not exist{RESET}")
    elif outcome == "forbidden":
        for again in (0.4, 0.2):
            out.helper(at - again, f"{YELLOW}WARNING: Retrying...{RESET}", error='"received: 403 Forbidden"')
        out.helper(at - 0.05, f"{YELLOW}WARNING: received: 403 Forbidden{RESET}")
    else:
        out.helper(at - 0.05, f"{YELLOW}WARNING: file does not exist{RESET}")
    out.line(at, f"{YELLOW}Failed to extract cache{RESET}")


def save(out: Writer, at: float, seconds: float, cache: Keyed, runner: Runner, project_id: int, pid: int) -> None:
    """The lines of one cache being archived and uploaded after a success."""
    if cache.spec.policy == "pull":
        out.line(at, f"Not uploading cache {cache.key} due to policy")
        return
    out.line(at, f"{GREEN}Creating cache {cache.key}...{RESET}")
    out.helper(
        at + 0.08, "Runtime platform", arch=runner.architecture, os="linux", pid=pid, revision=runner.revision,
        version=runner.version,
    )  # fmt: skip
    for path in cache.spec.paths:
        count = int(200 + 9000 * share(cache.key, path))
        out.helper(at + 0.3 * seconds, f"{path}: found {count} matching artifact files and directories")
    at += 0.9 * seconds
    if not runner.shared_cache:
        out.helper(at, _NO_UPLOAD)
    elif cache.outcome == "forbidden":
        out.helper(at, f"{RED}FATAL: received: 403 Forbidden{RESET}")
        out.line(at + 0.05 * seconds, f"{YELLOW}Failed to create cache{RESET}")
        return
    elif cache.outcome in ("hit", "current"):
        out.helper(at, "Archive is up to date!")
    else:
        out.helper(at, f"Uploading cache.zip to {_url(runner, project_id, cache.key)}")
    out.line(at + 0.05 * seconds, f"{GREEN}Created cache{RESET}")


def _url(runner: Runner, project_id: int, key: str) -> str:
    return f"{_STORE}/{runner.short_token}/project/{project_id}/{key}"
