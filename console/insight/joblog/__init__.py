"""What one job's log tells: caches, sections, first error. Reads line by line, in memory that does not grow.

>>> log = parse([b"Checking cache for main...", b"Successfully extracted cache"])
>>> log.overall
<Outcome.HIT: 'hit'>
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from ...model.cache import CacheUse, JobLog, Outcome, Restore
from .attempts import fate
from .lines import cut
from .reader import Reader

__all__ = ["cut", "parse", "uses"]

_BLOCK = 256
"""Lines that are judged together: most blocks of a script's output hold nothing of interest."""


def parse(lines: Iterable[bytes], *, keys_per_cache: Sequence[int] | None = None) -> JobLog:
    """What a log tells; `lines` with or without their ends, each of any length.

    `keys_per_cache` is, for each cache the job pulls, in order, how many keys it may try: 1 and its fallback keys.
    Without it a cache whose every key missed cannot always be told from fallbacks of the one before.
    """
    reader = Reader()
    number = 0
    for block in _blocks(lines):
        if reader.skips(block):
            number += len(block)
            continue
        for raw in block:
            number += 1
            if not reader.skips((raw,)):
                reader.read(number, raw)
    return reader.result(keys_per_cache)


def _blocks(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    source = iter(lines)
    while block := list(islice(source, _BLOCK)):
        yield block


def uses(log: JobLog) -> tuple[CacheUse, ...]:
    """One use for each configured cache: what the hit ratio counts. Caches of which nothing is known are left out."""
    chains = [chain for chain in _chains(log.restore) if fate(chain) is not Outcome.UNKNOWN]
    spent = next((one.duration for one in log.sections if one.name == "restore_cache"), None)
    share = spent.total_seconds() / len(chains) if spent is not None and chains else None
    return tuple(_use(chain, share) for chain in chains)


def _chains(restores: Sequence[Restore]) -> list[list[Restore]]:
    chains: list[list[Restore]] = []
    for one in restores:
        if one.fallback_attempt and chains:
            chains[-1].append(one)
        else:
            chains.append([one])
    return chains


def _use(chain: Sequence[Restore], seconds: float | None) -> CacheUse:
    own = chain[0]
    told = next((one for one in chain if one.outcome is Outcome.HIT), own)
    return CacheUse(own.key, fate(chain), told.via, own.reason, seconds)
