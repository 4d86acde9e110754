"""Every GraphQL document we send is one GitLab accepts, and what we call optional exists."""

import re

import pytest
from graphql import GraphQLObjectType, parse, validate

from console.sources.gitlab.documents import DOCUMENTS, named_projects, optional, without
from tests.contracts.sdl import gitlab_schema

ALL = (*DOCUMENTS, named_projects(1), named_projects(10))
QUERY_TEXT_LIMIT = 10_000


def title(document: str) -> str:
    found = re.search(r"query (\w+)", document)
    return found[1] if found else document


@pytest.mark.parametrize("document", ALL, ids=title)
def test_a_document_fits_gitlab_s_schema(document: str) -> None:
    assert [error.message for error in validate(gitlab_schema(), parse(document))] == []


@pytest.mark.parametrize("document", ALL, ids=title)
def test_a_document_still_fits_without_what_is_optional(document: str) -> None:
    marked = optional(document)
    for unknown in (marked, *({one} for one in marked)):
        bare = without(document, unknown)
        assert "#?" not in bare
        assert [error.message for error in validate(gitlab_schema(), parse(bare))] == []


@pytest.mark.parametrize("document", ALL, ids=title)
def test_each_mark_names_a_field_or_argument_of_its_line(document: str) -> None:
    schema = gitlab_schema()
    for line in document.splitlines():
        found = re.search(r"^\s*(\w+).*#\? (\S+)$", line)
        if not found:
            continue
        word, mark = found.groups()
        argument = re.fullmatch(r"(\w+)\((\w+)\)", mark)
        if argument:
            assert argument[2] == word
            continue
        kind, _, name = mark.partition(".")
        assert name == word
        owner = schema.type_map[kind]
        assert isinstance(owner, GraphQLObjectType)
        assert name in owner.fields


@pytest.mark.parametrize("document", ALL, ids=title)
def test_a_document_asks_what_it_costs_and_is_short_enough(document: str) -> None:
    assert "queryComplexity { score limit }" in document
    assert len(without(document, ())) < QUERY_TEXT_LIMIT
