"""What one check found, and how a failure of a source becomes checks."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from ...ports import SourceError, Trouble
from ...secrets.lookup import SecretError
from ...text import duration

MOST_SKEW = timedelta(seconds=30)
"""Further apart, ages on the screen mislead and signed requests are refused."""


class Verdict(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    SKIP = "skip"
    """Not checked: something it needs had failed, or is not configured."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check of one connection."""

    subject: str
    """config, history, terminal, gitlab, docker:NAME or prometheus."""
    name: str
    verdict: Verdict
    found: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """Makes checks of one subject."""

    name: str

    def ok(self, check: str, found: str) -> Check:
        return Check(self.name, check, Verdict.OK, found)

    def warn(self, check: str, found: str, remedy: str) -> Check:
        return Check(self.name, check, Verdict.WARN, found, remedy)

    def fail(self, check: str, found: str, remedy: str) -> Check:
        return Check(self.name, check, Verdict.FAIL, found, remedy)

    def skip(self, checks: Iterable[str], why: str) -> Iterator[Check]:
        return (Check(self.name, check, Verdict.SKIP, why) for check in checks)

    def refused(self, error: SourceError, checks: Sequence[str], link: str) -> tuple[Check, ...]:
        """What an error before any answer says: the check it speaks of fails, those before it held, others wait.

        `checks` are all of this subject in their order, `reachable` among them; `link` is how it is reached.
        """
        at = checks.index(_spoken_of(error, checks))
        remedy = error.remedy or "look at the server's own log"
        words = {"reachable": "it answers", "tls": link, "authenticated": "known to the server"}
        held = tuple(self.ok(check, words[check]) for check in checks[:at] if check in words)
        return (*held, self.fail(checks[at], str(error), remedy), *self.skip(checks[at + 1 :], f"{checks[at]} failed"))


def _spoken_of(error: SourceError, checks: Sequence[str]) -> str:
    if isinstance(error, SecretError):
        return "secrets" if "secrets" in checks else checks[0]
    wanted = {Trouble.TLS: "tls", Trouble.UNAUTHENTICATED: "authenticated", Trouble.FORBIDDEN: "rights"}
    name = wanted.get(error.trouble, "reachable")
    return name if name in checks else "reachable"


def link(url: str) -> str:
    """How what a web address names is reached."""
    return "certificate trusted" if url.startswith("https://") else "plain HTTP"


def clock(subject: Subject, skew: timedelta | None) -> Check:
    """Whether the server's clock agrees with ours; `skew` is how far it is ahead."""
    if skew is None:
        return Check(subject.name, "clock", Verdict.SKIP, "the server does not tell its time")
    if abs(skew) > MOST_SKEW:
        word = "ahead of" if skew > timedelta() else "behind"
        return subject.warn("clock", f"{duration(abs(skew))} {word} ours", "synchronise both clocks (NTP)")
    return subject.ok("clock", "agrees with ours")


def healthy(checks: Iterable[Check]) -> bool:
    """Whether nothing failed; warnings are allowed."""
    return all(check.verdict is not Verdict.FAIL for check in checks)
