"""Charts: what is drawn, that it fits, and that nothing is sent when nothing changed."""

from datetime import UTC, date, datetime, timedelta
from math import inf, nan, sin

import pytest
from textual.app import App

from console.screens.numbers import NumbersScreen, number_columns, number_rows
from console.text import duration, percent
from console.widgets.cells import plain
from console.widgets.chart import Band, Chart, ChartData, Marker, Series, shows_utf8
from console.widgets.legend import legend, summary
from console.widgets.plot import AXIS, BAND, MARKER, SERIES, TARGET, Run, draw
from console.widgets.raster import Raster
from console.widgets.scale import number_ticks, x_range, x_ticks, y_range
from tests.host import Host

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAYS = tuple(NOON + timedelta(days=number) for number in range(30))


def of_seconds(value: float) -> str:
    return duration(timedelta(seconds=value))


def builds(offset: float = 0.0, **changes: object) -> ChartData:
    values: dict[str, object] = {
        "title": "agent-brain",
        "series": (
            Series("p50", DAYS, tuple(400 + offset + 40 * sin(n / 3) for n in range(30))),
            Series("p95", DAYS, tuple(600 + offset + 90 * sin(n / 2) for n in range(30))),
        ),
        "target": 300.0,
        "format_y": of_seconds,
        "seconds": True,
        **changes,
    }
    return ChartData(**values)  # type: ignore[arg-type]


def text(rows: tuple[tuple[Run, ...], ...]) -> list[str]:
    return ["".join(run for run, _ in row) for row in rows]


def codes(rows: tuple[tuple[Run, ...], ...]) -> set[int]:
    return {code for row in rows for _, code in row}


# --- What is drawn --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("braille", [True, False])
@pytest.mark.parametrize(("width", "height"), [(24, 5), (80, 12), (200, 50), (31, 7), (300, 5)])
def test_a_chart_fills_exactly_the_room_it_is_given(width: int, height: int, braille: bool) -> None:
    chart = builds(markers=(Marker(DAYS[3], "release 4"),), band=Band(DAYS[-3:], (300, 310, 320), (500, 510, 520)))
    rows = text(draw(chart, width, height, braille=braille))
    assert [len(row) for row in rows] == [width] * height


def test_everything_a_chart_holds_is_drawn_in_its_own_colour() -> None:
    chart = builds(markers=(Marker(DAYS[12], "release 4"),), band=Band(DAYS[-3:], (300, 310, 320), (380, 390, 400)))
    rows = draw(chart, 100, 20, braille=True)
    assert codes(rows) == {AXIS, TARGET, BAND, MARKER, SERIES, SERIES + 1}
    shown = "\n".join(text(rows))
    assert "release 4" in shown
    assert "5m 00s┤" in shown
    assert "30 Mar" in shown


def test_a_target_line_has_no_hole() -> None:
    chart = ChartData("flat", (Series("a", (0.0, 1.0), (10.0, 10.0)),), target=5.0)
    (row,) = [row for row in text(draw(chart, 70, 11, braille=True)) if "╌" in row]
    assert row.count("╌") == len(row) - row.index("╌")


def test_a_straight_line_touches_every_column() -> None:
    raster = Raster(40, 5, braille=True)
    raster.line([(0.0, 0.2), (1.0, 0.8)], SERIES, 0)
    assert {column for _, column, _, _ in raster.cells()} == set(range(40))


def test_a_peak_among_many_points_is_not_lost() -> None:
    ys = [1.0] * 5_000
    ys[2_345] = 100.0
    chart = ChartData("peak", (Series("a", tuple(float(n) for n in range(5_000)), tuple(ys)),))
    top = text(draw(chart, 60, 12, braille=True))[0]
    assert any("\u2801" <= char <= "\u28ff" for char in top)


def test_gaps_and_values_that_are_no_numbers_break_the_line() -> None:
    xs = tuple(float(n) for n in range(9))
    chart = ChartData("gaps", (Series("a", xs, (1.0, 1.0, None, nan, inf, -inf, None, 1.0, 1.0)),))
    rows = text(draw(chart, 60, 9, braille=False))
    (line,) = [row for row in rows if "*" in row]
    assert " " * 30 in line.strip("1+| ")


def test_a_point_alone_can_be_seen() -> None:
    chart = ChartData("alone", (Series("a", (1.0, 2.0, 3.0, 4.0, 5.0), (1.0, 1.0, None, 2.0, None)),))
    assert sum(row.count("●") for row in text(draw(chart, 60, 9, braille=True))) == 1


def test_labels_are_never_the_same_twice() -> None:
    chart = ChartData("ratio", (Series("a", DAYS, (0.89,) * 15 + (0.90,) * 15),), format_y=percent)
    labels = [row.split("┤")[0].strip() for row in text(draw(chart, 60, 20, braille=True)) if "┤" in row]
    assert labels == ["90%", "89%"]


