"""The graph of a pipeline's jobs: earliest times, slack and the critical path.

Source: the critical path method, J. E. Kelley and M. R. Walker, Proc. EJCC 1959, p. 160.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..model.pipelines import Job
from .health import stage_order

TOLERANCE = 1e-6
"""Seconds of slack that count as none: sums of floats differ by less."""


@dataclass(frozen=True, slots=True)
class Task:
    """Something that takes time and waits for others."""

    seconds: float
    after: tuple[str, ...] = ()
    """Names of the tasks it waits for."""


@dataclass(frozen=True, slots=True)
class Slot:
    """When one task can run if nothing but its predecessors delays it, in seconds from the start."""

    start: float
    slack: float
    """How much longer it could take without delaying the end of all."""

    @property
    def critical(self) -> bool:
        """Whether the task lies on a longest path."""
        return self.slack <= TOLERANCE


@dataclass(frozen=True, slots=True)
class Schedule:
    """All tasks with unlimited runners."""

    slots: Mapping[str, Slot]
    seconds: float
    """Length of the longest path."""
    path: tuple[str, ...]
    """One longest path, first task first."""


def schedule(tasks: Mapping[str, Task]) -> Schedule:
    """Earliest starts and slack of every task. Raises ValueError for a cycle or an unknown predecessor."""
    order = _in_order(tasks)
    start: dict[str, float] = {}
    ends: dict[str, float] = {}
    for name in order:
        start[name] = max((ends[one] for one in tasks[name].after), default=0.0)
        ends[name] = start[name] + tasks[name].seconds
    total = max(ends.values(), default=0.0)
    latest = dict.fromkeys(order, total)
    for name in reversed(order):
        begin = latest[name] - tasks[name].seconds
        for one in tasks[name].after:
            latest[one] = min(latest[one], begin)
    slots = {name: Slot(start[name], max(0.0, latest[name] - ends[name])) for name in order}
    return Schedule(slots, total, _path(tasks, ends, total))


def _in_order(tasks: Mapping[str, Task]) -> list[str]:
    """Names so that each comes after all it waits for."""
    waits = {name: len(set(task.after)) for name, task in tasks.items()}
    behind: dict[str, list[str]] = {name: [] for name in tasks}
    for name, task in tasks.items():
        for one in set(task.after):
            if one not in tasks:
                raise ValueError(f"{name} waits for {one}, which is not there")
            behind[one].append(name)
    order = [name for name, number in waits.items() if number == 0]
    for name in order:
        for one in behind[name]:
            waits[one] -= 1
            if waits[one] == 0:
                order.append(one)
    if len(order) < len(tasks):
        raise ValueError("the tasks wait for each other in a circle")
    return order


def _path(tasks: Mapping[str, Task], ends: Mapping[str, float], total: float) -> tuple[str, ...]:
    path: list[str] = []
    name = next((one for one, end in ends.items() if end >= total - TOLERANCE), None)
    while name is not None:
        path.append(name)
        name = max(tasks[name].after, key=ends.__getitem__, default=None)
    return tuple(reversed(path))


def job_tasks(jobs: Sequence[Job], attempts: Iterable[Job] = ()) -> dict[str, Task]:
    """Tasks of one pipeline's newest jobs, by name, each as long as it waited for a runner and ran.

    A job without `needs` (None) waits for all earlier stages: a task named `\\0N` stands for the end of stage N-1, so
    that a pipeline of many jobs does not become a graph of their squares. `attempts` help to order the stages.
    """
    stages = stage_order([*jobs, *attempts])
    place = {stage: number for number, stage in enumerate(stages)}
    names = _by_base_name(jobs)
    tasks = {one.name: Task(_seconds(one), _after(one, place[one.stage], names)) for one in jobs}
    for number in range(1, len(stages)):
        earlier = tuple(one.name for one in jobs if place[one.stage] == number - 1)
        tasks[_barrier(number)] = Task(0.0, earlier + ((_barrier(number - 1),) if number > 1 else ()))
    return tasks


def is_job(name: str) -> bool:
    """Whether a task stands for a job, not for the end of a stage."""
    return not name.startswith("\0")


def _barrier(number: int) -> str:
    return f"\0{number}"


def _seconds(job: Job) -> float:
    spans = [one.total_seconds() for one in (job.queued, job.duration) if one is not None]
    return max(0.0, sum(spans)) if job.started_at is not None else 0.0


def _after(job: Job, place: int, names: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    if job.needs is None:
        return (_barrier(place),) if place else ()
    return tuple(dict.fromkeys(one for need in job.needs for one in names.get(need, ()) if one != job.name))


def _by_base_name(jobs: Iterable[Job]) -> dict[str, tuple[str, ...]]:
    """Jobs by their own name, and by that of the definition they share in parallel: `test 1/3`, `test: [a]`."""
    names: dict[str, tuple[str, ...]] = {}
    for one in jobs:
        base = one.name.partition(": [")[0].rpartition(" ")
        shared = base[0] if base[0] and "/" in base[2] and base[2].replace("/", "").isdigit() else ""
        for name in {one.name, shared, one.name.partition(": [")[0]} - {""}:
            names[name] = (*names.get(name, ()), one.name)
    return names
