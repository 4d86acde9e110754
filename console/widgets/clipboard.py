"""Copying text to where the operator pastes it, through whatever lies between."""

import asyncio
import os
from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from textual.app import App

OSC_52_LIMIT_BYTES = 74_994
"""Of base64. Terminals cut or drop what is longer: xterm's limit, which others took over."""
TMUX_SECONDS = 2.0


async def copy(app: App[Any], text: str, environment: Mapping[str, str] = os.environ) -> str:
    """Put `text` on the clipboard; the answer says which way, or why not, for the operator.

    tmux swallows OSC 52 with its default settings, without an error, so inside tmux it is asked to do it.
    """
    if environment.get("TMUX"):
        return await _through_tmux(text) or _through_terminal(app, text)
    return _through_terminal(app, text)


async def _through_tmux(text: str) -> str:
    """What happened; empty when tmux could not do it."""
    if await _tmux("load-buffer", "-w", "-", text=text):
        return f"Copied {_size(text)} through tmux."
    # tmux before 3.2 knows no -w: its own buffer is all it can fill.
    if await _tmux("load-buffer", "-", text=text):
        return f"Copied {_size(text)} to tmux's buffer: paste with prefix ]."
    return ""


async def _tmux(*arguments: str, text: str) -> bool:
    pipe, null = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec("tmux", *arguments, stdin=pipe, stdout=null, stderr=null)
    except OSError:
        return False
    try:
        await asyncio.wait_for(process.communicate(text.encode(errors="replace")), TMUX_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
    return process.returncode == 0


def _through_terminal(app: App[Any], text: str) -> str:
    size = len(b64encode(text.encode(errors="replace")))
    if size > OSC_52_LIMIT_BYTES:
        return f"Not copied: {_size(text)} is more than terminals take ({OSC_52_LIMIT_BYTES // 4 * 3 // 1000} kB)."
    app.copy_to_clipboard(text.encode(errors="replace").decode())
    return f"Copied {_size(text)} through the terminal (OSC 52)."


def _size(text: str) -> str:
    lines = text.count("\n") + 1
    return f"{lines:,} lines" if lines > 1 else f"{len(text):,} characters"
