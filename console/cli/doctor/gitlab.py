"""Checks of one GitLab."""

import re
from collections.abc import Collection, Iterator
from datetime import date
from typing import Protocol
from urllib.parse import urlsplit

from ...config import GitLabConfig
from ...ports import FleetPage, SourceError
from ...sources.gitlab import GitLabFacts
from ...text import clean, count
from .check import Check, Subject, clock, link

CHECKS = (
    "secrets",
    "reachable",
    "tls",
    "authenticated",
    "rights",
    "expiry",
    "version",
    "clock",
    "rate limit",
    "graphql",
    "fleet",
)
LEAST_VERSION = (15, 11)
EXPIRY_DAYS = 14
MOST_PAGES = 50
"""Of the fleet; of one that is larger nobody is told what it lacks."""
LOOPBACK = ("localhost", "127.0.0.1", "::1")
SUBJECT = Subject("gitlab")


class Examined(Protocol):
    """What doctor asks of a GitLab source."""

    async def examine(self) -> GitLabFacts: ...
    async def fleet(self, cursor: str | None = None) -> FleetPage: ...


async def checks(source: Examined, today: date, config: GitLabConfig) -> tuple[Check, ...]:
    """All checks of the GitLab of a config. Never raises SourceError."""
    try:
        facts = await source.examine()
    except SourceError as error:
        return SUBJECT.refused(error, CHECKS, link(config.url))
    told = (SUBJECT.ok("secrets", f"token from {config.token}"), *of_facts(facts, today))
    return (*told, *await _fleet(source, (*config.groups, *config.projects)))


def of_facts(facts: GitLabFacts, today: date) -> Iterator[Check]:
    """What the server told of itself and of our token."""
    yield SUBJECT.ok("reachable", facts.url)
    yield _tls(facts)
    yield _authenticated(facts)
    yield _rights(facts)
    yield _expiry(facts, today)
    yield _version(facts.version)
    yield clock(SUBJECT, facts.clock_skew)
    yield _rate_limit(facts)
    yield from _graphql(facts)


def _tls(facts: GitLabFacts) -> Check:
    if facts.encrypted:
        return SUBJECT.ok("tls", "certificate trusted")
    if urlsplit(facts.url).hostname in LOOPBACK:
        return SUBJECT.ok("tls", "plain HTTP, on this machine only")
    return SUBJECT.warn("tls", "plain HTTP: the token can be read on the way", "use the https:// address")


def _authenticated(facts: GitLabFacts) -> Check:
    if facts.token_active is False:
        return SUBJECT.fail("authenticated", f"token {facts.token_name} is not active", "make a new token")
    who = facts.username or "an unnamed user"
    return SUBJECT.ok("authenticated", f"as {who}, token {facts.token_name}" if facts.token_name else f"as {who}")


def _rights(facts: GitLabFacts) -> Check:
    scopes = ", ".join(facts.scopes)
    if facts.reads is None:
        return SUBJECT.warn("rights", "the token's scopes are not told", "use a token with scope read_api")
    if not facts.reads:
        return SUBJECT.fail("rights", f"scopes {scopes}", "make a token with scope read_api, or api to act")
    return SUBJECT.ok("rights", f"scopes {scopes}" + ("" if "api" in facts.scopes else "; actions need api"))


def _expiry(facts: GitLabFacts, today: date) -> Check:
    if facts.expires_on is None:
        return SUBJECT.ok("expiry", "no date told")
    days = (facts.expires_on - today).days
    if days <= 0:
        return SUBJECT.fail("expiry", f"ended on {facts.expires_on}", "make a new token")
    if days < EXPIRY_DAYS:
        return SUBJECT.warn("expiry", f"ends on {facts.expires_on}, in {days} d", "rotate the token in time")
    return SUBJECT.ok("expiry", f"ends on {facts.expires_on}, in {days} d")


def _version(version: str) -> Check:
    found = re.match(r"(\d{1,4})\.(\d{1,4})", version)
    least = ".".join(str(part) for part in LEAST_VERSION)
    if not found:
        return SUBJECT.warn("version", "not told", f"make sure it is {least} or newer")
    if (int(found[1]), int(found[2])) < LEAST_VERSION:
        return SUBJECT.fail("version", version, f"GitLab {least} or newer is needed")
    return SUBJECT.ok("version", version)


def _rate_limit(facts: GitLabFacts) -> Check:
    if facts.requests_limit is None or facts.requests_left is None:
        return SUBJECT.ok("rate limit", "none told")
    found = f"{count(facts.requests_left)} of {count(facts.requests_limit)} requests left"
    if facts.requests_left < facts.requests_limit * 0.1:
        return SUBJECT.warn("rate limit", found, "lower sync.requests_per_minute, or use a token of its own")
    return SUBJECT.ok("rate limit", found)


def _graphql(facts: GitLabFacts) -> Iterator[Check]:
    if facts.complexity_limit is not None:
        yield SUBJECT.ok("graphql", f"answers; complexity limit {count(facts.complexity_limit)}")
    else:
        yield SUBJECT.warn("graphql", "does not answer", "REST is used instead: slower, and some fields are missing")
    for note in facts.degraded:
        yield SUBJECT.warn("graphql", note, "nothing to do here; a newer GitLab or a token with more rights has it")


async def _fleet(source: Examined, wanted: Collection[str]) -> tuple[Check, ...]:
    """Whether the configured groups and projects can be seen: those that hide are left out of the fleet in silence."""
    paths: list[str] = []
    cursor: str | None = None
    try:
        for _ in range(MOST_PAGES):
            page = await source.fleet(cursor)
            paths += [project.path for project in page.projects]
            cursor = page.cursor
            if cursor is None:
                break
    except SourceError as error:
        remedy = error.remedy or "look at groups and projects in the config"
        return (SUBJECT.fail("fleet", str(error), remedy),)
    if not paths:
        return (SUBJECT.fail("fleet", "no project is visible", "look at groups and projects, and the token's user"),)
    seen = SUBJECT.ok(
        "fleet", f"{count(len(paths))}{' or more' if cursor else ''} projects visible, such as {paths[0]}"
    )
    lacking = [] if cursor else [one for one in wanted if not _any_in(paths, one)]
    if not lacking:
        return (seen,)
    found = f"nothing is visible of {', '.join(clean(one, 100) for one in lacking)}"
    return seen, SUBJECT.fail("fleet", found, "check the spelling, and that the token's user is a member")


def _any_in(paths: Collection[str], wanted: str) -> bool:
    """Whether a group's or a project's full path has anything to it; GitLab's paths know no case."""
    place = wanted.strip("/").lower()
    return any(path.lower() == place or path.lower().startswith(f"{place}/") for path in paths)
