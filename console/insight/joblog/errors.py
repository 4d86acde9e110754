"""The line of a failed job's log that most likely says why it failed.

A runner stops a script at its first failing command, and prints each command before it runs. So what was printed
before the last command did not stop the job; after it, the first line of the most telling kind wins. Kinds are
learnt from what common tools print, not from single logs.
"""

import re
from dataclasses import dataclass

from ...model.cache import FirstError

NOISE = re.compile(
    r"\b(?:0|no|without) (?:errors?|failures?|failed|warnings?)\b|\b(?:errors?|failures?|failed)\s*[:=]\s*0\b(?!\.)"
    r"|^(?:\$|\+{1,3}|>+) |\becho\b.*\b(?:error|fail)|\bwarn(?:ing)?s?\b|\bdeprecat|\|\| true\b|\bignor(?:ed|ing)\b"
    r"|-W?error\b|\berror(?:s|_\w+|-\w+)?\.(?:c|cc|cpp|o|h|go|py|js|ts|rb|java|class|html|rs)\b(?!:\d)"
    r"|^(?:ok|PASS(?:ED)?|INFO|DEBUG|\[INFO\]|\[DEBUG\]|✓|✔|√)\s|\b(?:PASSED|SUCCESS|OK)$|\.{3} ?ok$"
    r"|^Download(?:ing|ed)\b|^(?:Collecting|Installing|Requirement already|Get:|Hit:|Fetched|Unpacking|Setting up)\b"
    r"|^.{0,60}\b(?:INFO|DEBUG|TRACE|WARN)\b|Picked up (?:JAVA_TOOL|_JAVA)_OPTIONS"
    r"|\bcontinue[- ]on[- ]error|fail[-_]?fast|set -e|\bon_failure\b|allow_failure",
    re.IGNORECASE,
)
"""Lines that hold a word of failure and tell of none."""

FAULT = re.compile(
    r"^E {2,}\S"  # pytest
    r"|^(?:FAILED|ERROR) \S+\.py(?:::|\b)"
    r"|^\s*--- FAIL: |^panic: |^FAIL\s+\S"
    r"|^\S+?[:(]\d+(?:[:,.]\d+)*\)?:? *(?:fatal )?(?:error|Error)\b|\berror (?:TS|CS|C|LNK|MSB)\d+|\berror\[E\d+\]"
    r"|^\S+\.go:\d+:\d+: \S"
    r"|^\[ERROR\] (?=\S)(?!-> \[Help|To see the full|Re-run Maven|For more info|\[Help|After correcting|See )"
    r"|^npm (?:ERR!|error) (?!A complete log|code |errno|path |syscall|command|\S*[/\\]_?logs)\S"
    r"|^(?:error|fatal|FATAL|Error|ERROR)(?:\[\w+\])?: (?!Job failed)\S|^\s*(?:│|╷|\|)? ?Error: \S"
    r"|^#\d+ ERROR|^#?\d* ?\d+\.\d+ (?:E|ERR|ERROR)[:!] |failed to solve|executor failed running"
    r"|^##\[error\](?!Process completed)|^\s*● .+ › |^\s*(?:✗|✖|✕|×) \S"
    r"|^Execution failed for task|^> Task \S+ FAILED|^\S+ > .+ FAILED$"
    r"|No space left on device|OutOfMemoryError|Segmentation fault|core dumped|\bOOMKilled\b"
    r"|manifest unknown|ImagePullBackOff|ErrImagePull|CrashLoopBackOff|Error from server|UPGRADE FAILED"
    r"|INSTALLATION FAILED|[Uu]ndefined reference|cannot find symbol|assertion failed|Assertion .* failed"
)
"""What compilers, test runners, package managers and clusters print of the fault itself."""

