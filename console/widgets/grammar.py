"""The filter line: `brain !failed ref:main age:<2h`; every word must hold.

A bare word matches fuzzily: its characters occur in this order within one field. `!` turns a word round,
`field:value` looks for the value as it stands in one field, `age:<2h` and `age:>1d` compare the row's time.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from .cells import Row

Test = Callable[[Row, datetime], bool]
_AGE = re.compile(r"([<>])(\d+(?:\.\d+)?)([smhdw])")
_UNIT = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


@dataclass(frozen=True, slots=True)
class Filter:
    """A parsed filter line; the empty line lets everything through."""

    text: str
    tests: tuple[Test, ...]

    def __call__(self, row: Row, now: datetime) -> bool:
        return all(test(row, now) for test in self.tests)


def parse(text: str) -> Filter:
    """The filter a line means; no line is an error: what is no known form is searched for as it stands."""
    return Filter(text, tuple(_word(word) for word in text.lower().split()))


def _word(word: str) -> Test:
    if word.startswith("!") and len(word) > 1:
        inner = _word(word[1:])
        return lambda row, now: not inner(row, now)
    name, colon, value = word.partition(":")
    if colon and name == "age" and (match := _AGE.fullmatch(value)):
        return _age(match[1], timedelta(seconds=float(match[2]) * _UNIT[match[3]]))
    if colon and name and value:
        return lambda row, now: value in row.fields.get(name, "").lower() if name in row.fields else fuzzy(word, row)
    return lambda row, now: fuzzy(word, row)


def _age(sign: str, span: timedelta) -> Test:
    def younger(row: Row, now: datetime) -> bool:
        return row.at is not None and now - row.at < span

    def older(row: Row, now: datetime) -> bool:
        return row.at is not None and now - row.at > span

    return younger if sign == "<" else older


def fuzzy(word: str, row: Row) -> bool:
    """Whether the characters of `word` occur in order, close together, in one of the row's fields."""
    return any(_in_order(word, value.lower()) for value in row.fields.values())


def _in_order(word: str, text: str) -> bool:
    """Whether `word` stands in `text`, or is spread over at most twice its length: `agbr` finds `agent-brain`.

    The bound keeps three letters from matching every long line.
    """
    if word in text:
        return True
    if len(word) < 3:
        return False
    for start in (at for at, char in enumerate(text) if char == word[0]):
        at = start
        for char in word[1:]:
            at = text.find(char, at + 1)
            if at < 0:
                return False
        if at - start < 3 * len(word):
            return True
    return False
