"""`python -m console.demo`: serve the simulated platform until interrupted, and print a configuration for it."""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Event

from .faults import NAMES
from .platform import TOKEN_VARIABLE, Platform


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m console.demo", description=__doc__)
    parser.add_argument("--projects", type=int, default=17, metavar="N", help="size of the fleet (17)")
    parser.add_argument("--seed", type=int, default=7, metavar="S", help="another seed is another fleet (7)")
    parser.add_argument("--speed", type=float, default=1.0, metavar="X", help="how fast its time runs (1)")
    parser.add_argument(
        "--fault", default="", metavar="NAME[,...]", help=f"what goes wrong: {', '.join(sorted(NAMES))}"
    )
    parser.add_argument("--serve", action="store_true", help="serve without a screen (all this command does)")
    parser.add_argument("--port-file", type=Path, metavar="FILE", help="write the configuration there once it serves")
    return parser.parse_args(given)


def main(given: Sequence[str] | None = None) -> int:
    """Exit code 0 after an interrupt or SIGTERM, 2 for wrong arguments."""
    options = arguments(given)
    faults = [name for name in options.fault.split(",") if name]
    try:
        platform = Platform(options.projects, options.seed, options.speed, faults)
    except ValueError as error:
        print(f"console demo: {error}", file=sys.stderr)
        return 2
    stopped = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    with platform:
        text = f"# export {TOKEN_VARIABLE}={platform.token}\n{platform.config_toml()}"
        print(text, flush=True)
        if options.port_file is not None:
            _write_whole(options.port_file, text)
        stopped.wait()
    return 0


def _write_whole(path: Path, text: str) -> None:
    """Whoever waits for the file never reads half of it."""
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    partial.touch(mode=0o600)  # as the console wants its configuration
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


if __name__ == "__main__":
    sys.exit(main())
