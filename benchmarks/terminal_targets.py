"""What the console's figures have to be, and whether they are."""

from collections.abc import Callable, Mapping
from typing import Any

from .terminal_figures import Figures

ByName = Mapping[str, Figures]


def _of(program: str, figure: str) -> Callable[[ByName], float]:
    return lambda by_name: by_name[program][figure]


def _ratio(figure: str) -> Callable[[ByName], float]:
    """Of the console's figure to the floor's in the same run."""
    return lambda by_name: by_name["console"][figure] / by_name["floor"][figure]


TARGETS: dict[str, tuple[Callable[[ByName], float], float]] = {
    "ready_ratio": (_ratio("ready_ms"), 1.35),
    "idle_cpu_percent": (_of("console", "idle_cpu_percent"), 0.7),
    "idle_bytes_s": (_of("console", "idle_bytes_s"), 5.0),
    "idle_wakeups_s": (_of("console", "idle_wakeups_s"), 15.0),
    "key_p95_ms": (_of("console", "key_p95_ms"), 10.0),
    "key_p95_in_refresh_ms": (_of("refresh_200", "key_p95_ms"), 25.0),
    "key_bytes_ratio": (_ratio("key_bytes"), 1.5),
    "quit_ms": (_of("console", "quit_ms"), 300.0),
    "quit_in_refresh_ms": (_of("refresh_200", "quit_ms"), 300.0),
    "rss_mb": (_of("console", "rss_mb"), 90.0),
    "refresh_of_nothing_bytes": (_of("refresh_0", "refresh_bytes"), 0.0),
    # Two rows, the note and the top line, of all rows on screen: it follows what changed, not the screen's size.
    "refresh_two_rows_to_all_ratio": (
        lambda by_name: by_name["refresh_2"]["refresh_bytes"] / by_name["refresh_200"]["refresh_bytes"],
        0.5,
    ),
}
"""Figure: how it is computed, and the most it may be."""
HELD_BYTES = ("held_bytes", (_of("console", "held_bytes"), 100_000.0))
"""Told for 80x24 alone."""


def judged(by_name: ByName, size: tuple[int, int]) -> dict[str, dict[str, Any]]:
    """Each target with the figure and whether it is met."""
    targets = dict(TARGETS)
    if size == (80, 24):
        targets[HELD_BYTES[0]] = HELD_BYTES[1]
    told = {}
    for name, (compute, most) in targets.items():
        value = round(compute(by_name), 2)
        told[name] = {"value": value, "most": most, "met": value <= most}
        if name in by_name["floor"]:  # on a busy machine even the least app is slow
            told[name]["floor"] = by_name["floor"][name]
    return told
