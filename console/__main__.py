"""`console` and `python -m console`."""

import sys
import threading

from . import cli


def main() -> int:
    """Run the console and give its exit code; a thread that still blocks in a request is not waited for."""
    code = cli.main()
    if any(not thread.daemon and thread is not threading.main_thread() for thread in threading.enumerate()):
        from .driver import leave

        leave(code)
    return code


if __name__ == "__main__":
    sys.exit(main())
