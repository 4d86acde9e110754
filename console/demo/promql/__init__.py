"""PromQL over any `SeriesStore`: a lexer, a parser with Prometheus' type checks, and an evaluator.

The engine knows syntax and series only, never the text of a query it has seen before. Semantics are those of
Prometheus 2: a sample stands for five minutes, ranges are closed intervals, rates are extrapolated to the range's
ends, and a computed value loses its metric's name. Not here: native histograms, the `@` modifier, recording rules,
and the functions that `signatures` does not list; they get Prometheus' own parse errors.
"""

from console.demo.promql.engine import Answer, instant, over_range
from console.demo.promql.errors import ExecutionError, QueryParseError
from console.demo.promql.series import Matcher, Sample, Series, SeriesStore

__all__ = [
    "Answer",
    "ExecutionError",
    "Matcher",
    "QueryParseError",
    "Sample",
    "Series",
    "SeriesStore",
    "instant",
    "over_range",
]
