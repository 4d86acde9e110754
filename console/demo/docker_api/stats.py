"""`/containers/{id}/stats`: what a container uses, once or every second."""

import asyncio
from collections.abc import AsyncIterator
from math import inf

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from console.demo.docker_api.answers import NEVER, ApiError, json, nano
from console.demo.docker_api.asked import Body, flag
from console.demo.docker_api.engine import CPUS, MEMORY_BYTES, Engine, Live
from console.demo.metrics.usage import cpu_flow, working_set_bytes
from console.demo.sabotage import ActiveFaults
from console.demo.world.dice import share

_NANO = 1_000_000_000
_BYTES_A_CPU_SECOND = 900_000
"""Network traffic goes with the work that is done."""


class Stats:
    """Figures of containers at the engine's present."""

    def __init__(self, engine: Engine, faults: ActiveFaults) -> None:
        self.engine, self.faults = engine, faults

    async def stats(self, request: Request) -> Response:
        """A stream of figures, or one; `one-shot` leaves the earlier reading out."""
        reference = request.path_params["id"]
        one = self.engine.find(reference)
        if "partial" in self.faults.active and share("stats", one.noun.name) < 0.5:
            raise ApiError(500, f"error getting container stats: {one.id[:12]}: cgroup is gone")
        if not flag(request, "stream", True):
            return json(self._reading(one, None if flag(request, "one-shot") else one.now - 1))
        return StreamingResponse(self._stream(one.id), media_type="application/json")

    async def _stream(self, reference: str) -> AsyncIterator[bytes]:
        """A reading a second until the client leaves or the container is gone; the first has none before it."""
        before: float | None = None
        while True:
            try:
                one = self.engine.find(reference)
            except ApiError:
                return
            yield msgspec.json.encode(self._reading(one, before)) + b"\n"
            before = one.now
            await asyncio.sleep(1)

    def _reading(self, one: Live, before: float | None) -> Body:
        return reading(one, before, self.engine.world.origin)


def reading(one: Live, before: float | None, booted_at: float) -> Body:
    """The figures now and the CPU's at an earlier moment (Unix seconds); a container that does not run has none."""
    if not one.running:
        return {**_IDLE, "name": f"/{one.noun.name}", "id": one.id}
    earlier = max(before, one.started_at) if before is not None else None
    return {
        "name": f"/{one.noun.name}",
        "id": one.id,
        "read": nano(one.now),
        "preread": NEVER if earlier is None else nano(earlier),
        "num_procs": 0,
        "pids_stats": {"current": 6 + int(share("pids", one.noun.name) * 40), "limit": 18446744073709551615},
        "blkio_stats": _blkio(one),
        "storage_stats": {},
        "cpu_stats": _cpu(one, one.now, booted_at),
        "precpu_stats": _NO_CPU if earlier is None else _cpu(one, earlier, booted_at),
        "memory_stats": _memory(one),
        "networks": {"eth0": _network(one)},
    }


_NO_CPU: Body = {
    "cpu_usage": {"total_usage": 0, "usage_in_kernelmode": 0, "usage_in_usermode": 0},
    "throttling_data": {"periods": 0, "throttled_periods": 0, "throttled_time": 0},
}
_IDLE: Body = {
    "read": NEVER,
    "preread": NEVER,
    "num_procs": 0,
    "pids_stats": {},
    "blkio_stats": {"io_service_bytes_recursive": None},
    "storage_stats": {},
    "cpu_stats": _NO_CPU,
    "precpu_stats": _NO_CPU,
    "memory_stats": {},
}


def _seconds(one: Live, t: float) -> float:
    """CPU seconds since the container was started."""
    return max(0.0, cpu_flow(one.noun).total(one.started_at, t)) if one.started_at < inf else 0.0


def _cpu(one: Live, t: float, booted_at: float) -> Body:
    used = int(_seconds(one, t) * _NANO)
    kernel = used // 5
    return {
        "cpu_usage": {"total_usage": used, "usage_in_kernelmode": kernel, "usage_in_usermode": used - kernel},
        "system_cpu_usage": int((t - booted_at) * CPUS * _NANO),
        "online_cpus": CPUS,
        "throttling_data": {"periods": 0, "throttled_periods": 0, "throttled_time": 0},
    }


def _memory(one: Live) -> Body:
    """As control groups of version 2 tell it: what is used holds the page cache, which a client takes away."""
    needed = working_set_bytes(one.noun, one.now)
    cached = needed // 6
    return {
        "usage": needed + cached,
        "stats": {"anon": needed * 9 // 10, "file": cached, "inactive_file": cached, "active_file": 0},
        "limit": one.noun.memory_limit_bytes or MEMORY_BYTES,
    }


def _network(one: Live) -> Body:
    received = int(_seconds(one, one.now) * _BYTES_A_CPU_SECOND)
    counts = {
        "rx_bytes": received,
        "rx_packets": received // 800,
        "tx_bytes": received * 2,
        "tx_packets": received // 600,
    }
    return {**counts, **dict.fromkeys(("rx_errors", "rx_dropped", "tx_errors", "tx_dropped"), 0)}


def _blkio(one: Live) -> Body:
    read = int(_seconds(one, one.now) * 40_000)
    entries = [
        {"major": 259, "minor": 0, "op": "read", "value": read},
        {"major": 259, "minor": 0, "op": "write", "value": read // 3},
    ]
    return {"io_service_bytes_recursive": entries}
