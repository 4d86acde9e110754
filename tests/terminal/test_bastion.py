"""The terminal is never left broken and the program never ends by itself: each event of a bastion's day."""

import re
import signal
from pathlib import Path

import pytest

from tests.terminal.session import Session, python

pytestmark = pytest.mark.terminal
TINY = "tests/terminal/tiny.py"


def test_quitting_restores_the_terminal_and_is_quick() -> None:
    with python(TINY) as session:
        session.wait_for("ready")
        session.send("q")
        assert session.wait_exit() == 0
        assert session.problems() == []


def test_bytes_that_are_no_text_do_not_end_the_app() -> None:
    with python(TINY) as session:
        session.wait_for("ready")
        session.send(b"\xff\xfe\xe9 \x9b5~\x80")
        session.send("k")
        session.wait_for("<k>")
        session.send("q")
        assert session.wait_exit() == 0


@pytest.mark.parametrize(
    "noise",
    [
        b"\x1b[99999999999P",
        b"\x1b[:Pu",
        b"\x1b[1114112u",
        b"\x1b[M\xff\xff\xff",
        b"\x1b[<99;999999M",
        b"\x1b]52;c;\x07",
    ],
)
def test_broken_sequences_do_not_end_the_app(noise: bytes) -> None:
    with python(TINY) as session:
        session.wait_for("ready")
        session.send(noise + b"k\x1b[A")
        session.wait_for("<k><up>")
        session.send("q")
        assert session.wait_exit() == 0


def test_a_lone_escape_is_a_key() -> None:
    with python(TINY) as session:
        session.wait_for("ready")
        session.send("\x1b")
        session.wait_for("<escape>")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_restores_the_terminal(number: signal.Signals) -> None:
    with python(TINY) as session:
        session.wait_for("ready")
        session.signal(number)
        assert session.wait_exit() == 128 + number
        assert session.problems() == []


