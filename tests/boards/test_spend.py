"""The Spend board."""

from datetime import timedelta

import pytest

from console.boards.spend import spend
from console.model.freshness import SourceHealth, State
from console.model.settings import Goals, Rates, Settings
from console.ports import DaySpend, SourceError
from tests.fakes import NOW, FakeHistory, FakeSync, project, services

WEEK = timedelta(days=7)
TODAY = NOW.date()
SETTINGS = Settings(
    goals=Goals(monthly_budget=100.0), rates=Rates("EUR", {"small": 0.01, "gpu": 0.5}, priced_on="2026-01-01")
)


def spent(
    minutes: float, *, ago: int = 0, id: int = 1, tags: tuple[str, ...] = ("small",), **other: object
) -> DaySpend:
    fields = {"branch": "default", "user": "kim", "jobs": 1, "retried_minutes": 0.0, "superseded_minutes": 0.0, **other}
    return DaySpend(id, TODAY - timedelta(days=ago), tags, minutes=minutes, **fields)  # type: ignore[arg-type]


def fleet(*days: DaySpend) -> FakeHistory:
    return FakeHistory([project(1, "llm/brain"), project(2, "llm/chat")], all_spend=list(days))


async def test_an_empty_fleet_has_spent_nothing() -> None:
    board = await spend(services(), WEEK)
    assert (board.rows, board.waste, board.month_end) == ((), (), None)
    assert (board.total.minutes, board.total.cost, board.total.share, board.total.change) == (0.0, None, None, None)


async def test_the_dearest_project_comes_first() -> None:
    history = fleet(spent(1000), spent(30, id=2, tags=("gpu", "linux")))
    board = await spend(services(history, settings=SETTINGS), WEEK)
    assert [(row.name, row.cost) for row in board.rows] == [("llm/chat", 15.0), ("llm/brain", 10.0)]
    assert board.rows[1].share == pytest.approx(1000 / 1030)
    assert (board.total.cost, board.currency, board.priced_on, board.hint) == (25.0, "EUR", "2026-01-01", "")
    assert board.budget == 100.0


async def test_without_prices_minutes_are_shown_and_how_to_set_prices() -> None:
    board = await spend(services(fleet(spent(10), spent(30, id=2))), WEEK)
    assert [(row.name, row.minutes, row.cost) for row in board.rows] == [
        ("llm/chat", 30, None),
        ("llm/brain", 10, None),
    ]
    assert board.total.unpriced_minutes == 40
    assert "rates" in board.hint


async def test_a_window_is_compared_with_the_one_before() -> None:
    board = await spend(services(fleet(spent(15), spent(10, ago=8), spent(99, ago=40))), WEEK)
    assert board.total.minutes == 15
    assert board.total.change == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("whole_for_days", "change"), [(None, None), (8, None), (14, 1.0)], ids=["unknown", "not the window before", "both"]
)
async def test_history_that_is_being_filled_makes_no_rise(whole_for_days: int | None, change: float | None) -> None:
    history = fleet(spent(20), spent(10, ago=8))
    history.fills = (1, 2)
    since = None if whole_for_days is None else NOW - timedelta(days=whole_for_days)
    sync = FakeSync(sources=(SourceHealth("gitlab", State.LIVE, NOW, complete_since=since),))
    board = await spend(services(history, sync=sync), WEEK)
    assert (board.total.change, board.rows[0].change) == (change, change)
    assert board.month_end is None


@pytest.mark.parametrize(
    ("by", "names"),
    [("tag", ["gpu, linux", "untagged"]), ("branch", ["merge_request", "default"]), ("user", ["unknown", "kim"])],
)
async def test_minutes_are_told_by_other_dimensions(by: str, names: list[str]) -> None:
    history = fleet(spent(30, tags=("linux", "gpu"), branch="merge_request", user=""), spent(10, tags=()))
    board = await spend(services(history), WEEK, by)
    assert [row.name for row in board.rows] == names
    assert [row.project_id for row in board.rows] == [None, None]


async def test_another_dimension_is_refused() -> None:
    with pytest.raises(ValueError, match="colour"):
        await spend(services(), WEEK, "colour")


async def test_one_project_is_told_alone() -> None:
    history = fleet(spent(10), spent(30, id=2))
    board = await spend(services(history, settings=SETTINGS), WEEK, "user", "chat")
    assert (board.project, board.total.minutes, board.budget) == ("llm/chat", 30, None)
    with pytest.raises(SourceError):
        await spend(services(history), WEEK, project="nothing")


async def test_waste_is_told_by_kind_with_its_price_and_rule() -> None:
    history = fleet(spent(100, retried_minutes=20.0, superseded_minutes=5.0), spent(10, tags=(), retried_minutes=1.0))
    first, second = (await spend(services(history, settings=SETTINGS), WEEK)).waste
    assert (first.kind, first.minutes) == ("retries", 21.0)
    assert first.cost == pytest.approx(0.2)
    assert (second.kind, second.minutes) == ("superseded", 5.0)
    assert second.rule


async def test_the_month_end_is_foreseen_in_money_or_minutes() -> None:
    history = fleet(*(spent(100, ago=ago) for ago in range(60)))
    money = (await spend(services(history, settings=SETTINGS), WEEK)).month_end
    assert money is not None
    assert money.unit == "EUR"
    assert money.expected == pytest.approx(31.0)
    minutes = (await spend(services(history), WEEK)).month_end
    assert minutes is not None
    assert minutes.unit == "minutes"
    assert minutes.expected == pytest.approx(3100)


async def test_minutes_by_day_come_oldest_first() -> None:
    history = fleet(spent(5), spent(7, ago=2), spent(1, ago=2, id=2))
    assert (await spend(services(history), WEEK)).total.points == ((TODAY - timedelta(days=2), 8.0), (TODAY, 5.0))