def test_lines_differ_without_their_colour() -> None:
    patterns = set()
    for style in range(4):
        raster = Raster(60, 1, braille=True)
        raster.line([(0.0, 0.0), (1.0, 0.0)], SERIES, style)
        patterns.add(tuple(char for _, _, char, _ in sorted(raster.cells())))
    assert len(patterns) == 4
    samples = [run.split()[0] for run, code in legend(builds(), braille=True) if code >= SERIES]
    assert len(set(samples)) == 2


def test_without_utf8_only_ascii_is_drawn() -> None:
    chart = builds(markers=(Marker(DAYS[3], "release"),), band=Band(DAYS[-3:], (300, 310, 320), (500, 510, 520)))
    assert all(row.isascii() for row in text(draw(chart, 80, 16, braille=False)))


def test_hostile_text_keeps_the_rows_in_shape() -> None:
    chart = builds(markers=(Marker(DAYS[3], "日本語 [/x] 👨‍👩‍👧 " * 50),), title="[b]x[/] 日本" * 200)
    assert {len(row) for row in text(draw(chart, 70, 12, braille=True))} == {70}


@pytest.mark.parametrize(
    "chart",
    [
        ChartData("one point", (Series("a", (NOON,), (5.0,)),)),
        ChartData("no value", (Series("a", DAYS, (None,) * 30),)),
        ChartData("zeros", (Series("a", DAYS, (0.0,) * 30),)),
        ChartData("negative", (Series("a", DAYS, tuple(-float(n) for n in range(30))),)),
        ChartData("huge", (Series("a", DAYS, tuple(1e18 + n for n in range(30))),)),
        ChartData("tiny", (Series("a", DAYS, tuple(1e-12 * n for n in range(30))),)),
        ChartData("dates", (Series("a", (date(2026, 3, 1), date(2026, 3, 2)), (1.0, 2.0)),)),
        ChartData("far target", (Series("a", DAYS, (1.0,) * 30),), target=1e9),
        ChartData("no target", (Series("a", DAYS, (1.0,) * 30),), target=nan),
        ChartData("seconds", (Series("a", DAYS, tuple(n * 1e6 for n in range(30))),), seconds=True),
        ChartData("a year", (Series("a", tuple(NOON + timedelta(days=n) for n in range(400)), (1.0,) * 400),)),
        ChartData("a minute", (Series("a", tuple(NOON + timedelta(seconds=n) for n in range(60)), (1.0,) * 60),)),
    ],
    ids=lambda chart: chart.title,
)
def test_every_kind_of_data_can_be_drawn(chart: ChartData) -> None:
    for width, height in ((24, 5), (80, 20)):
        assert [len(row) for row in text(draw(chart, width, height, braille=True))] == [width] * height


# --- Axes -----------------------------------------------------------------------------------------------------------


def test_ticks_are_round_numbers() -> None:
    assert number_ticks(0, 10, 6) == (0, 2, 4, 6, 8, 10)
    assert number_ticks(0, 700, 5, seconds=True) == (0, 300, 600)
    assert number_ticks(0.871, 0.93, 4) == pytest.approx((0.88, 0.9, 0.92))
    assert number_ticks(5, 5, 4) == ()


def test_an_axis_starts_at_zero_unless_that_would_press_the_line_flat() -> None:
    assert y_range(ChartData("a", (Series("a", DAYS, tuple(float(n) for n in range(30))),)))[0] == 0
    assert y_range(ChartData("a", (Series("a", DAYS, (0.90,) * 15 + (0.93,) * 15),)))[0] > 0.8
    assert y_range(ChartData("a", (Series("a", DAYS, (-5.0,) * 30),)))[0] < -5


def test_daily_ticks_stand_on_days() -> None:
    chart = builds()
    ticks = x_ticks(chart, x_range(chart), 60)
    assert [label for _, label in ticks][-1] == "30 Mar"
    assert {tick % 86_400 for tick, _ in ticks} == {43_200}


def test_no_more_ticks_than_there_is_room_for_labels() -> None:
    for days in (2, 7, 30, 90, 400):
        xs = tuple(NOON + timedelta(days=number) for number in range(days))
        chart = ChartData("a", (Series("a", xs, (1.0,) * days),))
        assert 1 <= len(x_ticks(chart, x_range(chart), 60)) <= 7


# --- Legend and words -----------------------------------------------------------------------------------------------


def test_the_legend_tells_each_newest_value_and_the_target() -> None:
    shown = "".join(run for run, _ in legend(builds(), braille=True))
    assert "agent-brain" in shown
    assert "p95 11m" in shown
    assert "target 5m 00s" in shown


