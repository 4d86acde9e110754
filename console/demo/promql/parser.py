"""From tokens to the syntax tree: operator precedence climbing over Prometheus' grammar."""

from console.demo.promql.checks import COMPARISONS, PARAMETERS, SET_OPERATORS, Checker, type_of
from console.demo.promql.errors import QueryParseError
from console.demo.promql.lexer import AGGREGATORS, KEYWORDS, Token, duration_ms, number, tokens
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
    Selector,
    Subquery,
    Text,
    ValueType,
)
from console.demo.promql.selectors import SelectorParser
from console.demo.promql.signatures import SIGNATURES

_PRECEDENCE = {
    "or": 1,
    **dict.fromkeys(("and", "unless"), 2),
    **dict.fromkeys(COMPARISONS, 3),
    **dict.fromkeys(("+", "-"), 4),
    **dict.fromkeys(("*", "/", "%"), 5),
    "^": 6,
}
_UNARY = 6
"""A sign binds as a product does: `-2^2` is -4 and `-a * b` is (-a) * b."""
_DEEPEST = 100
"""A tree deeper than this is refused: Python's own recursion limit would end the server's request otherwise."""


def parse(query: str) -> Node:
    """The checked syntax tree of a query. Raises QueryParseError."""
    return Parser(query).whole()


