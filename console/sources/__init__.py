"""The outside: one package or module a system, each turning answers into nouns and every failure into SourceError.

Nothing here is imported before the first paint.
"""

import sys
from importlib.util import find_spec
from typing import Any, cast

_modules = cast(dict[str, Any], sys.modules)
# httpx brings a command line of its own and two megabytes that it needs; without them it goes on.
_modules.setdefault("httpx._main", None)
if find_spec("sniffio") is None:
    # httpcore asks for it ten times a request, and each time Python would look through all its folders.
    _modules["sniffio"] = None
