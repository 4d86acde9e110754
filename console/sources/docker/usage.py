"""What containers use now, from the engine's statistics."""

from dataclasses import dataclass
from datetime import datetime

from ...model.engine import ContainerStats
from .payloads import MemoryStats, StatsAnswer, moment

_UNLIMITED = 2**60
"""Control groups without a limit tell a number near 2^63."""


@dataclass(frozen=True, slots=True)
class CpuTime:
    """Processor time a container had used at a moment, in nanoseconds since its start."""

    at: datetime
    nanoseconds: int


def stats(id_: str, answer: StatsAnswer, before: CpuTime | None) -> tuple[ContainerStats, CpuTime | None]:
    """What the container uses, and its processor time to compare the next answer with.

    `before` is from the answer before; without it the engine's own earlier sample is used, which comes only when it
    was asked to wait for two.
    """
    now = _cpu_time(answer)
    earlier = before or _earlier(answer)
    memory = answer.memory_stats
    limit = memory.limit if memory.limit and memory.limit < _UNLIMITED else None
    return ContainerStats(id_, cores(earlier, now), memory_in_use(memory), limit), now


def cores(before: CpuTime | None, now: CpuTime | None) -> float | None:
    """Cores in use: processor time over the time on the wall.

    None without two samples, or when the container started again between them. `docker stats` divides by the host's
    processor time times its processors, which is the same time on the wall counted in ticks of 10 ms.
    """
    if before is None or now is None:
        return None
    wall = (now.at - before.at).total_seconds()
    used = now.nanoseconds - before.nanoseconds
    return used / 1e9 / wall if wall > 0 and 0 <= used < 2**63 else None


def memory_in_use(memory: MemoryStats) -> int | None:
    """Bytes without the page cache that can be dropped, as `docker stats` shows; None when it does not run.

    The file cache not used lately is `total_inactive_file` in control groups version 1, `inactive_file` in version 2.
    """
    if memory.privateworkingset is not None:  # Windows
        return memory.privateworkingset
    if memory.usage is None:
        return None
    parts = memory.stats or {}
    cache = parts.get("total_inactive_file", parts.get("inactive_file", 0))
    return memory.usage - cache if cache < memory.usage else memory.usage


def _cpu_time(answer: StatsAnswer) -> CpuTime | None:
    at = moment(answer.read)
    # Windows counts in 100 ns, and tells its number of processes.
    used = answer.cpu_stats.cpu_usage.total_usage * (100 if answer.num_procs else 1)
    return CpuTime(at, used) if at and used else None


def _earlier(answer: StatsAnswer) -> CpuTime | None:
    at, used = moment(answer.preread), answer.precpu_stats.cpu_usage.total_usage
    return CpuTime(at, used * (100 if answer.num_procs else 1)) if at and used else None
