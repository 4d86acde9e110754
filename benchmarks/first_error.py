"""How often the first error we name leads to the root cause, on public failing logs labelled by their authors.

Data: CiDiff (Hubner et al., ISSTA 2025), real failing logs of Maven, Gradle, Go, Docker and others. A reader sees 30
lines: ten before the line we name, that line, and 19 after it.
"""

import gzip
import json
import re
from pathlib import Path
from typing import Any

from console.insight.joblog import parse

DATA = Path(__file__).parents[2] / "shared" / "data" / "ci_logs" / "breakages.jsonl.gz"
BEFORE, AFTER = 10, 19
_GITHUB = re.compile(r"^(?:[^\t]*\t[^\t]*\t)?\d{4}-\d\d-\d\dT[\d:.]+Z ")


def shown(breakage: dict[str, Any]) -> tuple[int | None, set[int], str]:
    """The line we name (from 1; None: none), the labelled lines of the cause, and the text we name."""
    lines = [_GITHUB.sub("", one) for one in re.split(r"\r\n|\r|\n", breakage["fail_log"])]
    error = parse(one.encode() for one in lines).first_error
    causes = {line for kind, first, last in breakage["spans"] if kind == "E" for line in range(first, last + 1)}
    return (error.line if error else None), causes, error.text if error else ""


def run() -> dict[str, Any]:
    """Shares of logs (0..1): a line of the cause among the 30 shown, and the named line itself being one."""
    with gzip.open(DATA, "rt", encoding="utf-8") as source:
        results = [(case["case"], *shown(case)) for case in map(json.loads, source)]
    near = {case: line is not None and any(line - BEFORE <= one <= line + AFTER for one in causes)
            for case, line, causes, _ in results}  # fmt: skip
    exact = sum(line in causes for _, line, causes, _ in results if line is not None)
    return {
        "logs": len(results),
        "cause_within_30": sum(near.values()) / len(near),
        "cause_named": exact / len(results),
        "missed": sorted(case for case, hit in near.items() if not hit),
    }


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
