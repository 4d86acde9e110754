"""When pipelines start, and what for: the working days of a project, one day at a time."""

from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate
from random import Random

from .changes import Branch, branch, commit_title, merge_title
from .dice import dice, poisson, sha1_like, share
from .nouns import Project, User
from .people import OPERATOR, PEOPLE, SCHEDULER

DAY = 86400
LIVE_BEFORE_START = 3 * 3600
"""From so long before the start on, every hour is a busy one: whoever opens the fleet finds it at work."""

_HOURS = (
    0.08, 0.06, 0.05, 0.05, 0.06, 0.1, 0.25, 0.55, 0.85, 1.0, 1.0, 0.9,
    0.7, 0.85, 1.0, 1.0, 0.95, 0.8, 0.55, 0.35, 0.25, 0.2, 0.15, 0.1,
)  # fmt: skip
_WEEKDAYS = (1.0, 1.12, 1.12, 1.05, 0.85, 0.18, 0.14)
_BUSY = 1.6


@dataclass(frozen=True, slots=True)
class Start:
    """The beginning of one pipeline."""

    second: int
    """After the world's origin; no two starts of a project share one."""
    kind: str
    source: str
    ref: str
    sha: str
    before_sha: str
    user: User
    title: str
    merge_request_iid: int | None = None
    superseded_second: int | None = None
    """When the next start of the same ref and kind came, on the same day."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """What time it is for the whole fleet: the seed, when history begins and when it was first looked at."""

    seed: int
    origin: float
    """Midnight (UTC), 90 days before the start."""
    start: float

    def day(self, t: float) -> int:
        """Days since the origin, 0 first."""
        return int((t - self.origin) // DAY)


def day_starts(calendar: Calendar, project: Project, day: int) -> tuple[Start, ...]:
    """All starts of that day (0 is the first), in order of time."""
    if day < 0:
        return ()
    rng = dice(calendar.seed, project.path, "day", day)
    steps = _steps(calendar, day)
    growth = 0.8 + 0.2 * min(day / 90, 1.2)
    count = min(poisson(rng, project.daily * growth * steps[-1] / sum(_HOURS)), 400)
    moments = sorted({day * DAY + _moment(rng, steps) for _ in range(count)})
    starts = [start for second in moments for start in _events(calendar, project, rng, second)]
    starts += _scheduled(calendar, project, day)
    return _linked(_apart(sorted(starts, key=lambda start: start.second)))


@lru_cache(maxsize=512)
def _steps(calendar: Calendar, day: int) -> tuple[float, ...]:
    """Running sum of the weights of the day's hours; 1 is a busy hour of a usual working day."""
    midnight = calendar.origin + day * DAY
    weekday = _WEEKDAYS[int(midnight // DAY + 3) % 7]
    live = calendar.start - LIVE_BEFORE_START
    return tuple(
        accumulate(
            max(part * weekday, _BUSY if midnight + hour * 3600 >= live - 3600 else 0.02)
            for hour, part in enumerate(_HOURS)
        )
    )


def _moment(rng: Random, steps: tuple[float, ...]) -> int:
    """A second of the day, likelier in the heavier hours."""
    hour = bisect_right(steps, rng.random() * steps[-1])
    return min(hour, 23) * 3600 + rng.randrange(3600)


def _events(calendar: Calendar, project: Project, rng: Random, second: int) -> list[Start]:
    """The pipelines that one push (or click) at this second makes: two where both branches and requests make some."""
    flow, pick = project.blueprint.workflow, rng.random()
    if pick < 0.30:
        return [_on_default(calendar, project, rng, second, "push")]
    if pick < 0.33:
        return [_on_default(calendar, project, rng, second, rng.choice(("web", "api", "trigger")))]
    if pick < 0.345 and "tag" in flow:
        start = _on_default(calendar, project, rng, second, "push")
        return [replace(start, kind="tag", ref=_version(second))]
    change = branch(calendar, project, second, rng.randrange(slots(project)))
    pushed = Start(
        second, "branch", "push", change.name, sha1_like(calendar.seed, project.path, second), change.base,
        change.author, commit_title(rng),
    )  # fmt: skip
    request = replace(
        pushed, kind="mr", source="merge_request_event", ref=f"refs/merge-requests/{change.request}/head",
        merge_request_iid=change.request,
    )  # fmt: skip
    both = [one for one in (pushed, request) if one.kind in flow]
    return both if len(both) < 2 or change.has_request else both[:1]


def slots(project: Project) -> int:
    """Branches that are open at any time."""
    return 2 + int(project.daily / 4)


def _on_default(calendar: Calendar, project: Project, rng: Random, second: int, source: str) -> Start:
    change: Branch = branch(calendar, project, second, rng.randrange(slots(project)))
    user = change.author if source == "push" else rng.choice((OPERATOR, *PEOPLE[:4]))
    sha, title = sha1_like(calendar.seed, project.path, second), merge_title(change, project.default_branch)
    return Start(second, "default", source, project.default_branch, sha, "", user, title)


def _version(second: int) -> str:
    week, rest = divmod(second, 7 * DAY)
    return f"v{1 + week // 8}.{week % 8}.{rest // 3600}"


def nightly(project: Project) -> int | None:
    """Second of the day at which the project's schedule runs; None: it has none."""
    if "schedule" not in project.blueprint.workflow:
        return None
    return 3600 + int(share(project.path, "nightly") * 4 * 3600) // 60 * 60 + 7


def _scheduled(calendar: Calendar, project: Project, day: int) -> list[Start]:
    at = nightly(project)
    if at is None:
        return []
    second = day * DAY + at
    sha = sha1_like(calendar.seed, project.path, "nightly", day)
    title = "Merge branch 'renovate/lock-file-maintenance' into '" + project.default_branch + "'"
    return [Start(second, "schedule", "schedule", project.default_branch, sha, "0" * 40, SCHEDULER, title)]


def _apart(starts: list[Start]) -> list[Start]:
    """The same with each second used once: ids are made of it."""
    taken, apart = -1, []
    for start in starts:
        second = max(start.second, taken + 1)
        apart.append(start if second == start.second else replace(start, second=second))
        taken = second
    return apart


def _linked(starts: list[Start]) -> tuple[Start, ...]:
    """The same with `superseded_second`, and on the default branch with the commit that was there before."""
    following: dict[tuple[str, str], int] = {}
    superseded = []
    for start in reversed(starts):
        superseded.append(following.get((start.kind, start.ref)))
        following[start.kind, start.ref] = start.second
    before, linked = "", []
    for start, end in zip(starts, reversed(superseded), strict=True):
        default = start.kind == "default"
        if default or end is not None:
            known = before or sha1_like(start.ref, start.second, "before") if default else start.before_sha
            linked.append(replace(start, superseded_second=end, before_sha=known))
        else:
            linked.append(start)
        before = start.sha if default else before
    return tuple(linked)
