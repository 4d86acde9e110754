"""The types of a syntax tree: what each expression gives, and whether it may stand where it stands."""

from dataclasses import dataclass

from console.demo.promql.errors import QueryParseError
from console.demo.promql.nodes import (
    Aggregation,
    Binary,
    Call,
    Cardinality,
    Matching,
    Negation,
    Node,
    Number,
    Paren,
    Range,
    Subquery,
    Text,
    ValueType,
)
from console.demo.promql.signatures import SIGNATURES

COMPARISONS = frozenset(("==", "!=", "<", ">", "<=", ">="))
SET_OPERATORS = frozenset(("and", "or", "unless"))
PARAMETERS = {
    "topk": ValueType.SCALAR,
    "bottomk": ValueType.SCALAR,
    "quantile": ValueType.SCALAR,
    "count_values": ValueType.STRING,
}
"""The aggregators that take a parameter before their vector, and its type."""
_SUMMABLE = (ValueType.SCALAR, ValueType.VECTOR)


def type_of(node: Node) -> ValueType:
    """What the expression gives."""
    match node:
        case Number():
            return ValueType.SCALAR
        case Text():
            return ValueType.STRING
        case Range() | Subquery():
            return ValueType.MATRIX
        case Call():
            return SIGNATURES[node.function].result
        case Paren() | Negation():
            return type_of(node.inner)
        case Binary():
            both = {type_of(node.left), type_of(node.right)}
            return ValueType.SCALAR if both == {ValueType.SCALAR} else ValueType.VECTOR
        case _:
            return ValueType.VECTOR


@dataclass(frozen=True, slots=True)
class Checker:
    """Raises QueryParseError, placed in `query`, for an expression of the wrong type."""

    query: str

    def expect(self, node: Node, wanted: ValueType, where: str) -> None:
        """The expression must give `wanted`."""
        found = type_of(node)
        if found != wanted:
            self.fail(node.start, f"expected type {wanted} in {where}, got {found}")

    def call(self, node: Call) -> Call:
        """A call has as many arguments as its function wants, each of its type."""
        signature = SIGNATURES[node.function]
        most, count = len(signature.arguments), len(node.arguments)
        least = most - signature.optional
        if not least <= count <= most:
            often = "" if least == most else "at least " if count < least else "at most "
            wanted = least if count < least else most
            self.fail(node.start, f'expected {often}{wanted} argument(s) in call to "{node.function}", got {count}')
        for argument, wanted_type in zip(node.arguments, signature.arguments, strict=False):
            self.expect(argument, wanted_type, f'call to function "{node.function}"')
        return node

    def aggregation(self, node: Aggregation) -> Aggregation:
        """An aggregation is over an instant vector, its parameter of the operator's type."""
        self.expect(node.inner, ValueType.VECTOR, "aggregation expression")
        if node.parameter is not None:
            self.expect(node.parameter, PARAMETERS[node.op], "aggregation parameter")
        return node

    def negation(self, node: Negation) -> Negation:
        """Only scalars and instant vectors have a sign."""
        found = type_of(node.inner)
        if found not in _SUMMABLE:
            name = {ValueType.MATRIX: "range vector", ValueType.STRING: "string"}[found]
            self.fail(
                node.start,
                f'unary expression only allowed on expressions of type scalar or instant vector, got "{name}"',
            )
        return node

    def binary(self, node: Binary, operator_start: int, matched: bool) -> Binary:
        """Both sides may be combined by this operator; `matched` tells whether on or ignoring was written."""
        left, right = type_of(node.left), type_of(node.right)
        if left not in _SUMMABLE or right not in _SUMMABLE:
            self.fail(node.start, "binary expression must contain only scalar and instant vector types")
        if node.return_bool and node.op not in COMPARISONS:
            self.fail(operator_start, "bool modifier can only be used on comparison operators")
        both_scalar = left == right == ValueType.SCALAR
        if both_scalar and node.op in COMPARISONS and not node.return_bool:
            self.fail(operator_start, "comparisons between scalars must use BOOL modifier")
        if ValueType.SCALAR in (left, right):
            self._with_scalar(node, matched)
        elif node.matching is not None:
            self._matching(node, node.matching)
        return node

    def _with_scalar(self, node: Binary, matched: bool) -> None:
        if matched:
            self.fail(node.start, "vector matching only allowed between instant vectors")
        if node.op in SET_OPERATORS:
            self.fail(node.start, f'set operator "{node.op}" not allowed in binary scalar expression')

    def _matching(self, node: Binary, matching: Matching) -> None:
        grouped = matching.cardinality in (Cardinality.MANY_TO_ONE, Cardinality.ONE_TO_MANY)
        if grouped and node.op in SET_OPERATORS:
            self.fail(node.start, f'no grouping allowed for "{node.op}" operation')
        if matching.on:
            for name in sorted(matching.labels.intersection(matching.include)):
                self.fail(node.start, f'label "{name}" must not occur in ON and GROUP clause at once')

    def fail(self, position: int, reason: str) -> None:
        """Raise the error that points at `position`."""
        raise QueryParseError(self.query, position, reason)
