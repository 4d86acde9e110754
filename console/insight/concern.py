"""What is wrong with a roll-out, in words, with both values.

This is a hint for a person who looks, from the figures of the last minutes; the judge of gates asks for more evidence.
"""

from dataclasses import dataclass

ERRORS_TIMES, ERRORS_MORE = 2.0, 0.01
"""The new track's error ratio is of concern from twice the old one's and one point of percent more."""
SLOWER_TIMES, SLOWER_MORE = 1.5, 0.02
"""Its p95 from one and a half times and 20 ms more."""
LEAST_RATE = 0.1
"""Requests a second under which ratios of the last minutes say nothing."""
LEAST_RESTARTS = 3
"""Restarts of a track's containers that no single deployment explains."""
WEIGHT_OFF = 0.1
"""Share of requests that may lie beside the one wished for."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What one track does."""

    rate: float | None
    """Requests a second."""
    errors: float | None
    """0..1."""
    p95: float | None
    """Seconds."""
    replicas: int | None = None
    desired: int | None = None
    restarts: int | None = None


def compared(name: str, new: Figures, other: str, old: Figures) -> list[str]:
    """What is worse in the new track than in the old one; empty: nothing, or too few requests to say."""
    if new.rate is not None and new.rate < LEAST_RATE:
        return []
    found: list[str] = []
    if new.errors is not None and old.errors is not None and _worse(new.errors, old.errors, ERRORS_TIMES, ERRORS_MORE):
        found.append(f"errors {name} {new.errors * 100:.1f} %, {other} {old.errors * 100:.1f} %")
    if new.p95 is not None and old.p95 is not None and _worse(new.p95, old.p95, SLOWER_TIMES, SLOWER_MORE):
        found.append(f"p95 {name} {new.p95 * 1000:.0f} ms, {other} {old.p95 * 1000:.0f} ms")
    return found


def alone(name: str, one: Figures) -> list[str]:
    """What is wrong with a track by itself."""
    found: list[str] = []
    if one.replicas is not None and one.desired is not None and one.replicas < one.desired:
        found.append(f"{name} runs {one.replicas} of {one.desired} replicas")
    if one.restarts is not None and one.restarts >= LEAST_RESTARTS:
        found.append(f"{name} restarted {one.restarts} times")
    return found


def off_weight(name: str, weight: float | None, desired: float | None) -> list[str]:
    """Whether the new track gets another share of requests than it should; both 0..1."""
    if weight is None or desired is None or abs(weight - desired) <= WEIGHT_OFF:
        return []
    return [f"{name} gets {weight * 100:.0f} % of requests, should get {desired * 100:.0f} %"]


def _worse(new: float, old: float, times: float, more: float) -> bool:
    return new >= old * times and new >= old + more
