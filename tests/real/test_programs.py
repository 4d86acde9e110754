"""A missing program is a reason to skip, or to fail where it is required."""

import pytest

from tests.real.programs import need


def test_a_missing_program_skips_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONSOLE_REQUIRE_REAL", raising=False)
    with pytest.raises(pytest.skip.Exception, match="not installed: no-such-program"):
        need("sh", "no-such-program")


def test_a_missing_program_fails_the_test_where_it_is_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSOLE_REQUIRE_REAL", "1")
    with pytest.raises(pytest.fail.Exception, match="not installed: no-such-program"):
        need("sh", "no-such-program")


def test_what_is_there_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSOLE_REQUIRE_REAL", "1")
    need("sh")
