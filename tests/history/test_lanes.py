"""The threads of a history."""

import gc
import weakref
from pathlib import Path

from sqlalchemy import Connection

from console.history.lanes import Lanes
from console.history.sqlite import prepare


class Many:
    """Stands for the rows of 90 days."""


async def test_what_was_read_is_let_go_with_its_reader_and_not_by_the_search_for_garbage(tmp_path: Path) -> None:
    prepare(tmp_path / "h.db")
    lanes = Lanes(tmp_path / "h.db")
    held: list[weakref.ref[Many]] = []

    def read(_connection: Connection) -> Many:
        made = Many()
        held.append(weakref.ref(made))
        return made

    gc.disable()
    try:
        assert isinstance(await lanes.read(read), Many)
        assert held[0]() is None
    finally:
        gc.enable()
        lanes.close()
