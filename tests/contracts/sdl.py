"""GitLab's own GraphQL schema as a judge of documents."""

from functools import lru_cache

import pytest
from graphql import GraphQLSchema, build_schema

from tests.contracts.openapi import SHARED

SDL = SHARED / "graphql" / "gitlab_schema.graphql"


@lru_cache(maxsize=1)
def gitlab_schema() -> GraphQLSchema:
    """The schema of GitLab 18.9, read once (it takes seconds); skips the test where it is absent."""
    if not SDL.exists():
        pytest.skip("GitLab's GraphQL schema is not beside this checkout")
    return build_schema(SDL.read_text(encoding="utf-8"), assume_valid=True)
