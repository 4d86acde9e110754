"""Attempts to restore caches, as the runner's lines tell them, gathered into one chain for each configured cache."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from ...model.cache import Outcome, Restore, Via

_CHECKING = re.compile(r"Checking cache for (.+?)( \(fallback\))?(?:\.\.\.|…)(?:\s+(?:#|←|<-).*)?$")
_EXTRACTED = re.compile(r"Successfully extracted cache\b")
_FAILED = re.compile(r"(?:WARNING: )?Failed to extract cache\b(?: .+?: (?P<reason>.+))?")
_POLICY = re.compile(r"Not downloading cache (.+) due to policy\b")
_SKIPPED = re.compile(r"Skipping cache extraction due to ")
_AGAIN = re.compile(r"(?:WARNING: )?Retrying cache extraction \(attempt ")
_DISABLED = re.compile(r"(?:WARNING: )?(?:Missing .+\. )?Extracting cache is (?:disabled|not supported)")
_LOCAL = re.compile(r"No URL provided, cache will (?:not be|be not) downloaded")
_REMOTE = re.compile(
    r"Downloading cache\S* from |cache\S* is up to date|Using (?:presigned|GoCloud) URL for "
    r"|Selecting (?:alternate|primary) cache URL"
)
_RETRY = re.compile(r"(?:WARNING|ERROR): Retrying\.\.\.\s*(.*)")
_ABSENT = re.compile(
    r"(?:FATAL|WARNING|ERROR): (?:file does not exist\b"
    r"|.*(?:code=NotFound|NoSuchKey|BlobNotFound|[Rr]eceived: 404|no such file or directory"
    r"|cannot find the (?:file|path) specified))"
)
_ABSENT_HERE = re.compile(r"(?:FATAL|WARNING|ERROR): Cache file does not exist")
_TROUBLE = re.compile(r"(?:FATAL|WARNING|ERROR): (.+)")
_INDEX = re.compile(r"(\d{1,2})_")
_MOST = 1_000
"""Attempts kept; a hostile log may print any number."""


@dataclass(slots=True)
class Attempt:
    """One attempt at one key."""

    key: str
    line: int
    run: int
    """Attempts of one run may belong to one cache; a success, a policy line or an empty key ends a run."""
    said_fallback: bool = False
    outcome: Outcome | None = None
    via: Via | None = None
    transferred: bool = False
    cause: str = ""
    cause_line: int | None = None
    absent: bool = False

    def close(self, ok: bool, line: int) -> None:
        """The runner says how it went."""
        if ok:
            self.outcome, self.line, self.cause = Outcome.HIT, line, ""
            return
        broken = self.transferred or bool(self.cause)
        self.outcome = Outcome.MISS if self.absent or not broken else Outcome.ERROR
        if self.transferred and not self.absent and not self.cause:
            self.cause = "the archive could not be extracted"
        self.line = self.cause_line or line


@dataclass(slots=True)
class Attempts:
    """Reads the lines of a restore stage."""

    made: list[Attempt] = field(default_factory=list)
    policies: int = 0
    """Caches that the job does not pull."""
    disabled: bool = False
    tells_fallbacks: bool = False
    """Whether the runner marks fallback attempts, as it does in step mode."""
    _run: int = 0
    _open: Attempt | None = None

    def read(self, text: str, line: int) -> bool:
        """Takes one line; whether it meant something here."""
        if found := _CHECKING.match(text):
            self._start(found, line)
        elif self._open is None:
            return self._between(text)
        elif _EXTRACTED.match(text):
            self._open.close(True, line)
            self._open, self._run = None, self._run + 1
        elif found := _FAILED.match(text):
            self.tells_fallbacks = self.tells_fallbacks or bool(found["reason"])
            self._open.close(False, line)
            self._open = None
        else:
            return _learn(self._open, text, line)
        return True

    def _start(self, found: re.Match[str], line: int) -> None:
        self._give_up()
        fallback = bool(found[2])
        self.tells_fallbacks = self.tells_fallbacks or fallback
        if len(self.made) < _MOST:
            self._open = Attempt(found[1], line, self._run, fallback)
            self.made.append(self._open)

    def _between(self, text: str) -> bool:
        if _POLICY.match(text):
            self.policies += 1
            self._run += 1
        elif _SKIPPED.match(text):
            self._run += 1
        elif _AGAIN.match(text):
            self.made = [one for one in self.made if one.run != self._run]
        elif _DISABLED.match(text):
            self.disabled = True
        else:
            return False
        return True

    def _give_up(self) -> None:
        """The attempt under way was never closed: what was said of it must do."""
        if self._open is not None and (self._open.absent or self._open.cause):
            self._open.close(False, self._open.line)
        self._open = None

    def forget(self) -> None:
        """A new try of the whole stage: what the last one said no longer counts."""
        self.made, self._open, self.policies = [], None, 0

    def restores(
        self, saved: Collection[str], remote: bool | None, keys_per_cache: Sequence[int] | None
    ) -> tuple[tuple[Restore, ...], ...]:
        """One tuple of attempts per configured cache, in log order.

        `saved` are the keys that the job saves or would save: such a key is a cache's own, never a fallback.
        `remote` tells what other lines of the log say of the runner's cache: shared, local (False), nothing (None).
        """
        self._give_up()
        chains = [
            part
            for number in range(self._run + 1)
            for part in _split([one for one in self.made if one.run == number], saved, self.tells_fallbacks)
        ]
        if keys_per_cache is not None:
            chains = list(_limit(chains, keys_per_cache))
        places = {one.via for one in self.made} - {None}
        known = Via.REMOTE_OR_LOCAL if remote is None else Via.REMOTE if remote else Via.LOCAL
        if len(places) == 1 and remote is None:
            known = next(iter(places)) or known
        return tuple(tuple(_restore(one, number > 0, known) for number, one in enumerate(chain)) for chain in chains)


def _learn(attempt: Attempt, text: str, line: int) -> bool:
    """What a helper's line says of the attempt under way."""
    if _LOCAL.match(text):
        attempt.via = Via.LOCAL
    elif _REMOTE.match(text):
        attempt.via = Via.REMOTE
        attempt.transferred = attempt.transferred or "from " in text or "up to date" in text
    elif found := _RETRY.match(text):
        attempt.via = Via.REMOTE
        attempt.cause, attempt.cause_line = reason(found[1]), line
    elif _ABSENT_HERE.match(text):
        attempt.absent, attempt.via = True, attempt.via or Via.LOCAL
        attempt.cause, attempt.cause_line = "no archive on this runner", line
    elif _ABSENT.match(text):
        attempt.absent = True
        attempt.cause, attempt.cause_line = "no such object", line
        if "no such file or directory" in text:
            attempt.via = attempt.via or Via.LOCAL
        elif "file does not exist" not in text:
            attempt.via = Via.REMOTE  # in the words of an object store
    elif found := _TROUBLE.match(text):
        attempt.cause, attempt.cause_line = reason(found[1]), line
        if "eceived: " in text:
            attempt.via = Via.REMOTE
    else:
        return False
    return True


