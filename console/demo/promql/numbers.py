"""Numbers as Prometheus writes them, in answers and in labels."""

from decimal import Decimal
from math import isinf, isnan


def shown(value: float) -> str:
    """The shortest decimal that reads back as the same number, never with an exponent; `NaN`, `+Inf`, `-Inf`."""
    if isnan(value):
        return "NaN"
    if isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    text = format(Decimal(repr(value)), "f")
    return text.removesuffix(".0")


def encoded(value: float) -> str:
    """A sample's value in an answer: as `shown`, but with an exponent below 1e-6 and from 1e21 on.

    A scalar's value is not a sample's: it is written as `shown` whatever its size.
    """
    if isnan(value) or isinf(value) or value == 0 or 1e-6 <= abs(value) < 1e21:
        return shown(value)
    return repr(value).replace(".0e", "e")
