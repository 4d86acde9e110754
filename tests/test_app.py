"""The app over fakes: panes, ways down and back, the prompt, what is remembered, contexts, and what fails."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot

from console.app import ConsoleApp
from console.launch import Announce, ContextInfo, Launch, Runtime
from console.model.freshness import SourceHealth, State
from console.model.pipelines import Status
from console.panes import PANES
from console.ports import Services, SourceError, Trouble
from console.widgets.line import Line
from tests.fakes import NOW, FakeHistory, FakeSync, job, pipeline, project, services

FLEET = FakeHistory(
    all_projects=[project(1, "llm/agent-brain"), project(2, "llm/agent-chat"), project(3, "llm/docs")],
    all_pipelines=[
        pipeline(11, project_id=1, ago=timedelta(hours=1)),
        pipeline(21, Status.FAILED, project_id=2, ago=timedelta(hours=2)),
        pipeline(22, project_id=2, ago=timedelta(hours=9)),
        pipeline(31, project_id=3, ago=timedelta(days=9)),
    ],
    all_jobs=[
        job(211, "build", pipeline_id=21, project_id=2),
        job(212, "test", Status.FAILED, pipeline_id=21, project_id=2, failure_reason="script_failure", start=70),
    ],
)


@dataclass
class FakeRuntime:
    """A context that never changes by itself."""

    services: Services
    announce: Announce
    refreshed: int = 0
    closed: bool = False
    watched: list[frozenset[str]] = field(default_factory=list)

    async def run(self) -> None:
        await asyncio.Event().wait()

    def refresh(self) -> None:
        self.refreshed += 1

    def watching(self, topics: frozenset[str]) -> None:
        self.watched.append(topics)

    async def close(self) -> None:
        self.closed = True


@dataclass
class World:
    """Contexts by name, and what was opened of them."""

    folder: Path
    histories: dict[str, FakeHistory]
    sync: FakeSync = field(default_factory=FakeSync)
    opened: list[FakeRuntime] = field(default_factory=list)
    error: SourceError | None = None

    async def open(self, name: str, announce: Announce) -> Runtime:
        if self.error is not None:
            raise self.error
        self.opened.append(FakeRuntime(services(self.histories[name], sync=self.sync), announce))
        return self.opened[-1]

    def app(self, context: str = "lab") -> ConsoleApp:
        infos = tuple(ContextInfo(name, production=name == "prod") for name in self.histories)
        return ConsoleApp(
            Launch(context, infos, self.open, lambda name: self.folder / f"{name}.bin", clock=lambda: NOW, theme="dark")
        )


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, {"lab": FLEET, "prod": FakeHistory(all_projects=[project(9, "live/shop")])})


async def until(pilot: Pilot[None], holds: Callable[[], bool]) -> None:
    """Let the app work until something holds; fails when it is idle and it never does."""
    for _ in range(200):
        if holds():
            return
        await pilot.pause()
        await asyncio.sleep(0)
    raise AssertionError(shown(pilot))


def shown(pilot: Pilot[None]) -> str:
    return "\n".join(strip.text for strip in pilot.app.screen._compositor.render_strips())


def line(pilot: Pilot[None], name: str) -> str:
    return pilot.app.query_one(f"#{name} Line, Line#{name}", Line).text


SIZES = pytest.mark.parametrize("size", [(80, 24), (200, 50)])


@SIZES
async def test_the_fleet_is_shown_broken_projects_first(world: World, size: tuple[int, int]) -> None:
    async with world.app().run_test(size=size) as pilot:
        await until(pilot, lambda: "llm/agent-chat" in shown(pilot))
        rows = [text for text in shown(pilot).splitlines() if text.startswith("llm/")]
        assert rows[0].startswith("llm/agent-chat")
        assert "✗ failed" in rows[0]
        assert "● gitlab" in line(pilot, "header")
        assert "1 broken" in line(pilot, "header")


@SIZES
async def test_every_pane_opens_by_its_digit_and_by_tab(world: World, size: tuple[int, int]) -> None:
    app = world.app()
    async with app.run_test(size=size) as pilot:
        for kind in PANES:
            await pilot.press(kind.key)
            await until(pilot, lambda kind=kind: app.pane.kind is kind and app.pane.stand.board is not None)  # type: ignore[misc]
            assert app.pane.table.has_focus
        await pilot.press("tab")
        assert app.pane.kind is PANES[0]
        await pilot.press("shift+tab")
        assert app.pane.kind is PANES[-1]
        await pilot.press("minus")
        assert app.pane.kind is PANES[0]


async def test_enter_goes_down_to_the_jobs_and_esc_comes_back_to_the_same_row(world: World) -> None:
    app = world.app()
    async with app.run_test(size=(160, 30)) as pilot:
        await until(pilot, lambda: "llm/docs" in shown(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "#21" in shown(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "script_failure" in shown(pilot))
        assert "llm/agent-chat › #21" in line(pilot, "tabs")
        await pilot.press("escape", "escape")
        await until(pilot, lambda: "llm/docs" in shown(pilot))
        assert app.pane.table.row is not None
        assert app.pane.table.row.key == "2"
        await pilot.press("escape")
        assert len(app.pane.stands) == 1


async def test_evidence_of_a_broken_project_is_one_key_away(world: World) -> None:
    app = world.app()
    async with app.run_test(size=(160, 30), notifications=True) as pilot:
        await until(pilot, lambda: "llm/docs" in shown(pilot))
        await pilot.press("e")
        await until(pilot, lambda: "no GitLab is connected" in shown(pilot))
        await pilot.press("G", "e")
        await until(pilot, lambda: "nothing to look at" in shown(pilot))


async def test_a_log_without_gitlab_says_why_it_cannot_be_read(world: World) -> None:
    async with world.app().run_test(size=(160, 30), notifications=True) as pilot:
        await until(pilot, lambda: "llm/agent-chat" in shown(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "#21" in shown(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "script_failure" in shown(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "no GitLab is connected" in shown(pilot))


async def test_a_filter_acts_while_it_is_typed_and_esc_takes_it_away(world: World) -> None:
    app = world.app()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: "llm/docs" in shown(pilot))
        await pilot.press("slash", *"docs")
        await until(pilot, lambda: "llm/agent-chat" not in shown(pilot))
        await pilot.press("enter")
        assert "/docs" in line(pilot, "keys")
        assert app.pane.table.has_focus
        await pilot.press("escape")
        await until(pilot, lambda: "llm/agent-chat" in shown(pilot))


async def test_a_command_goes_to_a_pane_a_row_and_a_filter(world: World) -> None:
    app = world.app()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: "llm/docs" in shown(pilot))
        await pilot.press("colon", *"pipelines agent-chat", "enter")
        await until(pilot, lambda: "#22" in shown(pilot))
        await pilot.press("colon", *"spnd", "enter")
        await until(pilot, lambda: "mean :spend?" in shown(pilot))


async def test_the_keys_that_are_valid_now_are_listed(world: World) -> None:
    async with world.app().run_test(size=(80, 40)) as pilot:
        await pilot.press("question_mark")
        await until(pilot, lambda: "Keys" in shown(pilot) and "Filter" in shown(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: "Reverse" not in shown(pilot))


async def test_pane_filter_order_and_cursor_survive_a_restart_and_are_there_before_any_source(world: World) -> None:
    app = world.app()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: "llm/docs" in shown(pilot))
        await pilot.press("j", "s", "slash", *"llm", "enter", "q")
    assert world.opened[-1].closed
    world.error = SourceError("history cannot be opened", trouble=Trouble.BROKEN, remedy="Do this.")
    app = world.app()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: "llm/docs" in shown(pilot))
        table = app.pane.table
        assert table.filter.text == "llm"
        assert table.sorted_by == "project"
        assert table.row is not None
        assert table.row.key == "1"
        assert "as of" in shown(pilot)
        await until(pilot, lambda: "history cannot be opened" in line(pilot, "header"))


async def test_a_chart_alone_follows_the_cursor_and_leaves_by_the_same_keys(world: World) -> None:
    app = world.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("5")
        await until(pilot, lambda: app.pane.stand.board is not None)
        for leave in ("c", "escape"):
            await pilot.press("c")
            assert app.pane.has_class("-chart-only")
            assert app.pane.table.has_focus
            await until(pilot, lambda: "v Numbers" in line(pilot, "keys"))
            await pilot.press(leave)
            assert not app.pane.has_class("-chart-only")
            await until(pilot, lambda: app.pane.table.size.height > 10)


async def test_what_an_earlier_run_stored_grows_older_while_history_fails(world: World) -> None:
    async with world.app().run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "llm/docs" in shown(pilot))
        await pilot.press("q")
    world.error = SourceError("history cannot be opened", trouble=Trouble.BROKEN)
    app, now = world.app(), [NOW]
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.clock = lambda: now[0]
        await until(pilot, lambda: "as of 0s ago" in shown(pilot))
        now[0] += timedelta(minutes=9)
        app.pane._say_age()
        await until(pilot, lambda: "as of 9m ago" in shown(pilot))


async def test_a_history_that_does_not_open_is_told_in_every_pane_and_tried_again(world: World) -> None:
    world.error = SourceError("history is damaged", trouble=Trouble.BROKEN, remedy="Move it away.")
    app = world.app()
    async with app.run_test(size=(80, 24)) as pilot:
        for key in ("2", "5"):
            await pilot.press(key)
            await until(pilot, lambda: "! history is damaged" in shown(pilot) and "Loading" not in shown(pilot))
        world.error = None
        await pilot.press("r", "2")
        await until(pilot, lambda: "llm/docs" in shown(pilot) and "damaged" not in shown(pilot))


async def test_a_key_that_cannot_act_says_why(world: World) -> None:
    async with world.app().run_test(size=(200, 40), notifications=True) as pilot:  # notices do not cover the keys
        await until(pilot, lambda: "llm/docs" in shown(pilot))
        reasons = {"w": "no such choice", "c": "nothing here has a chart", "v": "Numbers: there is no chart"}
        for key, why in reasons.items():
            await pilot.press(key)
            await until(pilot, lambda why=why: why in shown(pilot))  # type: ignore[misc]
        await pilot.press("question_mark")
        await until(pilot, lambda: "(not here)" in shown(pilot))


async def test_a_row_without_a_page_of_its_own_gives_its_projects_and_else_its_name(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TMUX", raising=False)
    app = world.app()
    async with app.run_test(size=(80, 24)) as pilot:
        for key, copied in (("4", "https://gitlab.example/llm/agent-brain"), ("2", "https://gitlab.example/llm/docs")):
            await pilot.press(key)
            await until(pilot, lambda: app.pane.stand.board is not None)
            await pilot.press("G" if key == "2" else "j", "y")
            await until(pilot, lambda copied=copied: app.clipboard == copied)  # type: ignore[misc]
        await pilot.press("4", "g", "y")
        await until(pilot, lambda: app.clipboard == "all projects")


async def test_contexts_are_switched_by_key_and_by_command(world: World) -> None:
    app = world.app()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: "llm/docs" in shown(pilot))
        await pilot.press("C")
        await until(pilot, lambda: "live/shop" in shown(pilot))
        assert world.opened[0].closed
        assert line(pilot, "header").startswith(" prod ")
        await pilot.press("colon", *"context lab", "enter")
        await until(pilot, lambda: "llm/docs" in shown(pilot))
        await pilot.press("colon", *"context nowhere", "enter")
        await until(pilot, lambda: "There is no context 'nowhere'" in shown(pilot))


async def test_what_sync_announces_is_read_by_the_visible_pane_alone(world: World) -> None:
    app = world.app()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: "llm/docs" in shown(pilot))
        await pilot.press("5")
        await until(pilot, lambda: app.pane.stand.board is not None)
        runtime = world.opened[0]
        assert runtime.watched[-1] == app.pane.stand.level.topics
        await pilot.press("2")
        await until(pilot, lambda: app.pane.kind.name == "pipelines")
        grown = FakeHistory([*FLEET.all_projects, project(4, "llm/new")], FLEET.all_pipelines, FLEET.all_jobs)
        object.__setattr__(runtime.services, "history", grown)
        runtime.announce(frozenset({"projects"}))
        await until(pilot, lambda: "llm/new" in shown(pilot))


async def test_a_history_that_fails_leaves_the_last_rows_and_says_so(world: World) -> None:
    world.histories["lab"] = history = FakeHistory(FLEET.all_projects, FLEET.all_pipelines, FLEET.all_jobs)
    async with world.app().run_test(size=(160, 30), notifications=True) as pilot:
        await until(pilot, lambda: "llm/docs" in shown(pilot))
        history.error = SourceError("the disk is full")
        world.opened[0].announce(frozenset({"pipelines"}))
        await until(pilot, lambda: "the disk is full" in shown(pilot))
        assert "llm/docs" in shown(pilot)


async def test_a_failing_source_stands_in_the_header_with_its_next_try(world: World) -> None:
    world.sync.sources = (
        SourceHealth("gitlab", State.LIVE, NOW),
        SourceHealth(
            "prometheus",
            State.FAILING,
            reason="connection refused",
            since=NOW - timedelta(minutes=9),
            tries=2,
            next_try=NOW + timedelta(seconds=8),
        ),
    )
    async with world.app().run_test(size=(160, 24)) as pilot:
        await until(pilot, lambda: "prometheus down since" in line(pilot, "header"))
        assert f"try 3 at {(NOW + timedelta(seconds=8)).astimezone():%H:%M:%S}" in line(pilot, "header")
        assert "1 source failing" in line(pilot, "header")


async def test_while_history_is_filled_every_pane_says_how_far_back_it_goes(world: World) -> None:
    since = NOW - timedelta(days=9)
    world.sync.sources = (SourceHealth("gitlab", State.LIVE, NOW, loaded=1, total=3, complete_since=since),)
    app = world.app()
    async with app.run_test(size=(80, 24)) as pilot:
        for key in ("2", "5"):
            await pilot.press(key)
            await until(pilot, lambda: f"history back to {since.astimezone():%d %b}" in shown(pilot))


async def test_a_screen_too_small_says_the_least_size_and_comes_back(world: World) -> None:
    async with world.app().run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "llm/docs" in shown(pilot))
        await pilot.resize_terminal(40, 10)
        await until(pilot, lambda: "needs 60x16" in shown(pilot))
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: "llm/docs" in shown(pilot))


async def test_refresh_asks_every_source_again(world: World) -> None:
    async with world.app().run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: bool(world.opened))
        await pilot.press("r")
        await until(pilot, lambda: world.opened[0].refreshed == 1)


HOSTILE = [
    "[/x]",
    "[bold]x[/]",
    "\x1b]52;c;aGk=\x07",
    "a\u202eb",
    "日本語" * 90,
    "\u200b\u0301" * 20,
    "n\x00ul",
    "x" * 10_000,
]


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_names_are_inert_on_every_level(world: World, text: str) -> None:
    world.histories["lab"] = FakeHistory(
        [project(1, f"llm/{text}")],
        [
            pipeline(11, Status.FAILED, ref=text, ago=timedelta(hours=1)),
            pipeline(12, ago=timedelta(hours=2), ref="main"),
        ],
        [job(111, text, Status.FAILED, pipeline_id=11, stage=text, failure_reason=text)],
    )
    app = world.app()
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: bool(app.pane.table.shown))
        await pilot.press("enter")
        await until(pilot, lambda: len(app.pane.stands) == 2 and bool(app.pane.table.shown))
        await pilot.press("enter")
        await until(pilot, lambda: len(app.pane.stands) == 3 and bool(app.pane.table.shown))
        await pilot.press("escape", "escape", "3", "4", "5", "6", "question_mark", "escape")
        assert app._exception is None


async def test_the_palette_lists_panes_contexts_and_verbs(world: World) -> None:
    async with world.app().run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: "llm/docs" in shown(pilot))
        await pilot.press("ctrl+p")
        await until(pilot, lambda: "Roll-outs" in shown(pilot) and "context prod" in shown(pilot))
        await pilot.press("escape")


async def test_columns_are_chosen_and_remembered(world: World) -> None:
    app = world.app()
    async with app.run_test(size=(160, 30)) as pilot:
        await until(pilot, lambda: "llm/docs" in shown(pilot))
        assert "last 20" in shown(pilot)
        await pilot.press("comma")
        await until(pilot, lambda: "Space chooses" in shown(pilot))
        await pilot.press("space", "enter")
        await until(pilot, lambda: "last 20" not in shown(pilot))
        assert app.pane.table.hidden == {"strip"}
        await pilot.press("q")
    async with world.app().run_test(size=(160, 30)) as pilot:
        await until(pilot, lambda: "llm/docs" in shown(pilot))
        assert "last 20" not in shown(pilot)


async def test_keys_that_come_in_one_burst_reach_the_prompt_and_then_the_table(world: World) -> None:
    app = world.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "llm/docs" in shown(pilot))
        for key, character in (("slash", "/"), ("o", "o"), ("c", "c"), ("s", "s"), ("enter", "\r"), ("G", "G")):
            app.post_message(events.Key(key, character))
        await until(pilot, lambda: app.pane.table.filter.text == "ocs" and app.pane.table.has_focus)
        await pilot.pause()
        assert [row.key for row in app.pane.table.shown] == ["3"]
        assert app.pane.stand.level.title == "fleet"
        for key in ("colon", "s", "slash", "escape", "escape"):
            app.post_message(events.Key(key, {"colon": ":", "s": "s", "slash": "/"}.get(key)))
        await until(pilot, lambda: app.pane.table.filter.text == "" and not app.bottom_line.asking)
