"""The log viewer as an operator uses it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from textual import events
from textual.pilot import Pilot

from console.model.pipelines import Job, Status
from console.ports import LogPart, SourceError, Trouble
from console.screens import log as log_module
from console.screens.keys import KeysScreen
from console.screens.log import LogScreen
from console.widgets.prompt import Prompt
from tests.fakes import FakeLogs
from tests.host import Host
from tests.screens.test_log_window import SECTIONS

JOB = Job(2, 10, 1, "test", "test", Status.SUCCESS, web_url="https://gitlab.example/llm/agent-brain/-/jobs/2")
RUNNING = replace(JOB, status=Status.RUNNING)
LONG = b"".join(b"line %d of the log\n" % n for n in range(1, 100_001)) + b"Job succeeded\n"


class Viewer:
    """A log on a screen, and what a test does with it."""

    def __init__(self, content: bytes, job: Job, logs: FakeLogs | None = None) -> None:
        self.logs = logs or FakeLogs({(1, 2): content})
        self.screen = LogScreen(self.logs, job, "llm/agent-brain")
        self.host = Host(screen=self.screen)
        self.pilot: Pilot[None]

    async def press(self, *keys: str) -> str:
        """Press keys; the screen when all that they began has been done."""
        await self.pilot.press(*keys)
        return await self.settled()

    async def settled(self) -> str:
        await self.until(lambda: all(w.group == "follow" or w.is_finished for w in self.host.workers))
        await self.pilot.pause()
        return self.host.shown()

    async def until(self, done: Callable[[], bool]) -> str:
        for _ in range(2_000):
            await self.pilot.pause()
            if done():
                return self.host.shown()
        raise AssertionError(f"it does not come:\n{self.host.shown()}")

    async def search(self, text: str) -> str:
        await self.press("slash")
        self.screen.query_one(Prompt).value = text
        return await self.press("enter")

    @property
    def cursor(self) -> str:
        """Text of the line under the cursor."""
        line = self.screen.view.line
        return line.text if line else ""


@asynccontextmanager
async def viewing(
    content: bytes, job: Job = JOB, *, size: tuple[int, int] = (80, 24), logs: FakeLogs | None = None
) -> AsyncIterator[Viewer]:
    viewer = Viewer(content, job, logs)
    async with viewer.host.run_test(size=size) as pilot:
        viewer.pilot = pilot
        await viewer.settled()
        yield viewer


# --- Opening and moving ---------------------------------------------------------------------------------------------


async def test_a_log_opens_on_its_last_screen() -> None:
    async with viewing(LONG) as viewer:
        shown = viewer.host.shown()
        assert "llm/agent-brain › test #2" in shown
        assert "line 100000 of the log" in shown
        assert viewer.cursor == "Job succeeded"
        assert "line 100,001, 100% of" in shown
        assert "ended" in shown


async def test_keys_walk_through_all_of_it() -> None:
    async with viewing(LONG) as viewer:
        await viewer.press("g")
        assert viewer.cursor == "line 1 of the log"
        await viewer.press("down", "j", "down", "up")
        assert viewer.cursor == "line 3 of the log"
        await viewer.press("pagedown")
        assert viewer.screen.view.lines[0].text == "line 21 of the log"
        await viewer.press("pageup")
        assert viewer.screen.view.lines[0].text == "line 1 of the log"
        await viewer.press("up", "up", "up", "up")
        assert viewer.cursor == "line 1 of the log"
        await viewer.press("G")
        assert viewer.cursor == "Job succeeded"


async def test_a_held_key_meets_every_line() -> None:
    async with viewing(LONG) as viewer:
        await viewer.press("g")
        for number in range(2, 60):
            viewer.screen.view.action_move(1)
            assert viewer.cursor == f"line {number} of the log"
        for number in range(58, 0, -1):
            viewer.screen.view.action_move(-1)
            assert viewer.cursor == f"line {number} of the log"


async def test_a_key_at_rest_repaints_two_lines_and_not_the_screen() -> None:
    async with viewing(LONG) as viewer:
        await viewer.press("g")
        before = list(viewer.screen.view._painted)
        await viewer.press("j")
        changed = [a != b for a, b in zip(before, viewer.screen.view._painted, strict=True)]
        assert sum(changed) == 2


async def test_long_lines_are_cut_and_can_be_moved_sideways() -> None:
    async with viewing(b"".join(b"%04d " % n for n in range(500)) + b"\nJob succeeded\n") as viewer:
        shown = viewer.host.shown()
        assert "0000 0001" in shown
        assert "›" in shown.splitlines()[1]
        shown = await viewer.press("right", "right")
        assert "0000" not in shown
        assert "‹" in shown
        assert "0000 0001" in await viewer.press("left", "left")


async def test_a_megabyte_without_a_newline_does_not_freeze_it() -> None:
    async with viewing(b"x" * 1_000_000 + b"\nend\n") as viewer:
        assert viewer.cursor == "end"
        shown = await viewer.press("up")
        assert "xxxx" in shown
        assert "›" in shown


async def test_wide_characters_keep_the_edge_straight() -> None:
    async with viewing("日本語テキスト".encode() * 40 + b"\n" + b"ab\n") as viewer:
        for left in range(4):
            for strip in (viewer.screen.view.render_line(0), viewer.screen.view.render_line(1)):
                assert strip.cell_length == 80, left
            await viewer.press("right")


async def test_hostile_text_is_shown_inert() -> None:
    hostile = "[/x][red]no[/] \x1b]52;c;QQ==\x07\x1b[2J\u202egnp.exe\0\n".encode() + b"\xff\xfe bytes\n"
    async with viewing(hostile) as viewer:
        shown = viewer.host.shown()
        assert "[/x][red]no[/] gnp.exe" in shown
        assert "\x1b" not in shown
        assert "bytes" in shown


async def test_the_screen_follows_its_size() -> None:
    async with viewing(LONG) as viewer:
        await viewer.pilot.resize_terminal(60, 40)
        await viewer.settled()
        assert viewer.cursor == "Job succeeded"
        assert len(viewer.screen.view.lines) == viewer.screen.view.size.height


# --- Sections and times ---------------------------------------------------------------------------------------------


async def test_a_section_folds_and_unfolds_with_its_duration() -> None:
    async with viewing(SECTIONS) as viewer:
        assert "▾ Executing  13s" in viewer.host.shown()
        await viewer.press("g", "j", "j", "z")
        assert viewer.cursor == "Preparing"
        shown = viewer.host.shown()
        assert "▸ Preparing  7s" in shown
        assert "pulling" not in shown
        assert "1 folded" in shown
        assert "pulling" in await viewer.press("z")


async def test_all_sections_fold_and_unfold() -> None:
    async with viewing(SECTIONS) as viewer:
        shown = await viewer.press("Z")
        assert "make" not in shown
        assert "3 folded" in shown
        assert "deep" in await viewer.press("Z")


async def test_sections_of_a_log_too_large_to_read_at_once_are_found_when_asked() -> None:
    content = (
        b"section_start:1:big\r\x1b[0KBig\n" + b"output\n" * 700_000 + b"section_end:9:big\r\x1b[0K\nJob succeeded\n"
    )
    async with viewing(content) as viewer:
        await viewer.press("k", "z")
        assert [line.text for line in viewer.screen.view.lines] == ["Big", "Job succeeded"]


async def test_a_line_outside_of_every_section_says_so() -> None:
    async with viewing(b"plain\n") as viewer:
        assert "This line is in no section" in await viewer.press("z")
        assert "This log has no sections" in await viewer.press("Z")


async def test_times_are_shown_when_asked_and_there() -> None:
    async with viewing(b"2026-05-08T09:28:48.074871Z 01O text\n") as viewer:
        assert "09:28:48" not in viewer.host.shown()
        assert "09:28:48   text" in await viewer.press("t")
        assert "09:28:48" not in await viewer.press("t")
    async with viewing(b"text\n") as viewer:
        assert "This log has no timestamps" in await viewer.press("t")


# --- Searching ------------------------------------------------------------------------------------------------------


async def test_a_search_finds_what_is_far_from_the_screen_and_goes_round() -> None:
    async with viewing(LONG) as viewer:
        shown = await viewer.search("line 777")
        assert "line 777 of the log" in shown
        assert viewer.cursor == "line 777 of the log"
        assert "111 lines match" in shown
        await viewer.press("n")
        assert viewer.cursor == "line 7770 of the log"
        await viewer.press("N", "N")
        assert viewer.cursor == "line 77799 of the log"
        await viewer.press("n")
        assert viewer.cursor == "line 777 of the log"


async def test_a_search_for_what_is_not_there_says_so() -> None:
    async with viewing(LONG) as viewer:
        assert "'nowhere' is nowhere in this log" in await viewer.search("nowhere")
        assert "Search with / first" in await viewer.press("escape", "n")


async def test_a_match_in_a_folded_section_is_unfolded() -> None:
    async with viewing(SECTIONS) as viewer:
        await viewer.press("Z")
        await viewer.search("deep")
        assert viewer.cursor == "deep"


async def test_matches_are_marked_and_forgotten_at_escape() -> None:
    async with viewing(SECTIONS) as viewer:
        await viewer.search("make")
        view = viewer.screen.view
        row = next(n for n, line in enumerate(view.lines) if line.text == "$ make")
        assert [segment.text for segment in view.render_line(row)][1:3] == ["$ ", "make"]
        await viewer.press("escape")
        assert view.needle is None
        assert isinstance(viewer.host.screen, LogScreen)


async def test_escape_in_the_search_line_leaves_only_the_search_line() -> None:
    async with viewing(SECTIONS) as viewer:
        await viewer.press("slash", "escape")
        assert isinstance(viewer.host.screen, LogScreen)
        assert not viewer.screen.query(Prompt)
        assert viewer.host.focused is viewer.screen.view


class SlowLogs(FakeLogs):
    """Gives the end at once, and everything else only when let."""

    async def log(self, project_id: int, job_id: int, *, offset: int = 0, limit: int = 512_000) -> LogPart:
        import asyncio

        if 0 <= offset < 1_000_000:
            await asyncio.Event().wait()
        return await super().log(project_id, job_id, offset=offset, limit=limit)


async def test_escape_stops_a_search_that_takes_long() -> None:
    content = LONG * 3
    async with viewing(content, logs=SlowLogs({(1, 2): content})) as viewer:
        await viewer.pilot.press("slash")
        await viewer.until(lambda: bool(viewer.screen.query(Prompt)))
        viewer.screen.query_one(Prompt).value = "no such line"
        await viewer.pilot.press("enter")
        assert "Esc stops" in await viewer.until(lambda: "searching" in viewer.host.shown())
        await viewer.pilot.press("escape")
        assert "Esc stops" not in await viewer.settled()
        assert isinstance(viewer.host.screen, LogScreen)


async def test_the_first_error_is_one_key_away() -> None:
    content = b"fine\n" * 40_000 + b"ValueError: bad input\n" + b"more\n" * 40_000 + b"ERROR: Job failed: exit code 1\n"
    async with viewing(content, replace(JOB, status=Status.FAILED)) as viewer:
        assert "ValueError: bad input" in await viewer.press("exclamation_mark")
        assert viewer.cursor == "ValueError: bad input"
    async with viewing(b"fine\nJob succeeded\n") as viewer:
        assert "No line of this log says what failed" in await viewer.press("exclamation_mark")


# --- Following ------------------------------------------------------------------------------------------------------


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks for more without a pause."""
    monkeypatch.setattr(log_module, "PAUSES", (0.02,))