def _split(run: list[Attempt], saved: Collection[str], tells_fallbacks: bool) -> Iterator[list[Attempt]]:
    """Parts of a run of attempts that belong to different caches, by every sign the log gives."""
    starts = {0}
    if tells_fallbacks:
        starts |= {place for place, one in enumerate(run) if not one.said_fallback}
    else:
        starts |= {place for place, one in enumerate(run) if one.key in saved} | _repeats(run) | _indexed(run)
    chain: list[Attempt] = []
    for place, one in enumerate(run):
        if place in starts and chain and one.key != chain[0].key:
            yield chain
            chain = []
        chain.append(one)
    if chain:
        yield chain


def _repeats(run: list[Attempt]) -> set[int]:
    """Where a cache starts because fallbacks come again: in A F B F the second cache starts at B."""
    seen: dict[str, int] = {}
    starts: set[int] = set()
    begin = 0
    for place, one in enumerate(run):
        if seen.get(one.key, begin) > begin and place - 1 > seen[one.key]:
            begin = place - 1
            starts.add(begin)
            seen = {run[begin].key: begin}
        seen[one.key] = place
    return starts


def _indexed(run: list[Attempt]) -> set[int]:
    """Where a cache starts because its key bears the next number: GitLab numbers keys made from files 0_, 1_, …"""
    starts: set[int] = set()
    last: int | None = None
    for place, one in enumerate(run):
        if found := _INDEX.match(one.key):
            if last is not None and int(found[1]) > last:
                starts.add(place)
            last = int(found[1])
    return starts


