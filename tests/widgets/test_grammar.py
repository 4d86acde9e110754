"""The filter line."""

from datetime import timedelta

import pytest

from console.widgets.cells import Row
from console.widgets.grammar import parse
from tests.fakes import NOW

BRAIN = Row("1", (), fields={"project": "llm/agent-brain", "status": "failed"}, at=NOW - timedelta(minutes=50))
MESH = Row("2", (), fields={"project": "llm/agent-mesh", "status": "success"}, at=NOW - timedelta(days=3))
BARE = Row("3", (), fields={"project": "tools"})


def kept(text: str) -> list[str]:
    return [row.key for row in (BRAIN, MESH, BARE) if parse(text)(row, NOW)]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("", ["1", "2", "3"]),
        ("brain", ["1"]),
        ("agbr", ["1"]),
        ("BRAIN", ["1"]),
        ("agent !mesh", ["1"]),
        ("status:failed", ["1"]),
        ("!status:failed", ["2", "3"]),
        ("project:mesh", ["2"]),
        ("age:<1h", ["1"]),
        ("age:>1d", ["2"]),
        ("age:<1w !age:<1h", ["2"]),
        ("agent age:<1h", ["1"]),
        ("xyz", []),
        ("!", []),
        ("nofield:brain", []),
        ("age:soon", []),
    ],
)
def test_a_line_keeps_what_every_word_holds_for(text: str, keys: list[str]) -> None:
    assert kept(text) == keys


def test_letters_far_apart_do_not_match() -> None:
    row = Row("x", (), fields={"name": "a" + "-" * 40 + "b" + "-" * 40 + "c"})
    assert not parse("abc")(row, NOW)


def test_characters_of_regular_expressions_are_just_characters() -> None:
    row = Row("x", (), fields={"name": "build (1/2) [x]*"})
    assert parse("(1/2)")(row, NOW)
    assert parse("[x]*")(row, NOW)
    assert not parse(".*")(row, NOW)
