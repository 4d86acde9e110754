"""Where the simulated platform's present comes from."""

import time
from typing import Protocol


class Clock(Protocol):
    def now(self) -> float:
        """The present, in unix seconds."""
        ...


class RunningClock:
    """Starts at `start` (default: the real present) and runs `speed` times as fast as the wall clock."""

    def __init__(self, speed: float = 1.0, start: float | None = None) -> None:
        if speed <= 0:
            raise ValueError(f"speed is {speed}, it must be above 0")
        self.start = time.time() if start is None else start
        self.speed = speed
        self._zero = time.monotonic()

    def now(self) -> float:
        return self.start + (time.monotonic() - self._zero) * self.speed


class FixedClock:
    """Stands still until it is set: for screenshots and for tests."""

    def __init__(self, now: float) -> None:
        self.present = now

    def now(self) -> float:
        return self.present

    def advance(self, seconds: float) -> None:
        self.present += seconds
