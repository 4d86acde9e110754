"""A log as a viewer shows it."""

import pytest

from console.insight.logview import ErrorScan, clean_line, entry, is_error, section_mark
from tests.insight.logs import log


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"\x1b[32;1m$ make\x1b[0;m\n", "$ make"),
        (b"  indented\tby tab\r\n", "  indented    by tab"),
        (b"10 %\r50 %\r100 %\n", "100 %"),
        (b"2026-05-08T09:28:48.074871Z 01E hello\n", "hello"),
        (b"section_start:1:step_script[collapsed=true]\r\x1b[0K\x1b[36;1mTitle\x1b[0m\n", "Title"),
        (b"section_end:1:step_script\r\x1b[0K", ""),
        (b"a\x1b]52;c;ZXZpbA==\x07b\x00c\xff\xe2\x80\xae", "abc\ufffd"),
        (b"rate(http_requests_total[5m])", "rate(http_requests_total[5m])"),
        (b"", ""),
    ],
)
def test_a_line_is_shown_plain(raw: bytes, text: str) -> None:
    assert clean_line(raw) == text


def test_marks_tell_kind_name_and_time() -> None:
    assert section_mark(b"section_start:17:build[collapsed=true]\r\x1b[0KBuild") == ("start", "build", 17)
    assert section_mark(b"section_end:18:a\r\x1b[0Ksection_start:18:b\r\x1b[0KB") == ("start", "b", 18)
    assert section_mark(b"section_end:18:a\r\x1b[0K") == ("end", "a", 18)
    assert section_mark(b"a section_ of the book") is None
    assert [one.kind for one in entry(b"section_end:18:a\r\x1b[0Ksection_start:18:b\r\x1b[0KB").marks] == [
        "end",
        "start",
    ]
    assert entry(b"section_start:17:build[collapsed=true]\r\x1b[0KBuild").marks[0].collapsed


def test_a_piece_of_a_line_says_that_it_goes_on() -> None:
    one = entry(b"2026-05-08T09:28:48.074871Z 00O+Preparing environment")
    assert (one.stream, one.continues, one.text) == ("00O", True, "Preparing environment")


def test_lines_that_tell_of_trouble_are_marked_and_others_are_not() -> None:
    assert is_error("panic: runtime error: index out of range")
    assert is_error("E       assert 1 == 2")
    assert not is_error("Compiling errors v0.3.1")
    assert not is_error("0 errors, 0 warnings")


def test_the_first_error_is_found_while_the_log_is_read() -> None:
    scan = ErrorScan()
    lines = log([], script=["$ ./test", "fine", "panic: oh no", "fine"], failed=True).split(b"\n")
    for number, raw in enumerate(lines, 1):
        scan.read(number, raw)
    assert scan.result is not None
    assert lines[scan.result.line - 1] == b"panic: oh no"


def test_reading_may_begin_in_the_middle() -> None:
    scan = ErrorScan()
    for number, raw in enumerate([b"some output", b"fatal: not a git repository", b"more"], 500):
        scan.read(number, raw)
    assert scan.result is not None
    assert scan.result.line == 501
