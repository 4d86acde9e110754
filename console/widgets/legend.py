"""What is said over a chart, and in its place where there is no room for it."""

from ..text import NO_DATA
from .chartdata import ChartData, Series
from .plot import AXIS, BAND, SERIES, TARGET, Run
from .raster import LETTERS
from .scale import finite

_SAMPLES = ("⠒⠒⠒", "⠒⠂⠒", "⠂⠂⠂", "⠒⠐⠒")
"""How each of raster's patterns looks."""


def legend(chart: ChartData, *, braille: bool) -> tuple[Run, ...]:
    """Title, then each line as it is drawn with its name and newest value, then target and band."""
    runs: list[Run] = [(chart.title, AXIS)]
    for number, series in enumerate(chart.series):
        sample = _SAMPLES[number % len(_SAMPLES)] if braille else LETTERS[number % len(LETTERS)] * 3
        runs.append((f"  {sample} {series.name} {_last(series, chart)}", SERIES + number))
    if chart.target is not None:
        runs.append((f"  {'╌╌╌' if braille else '---'} target {chart.format_y(chart.target)}", TARGET))
    if chart.band is not None:
        runs.append((f"  {'⠅⡂⠅' if braille else ':::'} {chart.band.name}", BAND))
    return tuple(runs)


def summary(chart: ChartData, height: int) -> tuple[tuple[Run, ...], ...]:
    """A chart in at most `height` lines of words: title, then each line's newest value and range."""
    lines: list[tuple[Run, ...]] = [((chart.title, AXIS),)]
    for number, series in enumerate(chart.series):
        values = finite(series.ys)
        spread = f", {chart.format_y(min(values))} to {chart.format_y(max(values))}" if values else ""
        lines.append(((f"{series.name} {_last(series, chart)}{spread}", SERIES + number),))
    if chart.target is not None:
        lines.append(((f"target {chart.format_y(chart.target)}", TARGET),))
    return tuple(lines[1:] if len(lines) > height else lines)[:height]


def _last(series: Series, chart: ChartData) -> str:
    values = finite(series.ys)
    return chart.format_y(values[-1]) if values else NO_DATA
