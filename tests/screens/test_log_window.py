"""Walking through logs: every line is met once, in both directions, whatever the log holds."""

import random
from pathlib import Path

import pytest

from console.boards.log import FileLog, FirstErrorScan, Needle, log_line, marked_lines
from console.ports import LogPart, SourceError
from console.screens.logchunks import BLOCK, CHUNK, KEPT, Chunks, Missing, Shrunk
from console.screens.logscan import Outline, find_first_error, search
from console.screens.logwindow import LONGEST, LogWindow
from tests.fakes import FakeLogs


async def opened(content: bytes) -> tuple[Chunks, FakeLogs]:
    logs = FakeLogs({(1, 2): content})
    chunks = Chunks(logs, 1, 2)
    await chunks.open()
    return chunks, logs


def ignore(_done: int) -> None:
    """A scan's progress that nobody looks at."""


LOGS = {
    "empty": b"",
    "one line": b"hello",
    "blank lines": b"\n\n\n",
    "short lines": b"".join(b"line %d\n" % n for n in range(30_000)),
    "no end": b"x" * (5 * LONGEST + 17),
    "long lines": b"\n".join(b"y" * size for size in (LONGEST - 1, LONGEST, LONGEST + 1, 3 * LONGEST, 1, 0, 7)),
    "bad bytes": bytes(random.Random(1).randbytes(300_000)),
    "carriage returns": b"\r".join(b"%d %%" % n for n in range(9_000)) + b"\n",
    "nuls": b"\0" * 200_000 + b"\nend\n",
    "continued": b"".join(
        b"2026-05-08T09:28:48.074871Z 01O%spiece %d\n" % (b"+" if n % 3 else b" ", n) for n in range(4_000)
    ),
}


@pytest.mark.parametrize("name", LOGS)
async def test_lines_from_the_start_hold_every_byte_once(name: str) -> None:
    chunks, _ = await opened(LOGS[name])
    window = LogWindow(chunks)
    lines = await chunks.run(lambda: window.forward(0, 100_000))
    assert [line.end for line in lines[:-1]] == [line.start for line in lines[1:]]
    assert not lines or (lines[0].start, lines[-1].end) == (0, len(LOGS[name]))


@pytest.mark.parametrize("name", LOGS)
async def test_lines_from_the_end_are_those_from_the_start(name: str) -> None:
    chunks, _ = await opened(LOGS[name])
    window = LogWindow(chunks)
    forward = await chunks.run(lambda: window.forward(0, 100_000))
    backward = await chunks.run(lambda: window.backward(chunks.total, 100_000))
    assert backward == forward


@pytest.mark.parametrize("name", LOGS)
async def test_any_byte_leads_to_the_start_of_its_line(name: str) -> None:
    chunks, _ = await opened(LOGS[name])
    window = LogWindow(chunks)
    lines = await chunks.run(lambda: window.forward(0, 100_000))
    starts = {line.start for line in lines}
    places = random.Random(2)
    for line in lines[:50] + lines[-50:]:
        offset = places.randrange(line.start, line.end)
        assert await chunks.run(lambda offset=offset: window.start_of(offset)) == line.start  # type: ignore[misc]
        assert line.start in starts


