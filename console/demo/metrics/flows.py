"""Amounts that pile up over time, in closed form: what every counter of the simulated fleet is made of."""

from array import array
from dataclasses import dataclass
from functools import lru_cache
from math import cos, exp, log, pi, sin
from statistics import NormalDist

from console.demo.world.dice import digest
from console.demo.world.nouns import Latency, Wave

STEP = 15
"""Seconds between two samples; every series is sampled at whole multiples of it."""
BLOCK = 24
"""Samples that are computed and kept together: few enough that a five-minute window of long ago is cheap."""
_RIPPLES = ((47.0, 0.08), (131.0, 0.09), (611.0, 0.08), (2903.0, 0.05))
"""Period in seconds and amplitude of the swings that a rate makes about its daily wave.

They sum to 0.30, and a wave's own swing is at most 0.6: a rate stays above zero, so a counter never falls.
"""


@lru_cache(maxsize=4096)
def _phases(voice: str) -> tuple[float, ...]:
    """Where each ripple of a voice begins, in radians: no two voices swing together."""
    return tuple(byte * 2 * pi / 256 for byte in digest("ripple", voice)[: len(_RIPPLES)])


def ripple(voice: str, t: float) -> float:
    """How far a voice is off its mean at `t`, as a share of the mean: -0.3..0.3."""
    phases = zip(_RIPPLES, _phases(voice), strict=True)
    return sum(size * cos(2 * pi * t / period + phase) for (period, size), phase in phases)


def _rippled(voice: str, t: float) -> float:
    """The integral of `ripple` up to `t`, in seconds, from an arbitrary beginning."""
    phases = zip(_RIPPLES, _phases(voice), strict=True)
    return sum(size * period / (2 * pi) * sin(2 * pi * t / period + phase) for (period, size), phase in phases)


@dataclass(frozen=True, slots=True)
class Flow:
    """A rate: a daily wave with the ripples of a voice."""

    wave: Wave
    voice: str

    def total(self, since: float, until: float) -> float:
        """How much came in `since`..`until`."""
        wobble = _rippled(self.voice, until) - _rippled(self.voice, since)
        return self.wave.total(since, until) + self.wave.mean * wobble


@lru_cache(maxsize=20_000)
def _block(flow: Flow, origin: float, block: int) -> "array[float]":
    """How much came from the origin to each sample of a block."""
    moments = [(block * BLOCK + i) * STEP for i in range(BLOCK)]
    before = _rippled(flow.voice, origin)
    wave, voice = flow.wave, flow.voice
    return array("d", (wave.total(origin, t) + wave.mean * (_rippled(voice, t) - before) for t in moments))


def totals_at(flow: Flow, origin: float, samples: range) -> list[float]:
    """How much came from the origin to each of these samples (Unix seconds / STEP, in steps of one)."""
    first, last = samples.start // BLOCK, (samples.stop - 1) // BLOCK
    found = [total for block in range(first, last + 1) for total in _block(flow, origin, block)]
    return found[samples.start - first * BLOCK : samples.stop - first * BLOCK]


_NORMAL = NormalDist()


def share_within(latency: Latency, seconds: float) -> float:
    """The share of requests that take at most so long, 0..1."""
    return _NORMAL.cdf(log(seconds / latency.median) / latency.sigma) if seconds > 0 else 0.0


def mean_seconds(latency: Latency) -> float:
    """The mean of the log-normal distribution."""
    return latency.median * exp(latency.sigma**2 / 2)


def scaled(latency: Latency, factor: float) -> Latency:
    """The same spread about another median."""
    return Latency(latency.median * factor, latency.sigma)
