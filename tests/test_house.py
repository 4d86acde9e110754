"""The plan of the house, and the test that keeps it true.

Data walks one way: sources -> sync -> history -> boards (insight) -> panes, and back out through actions and ports.
A room may import itself, the standard library, third parties its place allows, and the rooms listed here.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "console"

ALLOWED: dict[str, set[str]] = {
    "model": set(),
    "text": set(),
    "insight": {"model"},
    "ports": {"model"},
    "golden": {"model"},
    # text: what comes from outside is stripped of control characters where it enters.
    "sources": {"model", "ports", "text"},
    "history": {"model", "ports"},
    # history.local holds no I/O of its own; sync writes through ports alone.
    "sync": {"model", "ports", "insight"},
    "boards": {"model", "ports", "insight", "golden"},
    "actions": {"model", "ports", "insight", "golden"},
    "report": {"model", "boards", "text"},
    "messages": {"model", "ports"},
    "launch": {"model", "ports"},
    "panes": {"model", "ports", "boards", "actions", "messages", "text", "widgets"},
    "screens": {"model", "ports", "boards", "actions", "messages", "text", "widgets"},
    "widgets": {"model", "ports", "boards", "actions", "messages", "text", "widgets"},
    "secrets": {"model", "ports"},
    "config": {"model", "ports", "secrets", "text"},
    "demo": set(),
    # What the screen showed last: read before anything heavy is imported, so it knows only the boards' types.
    "last": {"model", "boards"},
}
ANYTHING_BUT: dict[str, set[str]] = {
    "app": {"sources", "history", "demo", "cli"},
    "commands": {"sources", "history", "demo", "cli"},
    "theme": {"sources", "history", "demo", "cli"},
    # Only about the process and its terminal: it may know nothing of what is shown.
    "driver": {"sources", "history", "demo", "cli", "app", "panes", "screens", "boards", "sync", "config"},
    "cli": set(),
    "__main__": set(),
    "__init__": set(),
}
TEXTUAL_ROOMS = {"app", "driver", "commands", "theme", "messages", "panes", "screens", "widgets"}
FILES = sorted(ROOT.rglob("*.py"))


def room(path: Path) -> str:
    """The top-level part of the package a file belongs to: `panes` for console/panes/cache.py."""
    first = path.relative_to(ROOT).parts[0]
    return first.removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    """Every module a file imports, also inside functions and under TYPE_CHECKING, as absolute dotted names."""
    package = ("console", *path.relative_to(ROOT).parent.parts)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module or "") if part)
            if module == "console":
                yield from (f"console.{alias.name}" for alias in node.names)
            else:
                yield module


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_imports_only_what_the_plan_allows(path: Path) -> None:
    here = room(path)
    assert here in ALLOWED or here in ANYTHING_BUT, f"{here} is not in the plan"
    for module in imports(path):
        top, _, rest = module.partition(".")
        there = rest.partition(".")[0]
        if top == "textual":
            assert here in TEXTUAL_ROOMS, f"{here} knows Textual"
        if top != "console" or there in ("", here, "__version__"):
            continue
        if here in ALLOWED:
            assert there in ALLOWED[here], f"{here} imports {there}"
        else:
            assert there not in ANYTHING_BUT[here], f"{here} imports {there}"


def test_panes_do_not_know_each_other() -> None:
    for path in (ROOT / "panes").glob("*.py"):
        if path.stem in ("__init__", "base", "level"):
            continue
        for module in imports(path):
            if module.startswith("console.panes."):
                assert module == "console.panes.level", f"{path.name} imports {module}"


def test_files_stay_small_enough_to_hold_in_the_head() -> None:
    long = {str(path.relative_to(ROOT)): lines for path in FILES if (lines := path.read_text().count("\n")) > 400}
    assert not long
