"""Sketches as compact blobs, and sums of them that can also be taken back.

A blob is the exact total in microseconds (int64), then all bucket numbers (uint16 each), then all counts (uint32
each), little-endian: six bytes a bucket, decoded by two calls of `struct`. Nothing counted is the empty blob.
"""

from collections.abc import ItemsView, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from struct import Struct

from ..model.sketch import Sketch, bucket


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
        return _layout(8 + 6 * len(kept)).pack(self.total, *kept, *kept.values()) if kept else b""


def tally(blob: bytes) -> Tally:
    """What `Tally.blob` wrote."""
    total, keys, counts = _parts(blob)
    return Tally(dict(zip(keys, counts, strict=True)), total)


class Packed(Mapping[int, int]):
    """The buckets in a blob, unpacked at each use: a board reads ten thousands, and looks into few, mostly once."""

    __slots__ = ("_blob",)

    def __init__(self, blob: bytes) -> None:
        self._blob = blob

    def _unpacked(self) -> dict[int, int]:
        _, keys, counts = _parts(self._blob)
        return dict(zip(keys, counts, strict=True))

    def __getitem__(self, key: int) -> int:
        return self._unpacked()[key]

    def __iter__(self) -> Iterator[int]:
        return iter(_parts(self._blob)[1])

    def __len__(self) -> int:
        return len(_parts(self._blob)[1])

    def items(self) -> ItemsView[int, int]:
        """As of the dict, with one unpacking for all."""
        return self._unpacked().items()


def sketch(blob: bytes) -> Sketch:
    """The sketch in seconds for readers."""
    total, _, counts = _parts(blob)
    return Sketch(Packed(blob), sum(counts), total / 1_000_000)


def _parts(blob: bytes) -> tuple[int, tuple[int, ...], tuple[int, ...]]:
    """Total in microseconds, bucket numbers, counts."""
    if not blob:
        return 0, (), ()
    numbers = _layout(len(blob)).unpack(blob)
    length = len(numbers) // 2
    return numbers[0], numbers[1 : length + 1], numbers[length + 1 :]


@cache
def _layout(size: int) -> Struct:
    """Of a blob of so many bytes. Kept, for a board of 90 days reads ten thousands of few sizes."""
    length = (size - 8) // 6
    return Struct(f"<q{length}H{length}I")