@pytest.mark.usefixtures("quick")
async def test_a_running_job_is_followed_to_its_end() -> None:
    async with viewing(b"one\n", RUNNING) as viewer:
        assert "following" in viewer.host.shown()
        viewer.logs.content[1, 2] += b"two\nthr"
        await viewer.until(lambda: viewer.cursor == "thr")
        viewer.logs.content[1, 2] += b"ee\nJob succeeded\n"
        shown = await viewer.until(lambda: viewer.screen.ended)
        assert viewer.cursor == "Job succeeded"
        assert "three" in shown
        asked = len(viewer.logs.asked)
        await viewer.settled()
        assert len(viewer.logs.asked) == asked


@pytest.mark.usefixtures("quick")
async def test_moving_away_stops_following_and_the_key_takes_it_up_again() -> None:
    content = b"".join(b"line %d\n" % n for n in range(100))
    async with viewing(content, RUNNING) as viewer:
        await viewer.press("g")
        assert not viewer.screen.following
        viewer.logs.content[1, 2] += b"new\n"
        await viewer.until(lambda: viewer.screen.chunks.total == len(content) + 4)
        assert viewer.cursor == "line 0"
        await viewer.press("f")
        assert viewer.cursor == "new"


async def test_an_ended_job_is_not_asked_again() -> None:
    async with viewing(SECTIONS) as viewer:
        assert len(viewer.logs.asked) <= 2
        assert "nothing more will come" in await viewer.press("f")


