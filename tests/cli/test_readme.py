"""The README's words about the command line are true."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from console.boards.builds import BuildRow, BuildsBoard
from console.boards.cache import CacheBoard, CacheRow
from console.boards.pipelines import PipelinesBoard, ProjectBoard, ProjectRow
from console.boards.rollouts import RolloutRow, RolloutsBoard
from console.boards.spend import SpendBoard, SpendRow
from console.cli.guard import BUG, INTERRUPTED, PIPE
from console.cli.verbs import VERBS
from console.model.pipelines import Pipeline

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def words(cell: str) -> set[str]:
    return set(re.findall(r"`(\w+)`", cell))


@pytest.mark.parametrize(
    ("name", "board", "row"),
    [
        ("pipelines", PipelinesBoard, ProjectRow),
        ("pipelines --project", ProjectBoard, Pipeline),
        ("builds", BuildsBoard, BuildRow),
        ("cache", CacheBoard, CacheRow),
        ("spend", SpendBoard, SpendRow),
        ("rollouts", RolloutsBoard, RolloutRow),
    ],
)
def test_the_documented_keys_of_json_are_those_of_the_board(name: str, board: type, row: type) -> None:
    (line,) = [one for one in README.splitlines() if one.startswith(f"| `{name}` |")]
    _, _, of_board, of_row, _ = line.split("|")
    assert words(of_board) | {"at"} == {field.name for field in fields(board)}
    assert words(of_row) == {field.name for field in fields(row)}


def test_every_verb_and_exit_code_is_documented() -> None:
    for verb in VERBS:
        assert f"`console {verb.name}" in README
    for code in (BUG, INTERRUPTED, PIPE):
        assert f"; {code} " in README


def test_files_that_are_named_exist() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (Path(__file__).parents[2] / target).exists(), target
