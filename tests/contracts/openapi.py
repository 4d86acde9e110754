"""GitLab's OpenAPI document as a judge of requests: any test can hand it what a client sent.

`Contract.complaint(request)` says what the document does not know. The document is GitLab 18.9's; what is newer, or
known to be missing there, stands in EXTRA with its place in the reference.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
import yaml

SHARED = Path(__file__).resolve().parents[3] / "shared" / "gitlab"
DOCUMENT = SHARED / "openapi" / "gitlab_openapi3_from_v2.yaml"

KEYSET = frozenset({"pagination", "order_by", "sort", "cursor", "id_after", "id_before"})
EXTRA: dict[str, frozenset[str]] = {
    "/api/v4/projects/{id}/jobs": KEYSET,  # §1.4: keyset lists; the document has the offset parameters alone
    "/api/v4/projects": KEYSET,
    "/api/v4/projects/{id}/jobs/{job_id}/trace": frozenset({"byte_offset", "byte_limit"}),  # §2: from 19.5
}
OUTSIDE = ("/api/graphql", "/oauth/token/info")
"""Paths of the reference that are no part of the REST document."""


@dataclass(frozen=True)
class Contract:
    """The document's paths, ready to match."""

    paths: tuple[tuple[re.Pattern[str], str, dict[str, Any]], ...]

    def complaint(self, request: httpx.Request, root: str = "") -> str:
        """What is wrong with one request to an instance below `root`; empty when nothing is."""
        path = request.url.raw_path.decode().partition("?")[0]
        if not path.startswith(root):
            return f"{path} is outside {root}"
        path = path.removeprefix(root)
        if path in OUTSIDE:
            return ""
        method = request.method.lower()
        matching = [
            (name, item[method]) for pattern, name, item in self.paths if pattern.match(path) and method in item
        ]
        if not matching:
            return f"{request.method} {path} is not in the document"
        complaints = [_parameters(request, name, operation) for name, operation in matching]
        return "" if "" in complaints else complaints[0]


def _parameters(request: httpx.Request, name: str, operation: dict[str, Any]) -> str:
    documented = {one["name"]: one.get("schema", {}) for one in operation.get("parameters", []) if one["in"] == "query"}
    for sent, value in parse_qsl(request.url.query.decode(), keep_blank_values=True):
        parameter = sent.removesuffix("[]")
        if parameter in EXTRA.get(name, ()):
            continue
        if parameter not in documented:
            return f"{request.method} {name} has no parameter {parameter}"
        wrong = _value(value, documented[parameter])
        if wrong:
            return f"{request.method} {name}: {parameter}={value} is {wrong}"
    return ""


def _value(value: str, schema: dict[str, Any]) -> str:
    if "enum" in schema and value not in {str(one) for one in schema["enum"]}:
        return f"none of {schema['enum']}"
    if schema.get("type") == "integer" and not value.isdigit():
        return "no number"
    if schema.get("type") == "boolean" and value not in ("true", "false"):
        return "neither true nor false"
    return ""


@lru_cache(maxsize=1)
def contract() -> Contract:
    """The document, read once (about a second); skips the test where the document is absent."""
    if not DOCUMENT.exists():
        pytest.skip("GitLab's OpenAPI document is not beside this checkout")
    with DOCUMENT.open(encoding="utf-8") as file:
        document = yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    paths = tuple((_pattern(path), path, item) for path, item in document["paths"].items())
    # Longer literal parts first: /runners/all before /runners/{id}.
    return Contract(tuple(sorted(paths, key=lambda one: one[1].count("{"))))


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile("".join("[^/]+" if part.startswith("{") else re.escape(part) for part in _parts(path)) + r"\Z")


def _parts(path: str) -> list[str]:
    return re.split(r"(\{[^}]+\})", path)
