"""GraphQL over the wire: what GitLab says in a 200, sorted into answers, refusals and questions too big for it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ...ports import SourceError, Trouble
from ...text import clean
from .documents import optional, without
from .errors import unreadable
from .paging import Ladder
from .read import node, number
from .wire import Wire

_UNKNOWN_FIELD = re.compile(r"Field '(\w+)' doesn't exist on type '(\w+)'")
_UNKNOWN_ARGUMENT = re.compile(r"Field '(\w+)' doesn't accept argument '(\w+)'")
_UNKNOWN_VALUE = re.compile(r"Argument '(\w+)' on Field '(\w+)' has an invalid value")
_TOO_COMPLEX = re.compile(r"has complexity of \d+, which exceeds max complexity of \d+")
_SLOW = "Request timed out"
_HIDDEN = re.compile(r"permission|not authorized|forbidden", re.IGNORECASE)
"""GitLab's sentence is `The resource … does not exist or you don't have permission …`; some fields have their own."""

Question: TypeAlias = Callable[[tuple[int, ...]], tuple[str, Mapping[str, Any]]]
"""Document and variables for given page sizes."""


class _TooComplex(Exception):
    """Nothing ran: the page must be smaller."""


class _TooSlow(Exception):
    """The server gave up on it."""


@dataclass
class GraphQL:
    """GitLab's GraphQL, in documents it knows the fields of and pages it can bear."""

    wire: Wire
    dropped: set[str] = field(default_factory=set)
    """Fields and arguments this server does not know, as `Type.field` and `field(argument)`."""

    async def ask(self, question: Question, ladder: Ladder, *, what: str, spare: str = "") -> dict[str, Any]:
        """The answer's `data`, from the largest page the server bears.

        `spare` is a field that rows may lack when the server ran out of time over it: one project's pipelines must
        not keep those of all others away. `question` makes document and variables from the ladder's sizes. A refused
        page is asked again smaller, at most once a rung: that is bargaining, since nothing ran, and no retry. Raises
        SourceError.
        """
        while True:
            rung = ladder.at
            try:
                data = await self._known(*question(ladder.sizes), what, spare)
            except _TooComplex as error:
                if not ladder.shrink(rung):
                    raise SourceError(
                        f"GitLab at {self.wire.url} finds the least question about {what} too complex: {error}",
                        trouble=Trouble.UNSUPPORTED,
                    ) from error
                continue
            except _TooSlow as error:
                ladder.ease(rung)
                raise SourceError(
                    f"GitLab at {self.wire.url} took too long over {what}",
                    trouble=Trouble.BROKEN,  # of this question: the next project's may be answered
                    remedy="Less is asked for at once next time.",
                ) from error
            cost = node(data.get("queryComplexity"))
            ladder.learn(rung, number(cost, "score"), number(cost, "limit"))
            return data

    async def _known(self, document: str, variables: Mapping[str, Any], what: str, spare: str) -> dict[str, Any]:
        """Asks without the optional fields the server does not know, learning them as it complains."""
        while True:
            left_out = frozenset(self.dropped)  # another question may learn the same while this one is under way
            body = await self._posted(without(document, left_out), variables, what)
            if not isinstance(body, dict):
                raise unreadable(what, self.wire.url, "it is no GraphQL answer")
            messages = _messages(body.get("errors"))
            unknown = unknown_to(messages)
            if unknown:
                new = (unknown & optional(document)) - left_out
                if not new:
                    raise self._too_old(sorted(unknown), what)
                self.dropped |= new
                continue
            return self._data(body, messages, what, spare)

    async def _posted(self, document: str, variables: Mapping[str, Any], what: str) -> object:
        try:
            return (await self.wire.graphql(document, variables, what=what)).body
        except SourceError as error:
            if error.trouble is Trouble.MISSING:  # of the endpoint itself: absent objects are null in a 200
                error.trouble = Trouble.UNSUPPORTED
            raise

    def _data(self, body: dict[str, Any], messages: list[str], what: str, spare: str) -> dict[str, Any]:
        for message in messages:
            if _TOO_COMPLEX.search(message):
                raise _TooComplex(message)
        if slow := next((one for one in messages if one.startswith(_SLOW) and not _only_over(spare, body)), ""):
            raise _TooSlow(slow)
        data = body.get("data")
        told = "; ".join(messages)
        if isinstance(data, dict) and any(value for key, value in data.items() if key != "queryComplexity"):
            if told:
                self.wire.note(f"GitLab left something out of {what}: {told}")
            return data
        if _HIDDEN.search(told):
            raise SourceError(
                f"GitLab at {self.wire.url} does not show {what} to this token: {told}",
                trouble=Trouble.MISSING,
                remedy="Check the name, and that the token's user is a member.",
            )
        if told:
            raise SourceError(f"GitLab at {self.wire.url} could not tell {what}: {told}")
        if not isinstance(data, dict):
            raise unreadable(what, self.wire.url, "it has neither data nor errors")
        return data

    def _too_old(self, unknown: list[str], what: str) -> SourceError:
        return SourceError(
            f"GitLab at {self.wire.url} does not know {', '.join(unknown)}, so GraphQL cannot tell {what}",
            trouble=Trouble.UNSUPPORTED,
            remedy="REST is asked instead where it can; GitLab 15.11 or newer knows all we ask.",
        )


def _messages(errors: object) -> list[str]:
    """The texts of GraphQL errors, whatever shape they have."""
    if not isinstance(errors, list):
        return []
    found = [one.get("message") if isinstance(one, dict) else one for one in errors]
    return [clean(str(message), 300) for message in found if message]


def _only_over(field: str, body: dict[str, Any]) -> bool:
    """Whether every error names a place inside `field` of some row; false where they name none."""
    found = body.get("errors")
    paths = [one.get("path") if isinstance(one, dict) else None for one in found] if isinstance(found, list) else []
    return bool(field) and all(isinstance(path, list) and field in path for path in paths)


def unknown_to(messages: list[str]) -> set[str]:
    """What the server does not know, as documents.optional names it."""
    text = "\n".join(messages)
    fields = {f"{kind}.{name}" for name, kind in _UNKNOWN_FIELD.findall(text)}
    arguments = {f"{name}({argument})" for name, argument in _UNKNOWN_ARGUMENT.findall(text)}
    return fields | arguments | {f"{name}({argument})" for argument, name in _UNKNOWN_VALUE.findall(text)}
