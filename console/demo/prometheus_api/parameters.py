"""What a request asks: its parameters from the address and a posted form, and the times and durations among them."""

import re
from datetime import datetime
from math import isfinite
from urllib.parse import parse_qsl

from starlette.requests import Request

from console.demo.prometheus_api.answers import ApiError
from console.demo.promql.lexer import duration_ms

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
_FORM = "application/x-www-form-urlencoded"


class Parameters:
    """The parameters of one request; a posted form comes before the address."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._pairs = pairs

    @classmethod
    async def of(cls, request: Request) -> "Parameters":
        """Those of a request."""
        form: list[tuple[str, str]] = []
        if request.method == "POST" and request.headers.get("content-type", "").split(";")[0].strip() == _FORM:
            text = (await request.body()).decode("utf-8", "replace")
            form = parse_qsl(text, keep_blank_values=True)
        return cls([*form, *request.query_params.multi_items()])

    def text(self, name: str) -> str:
        """The first value of a parameter; absent is empty."""
        return next((value for key, value in self._pairs if key == name), "")

    def all(self, name: str) -> list[str]:
        """Every value of a parameter."""
        return [value for key, value in self._pairs if key == name]

    def time_ms(self, name: str, default: int | None = None) -> int:
        """A moment in Unix milliseconds; without a default it must be given. Raises ApiError."""
        text = self.text(name)
        if not text and default is not None:
            return default
        found = moment_ms(text)
        if found is None:
            more = "" if default is None else f"Invalid time value for '{name}': "
            raise ApiError("bad_data", f'invalid parameter "{name}": {more}cannot parse "{text}" to a valid timestamp')
        return found

    def duration_ms(self, name: str) -> int:
        """A length of time in milliseconds, as a number of seconds or as `5m`. Raises ApiError."""
        text = self.text(name)
        try:
            seconds = float(text)
        except ValueError:
            seconds = None
        try:
            if seconds is None:
                return duration_ms(text)
            return round(seconds * 1000)
        except (ValueError, OverflowError):
            wrong = f'invalid parameter "{name}": cannot parse "{text}" to a valid duration'
            raise ApiError("bad_data", wrong) from None


def moment_ms(text: str) -> int | None:
    """Unix milliseconds of Unix seconds or an RFC 3339 time; None when it is neither."""
    try:
        seconds = float(text)
        return round(seconds * 1000) if isfinite(seconds) else None
    except ValueError:
        pass
    if _RFC3339.fullmatch(text) is None:
        return None
    try:
        return round(datetime.fromisoformat(text.upper()).timestamp() * 1000)
    except ValueError:
        return None