@pytest.mark.usefixtures("quick")
async def test_a_failing_source_keeps_what_is_shown_and_is_asked_again() -> None:
    async with viewing(b"one\n", RUNNING) as viewer:
        viewer.logs.error = SourceError("GitLab answers 502", trouble=Trouble.UNREACHABLE)
        shown = await viewer.until(lambda: "GitLab answers 502" in viewer.host.shown())
        assert "one" in shown
        viewer.logs.error = None
        viewer.logs.content[1, 2] += b"two\n"
        shown = await viewer.until(lambda: viewer.cursor == "two")
        assert "502" not in await viewer.until(lambda: "502" not in viewer.host.shown())


# --- What goes wrong ------------------------------------------------------------------------------------------------


async def test_a_log_that_was_erased_says_so_and_can_be_tried_again() -> None:
    logs = FakeLogs(error=SourceError("The log was erased", trouble=Trouble.MISSING, remedy="Run the job again."))
    async with viewing(b"", logs=logs) as viewer:
        shown = viewer.host.shown()
        assert "The log was erased" in shown
        assert "Run the job again." in shown
        assert "r tries again" in shown
        logs.error = None
        logs.content[1, 2] = b"here now\n"
        shown = await viewer.press("r")
        assert "here now" in shown
        assert "erased" not in shown


