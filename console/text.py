"""Values as people read them, and text from outside made harmless."""

import re
from datetime import datetime, timedelta
from unicodedata import category

_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor movement
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"  # OSC: titles, links, clipboard
    r"|\x1b[PX^_].*?(?:\x1b\\|$)"  # DCS, SOS, PM, APC
    r"|\x1b[ -/]*[0-~]?"  # any other escape
    r"|\x9b[0-?]*[ -/]*[@-~]",  # CSI in eight bits
    re.DOTALL,
)
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Unicode categories that draw nothing or reorder text: controls, direction marks, joiners, surrogates, separators."""

NO_DATA = "–"


def clean(text: str | None, limit: int = 1_000) -> str:
    """`text` on one line without control, escape, direction or zero-width characters, at most `limit` long.

    Everything that comes from outside passes here once, where it enters. None becomes the empty string.
    """
    if not text:
        return ""
    head = text[: limit * 4]
    if head.isascii() and head.isprintable():
        return head if len(head) <= limit else head[: limit - 1] + "…"
    plain = _ESCAPES.sub("", head)
    shown = "".join(_visible(char) for char in plain)
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def _visible(char: str) -> str:
    if char in "\t\n\r":
        return " "
    return "" if category(char) in _INVISIBLE else char


def duration(span: timedelta | None) -> str:
    """`43s`, `8m 05s`, `2h 10m`, `3d 4h`: two units at most."""
    if span is None:
        return NO_DATA
    seconds = round(span.total_seconds())
    if seconds < 0:
        return "-" + duration(-span)
    if seconds < 60:
        return f"{seconds}s"
    if seconds < 3600:
        return f"{seconds // 60}m {seconds % 60:02d}s"
    if seconds < 86_400:
        return f"{seconds // 3600}h {seconds % 3600 // 60:02d}m"
    return f"{seconds // 86_400}d {seconds % 86_400 // 3600}h"


def age(then: datetime | None, now: datetime) -> str:
    """How long ago, in one unit: `12s`, `4m`, `3h`, `9d`; the future is `0s`."""
    if then is None:
        return NO_DATA
    seconds = max(0, int((now - then).total_seconds()))
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "m")):
        if seconds >= size:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def percent(ratio: float | None, digits: int = 0) -> str:
    """A ratio of 0..1 as `87%`; 0.999 is never rounded up to 100 %."""
    if ratio is None:
        return NO_DATA
    shown = round(ratio * 100, digits)
    if shown >= 100 > ratio * 100:
        shown = 100 - 10**-digits
    return f"{shown:.{digits}f}%"


def size(number: int | None) -> str:
    """Bytes in decimal units, as GitLab and Docker print them: `812 B`, `2.3 GB`."""
    if number is None:
        return NO_DATA
    value = float(number)
    for unit in ("B", "kB", "MB", "GB"):
        if abs(value) < 1000:
            return f"{value:.0f} {unit}" if unit == "B" or abs(value) >= 100 else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


def count(number: int | None) -> str:
    """`5,120`."""
    return NO_DATA if number is None else f"{number:,}"


def money(amount: float | None, currency: str) -> str:
    """`1,280.00 USD`; the currency is the ISO code, since a sign alone is ambiguous."""
    return NO_DATA if amount is None else f"{amount:,.2f} {currency}".rstrip()


def change(ratio: float | None) -> str:
    """A relative change as `+12%` or `-3%`."""
    return NO_DATA if ratio is None else f"{ratio * 100:+.0f}%"


def cell(value: str) -> str:
    """A CSV cell no spreadsheet takes for a formula."""
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") and not _number(value) else value


def _number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True