def test_where_there_is_no_room_a_chart_is_words() -> None:
    assert text(summary(builds(), 2)) == ["p50 6m 30s, 6m 00s to 7m 20s", "p95 11m 24s, 8m 30s to 11m 30s"]
    assert text(summary(builds(), 9))[0] == "agent-brain"


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"LANG": "C.UTF-8"}, True),
        ({"LANG": "de_DE.utf8"}, True),
        ({"LANG": "C"}, False),
        ({"LC_ALL": "POSIX", "LANG": "C.UTF-8"}, False),
        ({}, False),
    ],
)
def test_braille_needs_a_locale_of_utf8(environment: dict[str, str], expected: bool) -> None:
    assert shows_utf8(environment) is expected


# --- The widget -----------------------------------------------------------------------------------------------------


async def drawn(app: App[None], chart: Chart) -> Chart.Drawn:
    """Wait for the next picture; gives what the chart said of it."""
    await app.workers.wait_for_complete(list(app.workers))
    return next(message for message in reversed(app.heard) if isinstance(message, Chart.Drawn))  # type: ignore[attr-defined]


async def test_a_chart_draws_what_it_is_given() -> None:
    chart = Chart(builds())
    host = Host(chart)
    async with host.run_test(size=(80, 24)) as pilot:
        await drawn(host, chart)
        await pilot.pause()
        assert "agent-brain" in host.shown()
        assert "5m 00s┤" in host.shown()


async def test_the_same_data_again_draws_nothing() -> None:
    chart = Chart(builds())
    host = Host(chart)
    async with host.run_test(size=(80, 24)):
        await drawn(host, chart)
        before = len(host.heard)
        chart.set_data(builds(format_y=lambda value: of_seconds(value)))
        assert len(list(host.workers)) == 0
        assert not [message for message in host.heard[before:] if isinstance(message, Chart.Drawn)]


async def test_a_change_in_one_place_refreshes_few_rows() -> None:
    chart = Chart(ChartData("a", (Series("a", DAYS, (10.0,) * 29 + (9.0,)),)))
    host = Host(chart)
    async with host.run_test(size=(80, 24)):
        await drawn(host, chart)
        chart.set_data(ChartData("a", (Series("a", DAYS, (10.0,) * 29 + (9.1,)),)))
        assert 0 < (await drawn(host, chart)).changed_rows < 24


async def test_a_new_size_draws_anew_and_a_small_one_in_words() -> None:
    chart = Chart(builds())
    host = Host(chart)
    async with host.run_test(size=(80, 24)) as pilot:
        await drawn(host, chart)
        await pilot.resize_terminal(60, 3)
        await pilot.pause()
        await drawn(host, chart)
        await pilot.pause()
        assert "p50 6m 30s, 6m 00s to 7m 20s" in host.shown()


async def test_no_data_is_said() -> None:
    chart = Chart(ChartData("agent-brain", ()))
    host = Host(chart)
    async with host.run_test() as pilot:
        await drawn(host, chart)
        await pilot.pause()
        assert "agent-brain: no data" in host.shown()
        chart.set_data(None)
        await drawn(host, chart)
        await pilot.pause()
        assert host.shown().strip() == ""


@pytest.mark.parametrize("name", ["sixteen", "light"])
async def test_a_chart_follows_the_theme(name: str) -> None:
    from console import theme

    chart = Chart(builds())
    host = Host(chart)
    async with host.run_test() as pilot:
        await drawn(host, chart)
        before = chart.render_line(5)
        theme.install_others(host)
        host.theme = name
        await pilot.pause()
        await pilot.pause()
        assert chart.render_line(5) != before
        assert chart.render_line(5).text == before.text


async def test_the_numbers_behind_a_chart_can_be_asked_for() -> None:
    chart = Chart(builds())
    host = Host(chart)
    async with host.run_test() as pilot:
        chart.action_numbers()
        await pilot.pause()
        (asked,) = [message for message in host.heard if isinstance(message, Chart.NumbersRequested)]
        assert asked.chart == builds()


# --- The numbers ----------------------------------------------------------------------------------------------------


def test_the_table_holds_every_number_newest_first() -> None:
    chart = ChartData(
        "hits",
        (Series("hits", (date(2026, 3, 1), date(2026, 3, 2)), (0.5, None)),),
        band=Band((date(2026, 3, 3),), (0.4,), (0.6,)),
        markers=(Marker(date(2026, 3, 2), "release"),),
        format_y=percent,
    )
    assert [column.label for column in number_columns(chart)] == ["at", "hits", "forecast", "what happened"]
    assert [[plain(cell) for cell in row.cells] for row in number_rows(chart)] == [
        ["2026-03-03", "–", "40% to 60%", ""],
        ["2026-03-02", "–", "", "release"],
        ["2026-03-01", "50%", "", ""],
    ]


async def test_the_table_opens_and_closes() -> None:
    host = Host(screen=NumbersScreen(builds()))
    async with host.run_test() as pilot:
        await pilot.pause()
        assert "agent-brain" in host.shown()
        assert "p95" in host.shown()
        await pilot.press("escape")
        assert not isinstance(host.screen, NumbersScreen)
