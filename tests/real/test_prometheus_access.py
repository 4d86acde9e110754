"""A real Prometheus behind TLS and a login."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from console.ports import SourceError, Trouble
from console.sources.prometheus import PrometheusSource
from tests.real.certificates import Certificates
from tests.real.metrics import RealPrometheus
from tests.real.programs import need

pytestmark = pytest.mark.real

PASSWORD, WRONG = "open-sesame", "open-sezame"
HASHED = "$2b$04$VBdIiJeZt9cEGuMJ2073D.ymEYUh.9x1MtkdE5sP/xt9MIX5kFLG2"
"""The password as bcrypt makes it."""


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    need("openssl")
    return Certificates(tmp_path / "tls")


@pytest.fixture
def guarded(certificates: Certificates) -> Iterator[RealPrometheus]:
    certificate, key = certificates.server
    tls = f"tls_server_config: {{cert_file: {certificate}, key_file: {key}}}"
    server = RealPrometheus(web=f"{tls}\nbasic_auth_users: {{ops: {HASHED}}}\n")
    yield server
    server.destroy()


async def asked(url: str, ca_file: str | None = None) -> SourceError | None:
    """What was wrong, if anything was."""
    source = PrometheusSource(url, ca_file=ca_file)
    try:
        await source.instant("up")
    except SourceError as error:
        return error
    finally:
        await source.aclose()
    return None


async def test_our_own_authority_and_a_login_in_the_address_are_enough(
    guarded: RealPrometheus, certificates: Certificates
) -> None:
    with_login = guarded.url.replace("://", f"://ops:{PASSWORD}@")
    assert await asked(with_login, certificates.ca) is None


async def test_an_authority_we_do_not_know_is_named_as_the_trouble(guarded: RealPrometheus) -> None:
    error = await asked(guarded.url)
    assert error is not None
    assert (error.trouble, "ca_file" in error.remedy) == (Trouble.TLS, True)


async def test_no_login_and_a_wrong_one_are_refused(guarded: RealPrometheus, certificates: Certificates) -> None:
    for login in ("", f"ops:{WRONG}@"):
        error = await asked(guarded.url.replace("://", f"://{login}"), certificates.ca)
        assert error is not None
        assert WRONG not in f"{error}{error.remedy}"
        assert (error.trouble, "Authorization" in error.remedy) == (Trouble.UNAUTHENTICATED, True)