class Parser(SelectorParser):
    """One query being read, a token at a time."""

    def __init__(self, query: str) -> None:
        super().__init__(query, tokens(query))
        self.check = Checker(query)
        self.depth = 0

    def whole(self) -> Node:
        """The one expression that the text holds."""
        if self.tokens[0].kind == "end":
            raise QueryParseError(self.query, 0, "no expression found in input")
        node = self.expression(0)
        if self.here.kind != "end":
            self.unexpected()
        return node

    def expression(self, floor: int) -> Node:
        """An expression of operators that bind more tightly than `floor`."""
        outside = self.depth
        self.deeper()
        node = self.operand()
        while (rank := _PRECEDENCE.get(self.operator(), 0)) > floor:
            self.deeper()
            node = self.binary(node, rank)
        self.depth = outside
        return node

    def deeper(self) -> None:
        """Count one more level of the tree; a chain of operators grows it as parentheses do."""
        self.depth += 1
        if self.depth > _DEEPEST:
            self.fail("expression is nested too deeply")

    def operator(self) -> str:
        """The operator that comes next, or nothing."""
        token = self.here
        return token.text if token.kind == "symbol" else token.word

    def binary(self, left: Node, rank: int) -> Binary:
        """The operator that comes next and what stands right of it."""
        op, token = self.operator(), self.take()
        return_bool = self.skip_word("bool")
        matching, matched = self.matching(op)
        right = self.expression(rank - 1 if op == "^" else rank)
        both = type_of(left) == type_of(right) == ValueType.VECTOR
        node = Binary(left.start, op, left, right, return_bool, matching if both else None)
        return self.check.binary(node, token.start, matched)

    def matching(self, op: str) -> tuple[Matching, bool]:
        """How to pair the elements of both sides, and whether the query says so itself."""
        plain = Cardinality.MANY_TO_MANY if op in SET_OPERATORS else Cardinality.ONE_TO_ONE
        if self.here.word not in ("on", "ignoring"):
            return Matching(cardinality=plain), False
        on = self.take().word == "on"
        labels = frozenset(self.label_list())
        side = self.here.word
        if side not in ("group_left", "group_right"):
            return Matching(on, labels, plain), True
        self.take()
        include = tuple(self.label_list()) if self.at("(") else ()
        many = Cardinality.MANY_TO_ONE if side == "group_left" else Cardinality.ONE_TO_MANY
        return Matching(on, labels, many, include), True

    def operand(self) -> Node:
        """A literal, selector, call, aggregation or parenthesis, with its sign and what is attached to it."""
        token = self.here
        if token.kind == "symbol" and token.text in "+-":
            self.take()
            signed = self.check.negation(Negation(token.start, self.expression(_UNARY - 1)))
            return signed if token.text == "-" else signed.inner
        return self.attached(self.primary(token))

    def primary(self, token: Token) -> Node:
        """What an operand is before any range or offset is attached to it."""
        if token.kind == "number":
            return Number(self.take().start, number(token.text))
        if token.kind == "string":
            return Text(token.start, self.string())
        if self.at("("):
            return self.parenthesis()
        if self.at("{"):
            return self.selector()
        if token.kind == "word":
            return self.named(token)
        return self.unexpected()

    def parenthesis(self) -> Paren:
        """`(expression)`."""
        start = self.take().start
        inner = self.expression(0)
        self.expect(")")
        return Paren(start, inner)

    def named(self, token: Token) -> Node:
        """What a word opens: a number's name, an aggregation, a call or a selector."""
        following = self.tokens[self.index + 1]
        called = following.text == "(" and following.kind == "symbol"
        if token.word in ("nan", "inf"):
            return Number(self.take().start, float(token.word))
        if token.word in AGGREGATORS and (called or following.word in ("by", "without")):
            return self.aggregation(token.word)
        if called and token.word not in KEYWORDS:
            return self.call(token)
        return self.selector()

    def call(self, token: Token) -> Call:
        """`function(arguments)`."""
        self.take()
        arguments = self.arguments()
        if token.text not in SIGNATURES:
            self.fail(f'unknown function with name "{token.text}"', token.start)
        return self.check.call(Call(token.start, token.text, arguments))

    def arguments(self, where: str = "") -> tuple[Node, ...]:
        """`(a, b)`; `where` is added to the error when there is no parenthesis."""
        self.expect("(", where)
        found: list[Node] = []
        while not self.at(")"):
            found.append(self.expression(0))
            if not self.at(","):
                break
            comma = self.take()
            if self.at(")"):
                self.fail("trailing commas not allowed in function call args", comma.start)
        self.expect(")")
        return tuple(found)

    def aggregation(self, op: str) -> Aggregation:
        """`sum by (label) (inner)` or `sum(inner) by (label)`."""
        start = self.take().start
        grouping = self.grouping()
        arguments = self.arguments(" in aggregation")
        labels, without = grouping or self.grouping() or (frozenset[str](), False)
        wanted = 2 if op in PARAMETERS else 1
        if not arguments:
            self.fail("no arguments for aggregate expression provided", start)
        if len(arguments) != wanted:
            count = f"expected {wanted}, got {len(arguments)}"
            self.fail(f"wrong number of arguments for aggregate expression provided, {count}", start)
        parameter = arguments[0] if wanted == 2 else None
        return self.check.aggregation(Aggregation(start, op, arguments[-1], parameter, labels, without))

    def grouping(self) -> tuple[frozenset[str], bool] | None:
        """The labels of `by` or `without` and whether it is `without`; None when neither comes next."""
        if self.here.word not in ("by", "without"):
            return None
        without = self.take().word == "without"
        return frozenset(self.label_list()), without

    def attached(self, node: Node) -> Node:
        """The ranges and offsets that follow an operand."""
        while True:
            if self.at("["):
                node = self.range(node)
            elif self.here.word == "offset":
                node = self.offset(node)
            elif self.at("@"):
                self.fail("@ modifier is not supported")
            else:
                return node

    def range(self, node: Node) -> Range | Subquery:
        """`[5m]` after a selector, or `[1h:1m]` after any instant vector."""
        opening = self.take()
        span = self.duration("range")
        if not self.at(":"):
            if not isinstance(node, Selector):
                self.fail("ranges only allowed for vector selectors", opening.start)
            elif node.offset_ms:
                self.fail("no offset modifiers allowed before range", opening.start)
            else:
                self.expect("]")
                return Range(node.start, node, span)
        self.take()
        step = None if self.at("]") else self.duration("subquery selector")
        self.expect("]")
        if type_of(node) != ValueType.VECTOR:
            found = "matrix" if type_of(node) == ValueType.MATRIX else type_of(node)
            self.fail(f"subquery is only allowed on instant vector, got {found} instead", node.start)
        return Subquery(node.start, node, span, step)

    def offset(self, node: Node) -> Node:
        """`offset 5m` after a selector, range or subquery."""
        self.take()
        sign = -1 if self.at("-") else 1
        if self.at("-") or self.at("+"):
            self.take()
        span = sign * self.duration("offset")
        match node:
            case Selector(offset_ms=0):
                return Selector(node.start, node.matchers, span)
            case Range() if node.selector.offset_ms == 0:
                return Range(node.start, Selector(node.start, node.selector.matchers, span), node.range_ms)
            case Subquery(offset_ms=0):
                return Subquery(node.start, node.inner, node.range_ms, node.step_ms, span)
            case Selector() | Range() | Subquery():
                return self.fail("offset may not be set multiple times", node.start)
        return self.fail(
            "offset modifier must be preceded by an instant vector selector or range vector selector or a subquery",
            node.start,
        )

    def duration(self, where: str) -> int:
        """A duration above zero, in milliseconds."""
        if self.here.kind != "duration":
            self.unexpected(f" in {where}, expected duration")
        token = self.take()
        span = duration_ms(token.text)
        return span if span > 0 else self.fail("duration must be greater than 0", token.start)
