"""`python -m console.cli.platform`: the simulated platform as a child that never outlives its console.

The console holds the other end of standard input. However it ends, also by SIGKILL, that end closes, and we stop.
"""

import os
import signal
import sys
import threading

from ..demo.__main__ import main


def stop_with_parent() -> None:
    """Wait for the end of standard input, then stop as if interrupted."""
    while os.read(0, 4096):
        continue
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=stop_with_parent, daemon=True).start()
    sys.exit(main(sys.argv[1:]))
