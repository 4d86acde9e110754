"""The console as a process in a terminal: it starts only where it can draw, and always leaves the terminal as it was.

`TerminalApp` is what the app builds on; `terminal_problem` says why the screen cannot be shown here;
`leave` ends the process without waiting for a thread that sits in a network read.
"""

from .app import TerminalApp
from .leaving import leave
from .place import default_frames, default_mouse, over_ssh, terminal_problem

__all__ = ["TerminalApp", "default_frames", "default_mouse", "leave", "over_ssh", "terminal_problem"]
