"""A request budget that refills steadily."""

import asyncio

from .pace import Pace


class Budget:
    """A token bucket: so many a minute, an eighth of that (at least one) at once.

    Background work leaves half of the bucket to what somebody waits for. Each of the two stands in line: else who needs
    much at once would wait for as long as others need little.
    """

    def __init__(self, per_minute: int, pace: Pace) -> None:
        if per_minute < 1:
            raise ValueError(f"a budget of {per_minute} a minute allows nothing")
        self._per_second = per_minute / 60
        self._most = max(1.0, per_minute / 8)
        self._pace = pace
        self._waiting, self._waiting_behind = asyncio.Lock(), asyncio.Lock()
        self._tokens = self._most
        self._filled_at = pace.clock()

    async def take(self, cost: int = 1, *, background: bool = False) -> None:
        """Take `cost` requests at once, waiting until there are so many; more than the bucket holds count as that."""
        price = min(float(cost), self._most)
        needed = price + (self._most - price) / 2 if background else price
        async with self._waiting_behind if background else self._waiting:
            while True:
                self._refill()
                # A billionth of slack: after exactly the wait that was computed, floats may be a hair short of whole.
                if self._tokens >= needed - 1e-9:
                    self._tokens -= price
                    return
                await self._pace.sleep((needed - self._tokens) / self._per_second)

    def _refill(self) -> None:
        now = self._pace.clock()
        passed = max(0.0, (now - self._filled_at).total_seconds())
        self._filled_at = now
        self._tokens = min(self._most, self._tokens + passed * self._per_second)
