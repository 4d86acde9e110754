"""Docker engines and Prometheus: each lives and fails by itself."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

from console.model.engine import Engine, EngineEvent
from console.model.freshness import SourceHealth, State
from console.ports import SourceError, Trouble
from console.sync.sync import Sync
from tests.fakes import NOW, FakeEngine, FakeMetrics
from tests.sync.world import MemoryHistory, Time, again, settle

GONE = SourceError("Cannot connect to the Docker daemon", trouble=Trouble.UNREACHABLE)
START = EngineEvent(NOW, "container", "start", "c1")


@dataclass
class LiveEngine(FakeEngine):
    """An engine whose events come when a test says so."""

    feed: "asyncio.Queue[EngineEvent | SourceError]" = field(default_factory=asyncio.Queue)
    asked: int = 0
    listeners: int = 0

    async def engine(self) -> Engine:
        self.asked += 1
        if self.error is not None:
            raise again(self.error)
        return replace(self.now, name=self.name, at=NOW + timedelta(seconds=self.asked))

    async def events(self) -> AsyncIterator[EngineEvent]:
        self.listeners += 1
        try:
            while True:
                one = await self.feed.get()
                if isinstance(one, SourceError):
                    raise again(one)
                yield one
        finally:
            self.listeners -= 1


class Stage:
    """Sync of two engines and one Prometheus, without GitLab."""

    def __init__(self) -> None:
        self.time = Time()
        self.one, self.other, self.metrics = LiveEngine("one"), LiveEngine("other"), FakeMetrics()
        self.said: list[frozenset[str]] = []
        history = MemoryHistory()
        self.sync = Sync(
            None,
            (self.one, self.other),
            self.metrics,
            history=history,
            writer=history,
            pace=self.time.pace(),
            announce=self.said.append,
        )

    def health(self, source: str) -> SourceHealth:
        """Of one source."""
        return next(one for one in self.sync.health() if one.source == source)

    @asynccontextmanager
    async def running(self, *topics: str) -> AsyncIterator["Stage"]:
        """Sync under way until the block ends, with some topics watched."""
        self.sync.watching(frozenset(topics))
        task = asyncio.ensure_future(self.sync.run())
        await self.time.advance(1)
        yield self
        assert not task.done(), task.exception()
        self.sync.close()
        await asyncio.gather(task, return_exceptions=True)
        assert (self.one.listeners, self.other.listeners) == (0, 0)


async def test_an_event_is_said_at_once() -> None:
    async with Stage().running("engine") as stage:
        stage.said.clear()
        for _ in range(20):
            stage.one.feed.put_nowait(START)
        await stage.time.advance(0.2)
        assert stage.said == [frozenset({"engine"})]


async def test_an_engine_that_nobody_looks_at_is_only_asked_whether_it_is_there() -> None:
    async with Stage().running() as stage:
        assert stage.one.listeners == 0
        before = stage.one.asked
        await stage.time.advance(300)
        assert stage.one.asked - before == 5
        assert stage.health("docker:one").state is State.LIVE


async def test_listening_follows_the_eye() -> None:
    async with Stage().running() as stage:
        for topics, listeners in ((frozenset({"engine"}), 1), (frozenset({"jobs"}), 0), (frozenset({"engine"}), 1)):
            stage.sync.watching(topics)
            await settle()
            assert stage.one.listeners == listeners


async def test_the_same_engine_again_is_no_change() -> None:
    async with Stage().running("engine") as stage:
        stage.said.clear()
        await stage.time.advance(300)
        assert stage.said == []
        stage.one.now = replace(stage.one.now, version="28.0")
        await stage.time.advance(31)
        assert stage.said == [frozenset({"engine"})]


async def test_an_engine_that_restarts_is_heard_again() -> None:
    async with Stage().running("engine") as stage:
        stage.one.error = GONE
        stage.one.feed.put_nowait(GONE)
        await stage.time.advance(60)
        health = stage.health("docker:one")
        assert (health.state, health.reason) == (State.FAILING, str(GONE))
        assert health.tries >= 3
        assert stage.one.listeners == 0
        assert stage.health("docker:other").state is State.LIVE
        stage.one.error = None
        await stage.time.advance(120)
        assert stage.health("docker:one").state is State.LIVE
        assert stage.one.listeners == 1


async def test_events_that_break_again_and_again_are_not_hammered() -> None:
    async with Stage().running("engine") as stage:
        before = stage.one.asked
        for _ in range(60):
            stage.one.feed.put_nowait(SourceError("unexpected end of stream"))
        await stage.time.advance(60)
        assert stage.one.asked - before < 40


async def test_metrics_are_said_to_move_while_somebody_looks() -> None:
    async with Stage().running("metrics") as stage:
        stage.said.clear()
        await stage.time.advance(60)
        assert stage.said == [frozenset({"metrics"})] * 4
        stage.sync.watching(frozenset())
        stage.said.clear()
        before = len(stage.metrics.asked)
        await stage.time.advance(300)
        assert stage.said == []
        assert len(stage.metrics.asked) - before == 5


async def test_a_prometheus_that_is_down_disturbs_no_engine() -> None:
    stage = Stage()
    stage.metrics.error = SourceError("connection refused", trouble=Trouble.UNREACHABLE)
    async with stage.running("engine", "metrics"):
        await stage.time.advance(10)
        assert stage.health("prometheus").state is State.FAILING
        stage.said.clear()
        stage.one.feed.put_nowait(START)
        await stage.time.advance(0.2)
        assert frozenset({"engine"}) in stage.said
