"""Asking live sources while somebody waits: together, for a few seconds at most, and a failure is an answer too."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from ..ports import Services

T = TypeVar("T")
PATIENCE = 4.0
"""Seconds; sources have time limits of their own, which may be longer than a person waits for a pane."""


async def ask(
    services: Services, source: str, what: str, question: Awaitable[T], patience: float = PATIENCE
) -> tuple[T | None, str]:
    """The answer and no problem, or the last answer to `what`, if there was any, and the problem in words.

    The words name the source, and how old an answer is that stands in: it may be looked at, never acted on.
    """
    from ..ports import SourceError

    try:
        async with asyncio.timeout(patience):
            answer = await question
    except SourceError as error:
        problem = f"{source}: {error}"
    except TimeoutError:
        problem = f"{source}: no answer in {patience:g} s"
    else:
        services.answers[source, what] = services.clock(), answer
        return answer, ""
    if (source, what) not in services.answers:
        return None, problem
    at, last = services.answers[source, what]
    return cast(T, last), f"{problem}; figures of {at.astimezone():%H:%M}"
