"""The functions that the engine knows: what they take and give. What they do is in `functions` and `over_time`."""

from dataclasses import dataclass

from console.demo.promql.nodes import ValueType

S, V, M, T = ValueType.SCALAR, ValueType.VECTOR, ValueType.MATRIX, ValueType.STRING


@dataclass(frozen=True, slots=True)
class Signature:
    """Types of the arguments and of the result; the last `optional` arguments may be left out."""

    arguments: tuple[ValueType, ...]
    result: ValueType = ValueType.VECTOR
    optional: int = 0


_MATH = "abs ceil floor exp ln log2 log10 sqrt sgn sort sort_desc timestamp"
_RANGE = """rate irate increase delta idelta deriv changes resets avg_over_time min_over_time max_over_time
sum_over_time count_over_time last_over_time present_over_time stddev_over_time stdvar_over_time absent_over_time"""

SIGNATURES: dict[str, Signature] = {
    **{name: Signature((V,)) for name in _MATH.split()},
    **{name: Signature((M,)) for name in _RANGE.split()},
    "absent": Signature((V,)),
    "clamp": Signature((V, S, S)),
    "clamp_max": Signature((V, S)),
    "clamp_min": Signature((V, S)),
    "histogram_quantile": Signature((S, V)),
    "label_replace": Signature((V, T, T, T, T)),
    "predict_linear": Signature((M, S)),
    "quantile_over_time": Signature((S, M)),
    "round": Signature((V, S), optional=1),
    "scalar": Signature((V,), ValueType.SCALAR),
    "time": Signature((), ValueType.SCALAR),
    "vector": Signature((S,)),
}
