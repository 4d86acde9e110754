"""What ends a verb: an exit code and a sentence for people on stderr, never a traceback."""

import contextlib
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

OK, FAILED, USAGE, BUG, INTERRUPTED, PIPE = 0, 1, 2, 70, 130, 141


class Failed(Exception):
    """A verb could not do what it was asked; `code` is what it exits with."""

    def __init__(self, text: str, remedy: str = "", *, code: int = FAILED) -> None:
        super().__init__(text)
        self.remedy = remedy
        self.code = code


def guarded(run: Callable[[], int], words: Sequence[str]) -> int:
    """The exit code of `run`; what it raises is told on stderr. A bug writes a crash report."""
    try:
        code = run()
        # Here and not at exit: a reader that went away is met while somebody can still handle it.
        sys.stdout.flush()
    except SystemExit as stop:  # argparse has printed its help or its error
        return stop.code if isinstance(stop.code, int) else USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _silence()
        return PIPE
    except Exception as error:  # noqa: BLE001 - the last one: it becomes a crash report and an exit code
        return _told(error, words)
    return code


def say(text: str) -> None:
    """One message to people, on stderr; a closed stderr is no failure of the verb."""
    from ..secrets import redact

    with contextlib.suppress(OSError, ValueError):
        print(redact(text), file=sys.stderr, flush=True)


def _told(error: Exception, words: Sequence[str]) -> int:
    """Tell of `error`; the rooms' own errors are expected, all others are bugs."""
    from ..config import ConfigError
    from ..ports import SourceError

    if isinstance(error, ConfigError | SourceError | Failed):
        say(f"console: {error}")
        if error.remedy:
            say(f"  {error.remedy}")
        return error.code if isinstance(error, Failed) else USAGE if isinstance(error, ConfigError) else FAILED
    return bug(error, words)


def bug(error: BaseException, words: Sequence[str]) -> int:
    """Tell of a fault of the console, in one line, and where its report is."""
    report = crash(error, words)
    root = error
    while isinstance(root, BaseExceptionGroup) and len(root.exceptions) == 1:
        root = root.exceptions[0]
    say(f"console: a fault of the console itself: {type(root).__name__}")
    say(f"  a report was written to {report}" if report else "  and no report could be written")
    return BUG


def crash(error: BaseException, words: Sequence[str]) -> Path | None:
    """Write what went wrong, without secrets, for its owner alone; the file, or None when no folder takes it."""
    import platform
    import tempfile
    import time
    import traceback

    from .. import __version__
    from ..config import places
    from ..secrets import redact

    system = f"console {__version__}, Python {platform.python_version()}, {platform.platform()}"
    trace = "".join(traceback.format_exception(error))
    text = redact(f"{system}\nTERM={os.environ.get('TERM', '')}\narguments: {list(words)}\n\n{trace}")
    name = f"crash-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.txt"
    for folder in (places().crashes, Path(tempfile.gettempdir())):
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(descriptor, "w", encoding="utf-8", errors="backslashreplace") as opened:
                opened.write(text)
            return folder / name
    return None


def _silence() -> None:
    """Nothing more goes to the reader that left; without this the interpreter complains while it ends."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
