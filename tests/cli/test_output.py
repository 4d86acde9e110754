"""What programs read."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest

from console.cli.output import print_csv, print_json
from console.model.pipelines import Status


@dataclass(frozen=True, slots=True)
class Row:
    at: datetime
    day: date
    took: timedelta
    missing: timedelta | None
    status: Status
    parts: tuple[int, ...]
    by_id: dict[int, str]


def test_json_has_iso_times_and_spans_in_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    at = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
    print_json([Row(at, at.date(), timedelta(minutes=8.5), None, Status.FAILED, (1, 2), {1: "x"})])
    assert json.loads(capsys.readouterr().out) == [
        {
            "at": "2026-01-31T12:00:00+00:00",
            "day": "2026-01-31",
            "took": 510.0,
            "missing": None,
            "status": "failed",
            "parts": [1, 2],
            "by_id": {"1": "x"},
        }
    ]


def test_no_cell_of_a_csv_is_a_formula(capsys: pytest.CaptureFixture[str]) -> None:
    print_csv(("a", "b"), [("=1+1", "-3.5"), ('x,"y"', "@cmd")])
    assert capsys.readouterr().out == 'a,b\n\'=1+1,-3.5\n"x,""y""",\'@cmd\n'