TROUBLE = re.compile(
    r"^(?:[\w$]+\.)*[\w$]*(?:Error|Exception|Failure)(?:: |$)|^Caused by: |^Exception in thread |AssertionError"
    r"|: command not found|: not found$|is not recognized as |No such file or directory|: No such file"
    r"|[Oo]ut of memory|^Killed$|[Pp]ermission denied|[Aa]ccess denied|denied: |unauthorized: |Connection refused"
    r"|^(?:\S+: )?(?:syntax error|SyntaxError)|^make(?:\[\d+\])?: \*\*\* "
)
"""Trouble that stops most scripts; some go on, and programs under test print it on purpose."""

TELLING = re.compile(
    r"^(?:Could not|Cannot|Can't|Unable to|Failed to) \S|"
    r"\b(?:ERROR|FATAL|FAILED|FAILURE|CRITICAL|BUILD FAILED)\b|\b(?:Error|Exception)\b|^(?:error|failed|fail)\b"
    r"|\berror:|\bfailed:|: failed|\btimed out\b|✗|✖"
)
VAGUE = re.compile(
    r"\b(?:error|fail(?:ed|ure|s)?|exception|fatal|cannot|unable to|abort(?:ed)?|exit(?:ed)? (?:status|code) [1-9])\b",
    re.IGNORECASE,
)
VERDICT = re.compile(r"^(?:ERROR|FATAL): (?:Job failed|Preparation failed|Build failed)")
WORDS = (
    b"error", b"fail", b"fatal", b"exception", b"panic", b"traceback", b"not found", b"no such", b"denied",
    b"cannot", b"unable", b"undefined", b"killed", b"timed out", b"abort", b"refused", b"segmentation", b"no space",
    b"unauthorized", b"out of memory", b"could not", b"not recognized", b"backoff", b"exit", b"\ne  ", b"unknown",
    b"core dumped", b"\xe2\x9c\x97", b"\xe2\x9c\x96", b"\xc3\x97", b"\xe2\x9c\x95", b".go:", b"oomkilled",
)  # fmt: skip
"""In lower case: a line without any of these has no failure to tell."""
_LOUD = 3
SURVIVED = 200
"""Lines without trouble after which a script is taken to have gone on in spite of what it printed."""
_TRACEBACK = re.compile(r"^(?:E\s+)?Traceback \(most recent call last\):")


def rank(text: str) -> int:
    """How much a line says of a failure: 4 the fault, 3 trouble, 2 that something failed, 1 perhaps, 0 nothing."""
    text = text[:4_000]
    if NOISE.search(text):
        return 0
    if FAULT.search(text):
        return 4
    if TROUBLE.search(text):
        return 3
    if TELLING.search(text):
        return 2
    return 1 if VAGUE.search(text) else 0


@dataclass(slots=True)
class ErrorFinder:
    """Finds the first error of a log that is read line by line, once."""

    found: FirstError | None = None
    """Best so far; of the script's last command if that printed any failure."""
    _rank: int = 0
    _verdict: FirstError | None = None
    _traceback: bool = False
    _fresh: bool = True
    _last: int = 0
    """Line of the last trouble: a later one far behind it says that the script survived the earlier."""

    def command(self) -> None:
        """The script goes on: what it printed so far did not stop it."""
        self._fresh = True
        self._traceback = False

    def read(self, number: int, text: str) -> None:
        """Takes line `number` (from 1), plain."""
        if VERDICT.match(text):
            self._verdict = self._verdict or FirstError(number, text[:1_000])
            return
        if self._traceback and text and not text[0].isspace() and not text.startswith(("|", "During ", "The above ")):
            self._traceback = False
            self._offer(number, text, 3)
        elif _TRACEBACK.match(text):
            self._traceback = True
        elif score := rank(text):
            self._offer(number, text, score)

    def _offer(self, number: int, text: str, score: int) -> None:
        survived = score >= self._rank and number - self._last > SURVIVED
        if score >= _LOUD:
            self._last = number
        if self._fresh or score > self._rank or survived:
            self.found, self._rank, self._fresh = FirstError(number, text.strip()[:1_000]), score, False

    @property
    def result(self) -> FirstError | None:
        """The best line; the runner's own verdict when no other tells anything; None: nothing failed."""
        return self.found or self._verdict
