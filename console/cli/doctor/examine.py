"""Runs the checks of a context: all at once, each within its time."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from ...config import Context, DockerConfig, Loaded, Places
from ...secrets import SecretRef
from .. import sources
from ..options import Options
from ..services import history_file, history_place
from . import docker, gitlab, local, prometheus
from .check import Check, Subject, Verdict

Checks = tuple[Check, ...]


async def of_context(loaded: Loaded, where: Places, name: str, context: Context, seconds: float) -> Checks:
    """Checks of every connection of one context, in the order of the config."""
    jobs: list[Awaitable[Checks]] = [_in_time("history", _history(loaded, where, name), seconds)]
    jobs.append(_gitlab(context, seconds))
    jobs += [_engine(config, seconds) for config in context.docker]
    jobs.append(_metrics(name, context, seconds))
    return tuple(check for several in await asyncio.gather(*jobs) for check in several)


def of_machine(loaded: Loaded, _: Options) -> Checks:
    """Checks that no context changes."""
    return (local.config(loaded.path), *local.terminal())


async def _history(loaded: Loaded, where: Places, name: str) -> Checks:
    return (
        await asyncio.to_thread(local.history, history_file(loaded, where, name) or history_place(loaded, where, name)),
    )


async def _gitlab(context: Context, seconds: float) -> Checks:
    config = context.gitlab
    if config is None:
        return (Check("gitlab", "reachable", Verdict.SKIP, "not configured"),)
    source = sources.gitlab(config)
    today = datetime.now(UTC).date()
    return await _closing("gitlab", gitlab.checks(source, today, config), source.aclose, seconds)


async def _engine(config: DockerConfig, seconds: float) -> Checks:
    source = sources.engine(config)
    return await _closing(f"docker:{config.name}", docker.checks(source, config.host), source.aclose, seconds)


async def _metrics(name: str, context: Context, seconds: float) -> Checks:
    config = context.prometheus
    if config is None:
        return (Check("prometheus", "reachable", Verdict.SKIP, "not configured"),)
    source = sources.metrics(config)
    secrets = ", ".join(f"{key} from {one}" for key, one in config.headers.items() if isinstance(one, SecretRef))
    checks = prometheus.checks(source, context.settings(name).queries, config.url, secrets)
    return await _closing("prometheus", checks, source.aclose, seconds)


async def _closing(
    subject: str, checks: Awaitable[Checks], close: Callable[[], Awaitable[None]], seconds: float
) -> Checks:
    try:
        return await _in_time(subject, checks, seconds)
    finally:
        await close()


async def _in_time(subject: str, checks: Awaitable[Checks], seconds: float) -> Checks:
    """The checks, or that there was no answer in time."""
    try:
        async with asyncio.timeout(seconds):
            return await checks
    except TimeoutError:
        found = f"not done within {seconds:g} s"
        return (Subject(subject).fail("reachable", found, "check the network and the address; or --timeout"),)
