"""What the screen showed last."""

import stat
from dataclasses import replace
from pathlib import Path

from console import last
from console.boards.cache import CacheBoard
from console.boards.pipelines import PipelinesBoard, ProjectRow
from console.model.pipelines import Project, Status
from tests.fakes import NOW

BOARD = PipelinesBoard(
    (
        ProjectRow(
            Project(1, "llm/agent-brain"),
            Status.FAILED,
            NOW,
            (Status.FAILED,),
            0.5,
            None,
            None,
            None,
            0,
            7,
            NOW,
            "test",
        ),
    ),
    NOW,
    NOW,
    1,
    1,
)


def kept() -> last.Last:
    return last.Last(
        "cache", "light", {"cache": last.Place("k", "x", "name", True)}, {"pipelines": last.shown(BOARD, NOW)}
    )


def test_it_comes_back_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "last.bin"
    last.write(path, kept())
    back = last.read(path)
    assert (back.pane, back.theme, back.places) == ("cache", "light", kept().places)
    assert last.board_of(back.boards["pipelines"], PipelinesBoard) == BOARD


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "last.bin"
    last.write(path, kept())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_damaged_or_missing_file_is_an_empty_start(tmp_path: Path) -> None:
    path = tmp_path / "last.bin"
    assert last.read(path).boards == {}
    last.write(path, kept())
    whole = path.read_bytes()
    for cut in range(0, len(whole), 7):
        path.write_bytes(whole[:cut])
        assert last.read(path).boards == {}
    path.write_bytes(b"\x00\xff nonsense")
    assert last.read(path).boards == {}


def test_a_board_of_another_version_is_left_out() -> None:
    stored = last.shown(BOARD, NOW)
    assert last.board_of(stored, CacheBoard) is None
    assert last.board_of(replace(stored), PipelinesBoard) == BOARD
