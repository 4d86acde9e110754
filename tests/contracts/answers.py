"""GitLab's OpenAPI document as a judge of answers, with the list of its own mistakes applied."""

import json
from functools import lru_cache
from typing import Any

import jsonschema
import pytest
import yaml

from tests.contracts.openapi import DOCUMENT, SHARED

DEFECTS = SHARED / "openapi" / "known_defects.json"
UNDOCUMENTED = {
    "API_Entities_Ci_PipelineBasic": {"name"},  # in lists of pipelines: reference §2
    "API_Entities_Ci_Pipeline": {"name"},  # fixtures/api/pipeline_detail_recorded.json
}
"""Keys that the reference or a recording has and the document does not."""
MISTYPED = {
    ("API_Entities_GroupDetail", "id"): "integer",  # as `group_id` everywhere else
    ("API_Entities_User", "bot"): "boolean",
    ("API_Entities_GroupAccess", "access_level"): "integer",
    ("API_Entities_GroupAccess", "notification_level"): "integer",
    ("API_Entities_Ci_PipelineWithMetadata", "coverage"): "string",  # reference §2.1
    ("API_Entities_Ci_Pipeline", "coverage"): "string",
}
"""Further mistakes in the types of the document: what the reference or a recording says instead."""
_JOBS = ("API_Entities_Ci_Job", "API_Entities_Ci_JobBasic", "API_Entities_Ci_Bridge")
_TYPES = ("array", "object", "string", "integer", "boolean", "number")


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """The document with its mistakes mended; skips the test where it is absent."""
    if not DOCUMENT.exists():
        pytest.skip("GitLab's OpenAPI document is not beside this checkout")
    with DOCUMENT.open(encoding="utf-8") as file:
        found: dict[str, Any] = yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    schemas = found["components"]["schemas"]
    for defect in json.loads(DEFECTS.read_text(encoding="utf-8"))["properties"]:
        for name in defect["schema"].partition(" ")[0].split(", ") if "any " not in defect["schema"] else ():
            _mend(schemas.get(name.rstrip(","), {}).get("properties", {}), defect)
        if defect["schema"].startswith("TestReportEntity, "):
            _mend(schemas["TestSuiteEntity"]["properties"], defect)
    for (schema, name), kind in MISTYPED.items():
        schemas[schema]["properties"][name] = {"type": kind}
    for schema in _JOBS:
        schemas[schema]["properties"]["project"]["properties"]["ci_job_token_scope_enabled"] = {"type": "boolean"}
    return found


def _mend(properties: dict[str, Any], defect: dict[str, str]) -> None:
    names = list(properties) if defect["property"] == "*" else defect["property"].split(", ")
    kind = next((one for one in _TYPES if defect["actual"].removeprefix("really a ").startswith(one)), None)
    for name in names:
        properties[name] = {"type": kind} if kind else {}


def answer_schema(path: str, method: str = "get") -> dict[str, Any]:
    """The schema of the good answer of this operation."""
    answers = document()["paths"][path][method]["responses"]
    good = next(answers[code] for code in ("200", "201") if code in answers)
    schema: dict[str, Any] = next(iter(good["content"].values()))["schema"]
    return schema


def complaints(path: str, body: Any, method: str = "get") -> list[str]:
    """What in the body does not fit the document: types, and keys that it does not have."""
    schema = answer_schema(path, method)
    if isinstance(body, list) and schema.get("type") != "array":
        schema = {"type": "array", "items": schema}  # documented as one object, see known_defects.json
    whole = {**_nullable(schema), "components": _components()}
    validator = jsonschema.Draft7Validator(whole)
    wrong = [one for error in validator.iter_errors(body) for one in _leaves(error)]
    return wrong + _unknown(schema, body, "")


def _leaves(error: jsonschema.ValidationError) -> list[str]:
    """What is really wrong, below the `null or` that stands before every reference."""
    children = (child for child in error.context or () if child.validator_value != "null")
    inner = [one for child in children for one in _leaves(child)]
    return inner or [f"{'.'.join(map(str, error.absolute_path))}: {error.message[:200]}"]


@lru_cache(maxsize=1)
def _components() -> dict[str, Any]:
    return {"schemas": {name: _nullable(one) for name, one in document()["components"]["schemas"].items()}}


def _nullable(schema: Any) -> Any:
    """The same where everything may be null, as it may in GitLab."""
    if isinstance(schema, list):
        return [_nullable(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return {"anyOf": [{"$ref": schema["$ref"]}, {"type": "null"}]}
    made = {
        key: _nullable(value) for key, value in schema.items() if key not in ("example", "format", "enum", "default")
    }
    if isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
    return made


def _unknown(schema: dict[str, Any], body: Any, place: str) -> list[str]:
    """Keys of the body that the schema lacks, with their place."""
    name = schema.get("$ref", "").rpartition("/")[2]
    if name:
        schema = document()["components"]["schemas"][name]
    if isinstance(body, list):
        items = schema.get("items", {})
        return [one for number, row in enumerate(body[:3]) for one in _unknown(items, row, f"{place}[{number}]")]
    properties = _properties(schema)
    if not isinstance(body, dict) or not properties:
        return []
    extra = UNDOCUMENTED.get(name, set())
    found = [f"{place}.{key} is not in {name}" for key in body if key not in properties and key not in extra]
    for key, value in body.items():
        found += _unknown(properties.get(key, {}), value, f"{place}.{key}")
    return found


def _properties(schema: dict[str, Any]) -> dict[str, Any]:
    found = dict(schema.get("properties", {}))
    for one in schema.get("allOf", ()):
        if "$ref" in one:
            one = document()["components"]["schemas"][one["$ref"].rpartition("/")[2]]
        found |= _properties(one)
    return found
