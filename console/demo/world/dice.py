"""Random numbers that depend on nothing but their labels."""

from hashlib import blake2b
from math import exp
from random import Random

Label = str | int | float


def digest(*labels: Label) -> bytes:
    """20 bytes that stand for these labels, the same in every process."""
    return blake2b("\x1f".join(map(str, labels)).encode(), digest_size=20).digest()


def dice(*labels: Label) -> Random:
    """A generator of its own for these labels: what it gives never depends on what else was asked."""
    return Random(int.from_bytes(digest(*labels)[:8], "big"))


def share(*labels: Label) -> float:
    """One number in 0..1 for these labels."""
    return int.from_bytes(digest(*labels)[:7], "big") / (1 << 56)


def sha1_like(*labels: Label) -> str:
    """40 hex digits, as a commit id has."""
    return digest(*labels).hex()


def poisson(rng: Random, mean: float) -> int:
    """A Poisson draw (Knuth's product method: time grows with `mean`, which is small here)."""
    limit, count, product = exp(-mean), 0, rng.random()
    while product > limit:
        count += 1
        product *= rng.random()
    return count
