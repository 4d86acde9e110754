"""Looks secrets up."""

import contextlib
import os
import stat
import threading
import time
from collections.abc import Callable
from pathlib import Path

from ..ports import SourceError, Trouble
from . import SecretRef, remember

COMMAND_SECONDS = 20.0
"""A password manager may ask a person to touch a key; longer than that and nobody is there."""
FAILURE_SECONDS = 30.0
"""A lookup that failed, or whose value was refused, is not tried again sooner: retries don't start a command each."""
LONGEST_BYTES = 16_384


class SecretError(SourceError):
    """A secret could not be had; the text names the reference and holds no value."""

    def __init__(self, text: str, remedy: str) -> None:
        super().__init__(text, trouble=Trouble.UNAUTHENTICATED, remedy=remedy)


class Secret:
    """One secret, looked up at the first `reveal` and kept. Safe to use from several threads."""

    def __init__(self, ref: SecretRef, *, now: Callable[[], float] = time.monotonic) -> None:
        self.ref = ref
        self._now = now
        self._lock = threading.Lock()
        self._value: str | None = None
        self._failure: SecretError | None = None
        self._looked_at = 0.0

    def reveal(self) -> str:
        """The value. May run a command: not for the event loop before it was revealed once.

        Raises SecretError when it cannot be had.
        """
        with self._lock:
            if self._value is not None:
                return self._value
            if self._failure and self._now() - self._looked_at < FAILURE_SECONDS:
                raise self._failure
            try:
                value = _checked(self.ref, _look_up(self.ref))
            except SecretError as error:
                self._failure = error
                raise
            finally:
                self._looked_at = self._now()
            self._value, self._failure = value, None
            remember(value)
            return value

    def renew(self) -> str:
        """The value for one who has none yet, or was refused with the last: looked up anew, for it may have changed.

        Not sooner than FAILURE_SECONDS after the last lookup. Raises as `reveal`.
        """
        with self._lock:
            if self._now() - self._looked_at >= FAILURE_SECONDS:
                self._value = None
        return self.reveal()

    def __repr__(self) -> str:
        return f"Secret({self.ref})"

    __str__ = __repr__


def _look_up(ref: SecretRef) -> str:
    if ref.env is not None:
        return _from_env(ref.env)
    if ref.command is not None:
        return _from_command(ref)
    if ref.file is not None:
        return _from_file(ref.file)
    return _from_keyring(ref.keyring or "")


def _checked(ref: SecretRef, raw: str) -> str:
    """The first line of `raw`, fit for an HTTP header."""
    value = raw.strip().partition("\n")[0].strip()
    if not value:
        raise SecretError(f"{ref} gave an empty value", "store the token there, or change the reference in the config")
    if not (value.isascii() and value.isprintable()):
        raise SecretError(f"{ref} gave a value with characters no token has", "check what is stored there")
    return value


def _from_env(name: str) -> str:
    value = os.environ.get(name)
    if value is None:
        raise SecretError(f"environment variable {name} is not set", f"export {name}, or change the reference")
    return value


def _from_command(ref: SecretRef) -> str:
    """What the command prints. Its stderr is never shown: password managers have been seen to echo there."""
    import subprocess

    command = ref.command or ()
    program = command[0]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=COMMAND_SECONDS, check=False
        )
    except FileNotFoundError:
        raise SecretError(f"command {program} was not found", f"install {program} or give its full path") from None
    except PermissionError:
        raise SecretError(f"command {program} may not be run", "make it executable") from None
    except subprocess.TimeoutExpired:
        # `from None`: the exception holds what was printed so far.
        raise SecretError(
            f"command {program} did not answer within {COMMAND_SECONDS:.0f} s",
            "unlock the password store first, or run the command by hand",
        ) from None
    if done.returncode != 0:
        raise SecretError(
            f"command {program} failed with exit code {done.returncode}", "run it by hand to see what it says"
        )
    return done.stdout[:LONGEST_BYTES].decode("utf-8", errors="replace")


def _from_file(name: str) -> str:
    """Checks the file it opened, not the name, so that nobody can swap it in between."""
    path = Path(name).expanduser()
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError as error:
        raise SecretError(
            f"file {path}: {error.strerror}", "create it with mode 0600, or change the reference"
        ) from None
    try:
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            raise SecretError(f"file {path} is not a regular file", "give the path of a file")
        if mode & 0o077:
            raise SecretError(f"file {path} can be read by others (mode {stat.S_IMODE(mode):04o})", f"chmod 600 {path}")
        return os.read(descriptor, LONGEST_BYTES).decode("utf-8", errors="replace")
    finally:
        os.close(descriptor)


def _from_keyring(name: str) -> str:
    service, _, user = name.rpartition("/")
    try:
        import keyring
    except ImportError:
        raise SecretError(
            "the keyring extra is not installed", "pip install 'fleet-console[keyring]', or use another reference"
        ) from None
    value: str | None = None
    with contextlib.suppress(keyring.errors.KeyringError):  # locked or no backend: told below like a missing entry
        value = keyring.get_password(service, user)
    if value is None:
        raise SecretError(
            f"keyring has no readable entry for {service}/{user}", f"unlock it, or: keyring set {service} {user}"
        )
    return value
