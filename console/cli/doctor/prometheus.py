"""Checks of one Prometheus, or what speaks its API."""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Protocol

from ...model.metrics import Vector
from ...ports import SourceError
from ...sources.prometheus import PrometheusFacts
from ...text import count, duration
from .check import Check, Subject, clock, link

CHECKS = ("secrets", "reachable", "tls", "authenticated", "rights", "clock", "data", "queries")
OLDEST_SAMPLE = timedelta(minutes=5)
"""After this Prometheus itself takes a series for gone."""
QUERIES_AT_ONCE = 4
SUBJECT = Subject("prometheus")


class Examined(Protocol):
    """What doctor asks of a Prometheus source."""

    async def examine(self) -> PrometheusFacts: ...
    async def instant(self, promql: str) -> Vector: ...


async def checks(source: Examined, queries: Mapping[str, str], url: str, secrets: str) -> tuple[Check, ...]:
    """All checks of the store at `url`; `secrets` names the references of headers. Never raises SourceError."""
    try:
        facts = await source.examine()
    except SourceError as error:
        return SUBJECT.refused(error, CHECKS, link(url))
    gate = asyncio.Semaphore(QUERIES_AT_ONCE)
    asked = await asyncio.gather(*(_query(source, gate, name, promql) for name, promql in queries.items()))
    return (SUBJECT.ok("secrets", secrets or "none needed"), *of_facts(facts), *asked)


def of_facts(facts: PrometheusFacts) -> Iterator[Check]:
    """What the store told of itself."""
    yield SUBJECT.ok("reachable", f"{facts.flavour} {facts.version}".rstrip())
    yield SUBJECT.ok("tls", link("https://" if facts.tls else ""))
    yield clock(SUBJECT, facts.clock_skew)
    yield _data(facts.newest_sample_age)
    for warning in facts.warnings:
        yield SUBJECT.warn("data", warning, "answers may be partial: look at the store")


def _data(newest: timedelta | None) -> Check:
    if newest is None:
        return SUBJECT.warn("data", "no series named up", "check that anything is scraped, or the tenant's header")
    if newest > OLDEST_SAMPLE:
        return SUBJECT.warn("data", f"newest sample is {duration(newest)} old", "check that scraping goes on")
    return SUBJECT.ok("data", f"newest sample {duration(max(newest, timedelta()))} ago")


async def _query(source: Examined, gate: asyncio.Semaphore, name: str, promql: str) -> Check:
    """Whether one query of the config is answered; no data is a warning: few run everything."""
    check = f"query {name}"
    remedy = f"change or ignore it: prometheus.queries.{name} in the config"
    async with gate:
        try:
            vector = await source.instant(promql)
        except SourceError as error:
            return SUBJECT.fail(check, str(error), error.remedy or remedy)
    if not vector.samples:
        return SUBJECT.warn(check, "no data", remedy)
    if all(sample.value is None for sample in vector.samples):
        return SUBJECT.warn(check, f"{count(len(vector.samples))} series, none with a number", "no traffic yet?")
    return SUBJECT.ok(check, f"{count(len(vector.samples))} series")
