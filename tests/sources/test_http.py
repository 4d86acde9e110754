"""Failures of HTTP in an operator's words."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from console.ports import SourceError, Trouble
from console.sources.http import client, clock_skew, failed, retry_at, trust, without_password

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


async def failure(url: str) -> SourceError:
    async with client(url, timeout_seconds=2) as http:
        with pytest.raises(httpx.HTTPError) as caught:
            await http.get("/")
    return failed(caught.value, "GitLab", url)


async def test_a_closed_port_is_named_with_the_system_s_reason() -> None:
    error = await failure("http://127.0.0.1:1")
    assert str(error) == "GitLab at http://127.0.0.1:1 cannot be reached: Connection refused"
    assert error.trouble is Trouble.UNREACHABLE
    assert "up" in error.remedy


async def test_a_name_nobody_knows_sends_to_dns() -> None:
    error = await failure("http://nosuch.invalid")
    assert "name of GitLab at http://nosuch.invalid is not known" in str(error)
    assert "DNS" in error.remedy


@pytest.mark.parametrize("url", ["", "gitlab.example", "ftp://gitlab", "http://h:99999", "https://", "http://[::1"])
def test_an_address_that_is_none_is_refused_at_once(url: str) -> None:
    with pytest.raises(SourceError, match="cannot be used"):
        client(url)


def test_a_certificate_we_do_not_trust_is_trouble_with_tls() -> None:
    cause = ssl.SSLCertVerificationError("certificate verify failed")
    cause.verify_message = "self-signed certificate"
    error = httpx.ConnectError("all failed")
    error.__cause__ = cause
    told = failed(error, "Prometheus", "https://p")
    assert told.trouble is Trouble.TLS
    assert "self-signed certificate" in str(told)
    assert "ca_file" in told.remedy


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (httpx.ReadTimeout("x"), "did not answer in time"),
        (httpx.ConnectTimeout("x"), "cannot be reached in time"),
        (httpx.ProxyError("x"), "proxy refuses"),
        (httpx.RemoteProtocolError("x"), "broke the connection off (RemoteProtocolError)"),
        (httpx.DecodingError("x"), "cannot be unpacked"),
        (httpx.UnsupportedProtocol("x"), "no address"),
        (TimeoutError(), "did not answer in time"),
    ],
)
def test_each_failure_has_its_words(error: Exception, words: str) -> None:
    assert words in str(failed(error, "GitLab", "https://g"))


def test_the_exception_s_own_words_are_not_repeated() -> None:
    """h11 quotes a header it refuses, and with it the token."""
    error = failed(httpx.LocalProtocolError("Illegal header value b'Bearer glpat-secret'"), "GitLab", "https://g")
    assert "secret" not in str(error) + error.remedy


def test_an_address_is_shown_without_its_password() -> None:
    assert without_password("https://me:secret@proxy.example:3128/x/?token=t#f") == "https://proxy.example:3128/x"
    assert without_password("http://[::1") == "the configured address"


def test_the_wait_is_what_retry_after_says_before_any_other_header() -> None:
    headers = httpx.Headers({"Retry-After": "30", "RateLimit-Reset": str(int(NOW.timestamp()) + 600)})
    assert retry_at(headers, NOW) == NOW + timedelta(seconds=30)


def test_retry_after_may_be_a_date_of_the_server_s_clock() -> None:
    headers = httpx.Headers({"Retry-After": "Sun, 01 Mar 2026 13:01:00 GMT", "Date": "Sun, 01 Mar 2026 13:00:00 GMT"})
    assert retry_at(headers, NOW) == NOW + timedelta(minutes=1)


def test_the_reset_is_read_against_the_server_s_clock() -> None:
    server = NOW + timedelta(hours=5)
    headers = httpx.Headers(
        {"RateLimit-Reset": str(int(server.timestamp()) + 90), "Date": server.strftime("%a, %d %b %Y %H:%M:%S GMT")}
    )
    assert retry_at(headers, NOW) == NOW + timedelta(seconds=90)
    assert clock_skew(headers, NOW) == timedelta(hours=5)


@pytest.mark.parametrize("word", ["", "soon", "-5", "1.5", "Mon, 99 Foo 2026"])
def test_a_wait_that_cannot_be_read_is_no_wait(word: str) -> None:
    assert retry_at(httpx.Headers({"Retry-After": word, "RateLimit-Reset": word}), NOW) is None


def test_no_header_silences_a_source_for_more_than_an_hour() -> None:
    assert retry_at(httpx.Headers({"Retry-After": "9" * 30}), NOW) == NOW + timedelta(hours=1)
    assert retry_at(httpx.Headers({"RateLimit-Reset": "1"}), NOW) == NOW


def test_a_ca_file_that_holds_none_is_named(tmp_path: Path) -> None:
    wrong = tmp_path / "ca.pem"
    wrong.write_text("not a certificate")
    for path in (wrong, tmp_path / "absent.pem"):
        with pytest.raises(SourceError, match=path.name) as caught:
            trust(str(path))
        assert caught.value.trouble is Trouble.TLS
