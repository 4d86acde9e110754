"""What `console doctor` wants to know of a Prometheus-like store."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

import msgspec

from ...ports import Clock, SourceError
from ...text import clean
from ..http import clock_skew

if TYPE_CHECKING:
    from .source import PrometheusSource, Reply

Flavour = Literal["prometheus", "thanos", "mimir", "victoriametrics", "unknown"]
NEWEST_SAMPLE = "max(timestamp(up))"
"""When the newest sample of any scrape came, in seconds since 1970."""


@dataclass(frozen=True, slots=True)
class PrometheusFacts:
    """One store as it was found."""

    flavour: Flavour
    version: str
    """Empty when it tells none; VictoriaMetrics tells the version of Prometheus it stands in for, so none here."""
    tls: bool
    clock_skew: timedelta | None
    """How far its clock is ahead of ours, exact to a second; None: it does not tell."""
    newest_sample_age: timedelta | None
    """How long ago any target was scraped last; None: no series named `up`, so perhaps nothing is scraped."""
    headers: tuple[str, ...]
    """Names of the headers we send, such as X-Scope-OrgID; never their values."""
    warnings: tuple[str, ...]


class Build(msgspec.Struct, rename="camel"):
    """What /api/v1/status/buildinfo tells."""

    version: str = ""
    application: str = ""
    go_version: str = ""


class BuildAnswer(msgspec.Struct):
    """Wrapping of the build information, or of a list of Thanos' stores."""

    status: str
    data: msgspec.Raw = msgspec.Raw(b"{}")


async def examine(source: "PrometheusSource", headers: tuple[str, ...], clock: Clock) -> PrometheusFacts:
    """Asks for a figure and for what the server is; only the figure must be answered."""
    vector = await source.instant(NEWEST_SAMPLE)
    newest = next((one.value for one in vector.samples if one.value is not None), None)
    before = clock()
    reply = await _quietly(source, "api/v1/status/buildinfo")
    build = _build(reply)
    flavour = await _flavour(source, reply, build)
    skew = clock_skew(reply.headers, before) if reply else None
    return PrometheusFacts(
        flavour=flavour,
        version="" if build is None or flavour == "victoriametrics" else clean(build.version, 60),
        tls=source.encrypted,
        clock_skew=skew,
        newest_sample_age=_age(newest, vector.at + (skew or timedelta(0))),
        headers=headers,
        warnings=vector.warnings,
    )


def _age(newest: float | None, server_now: datetime) -> timedelta | None:
    """By the server's own clock; None for no sample, and for a time that is none."""
    try:
        return None if newest is None else timedelta(seconds=max(0.0, server_now.timestamp() - newest))
    except (OverflowError, ValueError):
        return None


async def _flavour(source: "PrometheusSource", reply: "Reply | None", build: Build | None) -> Flavour:
    if reply is not None and "X-Server-Hostname" in reply.headers:
        return "victoriametrics"
    if build is not None and "mimir" in build.application.lower():
        return "mimir"
    if _data(await _quietly(source, "api/v1/stores")) is not None:
        return "thanos"
    return "prometheus" if build is not None and build.go_version else "unknown"


async def _quietly(source: "PrometheusSource", path: str) -> "Reply | None":
    """The answer if it is a good one: a proxy may let queries through and nothing else."""
    try:
        reply = await source.get(path)
    except SourceError:
        return None
    return reply if reply.status == 200 else None


def _data(reply: "Reply | None") -> msgspec.Raw | None:
    try:
        return None if reply is None else msgspec.json.decode(reply.body, type=BuildAnswer).data
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _build(reply: "Reply | None") -> Build | None:
    data = _data(reply)
    try:
        return None if data is None else msgspec.json.decode(data, type=Build)
    except msgspec.DecodeError:
        return None
