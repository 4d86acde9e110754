"""Checks of this machine: the config file, the history, the terminal."""

import locale
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from ...ports import SourceError
from .check import Check, Subject, Verdict

TMUX_SECONDS = 3.0


def config(path: Path) -> Check:
    """Whether others can change the config: it names commands that are run."""
    subject, mode = Subject("config"), stat.S_IMODE(path.stat().st_mode)
    if mode & 0o022:
        return subject.fail("file", f"{path} can be changed by others (mode {mode:04o})", f"chmod 600 {path}")
    if mode & 0o044:
        return subject.warn("file", f"{path} can be read by others (mode {mode:04o})", f"chmod 600 {path}")
    return subject.ok("file", str(path))


def history(url: str | Path) -> Check:
    """Whether the history opens, with its schema brought up to date; a missing one is not made. Blocks."""
    from ...history.local import open_history

    subject = Subject("history")
    if isinstance(url, Path) and not url.exists():
        return _makeable(subject, url)
    try:
        open_history(url).close()
    except SourceError as error:
        return subject.fail("file", str(error), error.remedy)
    return subject.ok("file", f"{url} opens")


def _makeable(subject: Subject, path: Path) -> Check:
    """Whether a history could be made: the nearest folder that exists takes files."""
    folder = next(parent for parent in path.parents if parent.exists())
    if os.access(folder, os.W_OK | os.X_OK):
        return subject.ok("file", f"{path} will be made at the first start")
    return subject.fail("file", f"{folder} cannot be written", "set CONSOLE_DATA_DIR, or [history] url in the config")


def terminal(env: Mapping[str, str] = os.environ) -> Iterator[Check]:
    """What the terminal can show, and whether copying gets out of it."""
    subject = Subject("terminal")
    if not sys.stdout.isatty():
        yield Check(subject.name, "screen", Verdict.SKIP, "standard output is not a terminal")
        return
    yield _kind(subject, env)
    yield _colours(subject, env)
    encoding = locale.getpreferredencoding(False)
    if encoding.lower().replace("-", "") == "utf8":
        yield subject.ok("encoding", encoding)
    else:
        yield subject.warn("encoding", encoding, "export LANG=C.UTF-8; until then charts are drawn in ASCII")
    if env.get("TMUX"):
        yield _tmux(subject)
    if env.get("SSH_CONNECTION"):
        yield subject.ok("link", "SSH: fewer frames a second, no mouse unless the config says so")


def _kind(subject: Subject, env: Mapping[str, str]) -> Check:
    term = env.get("TERM", "")
    columns, lines = shutil.get_terminal_size()
    if term in ("", "dumb", "unknown"):
        return subject.fail("screen", f"TERM is {term or 'not set'}", "export TERM=xterm-256color; or use console show")
    if columns < 60 or lines < 16:
        return subject.warn("screen", f"{columns}x{lines}", "make it at least 60x16")
    return subject.ok("screen", f"{term}, {columns}x{lines}")


def _colours(subject: Subject, env: Mapping[str, str]) -> Check:
    if env.get("NO_COLOR"):
        return subject.ok("colours", "none: NO_COLOR is set")
    if env.get("COLORTERM") in ("truecolor", "24bit"):
        return subject.ok("colours", "16 million")
    if "256" in env.get("TERM", ""):
        return subject.ok("colours", "256")
    return subject.warn("colours", "16", "if the terminal has more: export COLORTERM=truecolor")


def _tmux(subject: Subject) -> Check:
    """Copying goes through `tmux load-buffer -w`, which hands on only when set-clipboard is not off."""
    try:
        done = subprocess.run(
            ["tmux", "show-options", "-gv", "set-clipboard"],
            capture_output=True,
            text=True,
            timeout=TMUX_SECONDS,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return subject.warn("clipboard", "tmux does not answer", "copying may stay inside tmux")
    if done.returncode or done.stdout.strip() == "off":
        return subject.warn("clipboard", "tmux keeps copies to itself", "tmux set -g set-clipboard on")
    return subject.ok("clipboard", "through tmux")
