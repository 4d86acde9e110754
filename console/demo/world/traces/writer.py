"""The anatomy of a log line: time stamps (runners from 18.7 on), streams, ANSI, sections."""

from datetime import UTC, datetime

STAMPED_SINCE = (18, 7)
CYAN, GREEN, RED, YELLOW, RESET = "\x1b[36;1m", "\x1b[32;1m", "\x1b[31;1m", "\x1b[0;33m", "\x1b[0;m"
HELPER_COLUMNS = 50
RUNNER, OUT, ERR = "00O", "01O", "01E"


def stamped(version: str) -> bool:
    """Whether a runner of this version puts the time before each line."""
    return tuple(int(part) for part in version.split(".")[:2]) >= STAMPED_SINCE


def stamp(at: float, stream: str, again: bool = False) -> str:
    """`2026-05-08T09:28:48.074871Z 01O `: 32 characters; `again` continues the line before of this stream."""
    when = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return f"{when} {stream}{'+' if again else ' '}"


class Writer:
    """Collects lines up to the moment `until`: what comes later has not been written yet."""

    def __init__(self, with_stamps: bool, until: float) -> None:
        self.with_stamps = with_stamps
        self.until = until
        self._parts: list[str] = []
        self._open = False
        """Whether the runner's own stream stands behind a marker: what it writes next goes on in that line."""

    def line(self, at: float, text: str, stream: str = OUT) -> None:
        if at > self.until:
            return
        again = self._open and stream == RUNNER
        if again:
            self._open, text = False, f"\x1b[0K{text}"
        self._parts.append(f"{stamp(at, stream, again)}{text}\n" if self.with_stamps else f"{text}\n")

    def command(self, at: float, text: str) -> None:
        self.line(at, f"{GREEN}$ {text}{RESET}")

    def helper(self, at: float, text: str, **fields: object) -> None:
        """A message of gitlab-runner-helper: padded, with fields behind."""
        tail = "".join(f" {name}={value}" for name, value in fields.items())
        self.line(at, f"{text.ljust(HELPER_COLUMNS)}{tail or ' '}", ERR)

    def section(self, at: float, name: str, title: str) -> None:
        self._marker(at, f"section_start:{int(at)}:{name}")
        self.line(at, f"{CYAN}{title}{RESET}", RUNNER)

    def end(self, at: float, name: str) -> None:
        self._marker(at, f"section_end:{int(at)}:{name}")

    def _marker(self, at: float, marker: str) -> None:
        """A carriage return ends a stamped line, and what stood behind it goes on with `+`."""
        if at > self.until:
            return
        if self.with_stamps:
            self.line(at, f"{marker}\r", RUNNER)
            self._open = True
        else:
            self._parts.append(f"{marker}\r\x1b[0K")

    def take(self) -> bytes:
        """What was written since the last time."""
        text = "".join(self._parts)
        self._parts.clear()
        return text.encode()
