"""Budget, back-off and health of one source."""

import asyncio
from datetime import timedelta

import pytest

from console.model.freshness import State
from console.ports import SourceError, Trouble
from console.sync.budget import Budget
from console.sync.condition import Condition
from console.sync.line import Line
from console.sync.pace import Pace
from tests.fakes import NOW
from tests.sync.world import DOWN, Rush, Time, again, settle


def line(pace: Pace, changes: list[str] | None = None) -> Line:
    """A line without a budget; each change of its state is noted."""
    return Line(Condition("gitlab", pace, lambda: (changes if changes is not None else []).append("."), 60), pace)


class Source:
    """Answers with what comes next in its list."""

    def __init__(self, *answers: SourceError | str) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def __call__(self) -> str:
        self.asked += 1
        answer = self.answers.pop(0) if self.answers else "ok"
        if isinstance(answer, SourceError):
            raise again(answer)
        return answer


async def failing(one: Line, source: Source, *, alone: bool = False) -> None:
    """Ask and expect a failure."""
    with pytest.raises(SourceError):
        await one.ask(source, alone=alone)


async def test_waits_double_up_to_two_minutes() -> None:
    time = Rush()
    one, source = line(time.pace()), Source(*[DOWN] * 9)
    for _ in range(9):
        await failing(one, source)
    assert await one.ask(source) == "ok"
    assert time.slept == [2, 4, 8, 16, 32, 64, 120, 120, 120]


async def test_jitter_is_full_but_never_under_a_second() -> None:
    draws = iter([0.5, 0.001, 0.25])
    pace = Pace(lambda: NOW, asyncio.sleep, lambda: next(draws))
    assert [pace.backoff(3), pace.backoff(3), pace.backoff(40)] == [4.0, 1.0, 30.0]


async def test_a_time_that_the_source_names_is_kept() -> None:
    time = Time()
    one = line(time.pace())
    limited = SourceError("too many requests", trouble=Trouble.LIMITED, retry_at=NOW + timedelta(seconds=47))
    source = Source(limited)
    await failing(one, source)
    health = one.condition.health()
    assert (health.state, health.next_try, health.tries) == (State.LIMITED, limited.retry_at, 1)
    waiting = asyncio.ensure_future(one.ask(source))
    await time.advance(46)
    one.retry_now()
    await settle()
    assert source.asked == 1, "an operator's refresh does not break a limit"
    await time.advance(1)
    assert await waiting == "ok"
    assert one.condition.health().state is State.LIVE


async def test_a_time_far_away_is_not_believed() -> None:
    time = Time()
    one = line(time.pace())
    await failing(one, Source(SourceError("x", trouble=Trouble.LIMITED, retry_at=NOW + timedelta(days=900))))
    assert one.condition.next_try == NOW + timedelta(hours=1)


async def test_a_time_in_the_past_means_back_off() -> None:
    time = Time()
    one = line(time.pace())
    await failing(one, Source(SourceError("x", trouble=Trouble.LIMITED, retry_at=NOW - timedelta(seconds=5))))
    assert one.condition.next_try == NOW + timedelta(seconds=2)


async def test_one_tries_while_the_others_wait() -> None:
    time = Time()
    one, source = line(time.pace()), Source(DOWN, DOWN)
    await failing(one, source)
    asking = [asyncio.ensure_future(one.ask(source)) for _ in range(5)]
    await time.advance(2)
    assert source.asked == 2
    await time.advance(4)
    assert source.asked == 6, "after the first answer all others go on"
    answers = await asyncio.gather(*asking, return_exceptions=True)
    assert sorted(map(str, answers)) == sorted([str(DOWN), "ok", "ok", "ok", "ok"])


async def test_requests_that_failed_together_are_one_try() -> None:
    time = Time()
    one, source = line(time.pace()), Source(DOWN, DOWN, DOWN)
    condition = one.condition
    for _ in range(3):
        condition.failed(DOWN, NOW - timedelta(seconds=1))
    assert condition.tries == 1
    assert source.asked == 0