async def test_lines_that_cannot_be_read_leave_the_screen_as_it_is() -> None:
    async with viewing(LONG * 3) as viewer:
        viewer.logs.error = SourceError("GitLab answers 502")
        shown = await viewer.press("g")
        assert "GitLab answers 502" in shown
        assert viewer.cursor == "Job succeeded"
        viewer.logs.error = None
        assert "502" not in await viewer.press("g")
        assert viewer.cursor == "line 1 of the log"


async def test_an_empty_log_says_so() -> None:
    async with viewing(b"") as viewer:
        assert "The log is empty" in viewer.host.shown()
        await viewer.press(
            "j", "k", "pagedown", "pageup", "g", "G", "n", "z", "Z", "t", "y", "right", "exclamation_mark"
        )
        assert isinstance(viewer.host.screen, LogScreen)


# --- The rest of the keys -------------------------------------------------------------------------------------------


async def test_a_line_and_the_link_can_be_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TMUX", raising=False)
    async with viewing(SECTIONS) as viewer:
        assert "Copied 13 characters" in await viewer.press("y")
        await viewer.press("Y")
        assert viewer.host.copied == ["Job succeeded", JOB.web_url]


async def test_the_keys_that_are_valid_are_listed() -> None:
    async with viewing(SECTIONS) as viewer:
        shown = await viewer.press("question_mark")
        assert isinstance(viewer.host.screen, KeysScreen)
        for word in ("First error", "Fold all", "Follow", "Page down"):
            assert word in shown


async def test_escape_goes_back() -> None:
    async with viewing(SECTIONS) as viewer:
        await viewer.pilot.press("escape")
        await viewer.pilot.pause()
        assert not isinstance(viewer.host.screen, LogScreen)


@pytest.mark.parametrize("name", ["sixteen", "light", "high-contrast"])
async def test_the_log_is_drawn_in_every_kind_of_theme(name: str) -> None:
    from console import theme

    async with viewing(SECTIONS) as viewer:
        theme.install_others(viewer.host)
        viewer.host.theme = name
        await viewer.search("make")
        assert "$ make" in viewer.host.shown()


async def test_keys_that_come_in_one_burst_reach_the_search_line() -> None:
    async with viewing(SECTIONS) as viewer:
        for key, character in (("slash", "/"), ("slash", "/"), ("n", "n"), ("enter", "\r")):
            viewer.host.post_message(events.Key(key, character))
        await viewer.until(lambda: viewer.screen.view.needle is not None and viewer.host.focused is viewer.screen.view)
        assert viewer.screen.view.needle is not None
        assert viewer.screen.view.needle.text == "/n"
