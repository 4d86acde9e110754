"""What the place we were started in allows: kind of terminal, link, rates."""

import os
from collections.abc import Mapping

LOCAL_FRAMES = 60
SSH_FRAMES = 15
"""Frames a second: each is bytes on the link, and 15 are what a person can follow while scrolling."""


def terminal_problem(environment: Mapping[str, str] = os.environ) -> str | None:
    """Why the screen cannot be shown here, with what to do instead; None: it can."""
    instead = "`console show` prints the same tables without a screen"
    if not _is_terminal(0):
        return f"standard input is not a terminal; {instead}"
    if not (_is_terminal(1) or _is_terminal(2)):
        return f"standard output is not a terminal; {instead}"
    if environment.get("TERM", "") in ("", "dumb", "unknown"):
        return f"TERM is {environment.get('TERM') or 'not set'}, a terminal that cannot be drawn on; {instead}"
    return None


def _is_terminal(fileno: int) -> bool:
    try:
        return os.isatty(fileno)
    except OSError:
        return False


def over_ssh(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the terminal is at the other end of an SSH connection."""
    return bool(environment.get("SSH_CONNECTION") or environment.get("SSH_TTY"))


def default_frames(environment: Mapping[str, str] = os.environ) -> int:
    """Frames a second to draw at most."""
    return SSH_FRAMES if over_ssh(environment) else LOCAL_FRAMES


def default_mouse(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether to take the mouse: over SSH each movement costs a report, and the terminal's own selection is missed."""
    return not over_ssh(environment)
