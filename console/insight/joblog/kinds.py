"""Words by which a failure is told from what only looks like one: learnt from what common tools print.

Each kind has words that open a line and words anywhere in it, apart because a search is several times as slow.
"""

import re
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of line."""

    opening: re.Pattern[str]
    within: re.Pattern[str]

    def fits(self, text: str) -> bool:
        """Whether a line is of this kind."""
        return self.opening.match(text) is not None or self.within.search(text) is not None


NOISE = Kind(
    re.compile(
        r"(?:\$|\+{1,3}|>+) |(?:ok|PASS(?:ED)?|INFO|DEBUG|\[INFO\]|\[DEBUG\]|✓|✔|√)\s"
        r"|(?:Download(?:ing|ed)|Collecting|Installing|Requirement already|Get:|Hit:|Fetched|Unpacking|Setting up)\b"
        r"|.{0,60}?\b(?:INFO|DEBUG|TRACE|WARN)\b|Picked up (?:JAVA_TOOL|_JAVA)_OPTIONS",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:0|no|without) (?:errors?|fail(?:ures?|ed)|warnings?)\b|\b(?:errors?|fail(?:ures?|ed))\s*[:=]\s*0\b(?!\.)"
        r"|\becho\b.*\b(?:error|fail)|\bwarn(?:ing)?s?\b|\bdeprecat|\|\| true\b|\bignor(?:ed|ing)\b|-W?error\b"
        r"|\berror(?:s|[_-]\w+)?\.(?:c|cc|cpp|o|h|go|py|js|ts|rb|java|class|html|rs)\b(?!:\d)"
        r"|\b(?:PASSED|SUCCESS|OK)$|\.{3} ?ok$|\bcontinue[- ]on[- ]error|fail[-_]?fast|\bset -e|\bon_failure\b"
        r"|\ballow_failure",
        re.IGNORECASE,
    ),
)
"""Lines that hold a word of failure and tell of none."""

FAULT = Kind(
    re.compile(
        r"E {2,}\S"  # pytest
        r"|(?:FAILED|FAIL|ERROR) \S+?(?:::|\.(?:py|[jt]sx?|rb|php|exs?|java|kt|cs)\b)"
        r"|\s*--- FAIL: |panic: |FAIL\s+\S"
        r"|\S+?[:(]\d+(?:[:,.]\d+)*\)?:? *(?:fatal )?(?:error|Error)\b|\S+\.go:\d+:\d+: \S"
        r"|\[ERROR\] (?=\S)(?!-> \[Help|To see the full|Re-run Maven|For more info|\[Help|After correcting|See )"
        r"|npm (?:ERR!|error) (?!A complete log|code |errno|path |syscall|command|\S*[/\\]_?logs)\S"
        r"|(?:error|fatal|FATAL|Error|ERROR)(?:\[\w+\])?: (?!Job failed)\S|\s*(?:│|╷|\|)? ?Error: \S"
        r"|#\d+ ERROR|#?\d* ?\d+\.\d+ (?:E|ERR|ERROR)[:!] |##\[error\](?!Process completed)"
        r"|\s*● .+ › |\s*(?:✗|✖|✕|×) \S|Execution failed for task|> Task \S+ FAILED|\S+ > .+ FAILED$"
    ),
    re.compile(
        r"\berror (?:TS|CS|C|LNK|MSB)\d+|\berror\[E\d+\]|failed to solve|executor failed running"
        r"|No space left on device|OutOfMemoryError|Segmentation fault|core dumped|\bOOMKilled\b"
        r"|manifest unknown|ImagePullBackOff|ErrImagePull|CrashLoopBackOff|Error from server|UPGRADE FAILED"
        r"|INSTALLATION FAILED|ndefined reference|cannot find symbol|assertion failed|Assertion .* failed"
    ),
)
"""What compilers, test runners, package managers and clusters print of the fault itself."""

TROUBLE = Kind(
    re.compile(
        r"(?:[\w$]+\.)*[\w$]*(?:Error|Exception|Failure)(?:: |$)|Caused by: |Exception in thread |Killed$"
        r"|(?:\S+: )?(?:syntax error|SyntaxError)|make(?:\[\d+\])?: \*\*\* "
    ),
    re.compile(
        r"AssertionError|: command not found|: not found$|is not recognized as |No such file or directory"
        r"|: No such file|[Oo]ut of memory|[Pp]ermission denied|[Aa]ccess denied|denied: |unauthorized: "
        r"|Connection refused"
    ),
)
"""Trouble that stops most scripts; some go on, and programs under test print it on purpose."""

TELLING = Kind(
    re.compile(r"(?:Could not|Cannot|Can't|Unable to|Failed to) \S|(?:error|failed|fail)\b"),
    re.compile(
        r"\b(?:ERROR|FATAL|FAILED|FAILURE|CRITICAL|Error|Exception|error:|failed:|timed out)(?!\w)|: failed|✗|✖"
    ),
)
"""Lines that say that something failed, and not what."""

VAGUE = re.compile(
    r"\b(?:error|fail(?:ed|ure|s)?|exception|fatal|cannot|unable to|abort(?:ed)?|exit(?:ed)? (?:status|code) [1-9])\b",
    re.IGNORECASE,
)
WORDS = (
    b"error", b"fail", b"fatal", b"exception", b"panic", b"traceback", b"not found", b"no such", b"denied",
    b"cannot", b"unable", b"undefined", b"killed", b"timed out", b"abort", b"refused", b"segmentation", b"no space",
    b"unauthorized", b"out of memory", b"could not", b"not recognized", b"backoff", b"exit", b"unknown",
    b"\ne  ", b"o e  ", b"e e  ", b"me  ",  # pytest's E: first, behind a timestamp's stream, behind a colour
    b"core dumped", b"caused by", b"\xe2\x97\x8f",
    b"\xe2\x9c\x97", b"\xe2\x9c\x96", b"\xc3\x97", b"\xe2\x9c\x95", b".go:", b"oomkilled",
)  # fmt: skip
"""In lower case, behind a line end: a line without any of these has no failure to tell."""
_NUMBER = re.compile(r"[1-9]\d*")
_LONGEST = 1_000


def rank(text: str) -> int:
    """How much a line says of a failure: 4 the fault, 3 trouble, 2 that something failed, 1 perhaps, 0 nothing."""
    return _rank(_NUMBER.sub("1", text[:_LONGEST]))


@lru_cache(4_096)
def _rank(text: str) -> int:
    """Of a line whose numbers are masked: logs repeat themselves, and each kind of line is judged once."""
    if NOISE.fits(text):
        return 0
    for number, kind in ((4, FAULT), (3, TROUBLE), (2, TELLING)):
        if kind.fits(text):
            return number
    return 1 if VAGUE.search(text) else 0
