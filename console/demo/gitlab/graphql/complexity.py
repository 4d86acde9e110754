"""What a query costs, by GitLab's rules: see `Types::BaseField` and `Resolvers::BaseResolver` there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
    get_named_type,
)

from .connections import MOST

LIMIT, ANONYMOUS_LIMIT = 250, 200
DEPTH, ANONYMOUS_DEPTH = 20, 15
MULTIPLIER = 0.01
"""Each item of a page adds so much of the field's cost."""
MULTIPLIERS = {"projects": 0.05}
_RESOLVED = frozenset({"projects", "pipelines", "jobs", "runners", "environments", "deployments", "managers"})
_GITALY = frozenset({"rootRef", "empty", "exists"})


@dataclass(frozen=True, slots=True)
class Cost:
    """Score and depth of one operation."""

    score: int
    depth: int

    def refusals(self, anonymous: bool) -> list[str]:
        """Why GitLab does not run it; empty when it does."""
        limit, deepest = (ANONYMOUS_LIMIT, ANONYMOUS_DEPTH) if anonymous else (LIMIT, DEPTH)
        found = []
        if self.depth > deepest:
            found.append(f"Query has depth of {self.depth}, which exceeds max depth of {deepest}")
        if self.score > limit:
            found.append(f"Query has complexity of {self.score}, which exceeds max complexity of {limit}")
        return found


class Meter:
    """Measures operations of a document that is valid against the schema."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> None:
        self.schema, self.variables = schema, variables
        self.fragments = {
            one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)
        }

    def measure(self, operation: OperationDefinitionNode) -> Cost:
        mutation = operation.operation is OperationType.MUTATION
        root = self.schema.mutation_type if mutation else self.schema.query_type
        assert root is not None, "the schema has both"
        return self._selection(operation.selection_set, root)

    def _selection(self, selection: SelectionSetNode, parent: object) -> Cost:
        score, depth = 0, 0
        for node in selection.selections:
            if isinstance(node, FieldNode):
                cost = self._field(node, parent)
            elif isinstance(node, InlineFragmentNode):
                name = node.type_condition.name.value if node.type_condition else None
                cost = self._selection(node.selection_set, self.schema.type_map[name] if name else parent)
            else:
                assert isinstance(node, FragmentSpreadNode), "a selection is a field or a fragment"
                fragment = self.fragments[node.name.value]
                cost = self._selection(fragment.selection_set, self.schema.type_map[fragment.type_condition.name.value])
            score, depth = score + cost.score, max(depth, cost.depth)
        return Cost(score, depth)

    def _field(self, node: FieldNode, parent: object) -> Cost:
        name = node.name.value
        if name.startswith("__") or not isinstance(parent, GraphQLObjectType):
            return Cost(0, 0)  # introspection has an allowance of its own
        kind = get_named_type(parent.fields[name].type)
        below = self._selection(node.selection_set, kind) if node.selection_set else Cost(0, 0)
        given = {one.name.value: one.value for one in node.arguments or ()}
        own = 1 + (name in _GITALY) + ("sort" in given) + 5 * ("search" in given)
        score = float(own + below.score)
        if kind.name.endswith("Connection") and name in _RESOLVED:
            score += score * self._page(given) * MULTIPLIERS.get(name, MULTIPLIER)
        return Cost(int(score), below.depth + 1)

    def _page(self, given: Mapping[str, Any]) -> int:
        sizes = [MOST]
        for name in ("first", "last"):
            value = given.get(name)
            if isinstance(value, IntValueNode):
                sizes.append(int(value.value))
            elif isinstance(value, VariableNode) and isinstance(self.variables.get(value.name.value), int):
                sizes.append(self.variables[value.name.value])
        return max(0, min(sizes))