def test_a_signal_ends_an_app_whose_loop_is_blocked(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    with python(TINY, TINY_ABANDONED=str(closed)) as session:
        session.wait_for("ready")
        session.send("b")
        session.wait_quiet()
        session.signal(signal.SIGTERM)
        assert session.wait_exit() == 128 + signal.SIGTERM
        assert session.problems() == []
    assert closed.read_text() == "closed"


def test_a_signal_ends_an_app_whose_terminal_takes_no_more_text() -> None:
    with python(TINY) as session:
        session.wait_for("ready")
        # Nobody reads the terminal from here on: the program's writes block once the kernel's buffer is full.
        for _ in range(3_000):
            session.send("k")
        session.signal(signal.SIGTERM)
        assert session.wait_exit(reading=False) == 128 + signal.SIGTERM


def test_a_crash_restores_the_terminal_and_shows_no_local_variable() -> None:
    with python(TINY, TINY_TOKEN="glpat-very-secret") as session:
        session.wait_for("ready")
        session.send("x")
        assert session.wait_exit() == 1
        assert session.problems() == []
        assert "crash: a bug met a token of 17 letters" in session.text
        assert b"very-secret" not in session.raw
        assert b"Traceback" not in session.raw


def test_a_lost_terminal_ends_the_app() -> None:
    with python(TINY) as session:
        session.wait_for("ready")
        session.hang_up()
        assert session.wait_exit() == 128 + signal.SIGHUP


def test_a_lost_terminal_ends_an_app_that_ignores_hang_ups() -> None:
    with python(TINY, ignore=[signal.SIGHUP]) as session:
        session.wait_for("ready")
        session.hang_up()
        assert session.wait_exit() == 128 + signal.SIGHUP


def test_a_hang_up_ignored_from_the_start_stays_ignored() -> None:
    with python(TINY, ignore=[signal.SIGHUP]) as session:
        session.wait_for("ready")
        session.signal(signal.SIGHUP)
        session.send("k")
        session.wait_for("<k>")
        session.send("q")
        assert session.wait_exit() == 0


def test_quitting_does_not_wait_for_a_thread_that_takes_long() -> None:
    with python(TINY) as session:
        session.wait_for("ready")
        session.send("t")
        session.wait_for("<t>")
        session.send("q")
        assert session.wait_exit() == 0
        assert session.problems() == []


def test_a_stop_gives_the_terminal_back_and_a_continue_takes_it_again() -> None:
    with python(TINY) as session:
        session.wait_for("ready")
        session.signal(signal.SIGTSTP)
        session.wait_until(lambda: session.problems() == [], "the terminal to be given back")
        session.signal(signal.SIGCONT)
        session.wait_until(lambda: {"paste", "lines"} <= set(session.problems()), "the terminal to be taken again")
        session.send("k")
        session.wait_for("<k>")
        session.send("q")
        assert session.wait_exit() == 0
        assert session.problems() == []


def test_a_resize_storm_is_one_redraw() -> None:
    with python(TINY) as session:
        session.wait_for("ready")
        session.wait_quiet()
        before = draws(session)
        for columns in range(81, 121):
            session.resize(columns, 30)
        session.wait_for("size 120x30")
        session.wait_quiet()
        # The storm itself is over in about a millisecond; a slow machine may still cut it in two.
        assert 1 <= draws(session) - before <= 2


def test_a_redraw_mends_what_another_program_wrote_over_the_screen() -> None:
    with python(TINY) as session:
        session.wait_for("ready")
        session.send("w")
        session.wait_for("over the screen")
        session.send("r")
        session.wait_for("over the screen", gone=True)
        session.wait_for("<w><r>")


def draws(session: Session) -> int:
    found = re.search(r"draws (\d+)", session.text)
    assert found, session.text
    return int(found[1])


def test_at_rest_nothing_is_written_and_nobody_wakes_up() -> None:
    with python(TINY) as session:
        session.wait_for("ready")
        session.wait_quiet(0.5)
        woken = switches(session.pid)
        assert session.read(2.0) == b""
        assert switches(session.pid) - woken <= 10


def switches(pid: int) -> int:
    """How often the program's threads went to sleep so far: each wake-up ends in one more."""
    total = 0
    for status in Path(f"/proc/{pid}/task").glob("*/status"):
        found = re.search(r"^voluntary_ctxt_switches:\s*(\d+)", status.read_text(), re.MULTILINE)
        total += int(found[1]) if found else 0
    return total


def test_over_ssh_the_mouse_is_left_to_the_terminal() -> None:
    with python(TINY, SSH_CONNECTION="192.0.2.1 50000 192.0.2.2 22") as session:
        session.wait_for("ready")
        assert b"\x1b[?1000h" not in session.raw
    with python(TINY) as session:
        session.wait_for("ready")
        assert b"\x1b[?1000h" in session.raw


def test_no_color_draws_without_any_colour() -> None:
    with python(TINY, NO_COLOR="1") as session:
        session.wait_for("ready")
        session.wait_quiet()
        colours = re.findall(rb"\x1b\[[0-9;]*?(?:3[0-7]|4[0-7]|9[0-7]|38;|48;)[0-9;]*m", bytes(session.raw))
        assert colours == []


def test_the_sixteen_colour_theme_sends_no_true_colour() -> None:
    with python(TINY, TINY_THEME="sixteen", COLORTERM="truecolor") as session:
        session.wait_for("ready")
        session.wait_quiet()
        assert b"38;2" not in session.raw
        assert b"48;2" not in session.raw


@pytest.mark.parametrize("term", ["dumb", "", "unknown"])
def test_a_terminal_that_cannot_be_drawn_on_is_refused(term: str) -> None:
    with python(TINY, TERM=term) as session:
        assert session.wait_exit() == 1
        assert "console show" in session.text
        assert b"\x1b[?1049h" not in session.raw
