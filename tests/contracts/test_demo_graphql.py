"""The schema that the simulated GitLab executes is a part of GitLab's own, and takes what we send."""

import re

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLScalarType,
    parse,
    specified_scalar_types,
    validate,
)

from console.demo.gitlab.graphql.schema import NEWER, schema
from tests.contracts.openapi import SHARED
from tests.contracts.sdl import gitlab_schema

OURS = [
    name
    for name, kind in schema().type_map.items()
    if not name.startswith("__") and kind.name not in specified_scalar_types
]


@pytest.mark.parametrize("name", OURS)
def test_a_type_is_the_same_as_in_gitlab(name: str) -> None:
    ours, theirs = schema().type_map[name], gitlab_schema().type_map[name]
    assert type(ours) is type(theirs)
    if isinstance(ours, GraphQLObjectType):
        assert isinstance(theirs, GraphQLObjectType)
        for field, one in ours.fields.items():
            other = theirs.fields[field]
            assert str(one.type) == str(other.type), field
            for argument, given in one.args.items():
                assert str(given.type) == str(other.args[argument].type), (field, argument)
    elif isinstance(ours, GraphQLEnumType):
        assert isinstance(theirs, GraphQLEnumType)
        assert set(ours.values) <= set(theirs.values)
    elif isinstance(ours, GraphQLInputObjectType):
        assert isinstance(theirs, GraphQLInputObjectType)
        assert {key: str(one.type) for key, one in ours.fields.items()} == {
            key: str(one.type) for key, one in theirs.fields.items() if key in ours.fields
        }
    else:
        assert isinstance(ours, GraphQLScalarType)


@pytest.mark.parametrize("operation", ["Fleet", "Jobs", "Runners"])
def test_the_sample_operation_is_understood(operation: str) -> None:
    source = SHARED / "graphql" / "sample_operations.graphql"
    if not source.exists():
        pytest.skip("GitLab's sample operations are not beside this checkout")
    parts = re.split(r"\n(?=query|mutation)", source.read_text(encoding="utf-8"))
    text = next(part for part in parts if part.startswith(f"query {operation}("))
    assert validate(schema(), parse(text)) == []


def test_the_older_server_lacks_the_newer_fields_alone() -> None:
    old, new = schema(old=True), schema()
    for name, field in NEWER:
        kind, before = old.type_map[name], new.type_map[name]
        assert isinstance(kind, GraphQLObjectType)
        assert isinstance(before, GraphQLObjectType)
        assert field not in kind.fields
        assert field in before.fields
