"""A secret is found where its reference says, and shown nowhere."""

import os
import sys
import threading
from pathlib import Path

import msgspec
import pytest

from console.ports import Trouble
from console.secrets import SecretRef, lookup, redact, remember
from console.secrets.lookup import Secret, SecretError

VALUE = "s3cr3t-Xy7Zq2Lm9Kp4Rt8W"


def script(code: str) -> SecretRef:
    return SecretRef(command=(sys.executable, "-c", code))


def failing(ref: SecretRef) -> SecretError:
    """The error of a lookup, checked to hold neither the value nor an exception that does."""
    with pytest.raises(SecretError) as raised:
        Secret(ref).reveal()
    error = raised.value
    assert VALUE not in str(error) + repr(error) + error.remedy
    assert error.__suppress_context__ or error.__context__ is None
    assert error.trouble is Trouble.UNAUTHENTICATED
    assert error.remedy
    return error


def test_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_TOKEN", f" {VALUE}\n")
    assert Secret(SecretRef(env="A_TOKEN")).reveal() == VALUE


def test_from_the_first_line_a_command_prints() -> None:
    assert Secret(script(f"print('{VALUE}'); print('login: me')")).reveal() == VALUE


def test_a_command_runs_without_a_shell() -> None:
    ref = SecretRef(command=(sys.executable, "-c", "import sys; print(sys.argv[1])", "$HOME;x"))
    assert Secret(ref).reveal() == "$HOME;x"


def test_from_a_file_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text(f"{VALUE}\n")
    path.chmod(0o600)
    assert Secret(SecretRef(file=str(path))).reveal() == VALUE


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o622, 0o610])
def test_a_file_that_others_may_touch_is_refused_with_the_remedy(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "token"
    path.write_text(VALUE)
    path.chmod(mode)
    error = failing(SecretRef(file=str(path)))
    assert f"mode {mode:04o}" in str(error)
    assert error.remedy == f"chmod 600 {path}"


def test_a_file_that_is_none_is_refused_without_waiting(tmp_path: Path) -> None:
    assert "not a regular file" in str(failing(SecretRef(file=str(tmp_path))))
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert "not a regular file" in str(failing(SecretRef(file=str(pipe))))
    assert "No such file" in str(failing(SecretRef(file=str(tmp_path / "none"))))


def test_an_unset_variable_is_named() -> None:
    assert str(failing(SecretRef(env="CONSOLE_TEST_UNSET"))) == "environment variable CONSOLE_TEST_UNSET is not set"


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (f"import sys; print('{VALUE}'); sys.stderr.write('{VALUE}'); sys.exit(3)", "failed with exit code 3"),
        ("pass", "gave an empty value"),
        (f"print('{VALUE}\\x07')", "characters no token has"),
        (f"print('{VALUE}é')", "characters no token has"),
    ],
)
def test_a_command_that_gives_no_secret_is_told_without_its_output(code: str, says: str) -> None:
    assert says in str(failing(script(code)))


def test_a_command_that_hangs_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "COMMAND_SECONDS", 0.2)
    error = failing(script(f"import time; print('{VALUE}', flush=True); time.sleep(60)"))
    assert "did not answer" in str(error)


def test_a_command_that_is_not_there_is_named_without_its_arguments() -> None:
    error = failing(SecretRef(command=("no-such-program", f"--password={VALUE}")))
    assert str(error) == "command no-such-program was not found"


def test_a_program_that_may_not_run_is_told(tmp_path: Path) -> None:
    path = tmp_path / "program"
    path.write_text("")
    path.chmod(0o600)
    assert "may not be run" in str(failing(SecretRef(command=(str(path),))))


def test_without_the_keyring_extra_its_name_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    error = failing(SecretRef(keyring="gitlab/me"))
    assert "fleet-console[keyring]" in error.remedy


def test_from_the_keyring() -> None:
    keyring = pytest.importorskip("keyring")

    class Store(keyring.backend.KeyringBackend):  # type: ignore[misc,name-defined]
        priority = 1

        def set_password(self, service: str, username: str, password: str) -> None:
            raise keyring.errors.PasswordSetError("read only")

        def get_password(self, service: str, username: str) -> str | None:
            if service == "locked":
                raise keyring.errors.KeyringLocked("locked")
            return VALUE if (service, username) == ("https://gitlab.example.com", "me") else None

    before = keyring.get_keyring()
    keyring.set_keyring(Store())
    try:
        assert Secret(SecretRef(keyring="https://gitlab.example.com/me")).reveal() == VALUE
        assert "no readable entry" in str(failing(SecretRef(keyring="other/me")))
        assert "no readable entry" in str(failing(SecretRef(keyring="locked/me")))
    finally:
        keyring.set_keyring(before)


def test_a_value_is_looked_up_once_even_by_many_threads(tmp_path: Path) -> None:
    count = tmp_path / "count"
    secret = Secret(script(f"open({str(count)!r}, 'a').write('x'); print('{VALUE}')"))
    threads = [threading.Thread(target=secret.reveal) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert secret.reveal() == VALUE
    assert count.read_text() == "x"


def test_a_failed_lookup_is_tried_again_after_a_while_and_no_sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    secret = Secret(SecretRef(env="A_TOKEN"), now=lambda: clock[0])
    monkeypatch.delenv("A_TOKEN", raising=False)
    with pytest.raises(SecretError):
        secret.reveal()
    monkeypatch.setenv("A_TOKEN", VALUE)
    with pytest.raises(SecretError):
        secret.reveal()
    clock[0] += lookup.FAILURE_SECONDS
    assert secret.reveal() == VALUE


def test_a_value_that_was_refused_is_looked_up_again_after_a_while_and_no_sooner(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = [100.0]
    secret = Secret(SecretRef(env="A_TOKEN"), now=lambda: clock[0])
    monkeypatch.setenv("A_TOKEN", "rotated-yesterday")
    assert secret.renew() == "rotated-yesterday"
    monkeypatch.setenv("A_TOKEN", VALUE)
    assert (secret.renew(), secret.reveal()) == ("rotated-yesterday", "rotated-yesterday")
    clock[0] += lookup.FAILURE_SECONDS
    assert (secret.renew(), secret.reveal()) == (VALUE, VALUE)
    assert "yesterday" not in redact("rotated-yesterday")


def test_nothing_prints_the_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_TOKEN", VALUE)
    secret = Secret(SecretRef(env="A_TOKEN"))
    secret.reveal()
    for shown in (repr(secret), str(secret), f"{secret}", f"{secret.ref}", f"{[secret]}"):
        assert VALUE not in shown
        assert "A_TOKEN" in shown


def test_a_revealed_value_is_redacted_plain_and_percent_encoded() -> None:
    remember("pass/word+&x")
    assert "word" not in redact("header: pass/word+&x, url: ?t=pass%2Fword%2B%26x")


def test_what_looks_like_a_gitlab_token_is_redacted_though_never_looked_up() -> None:
    assert "Zq2Lm9" not in redact("PRIVATE-TOKEN: glpat-Xy7Zq2Lm9Kp4Rt8Wv3Bn")
    assert redact("group/glpat-short stays") == "group/glpat-short stays"


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"env": "A", "file": "b"},
        {"env": ""},
        {"command": []},
        {"command": [""]},
        {"keyring": "me"},
        {"value": "x"},
        {"env": "a-b"},
        {"command": ["echo", f"glpat-{VALUE}"]},
        {"file": f"glpat-{VALUE}"},
    ],
)
def test_a_reference_names_exactly_one_place(fields: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(fields, SecretRef)
