"""The `:` line."""

import pytest

from console.commands import Command, Unknown, parse, suggestions


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("pipelines", Command("pipelines")),
        ("pipelines llm/agent-brain /failed", Command("pipelines", "llm/agent-brain", "failed")),
        ("cache /!hit age:<2h", Command("cache", "", "!hit age:<2h")),
        ("pipe", Command("pipelines")),
        ("  quit ", Command("quit")),
        ("context prod", Command("context", "prod")),
        ("pipelines llm/agent-brain", Command("pipelines", "llm/agent-brain")),
    ],
)
def test_a_line_is_a_verb_a_place_and_a_filter(line: str, command: Command) -> None:
    assert parse(line) == command


@pytest.mark.parametrize(("line", "hint"), [("pipelnes", "pipelines"), ("", "there are"), ("re nope x", "refresh")])
def test_an_unknown_command_names_the_nearest(line: str, hint: str) -> None:
    if line.startswith("re "):
        assert parse(line).verb == hint
        return
    with pytest.raises(Unknown, match=hint):
        parse(line)


def test_a_beginning_that_means_two_commands_means_none() -> None:
    with pytest.raises(Unknown):
        parse("c")


def test_the_prompt_completes_contexts_and_themes() -> None:
    assert {"context prod", "theme light", "spend"} <= set(suggestions(["prod"], ["light"]))
