"""What the command line does around the app."""

import gc
from collections.abc import Iterator

import pytest

from console.cli.screen import _settle


@pytest.fixture
def collecting() -> Iterator[None]:
    """The search for garbage as other tests want it."""
    yield
    gc.unfreeze()
    gc.enable()


class Knot:
    """Refers to itself, as what a context leaves behind does somewhere."""

    found = 0

    def __init__(self) -> None:
        self.me = self

    def __del__(self) -> None:
        Knot.found += 1


@pytest.mark.usefixtures("collecting")
def test_what_is_loaded_when_the_screen_stands_is_never_searched_for_garbage() -> None:
    gc.disable()
    _settle()
    assert gc.isenabled()
    assert gc.get_freeze_count() > 1_000


@pytest.mark.usefixtures("collecting")
def test_what_a_context_left_behind_goes_when_the_next_one_is_opened() -> None:
    gc.disable()
    knot = Knot()
    _settle()
    del knot
    assert Knot.found == 0
    _settle()
    assert Knot.found == 1
