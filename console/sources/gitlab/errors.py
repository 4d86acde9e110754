"""GitLab's refusals, in all the shapes it writes them, as one SourceError each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from ...ports import SourceError, Trouble
from ...text import clean
from ..http import retry_at

_QUOTE = 300
"""Characters of GitLab's own words that an error repeats."""


@dataclass(frozen=True, slots=True)
class Said:
    """What an error body tells."""

    text: str = ""
    code: str = ""
    """Of OAuth's kind: insufficient_scope, invalid_token; or the whole of `error` when that is all there is."""
    scope: str = ""
    """Scopes that would do."""
    page: bool = False
    """A web page: from a proxy, a login, or GitLab's own for a crash."""


def said(body: bytes) -> Said:
    """The words of an error body: JSON with `message` (text, list, lists by field) or `error`, plain text, a page."""
    head = body[:200].lstrip().lower()
    if head.startswith((b"<!doctype", b"<html", b"<?xml")):
        return Said(page=True)
    try:
        answer = msgspec.json.decode(body)
    except (ValueError, RecursionError):
        return Said(text=clean(body[:_QUOTE].decode("utf-8", "replace").strip(), _QUOTE))
    if not isinstance(answer, dict):
        return Said(text=clean(_flat(answer), _QUOTE))
    code = answer.get("error")
    told = answer.get("error_description") or answer.get("message") or code
    if told is None and "errors" in answer:
        told = answer["errors"]
    return Said(
        text=clean(_flat(told), _QUOTE),
        code=clean(code, _QUOTE) if isinstance(code, str) else "",
        scope=clean(_flat(answer.get("scope")), _QUOTE),
    )


def _flat(told: object, depth: int = 6) -> str:
    """`{"name": ["is taken", "is long"]}` as `name is taken, is long`; GitLab nests these, but not for ever."""
    if told is None or depth == 0:
        return ""
    if isinstance(told, dict):
        known = told.get("message") or told.get("error")
        if known is not None:
            return _flat(known, depth - 1)
        return "; ".join(f"{'' if key == 'base' else key} {_flat(one, depth - 1)}".strip() for key, one in told.items())
    if isinstance(told, list):
        return ", ".join(_flat(one, depth - 1) for one in told)
    return str(told)


@dataclass(frozen=True, slots=True)
class Refused:
    """One answer that is no success, and what had been asked."""

    status: int
    headers: Mapping[str, str]
    said: Said
    what: str
    """What was asked for, as in `the jobs of llm/agent-brain`."""
    where: str
    """GitLab's address."""
    now: datetime

    def error(self) -> SourceError:
        """The refusal in an operator's words."""
        if self.status == 401:
            return self._unauthenticated()
        if self.status == 403:
            return self._forbidden()
        if self.status in (404, 410):
            return self._missing()
        if self.status == 429:
            return self._made(Trouble.LIMITED, "has had too many requests from us", "It is asked again when it allows.")
        if self.status >= 500:
            return self._down()
        if 300 <= self.status < 400:
            return self._elsewhere()
        if self.status == 405:
            return self._made(Trouble.UNSUPPORTED, f"does not offer {self.what} this way")
        return self._made(Trouble.BROKEN, f"refuses to answer about {self.what} (HTTP {self.status})")

    def _made(self, trouble: Trouble, text: str, remedy: str = "") -> SourceError:
        quoted = f": {self.said.text}" if self.said.text else ""
        return SourceError(
            f"GitLab at {self.where} {text}{quoted}",
            trouble=trouble,
            remedy=remedy,
            retry_at=retry_at(self.headers, self.now) if self.status in (429, 503) else None,
        )

    def _unauthenticated(self) -> SourceError:
        words = self.said.text.lower()
        ended = next((word for word in ("expired", "revoked") if word in words), "")
        return self._made(
            Trouble.UNAUTHENTICATED,
            f"does not accept our token, which is {ended}" if ended else "does not accept our token",
            "Make a token with scope read_api and put it where the config says it comes from.",
        )

    def _forbidden(self) -> SourceError:
        if self.said.code == "insufficient_scope":
            return self._made(
                Trouble.FORBIDDEN,
                f"does not show {self.what}, because the token lacks a scope",
                f"Use a token with one of the scopes: {self.said.scope or 'read_api api'}.",
            )
        return self._made(
            Trouble.FORBIDDEN, f"does not let us see {self.what}", "Give the token's user a higher role there."
        )

    def _missing(self) -> SourceError:
        if self.said.page:
            return self._made(
                Trouble.MISSING,
                "has no API there: a web page answers",
                "Check `url`; an instance under a path needs it too, as in https://HOST/gitlab.",
            )
        if self.said.code.lower() == "404 not found":  # GitLab's router; an absent object says `message`
            return self._made(Trouble.UNSUPPORTED, f"is too old to tell {self.what}")
        return self._made(
            Trouble.MISSING,
            f"knows nothing of {self.what}, or hides it from this token",
            "Check the name, and that the token's user is a member.",
        )

    def _down(self) -> SourceError:
        if self.status in (502, 503, 504):
            return self._made(
                Trouble.UNREACHABLE,
                f"is not ready (HTTP {self.status})",
                "It is restarting, in maintenance or overloaded; look at it if this lasts.",
            )
        return self._made(Trouble.BROKEN, f"failed on {self.what} (HTTP {self.status})", "Its own logs tell more.")

    def _elsewhere(self) -> SourceError:
        target = clean(self.headers.get("Location"), _QUOTE).partition("?")[0]
        return self._made(
            Trouble.BROKEN,
            f"sends us elsewhere for {self.what}, to {target or 'nowhere'}",
            "Set `url` to the address GitLab itself has; a login page in front of it must let API requests pass.",
        )


def unreadable(what: str, where: str, why: str) -> SourceError:
    """An answer of HTTP 200 that is not what it should be."""
    return SourceError(f"GitLab at {where} gave an answer about {what} that cannot be read: {why}")
