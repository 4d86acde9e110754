"""What is made to go wrong on purpose; it can be changed while the platform runs."""

from collections.abc import Iterable

NAMES = frozenset(
    {
        "5xx",
        "429",
        "429-app",
        "slow",
        "hang",
        "truncated",
        "html",
        "expired-token",
        "gitlab-down",
        "docker-down",
        "prometheus-down",
        "partial",
        "old",
    }
)
"""429 is the middleware's plain text, 429-app the application's JSON; `old` is a GitLab 15.11 without newer fields."""


class Faults:
    """The faults that are switched on. Raises ValueError, with the names that exist, for one that does not."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self.active: frozenset[str] = frozenset()
        self.set(names)

    def set(self, names: Iterable[str]) -> None:
        """These faults from now on, and no others."""
        wanted = frozenset(names)
        unknown = sorted(wanted - NAMES)
        if unknown:
            raise ValueError(f"no fault is called {', '.join(unknown)}; there are {', '.join(sorted(NAMES))}")
        self.active = wanted
