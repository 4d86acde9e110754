"""Opening a page in the browser of the machine the console runs on, where there is one to see."""

import asyncio
import os
import sys
from collections.abc import Mapping
from shutil import which

START_SECONDS = 5.0
"""An opener hands the page over and ends; one that is still there by then shows the page itself."""


def opener(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> str | None:
    """The program that opens pages; None over SSH and without a desktop.

    Python's own webbrowser would start lynx or w3m there, in this very terminal.
    """
    if environment.get("SSH_CONNECTION"):
        return None
    if platform == "darwin":
        return which("open")
    if environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"):
        return which("xdg-open")
    return which("wslview") if environment.get("WSL_DISTRO_NAME") else None


async def open_page(link: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether `link` was given to a browser. It comes from outside: only http and https go anywhere."""
    program = opener(environment)
    if program is None or not link.startswith(("http://", "https://")):
        return False
    null = asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec(
            program, link, stdin=null, stdout=null, stderr=null, env=dict(environment), start_new_session=True
        )
        return await asyncio.wait_for(process.wait(), START_SECONDS) == 0
    except TimeoutError:
        return True
    except OSError:
        return False
