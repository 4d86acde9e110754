"""A fresh history in a temporary folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from console.history.local import LocalHistory, open_history
from tests.fakes import NOW


@pytest.fixture
def history(tmp_path: Path) -> Iterator[LocalHistory]:
    opened = open_history(tmp_path / "history.db", clock=lambda: NOW)
    yield opened
    opened.close()