def _limit(chains: list[list[Attempt]], keys_per_cache: Sequence[int]) -> Iterator[list[Attempt]]:
    """Chains cut where a cache has no keys left to try."""
    limits = iter(keys_per_cache)
    for chain in chains:
        while chain:
            most = max(1, next(limits, len(chain)))
            yield chain[:most]
            chain = chain[most:]


def _restore(one: Attempt, fallback: bool, known: Via) -> Restore:
    outcome = one.outcome or Outcome.UNKNOWN
    why = (
        "" if outcome is Outcome.HIT else one.cause or ("not told" if one.outcome else "the log ends before the result")
    )
    return Restore(one.key, outcome, one.via or known, fallback or one.said_fallback, why, one.line)


def overall(chains: Sequence[Sequence[Restore]]) -> Outcome:
    """The worst fate over a job's caches: hit only when every cache hit. Raises ValueError without any."""
    fates = {fate(chain) for chain in chains}
    for one in (Outcome.MISS, Outcome.ERROR, Outcome.UNKNOWN, Outcome.FALLBACK, Outcome.HIT):
        if one in fates:
            return Outcome.MISS if one is Outcome.ERROR else one
    raise ValueError("no cache was tried")


def fate(chain: Sequence[Restore]) -> Outcome:
    """Fate of one cache: of its own key, or fallback when only a later key was extracted."""
    for number, one in enumerate(chain):
        if one.outcome is Outcome.HIT:
            return Outcome.FALLBACK if number or one.fallback_attempt else Outcome.HIT
    own = chain[0].outcome
    return Outcome.UNKNOWN if chain[-1].outcome is Outcome.UNKNOWN else own


_FIELD = re.compile(r"^error=\"?|\"$")
_REASONS = (
    (re.compile(r"[Rr]eceived: (\d{3}) ?([A-Za-z ]*)"), ""),
    (re.compile(r"i/o timeout|deadline exceeded|Client\.Timeout|timed? ?out", re.IGNORECASE), "timed out"),
    (re.compile(r"connection refused", re.IGNORECASE), "connection refused"),
    (re.compile(r"connection reset|broken pipe|unexpected EOF|\bEOF\b"), "connection lost"),
    (re.compile(r"no such host|server misbehaving"), "host name not found"),
    (re.compile(r"x509|certificate|tls:", re.IGNORECASE), "TLS certificate refused"),
    (
        re.compile(r"not a valid zip|invalid header|unsupported compression|checksum|corrupt", re.IGNORECASE),
        "damaged archive",
    ),
    (re.compile(r"no space left"), "no space left on the runner"),
    (re.compile(r"permission denied|access is denied", re.IGNORECASE), "permission denied"),
)


def reason(words: str) -> str:
    """A cause in few words that are the same for the same cause, so that causes can be counted."""
    for pattern, short in _REASONS:
        if found := pattern.search(words):
            return short or f"{found[1]} {found[2]}".strip()
    return _FIELD.sub("", words.strip())[:120]
