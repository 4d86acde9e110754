"""Blobs of sketches."""

import pytest

from console.history.sketches import Tally, sketch, tally
from console.model.sketch import Sketch


def test_a_blob_reads_as_the_sketch_of_its_values() -> None:
    held = Tally()
    for micros in (1_000_000, 1_000_000, 90_500_000, 0):
        held.add(micros)
    assert sketch(held.blob()) == Sketch.of([1.0, 1.0, 90.5, 0.0])
    assert tally(held.blob()) == Tally(dict(sorted(held.buckets.items())), held.total)


def test_what_is_taken_back_leaves_nothing() -> None:
    held, back = Tally(), Tally()
    for micros in (1_234_567, 99_999_999):
        held.add(micros)
        back.add(micros, -1)
    held.merge(back)
    assert held.blob() == b""
    assert sketch(b"") == Sketch()


def test_taking_back_what_was_never_counted_is_a_bug() -> None:
    held = Tally()
    held.add(5, -1)
    with pytest.raises(ValueError, match="more than it holds"):
        held.blob()


def test_a_year_fits() -> None:
    held = Tally()
    held.add(366 * 86_400 * 1_000_000)
    assert sketch(held.blob()).total == 366 * 86_400


def test_a_packed_sketch_answers_like_an_unpacked_one() -> None:
    whole = Tally()
    for seconds in (1, 2, 2, 90, 600):
        whole.add(seconds * 1_000_000)
    packed = sketch(whole.blob())
    assert packed.buckets == whole.buckets
    assert (list(packed.buckets), len(packed.buckets)) == (sorted(whole.buckets), len(whole.buckets))
    assert packed.buckets[next(iter(whole.buckets))] == 1
    assert packed.quantile(0.5) == Sketch.of([1, 2, 2, 90, 600]).quantile(0.5)
    assert packed.buckets.get(-1) is None
