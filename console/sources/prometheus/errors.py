"""What it means when a server refuses a query, in an operator's words."""

import re
from collections.abc import Mapping
from datetime import datetime

import msgspec

from ...ports import SourceError, Trouble
from ...text import clean
from ..http import retry_at, without_password
from .answers import opened

_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_QUERIES = "Correct it under [contexts.NAME.prometheus.queries] in the config."
_PATH = (
    "Give the address before /api/v1: Mimir's usually ends in /prometheus, "
    "VictoriaMetrics cluster's in /select/TENANT/prometheus."
)


def refused(status: int, headers: Mapping[str, str], body: bytes, where: str, now: datetime) -> SourceError:
    """The failure that an answer with `status` stands for; `where` names the server."""
    kind, said = _said(body)
    tail = f": {said}" if said else "."
    if 300 <= status < 400:
        target = headers.get("Location", "")
        there = f" to {clean(without_password(target.partition('?')[0]), 200)}" if target else ""
        return SourceError(
            f"{where} sends us elsewhere ({status}){there}: a login page, or the address it really has.",
            trouble=Trouble.UNAUTHENTICATED,
            remedy="Give that address, or the header that the proxy in front of it wants.",
        )
    match status:
        case 400 | 422 if kind in ("bad_data", "execution") or said:
            verb = "cannot evaluate" if kind == "execution" or status == 422 else "does not understand"
            return SourceError(f"{where} {verb} the query{tail}", trouble=Trouble.BROKEN, remedy=_QUERIES)
        case 401:
            return SourceError(
                f"{where} wants to know who asks{tail}", trouble=Trouble.UNAUTHENTICATED, remedy=_login(said)
            )
        case 403:
            return SourceError(
                f"{where} forbids the query{tail}",
                trouble=Trouble.FORBIDDEN,
                remedy="Ask for read access to the query API, or correct the headers.",
            )
        case 404 | 405:
            return SourceError(
                f"{where} has no query API there ({status}){tail}", trouble=Trouble.MISSING, remedy=_PATH
            )
        case 429:
            return SourceError(
                f"{where} takes no more queries for now{tail}",
                trouble=Trouble.LIMITED,
                remedy="Ask for a higher limit for this tenant, or refresh less often.",
                retry_at=retry_at(headers, now),
            )
        case 502 | 503 | 504 if kind in ("timeout", "canceled"):
            return SourceError(
                f"{where} gave the query up{tail}",
                trouble=Trouble.BROKEN,
                remedy="Make the query narrower, or raise timeout_seconds.",
                retry_at=retry_at(headers, now),
            )
        case 502 | 503 | 504:
            return SourceError(
                f"{where} is not available ({status}){tail}",
                trouble=Trouble.UNREACHABLE,
                remedy="It may be starting, or the proxy does not reach it.",
                retry_at=retry_at(headers, now),
            )
    return SourceError(f"{where} answered {status}{tail}", trouble=Trouble.BROKEN)


def unreadable(body: bytes, where: str, error: Exception) -> SourceError:
    """The failure that a good status with a body of another kind stands for."""
    title = _title(body)
    if body.lstrip()[:1] == b"<":
        return SourceError(
            f"{where} answers with a web page{f' ({title})' if title else ''} instead of figures.",
            trouble=Trouble.UNSUPPORTED,
            remedy=f"It may be a login page or another program's. {_PATH}",
        )
    return SourceError(
        f"{where} gave an answer that is not of Prometheus' API: {clean(str(error), 200)}.",
        trouble=Trouble.UNSUPPORTED,
        remedy=_PATH,
    )


def _said(body: bytes) -> tuple[str, str]:
    """Kind and text of an error, from Prometheus' own form or from plain text; of a web page its title."""
    try:
        answer = opened(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        text = body[:2_000].decode(errors="replace").strip()
        return "", _title(body) if text.startswith("<") else clean(text, 300)
    return answer.error_type, clean(answer.error, 300)


def _title(body: bytes) -> str:
    found = _TITLE.search(body[:5_000].decode(errors="replace"))
    return clean(" ".join(found[1].split()), 80) if found else ""


def _login(said: str) -> str:
    if "org id" in said.lower():
        return "Set the tenant: headers = { X-Scope-OrgID = … } under [contexts.NAME.prometheus]."
    return "Set an Authorization header under [contexts.NAME.prometheus.headers], by reference to a secret."
