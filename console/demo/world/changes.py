"""What people work on: branches with their merge requests, and the titles of commits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import TYPE_CHECKING

from .dice import dice, sha1_like
from .nouns import Project, User
from .people import PEOPLE, RENOVATE

if TYPE_CHECKING:
    from .rhythm import Calendar

DAY = 86400
_VERBS = ("Add", "Fix", "Speed up", "Remove", "Rework", "Guard", "Document", "Cache", "Retry", "Split", "Test")
_THINGS = (
    "tool call retries", "session eviction", "the token counter", "stream back-pressure", "the tokenizer warm-up",
    "health probes", "connection pooling", "the rate limiter", "prompt templates", "trace sampling",
    "the embedding cache",
    "error mapping", "the admin API", "log redaction", "batch scheduling", "the feature flag client", "mTLS rotation",
    "the memory index", "graceful shutdown", "pagination of results",
)  # fmt: skip
_PREFIX = {"Add": "feat", "Fix": "fix", "Speed up": "perf", "Document": "docs", "Test": "test"}
_PACKAGES = ("httpx", "pydantic", "vite", "golang.org/x/net", "tokio", "redis", "opentelemetry", "ruff")


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch while it lives, with the merge request that was opened for it."""

    name: str
    title: str
    author: User
    request: int
    """iid of the merge request."""
    has_request: bool
    base: str
    """Commit it started from."""
    since: float
    """Second after the origin at which it was made."""


def branch(calendar: Calendar, project: Project, second: float, slot: int) -> Branch:
    """The branch that lives in this slot at that second: each lives some days and is then replaced by a new one."""
    life, offset = _life(calendar.seed, project.path, slot)
    return _branch(calendar.seed, project.path, slot, int((second + offset) // life))


@lru_cache(maxsize=8192)
def _life(seed: int, path: str, slot: int) -> tuple[float, float]:
    """(how long each branch of this slot lives, how long the first one did before the origin), in seconds."""
    rng = dice(seed, path, "slot", slot)
    return rng.uniform(1.2, 6.0) * DAY, rng.uniform(0, 6 * DAY)


@lru_cache(maxsize=8192)
def _branch(seed: int, path: str, slot: int, number: int) -> Branch:
    life, offset = _life(seed, path, slot)
    rng = dice(seed, path, "branch", slot, number)
    request = 100 + number * 12 + slot
    since = max(0.0, number * life - offset)
    base = sha1_like(seed, path, "base", slot, number)
    if rng.random() < 0.12:
        package = rng.choice(_PACKAGES)
        name, title = f"renovate/{package.split('/')[-1]}-{number % 9}.x", f"Update dependency {package}"
        return Branch(name, title, RENOVATE, request, True, base, since)
    verb, thing = rng.choice(_VERBS), rng.choice(_THINGS)
    words = thing.removeprefix("the ").lower().replace(" ", "-")
    title = f"{verb} {thing}"
    return Branch(
        f"{_PREFIX.get(verb, 'chore')}/{words}", title, rng.choice(PEOPLE), request, rng.random() < 0.8, base, since
    )


def commit_title(rng: Random) -> str:
    if rng.random() < 0.3:
        return rng.choice(("Address review", "Fix lint", "Fix test", "wip", "Rebase leftovers", "Apply suggestion"))
    return f"{rng.choice(_VERBS)} {rng.choice(_THINGS)}"


def merge_title(change: Branch, into: str) -> str:
    return f"Merge branch '{change.name}' into '{into}'"
