"""Logs of real jobs, whose truth was written down by hand."""

import json
from pathlib import Path
from typing import Any

import pytest

from console.insight.joblog import parse

TRACES = Path(__file__).parents[3] / "shared" / "gitlab" / "fixtures" / "traces"
INDEX = TRACES / "index.json"
EXCERPTS: list[dict[str, Any]] = json.loads(INDEX.read_text())["excerpts"] if INDEX.exists() else []


@pytest.mark.skipif(not EXCERPTS, reason="the recorded logs are not beside this checkout")
def test_there_are_recorded_logs() -> None:
    assert len(EXCERPTS) >= 10


@pytest.mark.parametrize("excerpt", EXCERPTS, ids=lambda excerpt: str(excerpt["file"]))
def test_a_recorded_log_is_read_as_a_person_reads_it(excerpt: dict[str, Any]) -> None:
    with (TRACES / excerpt["file"]).open("rb") as log:
        told = parse(log)
    restored = [
        {"key": one.key, "outcome": one.outcome, "via": one.via, "fallback_attempt": one.fallback_attempt}
        for one in told.restore
    ]
    saved = [{"key": one.key, "outcome": one.outcome} for one in told.save]
    for one in excerpt["save"]:
        if one["key"] == "same key":
            one["key"] = excerpt["restore"][0]["key"]
    assert restored == excerpt["restore"]
    assert saved == excerpt["save"]
    assert told.overall == excerpt["overall"]


@pytest.mark.skipif(not EXCERPTS, reason="the recorded logs are not beside this checkout")
def test_the_first_error_is_what_stopped_the_script() -> None:
    errors = {name: parse((TRACES / name).read_bytes().split(b"\n")).first_error for name in ("t02.txt", "t04.txt")}
    assert errors["t02.txt"] is not None
    assert errors["t02.txt"].text == "ERROR: To modify pip, please run the following command:"
    assert errors["t04.txt"] is not None
    assert errors["t04.txt"].text == "Error: Unable to find a match: asciidoctor"
