"""`python -m benchmarks [NAME ...]`: every benchmark, or those named, as one JSON object on standard output."""

import json
import sys
from importlib import import_module
from pathlib import Path
from traceback import print_exc
from types import ModuleType
from typing import Any


def found() -> dict[str, ModuleType]:
    """The modules beside this one that have a `run`, by name."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_"))
    modules = {name: import_module(f"benchmarks.{name}") for name in names}
    return {name: module for name, module in modules.items() if callable(getattr(module, "run", None))}


def main(wanted: list[str]) -> int:
    """Exit code 1 when a benchmark failed; the others are printed all the same. 2 for a name that is none."""
    modules = found()
    if unknown := [name for name in wanted if name not in modules]:
        print(f"no benchmark is called {', '.join(unknown)}; there are: {', '.join(modules)}", file=sys.stderr)
        return 2
    figures: dict[str, Any] = {}
    for name in wanted or modules:
        print(f"{name} …", file=sys.stderr, flush=True)
        try:
            figures[name] = modules[name].run()
        except Exception as error:  # noqa: BLE001 - told here, and in the exit code; the others still run
            print_exc()
            figures[name] = {"error": repr(error)}
    print(json.dumps(figures, indent=2))
    return 1 if any("error" in one for one in figures.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
