"""Sketches as compact blobs, and sums of them that can also be taken back.

A blob is the exact total in microseconds (int64), then all bucket numbers (uint16 each), then all counts (uint32
each), little-endian: six bytes a bucket, decoded by two calls of `struct`. Nothing counted is the empty blob.
"""

from dataclasses import dataclass, field
from struct import Struct, pack, unpack_from

from ..model.sketch import Sketch, bucket

_TOTAL = Struct("<q")


@dataclass(slots=True)
class Tally:
    """A sketch being changed: counts by bucket and the exact total, in microseconds. As a delta it may be negative."""

    buckets: dict[int, int] = field(default_factory=dict)
    total: int = 0

    def add(self, micros: int, sign: int = 1) -> None:
        """Count one duration, or with sign -1 take it back."""
        key = bucket(micros / 1_000_000)
        self.buckets[key] = self.buckets.get(key, 0) + sign
        self.total += sign * micros

    def merge(self, other: "Tally") -> None:
        """Add everything `other` counts."""
        for key, number in other.buckets.items():
            self.buckets[key] = self.buckets.get(key, 0) + number
        self.total += other.total

    def blob(self) -> bytes:
        """Empty buckets are left out; raises ValueError when more was taken back than had been counted."""
        kept = {key: number for key, number in sorted(self.buckets.items()) if number}
        if any(number < 0 for number in kept.values()):
            raise ValueError("a sketch gives back more than it holds")
        return pack(f"<q{len(kept)}H{len(kept)}I", self.total, *kept, *kept.values()) if kept else b""


def tally(blob: bytes) -> Tally:
    """What `Tally.blob` wrote."""
    return Tally(_buckets(blob), _TOTAL.unpack_from(blob)[0]) if blob else Tally()


def sketch(blob: bytes) -> Sketch:
    """The sketch in seconds for readers."""
    if not blob:
        return Sketch()
    buckets = _buckets(blob)
    return Sketch(buckets, sum(buckets.values()), _TOTAL.unpack_from(blob)[0] / 1_000_000)


def _buckets(blob: bytes) -> dict[int, int]:
    length = (len(blob) - 8) // 6
    numbers = unpack_from(f"<{length}H{length}I", blob, 8)
    return dict(zip(numbers[:length], numbers[length:], strict=True))
