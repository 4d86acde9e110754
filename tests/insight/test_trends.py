"""Changes, change points and forecasts."""

from random import Random

import pytest

from console.insight.forecast import FORECASTERS, forecast, forecast_sum
from console.insight.trends import change, culprit, pettitt, shifts
from console.model.sketch import Sketch


def test_change_compares_medians() -> None:
    assert change(Sketch.of([112] * 9), Sketch.of([100] * 9)) == pytest.approx(0.12, abs=0.025)
    assert change(Sketch.of([50] * 9 + [9_000]), Sketch.of([100] * 9)) == pytest.approx(-0.5, abs=0.02)


def test_too_few_runs_are_not_compared() -> None:
    assert change(Sketch.of([100] * 4), Sketch.of([100] * 9)) is None
    assert change(Sketch(), Sketch()) is None


def test_the_culprit_is_the_job_that_slowed_down_most() -> None:
    before = {"build": Sketch.of([100] * 9), "test": Sketch.of([300] * 9), "new": Sketch()}
    now = {"build": Sketch.of([150] * 9), "test": Sketch.of([310] * 9), "new": Sketch.of([900] * 9)}
    found = culprit(now, before)
    assert found is not None
    assert found.job == "build"
    assert found.seconds == pytest.approx(50, rel=0.06)
    assert culprit(now, before, of=4 * found.seconds) == found
    assert culprit(now, before, of=6 * found.seconds) is None, "it explains less than a fifth"
    assert culprit(before, now) is None
    assert culprit({}, {}) is None


def noisy(levels: list[tuple[int, float]], seed: int = 1) -> list[float]:
    random = Random(seed)
    return [level * random.uniform(0.9, 1.1) for days, level in levels for _ in range(days)]


def test_a_step_is_found_where_it_is() -> None:
    (found,) = shifts(noisy([(40, 300), (30, 400)]))
    assert abs(found.place - 40) <= 1
    assert found.before == pytest.approx(300, rel=0.05)
    assert found.after == pytest.approx(400, rel=0.05)
    assert found.certainty > 0.99


def test_two_steps_are_both_found() -> None:
    assert [round(one.place, -1) for one in shifts(noisy([(30, 300), (30, 450), (30, 300)]))] == [30, 60]


def test_noise_holds_no_steps() -> None:
    assert sum(bool(shifts(noisy([(90, 300)], seed))) for seed in range(100)) <= 1


def test_a_small_step_is_not_worth_a_word() -> None:
    assert shifts([100.0] * 40 + [104.0] * 40) == ()


def test_few_days_hold_no_steps() -> None:
    assert shifts([1.0, 9.0] * 6) == ()
    assert shifts([]) == ()


def test_pettitt_agrees_with_its_definition() -> None:
    values = noisy([(8, 3), (7, 3.4)], 4)

    def definition(place: int) -> int:
        return sum((late > early) - (late < early) for early in values[:place] for late in values[place:])

    place, _ = pettitt(values)
    assert abs(definition(place)) == max(abs(definition(one)) for one in range(1, len(values)))


def test_under_two_seasons_there_is_no_forecast() -> None:
    assert forecast([1.0] * 13, 7) is None
    assert forecast([], 7) is None
    assert forecast_sum([1.0] * 13, 7) is None


def test_a_steady_series_goes_on() -> None:
    told = forecast([5.0] * 30, 7)
    assert told is not None
    assert told.expected == pytest.approx([5.0] * 7)
    assert told.margin == pytest.approx([0.0] * 7)


def test_a_weekly_pattern_is_foreseen() -> None:
    week = [10.0, 10, 10, 10, 10, 2, 1]
    told = forecast(week * 8, 7)
    assert told is not None
    assert told.method.startswith("seasonal")
    assert told.expected == pytest.approx(week, abs=0.6)


def test_every_forecaster_gives_a_path_for_every_day() -> None:
    values = noisy([(20, 10)])
    for forecaster in FORECASTERS.values():
        assert len(forecaster(values)) == 20
        assert all(path(7) >= 0 for path in forecaster(values))


@pytest.mark.parametrize("pattern", [[10.0] * 7, [10.0, 10, 10, 10, 10, 2, 1]])
def test_the_interval_covers_about_four_in_five(pattern: list[float]) -> None:
    random = Random(7)
    inside = total = 0
    for _ in range(60):
        values = [one * random.lognormvariate(0, 0.2) for one in pattern * 12]
        told = forecast(values[:-7], 7)
        assert told is not None
        for expected, margin, real in zip(told.expected, told.margin, values[-7:], strict=True):
            inside, total = inside + (abs(real - expected) <= margin), total + 1
    assert 0.72 <= inside / total <= 0.9


def test_a_sum_is_foreseen_with_its_interval() -> None:
    random = Random(3)
    told = forecast_sum([100 * random.uniform(0.8, 1.2) for _ in range(90)], 10)
    assert told is not None
    assert told.expected == pytest.approx(1000, rel=0.1)
    assert 0 < told.margin < 200
