"""Asking live sources while somebody waits: together, for a few seconds at most, and a failure is an answer too."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from ..ports import SourceError

T = TypeVar("T")
PATIENCE = 4.0
"""Seconds; sources have time limits of their own, which may be longer than a person waits for a pane."""


async def ask(source: str, question: Awaitable[T], patience: float = PATIENCE) -> tuple[T | None, str]:
    """The answer and no problem, or no answer and the problem in words that name the source."""
    try:
        async with asyncio.timeout(patience):
            return await question, ""
    except SourceError as error:
        return None, f"{source}: {error}"
    except TimeoutError:
        return None, f"{source}: no answer in {patience:g} s"
