"""What verbs print for programs: JSON and CSV."""

import csv
import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from ..text import cell


def plain(value: Any) -> Any:
    """`value` as JSON has it: structs and dataclasses as objects, times in ISO 8601, spans in seconds."""
    return msgspec.to_builtins(value, enc_hook=_other, builtin_types=(timedelta, datetime, date), str_keys=True)


def seconds(value: Any) -> Any:
    """The same value with every timedelta as seconds and every time as text."""
    if isinstance(value, dict):
        return {key: seconds(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [seconds(one) for one in value]
    if isinstance(value, timedelta):
        return round(value.total_seconds(), 3)
    return value.isoformat() if isinstance(value, datetime | date) else value


def print_json(value: Any) -> None:
    """Indented JSON on stdout, keys in the order of the value."""
    text = msgspec.json.format(msgspec.json.encode(seconds(plain(value))), indent=2)
    sys.stdout.write(text.decode() + "\n")


def print_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Comma-separated values on stdout, quoted as RFC 4180 says; no cell is a formula to a spreadsheet."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([cell(one) for one in row] for row in rows)


def _other(value: Any) -> Any:
    raise NotImplementedError(f"JSON has no form for {type(value).__name__}")
