"""What `console doctor` wants to know of a GitLab."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from ...ports import SourceError, Trouble
from .documents import WHO
from .graphql import GraphQL
from .objects import ONCE, Objects
from .paging import Ladder
from .read import Node, flag, node, number, text, texts

_GONE = (Trouble.FORBIDDEN, Trouble.MISSING, Trouble.UNSUPPORTED)


@dataclass(frozen=True, slots=True)
class GitLabFacts:
    """One GitLab as this token sees it. What it does not tell is empty or None."""

    url: str
    encrypted: bool
    """Over TLS, with a certificate we trust."""
    version: str = ""
    revision: str = ""
    username: str = ""
    token_name: str = ""
    scopes: tuple[str, ...] = ()
    expires_on: date | None = None
    """Day the token ends; None: never, or not told."""
    token_active: bool | None = None
    clock_skew: timedelta | None = None
    """How far the server's clock is ahead of ours."""
    requests_limit: int | None = None
    """Requests the server allows in its period; None: it sets no limit or does not tell."""
    requests_left: int | None = None
    requests_reset_at: datetime | None = None
    complexity_limit: int | None = None
    """Of a GraphQL query; None: GraphQL does not answer."""
    degraded: tuple[str, ...] = ()
    """What cannot be had from this server or with this token, and what is done instead."""

    @property
    def reads(self) -> bool | None:
        """Whether the scopes let us read all we need; None: they are not told."""
        return bool({"api", "read_api"} & set(self.scopes)) if self.scopes else None


@dataclass
class Examiner:
    """Asks once for everything that is not about the fleet."""

    graphql: GraphQL
    objects: Objects
    who: Ladder = field(default_factory=lambda: Ladder(((),)))

    async def facts(self, degraded: tuple[str, ...]) -> GitLabFacts:
        """All facts. Raises SourceError when GitLab is not reached or the token not accepted."""
        wire = self.graphql.wire
        notes = list(degraded)
        token = await self._token(notes)
        release = await self._told(self.version, notes)
        who = await self._told(self._who, notes)
        return GitLabFacts(
            url=wire.url,
            encrypted=wire.url.startswith("https://"),
            version=text(release, "version"),
            revision=text(release, "revision"),
            username=text(node(who.get("currentUser")), "username"),
            token_name=text(token, "name"),
            scopes=texts(token, "scopes") or texts(token, "scope"),
            expires_on=_ends(token, wire.clock()),
            token_active=flag(token, "active"),
            clock_skew=wire.seen.skew,
            requests_limit=wire.seen.limit,
            requests_left=wire.seen.remaining,
            requests_reset_at=wire.seen.reset_at,
            complexity_limit=number(node(who.get("queryComplexity")), "limit"),
            degraded=tuple(notes),
        )

    async def version(self) -> Node:
        """`{version, revision, …}`; `/metadata` came with 15.2.

        Over httpx: a console that only watches then never imports python-gitlab.
        """
        wire = self.graphql.wire
        try:
            return node((await wire.get("metadata", what="its version")).body)
        except SourceError as error:
            if error.trouble in (Trouble.MISSING, Trouble.UNSUPPORTED):
                return node((await wire.get("version", what="its version")).body)
            raise

    async def _token(self, notes: list[str]) -> Node:
        """The token's own record; an OAuth token's lies elsewhere and has other keys."""
        try:
            return await self._get("/personal_access_tokens/self", "our token")
        except SourceError as error:
            if error.trouble not in (*_GONE, Trouble.BROKEN):
                raise
            refusal = error
        try:
            return await self._get(f"{self.graphql.wire.url}/oauth/token/info", "our token")
        except SourceError as error:
            if error.trouble is Trouble.UNREACHABLE:
                raise
            notes.append(str(refusal))
            return {}

    async def _who(self) -> Node:
        return await self.graphql.ask(lambda _: (WHO, {}), self.who, what="who we are")

    async def _told(self, ask: Callable[[], Awaitable[Node]], notes: list[str]) -> Node:
        """What `ask` gives, or nothing and a note when this token or server does not tell it."""
        try:
            return node(await ask())
        except SourceError as error:
            if error.trouble not in _GONE:
                raise
            notes.append(str(error))
            return {}

    async def _get(self, path: str, what: str) -> Node:
        return node(await self.objects.call(lambda lab: lab.http_get(path, **ONCE), what=what))


def _ends(token: Node, now: datetime) -> date | None:
    """A personal token tells the day, an OAuth token the seconds left."""
    left = number(token, "expires_in")
    if left is not None:
        return (now + timedelta(seconds=min(left, 10**9))).date()
    try:
        return date.fromisoformat(text(token, "expires_at")[:10])
    except ValueError:
        return None


def takes_byte_ranges(version: str) -> bool:
    """Whether logs take byte_offset and byte_limit: from 19.5 on."""
    found = re.match(r"(\d{1,4})\.(\d{1,4})", version)
    return found is not None and (int(found[1]), int(found[2])) >= (19, 5)
