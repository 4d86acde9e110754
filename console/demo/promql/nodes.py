"""The syntax tree of a query. `start` is the offset of a node's first character, for error messages."""

from dataclasses import dataclass
from enum import StrEnum

from console.demo.promql.series import Matcher


class ValueType(StrEnum):
    """What an expression gives, in the words of Prometheus' error messages."""

    SCALAR = "scalar"
    VECTOR = "instant vector"
    MATRIX = "range vector"
    STRING = "string"


class Cardinality(StrEnum):
    """How many elements of each side share one set of matching labels."""

    ONE_TO_ONE = "one-to-one"
    MANY_TO_ONE = "many-to-one"
    ONE_TO_MANY = "one-to-many"
    MANY_TO_MANY = "many-to-many"


@dataclass(frozen=True, slots=True)
class Number:
    """A literal such as `0.95`, `0x1f`, `NaN` or `Inf`."""

    start: int
    value: float


@dataclass(frozen=True, slots=True)
class Text:
    """A string literal, unquoted."""

    start: int
    value: str


@dataclass(frozen=True, slots=True)
class Selector:
    """An instant vector selector; `matchers` holds the metric's name as well."""

    start: int
    matchers: tuple[Matcher, ...]
    offset_ms: int = 0


@dataclass(frozen=True, slots=True)
class Range:
    """A range vector selector: `selector[5m]`; the offset is the selector's."""

    start: int
    selector: Selector
    range_ms: int


@dataclass(frozen=True, slots=True)
class Subquery:
    """`expression[1h:1m]`: the expression evaluated on a grid; `step_ms` is None for the default step."""

    start: int
    inner: "Node"
    range_ms: int
    step_ms: int | None
    offset_ms: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """A function applied to its arguments."""

    start: int
    function: str
    arguments: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Aggregation:
    """`sum by (a) (inner)`: `grouping` names the labels to keep, or to drop when `without`."""

    start: int
    op: str
    inner: "Node"
    parameter: "Node | None"
    grouping: frozenset[str]
    without: bool


@dataclass(frozen=True, slots=True)
class Matching:
    """How a binary operator pairs the elements of two vectors."""

    on: bool = False
    labels: frozenset[str] = frozenset()
    cardinality: Cardinality = Cardinality.ONE_TO_ONE
    include: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Binary:
    """`left op right`; `matching` is None unless both sides are vectors."""

    start: int
    op: str
    left: "Node"
    right: "Node"
    return_bool: bool
    matching: Matching | None


@dataclass(frozen=True, slots=True)
class Negation:
    """`-inner`."""

    start: int
    inner: "Node"


@dataclass(frozen=True, slots=True)
class Paren:
    """`(inner)`; kept, since an error about it points at the parenthesis."""

    start: int
    inner: "Node"


Node = Number | Text | Selector | Range | Subquery | Call | Aggregation | Binary | Negation | Paren
