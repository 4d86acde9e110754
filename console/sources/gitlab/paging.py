"""How much to ask for at once, and where a list goes on."""

from dataclasses import dataclass
from math import prod
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx

CALM = 10
"""Answers in time that show that a slow server has recovered."""


@dataclass
class Ladder:
    """Page sizes of one GraphQL query, from generous to least, and the rung we stand on.

    GitLab's multipliers live in its code, so the cost of a size is learned from `queryComplexity` and from refusals.
    A rung that was refused is not tried again: servers differ, one server does not.
    """

    rungs: tuple[tuple[int, ...], ...]
    """Each holds the values of the size variables in a fixed order, outermost connection first."""
    at: int = 0
    highest: int = 0
    """The first rung that may be tried."""
    calm: int = 0
    """Answers to wait for before going up again: the server was slow."""

    @property
    def sizes(self) -> tuple[int, ...]:
        """What to ask for now."""
        return self.rungs[self.at]

    def shrink(self, refused: int) -> bool:
        """Stay below a refused rung for good, which another question may have done by now; False: it was the least."""
        if refused + 1 >= len(self.rungs):
            return False
        self.highest = max(self.highest, refused + 1)
        self.at = max(self.at, self.highest)
        return True

    def ease(self, slow: int) -> None:
        """Go below a rung for a while: the server took too long, which may pass."""
        self.at = max(self.at, min(slow + 1, len(self.rungs) - 1))
        self.calm = CALM

    def learn(self, asked: int, score: int | None, limit: int | None) -> None:
        """Go up one rung when the score of the one that was asked shows that the next page surely fits.

        A score grows at most in proportion to each size, so the product of what grows bounds it.
        """
        self.calm = max(0, self.calm - 1)
        if not score or not limit or self.calm or asked != self.at or self.at <= self.highest:
            return
        bigger = self.rungs[self.at - 1]
        if score * prod(max(1.0, new / old) for new, old in zip(bigger, self.sizes, strict=True)) <= limit:
            self.at -= 1


def onward(headers: httpx.Headers, query: str) -> str | None:
    """The query string of a list's next page, None on the last.

    `Link: rel="next"` is taken as it stands but for its host and path: behind a proxy GitLab often calls itself
    another name, and the token must go nowhere else. Without a Link, `X-Next-Page` counts; it is empty at the end.
    `query` is what this page was asked with.
    """
    link = httpx.Response(200, headers={"Link": headers.get("Link", "")}).links.get("next", {}).get("url")
    if link:
        return urlsplit(link).query or None
    page = headers.get("X-Next-Page", "").strip()
    if not page.isdecimal():
        return None
    return urlencode([*((key, value) for key, value in parse_qsl(query) if key != "page"), ("page", page)])
