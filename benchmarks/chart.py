"""A chart of 1,000 points at 200x50: how long until its rows are ready, and how many bytes they are."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from math import sin
from statistics import median
from time import perf_counter

from console.widgets.chartdata import ChartData, Series
from console.widgets.plot import draw

WIDTH, HEIGHT, POINTS = 200, 50, 1_000
START = datetime(2026, 3, 1, tzinfo=UTC)


def chart(points: int, offset: float) -> ChartData:
    """A line with waves and noise; another `offset` is other data with other ticks."""
    xs = tuple(START + timedelta(minutes=number) for number in range(points))
    return ChartData(
        "noise", (Series("a", xs, tuple(2 + offset + sin(n / 30) + 0.3 * sin(n * 7) for n in range(points))),)
    )


def milliseconds(call: Callable[[], object]) -> float:
    start = perf_counter()
    call()
    return (perf_counter() - start) * 1000


def run() -> dict[str, float]:
    """First picture with plotext's import, then new data with new axes, and new data on the same axes."""
    first = milliseconds(lambda: draw(chart(POINTS, 0), WIDTH, HEIGHT, braille=True))
    other = [chart(POINTS, number * 1_000.0) for number in range(1, 12)]
    anew = [milliseconds(lambda one=one: draw(one, WIDTH, HEIGHT, braille=True)) for one in other]  # type: ignore[misc]
    again = [milliseconds(lambda: draw(other[-1], WIDTH, HEIGHT, braille=True)) for _ in range(11)]
    rows = draw(other[-1], WIDTH, HEIGHT, braille=True)
    return {
        "first_ms": round(first, 1),
        "new_axes_ms": round(median(anew), 1),
        "same_axes_ms": round(median(again), 1),
        "frame_bytes": sum(len(text.encode()) for row in rows for text, _ in row),
    }


if __name__ == "__main__":
    import json

    print(json.dumps(run(), indent=2))
