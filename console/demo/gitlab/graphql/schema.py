"""The executable schema, as it is today and as an older GitLab has it."""

from functools import cache
from pathlib import Path
from typing import Any, cast

from graphql import GraphQLObjectType, GraphQLResolveInfo, GraphQLSchema, build_schema

SOURCE = Path(__file__).with_name("schema.graphql")
NEWER = frozenset(
    {
        ("Pipeline", "failedJobsCount"),
        ("Pipeline", "failureReason"),
        ("Pipeline", "totalJobs"),
        ("Pipeline", "yamlErrors"),
        ("CiJob", "exitCode"),
        ("CiJob", "failureMessage"),
        ("CiJob", "source"),
        ("CiJob", "runnerManager"),
        ("CiJob", "erasedAt"),
        ("CiRunner", "jobExecutionStatus"),
        ("CiRunner", "managers"),
        ("Environment", "tier"),
    }
)
"""Fields that the server of the fault `old` does not know."""


@cache
def schema(old: bool = False) -> GraphQLSchema:
    found = build_schema(SOURCE.read_text(encoding="utf-8"))
    for kind, field in NEWER if old else ():
        del cast(GraphQLObjectType, found.type_map[kind]).fields[field]
    return found


@cache
def snake(name: str) -> str:
    """`hasNextPage` as Python writes it."""
    return "".join(f"_{one.lower()}" if one.isupper() else one for one in name)


def resolve(source: Any, info: GraphQLResolveInfo[Any], /, **arguments: Any) -> Any:
    """A field is the attribute or key of the same name; what can be called is called with the arguments."""
    name = snake(info.field_name)
    value = source[name] if isinstance(source, dict) else getattr(source, name)
    return value(**{snake(key): one for key, one in arguments.items()}) if callable(value) else value
