"""What Prometheus remarks about a query that it can answer."""

from collections.abc import Iterator

from console.demo.promql.errors import place
from console.demo.promql.labels import NAME
from console.demo.promql.nodes import Aggregation, Binary, Call, Negation, Node, Paren, Range, Subquery
from console.demo.promql.parser import parse

_COUNTING = frozenset(("rate", "irate", "increase"))
_COUNTERS = ("_total", "_sum", "_count", "_bucket")


def infos(query: str) -> list[str]:
    """Remarks on counters' functions over what is not named like a counter. Raises QueryParseError."""
    return [_not_counter(query, *found) for found in _suspects(parse(query))]


def _not_counter(query: str, name: str, start: int) -> str:
    return (
        "PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "
        f'"{name}" ({place(query, start)})'
    )


def _suspects(node: Node) -> Iterator[tuple[str, int]]:
    if isinstance(node, Call) and node.function in _COUNTING and isinstance(node.arguments[0], Range):
        selector = node.arguments[0].selector
        names = [one.value for one in selector.matchers if one.name == NAME and one.op == "="]
        yield from ((name, selector.start) for name in names if not name.endswith(_COUNTERS))
    for child in _children(node):
        yield from _suspects(child)


def _children(node: Node) -> tuple[Node, ...]:
    match node:
        case Call():
            return node.arguments
        case Binary():
            return node.left, node.right
        case Aggregation():
            return (node.inner,) if node.parameter is None else (node.parameter, node.inner)
        case Negation() | Paren() | Subquery():
            return (node.inner,)
        case _:
            return ()