async def test_an_operator_may_end_the_wait() -> None:
    time = Time()
    one, source = line(time.pace()), Source(*[DOWN] * 6)
    for _ in range(6):
        asking = asyncio.ensure_future(failing(one, source))
        await time.advance(120)
        await asking
    waiting = asyncio.ensure_future(one.ask(source))
    await settle()
    one.retry_now()
    assert await waiting == "ok"


async def test_a_wait_can_be_cancelled() -> None:
    time = Time()
    one, source = line(time.pace()), Source(DOWN)
    await failing(one, source)
    waiting = asyncio.ensure_future(one.ask(source))
    await settle()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    asking = asyncio.ensure_future(one.ask(source))
    await time.advance(2)
    assert await asking == "ok", "and leaves nothing locked"


async def test_a_failure_of_one_thing_alone_is_not_the_sources() -> None:
    one = line(Time().pace())
    await failing(one, Source(SourceError("404", trouble=Trouble.MISSING)), alone=True)
    assert one.condition.health().state is State.LIVE
    await failing(one, Source(DOWN), alone=True)
    assert one.condition.health().state is State.FAILING


async def test_health_says_since_when_why_and_how_often() -> None:
    time = Rush()
    one, source = line(time.pace()), Source("ok", DOWN, DOWN)
    await one.ask(source)
    time.now += timedelta(seconds=5)
    await failing(one, source)
    await failing(one, source)
    health = one.condition.health()
    assert (health.fresh_at, health.since) == (NOW, NOW + timedelta(seconds=5))
    assert (health.reason, health.tries) == (str(DOWN), 2)
    assert health.next_try == NOW + timedelta(seconds=5 + 2 + 4)


async def test_an_old_answer_is_stale() -> None:
    time = Time()
    one = line(time.pace())
    assert one.condition.health().state is State.LOADING
    await one.ask(Source())
    await time.advance(60)
    assert one.condition.health().state is State.LIVE
    await time.advance(1)
    assert one.condition.health().state is State.STALE


async def test_only_another_state_is_a_change() -> None:
    changes: list[str] = []
    one = line(Time().pace(), changes)
    for _ in range(3):
        await one.ask(Source())
    assert len(changes) == 1


async def test_a_slow_answer_makes_a_slow_source() -> None:
    time = Time()
    one = line(time.pace())

    async def slow() -> str:
        await time.sleep(6)
        return "ok"

    asking = asyncio.ensure_future(one.ask(slow))
    await time.advance(6)
    await asking
    assert one.condition.health().state is State.SLOW


async def test_a_budget_allows_a_burst_and_then_so_many_a_minute() -> None:
    time = Rush()
    budget = Budget(60, time.pace())
    for _ in range(67):
        await budget.take()
    assert (time.now - NOW).total_seconds() == pytest.approx(60, abs=1)


async def test_who_needs_much_at_once_is_not_overtaken_for_ever() -> None:
    time = Time()
    budget = Budget(80, time.pace())  # ten at once
    await budget.take(10)

    async def small() -> None:
        while True:
            await budget.take(1)

    hungry = [asyncio.ensure_future(small()) for _ in range(2)]
    await settle()
    large = asyncio.ensure_future(budget.take(5))
    await time.advance(10)
    assert large.done()
    for one in hungry:
        one.cancel()
    await asyncio.gather(*hungry, return_exceptions=True)


async def test_background_work_leaves_half_the_bucket() -> None:
    time = Time()
    budget = Budget(80, time.pace())
    for _ in range(5):
        await budget.take(background=True)
    waiting = asyncio.ensure_future(budget.take(background=True))
    await settle()
    assert not waiting.done()
    for _ in range(4):
        await asyncio.wait_for(budget.take(), 1)
    await time.advance(60)
    assert waiting.done()


async def test_a_budget_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="allows nothing"):
        Budget(0, Time().pace())
