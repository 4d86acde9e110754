"""Where a token comes from: the environment, a command, a file nobody else can read, or the keyring.

A secret is named in the config and never written there. It is looked up when first needed, kept in memory, and hidden
from `repr`, `str`, errors and crash reports. Here are its name and the hiding, which the start needs; the looking up is
in `lookup`, which is loaded behind the first paint.
"""

import re

import msgspec

HIDDEN = "•••"

_known: set[str] = set()
_GITLAB_TOKEN = re.compile(r"\b(?:gl[a-z]{2,10}-|GR1348941)[A-Za-z0-9_.\-]{16,}")
"""Tokens GitLab makes carry these prefixes: hidden also when they were never looked up here."""


class SecretRef(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Names one place a secret is kept; exactly one field is set."""

    env: str | None = None
    """An environment variable."""
    command: tuple[str, ...] | None = None
    """A program and its arguments, run without a shell; the first line it prints is the secret."""
    file: str | None = None
    """A file whose first line is the secret; refused when its group or others can read it."""
    keyring: str | None = None
    """`service/user` in the desktop's keyring."""

    def __post_init__(self) -> None:
        given = [one for one in (self.env, self.command, self.file, self.keyring) if one is not None]
        if len(given) != 1:
            raise ValueError("Expected exactly one of env, command, file, keyring")
        if not given[0] or (self.command and not self.command[0]):
            raise ValueError("Expected a name, not an empty value")
        if self.env is not None and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", self.env):
            raise ValueError("Expected env to name a variable")
        if any(_GITLAB_TOKEN.search(text) for text in (self.file, self.keyring, *(self.command or ())) if text):
            raise ValueError("Expected where the secret is kept, not the secret itself")
        if self.keyring is not None and not all(self.keyring.rpartition("/")[::2]):
            raise ValueError("Expected keyring as service/user")

    def __str__(self) -> str:
        """How errors and doctor name it. Arguments of a command may hold secrets of their own: only its name."""
        if self.command:
            return f"command {self.command[0]}"
        return f"env {self.env}" if self.env else f"file {self.file}" if self.file else f"keyring {self.keyring}"


def remember(value: str) -> None:
    """From now on `redact` hides `value`. Shorter than six characters it would hide half of any text."""
    if len(value) >= 6:
        _known.add(value)


def redact(text: str) -> str:
    """`text` without any secret that was looked up, plain or percent-encoded, and without what looks like a token."""
    for value in sorted(_known, key=len, reverse=True):
        text = text.replace(value, HIDDEN)
        encoded = "".join(c if c.isalnum() or c in "-_.~" else "".join(f"%{b:02X}" for b in c.encode()) for c in value)
        if encoded != value:
            text = text.replace(encoded, HIDDEN)
    return _GITLAB_TOKEN.sub(HIDDEN, text)