async def test_a_screen_is_filled_wherever_one_jumps_to() -> None:
    chunks, _ = await opened(LOGS["short lines"])
    window = LogWindow(chunks)
    for offset in (0, 8, chunks.total // 2, chunks.total - 3, chunks.total):
        start = await chunks.run(lambda offset=offset: window.start_of(offset))  # type: ignore[misc]
        assert len(await chunks.run(lambda start=start: window.page(start, 40))) == 40  # type: ignore[misc]


async def test_opening_a_large_log_reads_only_its_end() -> None:
    content = b"a line of a log that nobody reads\n" * 300_000
    chunks, logs = await opened(content)
    window = LogWindow(chunks)
    page = window.last_page(50)
    assert [line.end for line in page][-1] == len(content)
    assert [(offset, limit) for _, _, offset, limit in logs.asked] == [(-2 * CHUNK, 2 * CHUNK)]


async def test_no_more_is_kept_than_promised() -> None:
    chunks, _ = await opened(b"x" * 99 + b"\n" * 1 + b"0123456789\n" * 1_000_000)
    for number in range(-(-chunks.total // CHUNK)):
        await chunks.run(lambda number=number: chunks.slice(number * CHUNK, number * CHUNK + 10))  # type: ignore[misc]
    with pytest.raises(Missing):
        chunks.slice(0, 10)
    assert len(chunks._kept) == KEPT


# --- Sections -------------------------------------------------------------------------------------------------------

SECTIONS = (
    b"Running with gitlab-runner 17.0\n"
    b"section_start:100:prepare\r\x1b[0KPreparing\n"
    b"pulling\n"
    b"section_end:107:prepare\r\x1b[0Ksection_start:107:script\r\x1b[0K\x1b[36;1mExecuting\x1b[0;m\n"
    b"$ make\n"
    b"section_start:110:inner[collapsed=true]\r\x1b[0KInner\n"
    b"deep\n"
    b"section_end:112:inner\r\x1b[0K\n"
    b"done\n"
    b"section_end:120:script\r\x1b[0K\n"
    b"Job succeeded\n"
)


async def outlined(content: bytes) -> tuple[LogWindow, Outline]:
    chunks, _ = await opened(content)
    window, outline = LogWindow(chunks), Outline(chunks)
    await outline.extend(ignore)
    window.know(outline.sections)
    return window, outline


def texts(window: LogWindow) -> list[str]:
    forward = window.forward(0, 1_000)
    assert window.backward(window.chunks.total, 1_000) == forward
    return [line.text for line in forward]


async def test_lines_that_only_end_a_section_are_not_shown() -> None:
    window, _ = await outlined(SECTIONS)
    assert texts(window) == [
        "Running with gitlab-runner 17.0",
        "Preparing",
        "pulling",
        "Executing",
        "$ make",
        "Inner",
        "deep",
        "done",
        "Job succeeded",
    ]


async def test_sections_are_found_with_their_durations() -> None:
    window, _ = await outlined(SECTIONS)
    assert [(window.line(one.start).text, one.seconds) for one in window.sections] == [
        ("Preparing", 7),
        ("Executing", 13),
        ("Inner", 2),
    ]


async def test_a_folded_section_shows_its_title_only() -> None:
    window, _ = await outlined(SECTIONS)
    preparing, executing, inner = window.sections
    window.fold(inner)
    assert texts(window)[4:] == ["$ make", "Inner", "done", "Job succeeded"]
    window.fold(executing)
    window.fold(preparing)
    assert texts(window) == ["Running with gitlab-runner 17.0", "Preparing", "Executing", "Job succeeded"]
    window.reveal(SECTIONS.index(b"deep"))
    assert "deep" in texts(window)
    assert "pulling" not in texts(window)
    window.unfold_all()
    window.fold_all()
    assert window.folds == 3
    window.unfold(executing)
    assert texts(window)[2:] == ["Executing", "$ make", "Inner", "done", "Job succeeded"]


async def test_the_innermost_section_of_a_line_is_known() -> None:
    window, _ = await outlined(SECTIONS)
    inner = window.innermost(SECTIONS.index(b"deep"))
    assert inner is not None
    assert window.line(inner.start).text == "Inner"
    assert window.innermost(0) is None


async def test_a_section_that_never_ended_goes_to_the_end_of_the_log() -> None:
    window, _ = await outlined(SECTIONS[: SECTIONS.index(b"done")])
    executing = window.sections[1]
    assert executing.end == window.chunks.total
    assert executing.seconds is None


async def test_an_end_without_a_start_is_no_section() -> None:
    window, _ = await outlined(b"tail of a log\nsection_end:5:script\r\x1b[0K\nJob succeeded\n")
    assert window.sections == ()


async def test_an_outline_goes_on_where_the_log_had_ended() -> None:
    chunks, logs = await opened(SECTIONS[:200])
    window, outline = LogWindow(chunks), Outline(chunks)
    await outline.extend(ignore)
    logs.content[1, 2] = SECTIONS
    assert await chunks.grow()
    await outline.extend(ignore)
    window.know(outline.sections)
    assert [one.seconds for one in window.sections] == [7, 13, 2]
    assert outline.number(SECTIONS.index(b"Job")) == 11


async def test_line_numbers_are_known_as_far_as_the_log_was_read() -> None:
    chunks, _ = await opened(LOGS["short lines"])
    outline = Outline(chunks)
    place = LOGS["short lines"].index(b"line 20000\n")
    assert outline.number(place) is None
    await outline.extend(ignore)
    assert await chunks.run(lambda: outline.number(place)) == 20_001


# --- Growing, shrinking, failing ------------------------------------------------------------------------------------


async def test_what_is_added_is_seen_and_nothing_is_read_twice() -> None:
    chunks, logs = await opened(b"one\ntw")
    assert not await chunks.grow()
    logs.content[1, 2] = b"one\ntwo\nthree\n"
    assert await chunks.grow()
    assert [line.text for line in LogWindow(chunks).last_page(9)] == ["one", "two", "three"]
    assert logs.asked[-1][2:] == (6, BLOCK)


async def test_growing_over_the_edge_of_a_chunk_keeps_every_byte() -> None:
    content = bytes(random.Random(3).randbytes(3 * CHUNK))
    chunks, logs = await opened(content[: CHUNK - 5])
    for size in (CHUNK, CHUNK + 1, 2 * CHUNK + 99, 3 * CHUNK):
        logs.content[1, 2] = content[:size]
        assert await chunks.grow()
        assert await chunks.run(lambda: chunks.slice(0, chunks.total)) == content[:size]


async def test_a_log_that_got_shorter_is_told() -> None:
    chunks, logs = await opened(b"x" * 1_000)
    logs.content[1, 2] = b"x" * 10
    with pytest.raises(Shrunk):
        await chunks.grow()


async def test_a_log_that_was_erased_while_one_reads_is_told() -> None:
    chunks, logs = await opened(b"x\n" * 1_000_000)
    logs.content[1, 2] = b""
    with pytest.raises(Shrunk):
        await chunks.run(lambda: chunks.slice(0, 10))


async def test_a_server_that_tells_no_size_is_believed_by_what_it_sends() -> None:
    class Silent(FakeLogs):
        async def log(self, project_id: int, job_id: int, *, offset: int = 0, limit: int = 512_000) -> LogPart:
            part = await super().log(project_id, job_id, offset=offset, limit=limit)
            return LogPart(part.content, part.offset, None)

    chunks = Chunks(Silent({(1, 2): b"one\ntwo\n"}), 1, 2)
    await chunks.open()
    assert chunks.total == 8
    assert [line.text for line in LogWindow(chunks).last_page(9)] == ["one", "two"]


async def test_a_file_is_read_like_a_log(tmp_path: Path) -> None:
    path = tmp_path / "job.log"
    path.write_bytes(b"one\ntwo\n")
    chunks = Chunks(FileLog(path), 0, 0)
    await chunks.open()
    assert [line.text for line in LogWindow(chunks).last_page(9)] == ["one", "two"]
    with pytest.raises(SourceError, match="cannot be read: No such file"):
        await Chunks(FileLog(tmp_path / "none"), 0, 0).open()


# --- Searching ------------------------------------------------------------------------------------------------------


async def found(content: bytes, text: str, origin: int = 0) -> list[int]:
    chunks, _ = await opened(content)
    return [offset async for offsets in search(chunks, Needle(text), origin, ignore) for offset in offsets]


async def test_a_search_covers_everything_from_where_one_stands() -> None:
    content = LOGS["short lines"] * 6
    whole = [at for at in range(len(content)) if content.startswith(b"line 777\n", at)]
    start = whole[3]
    hits = [at for at in await found(content, "line 777", start) if content.startswith(b"line 777\n", at)]
    assert hits == whole[3:] + whole[:3]


async def test_a_match_across_the_edge_of_two_blocks_is_found_once() -> None:
    content = b"a\n" * (BLOCK // 2 - 3) + b"the needle is here\n" + b"b\n" * 10
    assert await found(content, "needle is") == [BLOCK - 6]


async def test_colours_inside_a_word_do_not_hide_it() -> None:
    assert await found(b"x\n\x1b[31mFAI\x1b[1mLED\x1b[0m test\n", "failed") == [2]


async def test_upper_case_makes_case_matter() -> None:
    assert await found(b"error\nError\n", "Error") == [6]
    assert await found(b"error\nError\n", "error") == [0, 6]


async def test_words_outside_ascii_are_found_in_either_case() -> None:
    assert await found("ÜBER\nüber\n".encode(), "über") == [0, 6]


async def test_what_is_not_shown_is_no_match() -> None:
    assert await found(b"2026-05-08T09:28:48.074871Z 01O text\nsection_end:5:text\r\x1b[0K\n", "05-08") == []
    assert await found(b"section_end:5:text\r\x1b[0K\n", "section") == []


async def test_special_characters_are_taken_as_they_are() -> None:
    assert await found(b"a.b\na*b\n[/x] (\n", "[/x] (") == [8]


async def test_the_first_error_is_found_far_from_the_screen() -> None:
    content = b"fine\n" * 60_000 + b"Traceback (most recent call last):\nValueError: bad\n" + b"more\n" * 60_000
    content += b"ERROR: Job failed: exit code 1\n"
    chunks, _ = await opened(content)
    error = await find_first_error(chunks, LogWindow(chunks), ignore)
    assert error is not None
    assert content[error[0] :].startswith((b"ValueError: bad", b"Traceback"))


async def test_a_log_without_an_error_has_none() -> None:
    chunks, _ = await opened(b"fine\nJob succeeded\n")
    assert await find_first_error(chunks, LogWindow(chunks), ignore) is None


# --- Lines ----------------------------------------------------------------------------------------------------------


def test_a_line_is_harmless_whatever_it_holds() -> None:
    line = log_line("\x1b]0;title\x07\x1b[31mred\x1b[0m \u202eabc\0 [/x]\r\n".encode(), 0)
    assert line.text == "red abc [/x]"


def test_a_progress_bar_shows_its_last_state() -> None:
    assert log_line(b"10 %\r50 %\r100 %\n", 0).text == "100 %"


def test_timestamps_are_taken_apart_and_continued_lines_joined() -> None:
    raw = b"2026-05-08T09:28:48.074871Z 01O first\n2026-05-08T09:28:48.074871Z 01O+, second\n"
    line = log_line(raw, 10)
    assert (line.text, line.clock, line.start, line.end) == ("first, second", "09:28:48", 10, 10 + len(raw))


def test_marks_are_found_in_any_block() -> None:
    lines = marked_lines(SECTIONS, 1_000)
    assert [[mark.kind for mark in line.marks] for line in lines] == [
        ["start"],
        ["end", "start"],
        ["start"],
        ["end"],
        ["end"],
    ]
    assert all(SECTIONS[line.start - 1_000 :].startswith(b"section_") for line in lines)


def test_an_error_scan_fed_in_blocks_tells_where_the_line_is() -> None:
    scan = FirstErrorScan()
    scan.read(b"a\nb\n", 0)
    scan.read(b"c\nTraceback (most recent call last):\nValueError: bad\n", 4)
    scan.read(b"ERROR: Job failed: exit code 1\n", 60)
    result = scan.result()
    assert result is not None
    assert result[0] == 4
    assert result[1] in (1, 2)
