"""The command line: arguments to one verb, and the one place where real sources are built.

`main` is on the way to first paint: a verb's code, argparse included, is imported when that verb is used.
"""

from .main import main

__all__ = ["main"]
