"""`/api/v1/query` and `/api/v1/query_range`."""

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from console.demo.metrics import MetricStore
from console.demo.prometheus_api.answers import ApiError, result, success
from console.demo.prometheus_api.parameters import Parameters
from console.demo.prometheus_api.partial import PARTIAL_WARNING, HalfStore
from console.demo.promql import Answer, ExecutionError, QueryParseError, SeriesStore, instant, over_range
from console.demo.promql.annotations import infos
from console.demo.sabotage import ActiveFaults

Evaluate = Callable[[SeriesStore], Answer]
MOST_POINTS = 11_000
_TOO_FINE = (
    "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)"
)


class Queries:
    """Evaluates over a store, away from the event loop."""

    def __init__(self, store: MetricStore, faults: ActiveFaults) -> None:
        self.store, self.faults = store, faults

    @property
    def now_ms(self) -> int:
        """The present in Unix milliseconds."""
        return int(self.store.clock.now() * 1000)

    async def query(self, request: Request) -> Response:
        """The value at one moment; by default the present."""
        asked = await Parameters.of(request)
        at_ms, query = asked.time_ms("time", self.now_ms), asked.text("query")
        return await run_in_threadpool(self._answer, query, lambda store: instant(store, query, at_ms), at_ms)

    async def query_range(self, request: Request) -> Response:
        """The values at every step of a span."""
        asked = await Parameters.of(request)
        start, end, step = asked.time_ms("start"), asked.time_ms("end"), asked.duration_ms("step")
        _check_span(start, end, step)
        query = asked.text("query")
        return await run_in_threadpool(
            self._answer, query, lambda store: over_range(store, query, start, end, step), end
        )

    def _answer(self, query: str, evaluate: Evaluate, at_ms: int) -> Response:
        partial = "partial" in self.faults.active
        store: SeriesStore = HalfStore(self.store) if partial else self.store
        try:
            answer = evaluate(store)
        except QueryParseError as error:
            raise ApiError("bad_data", f'invalid parameter "query": {error}') from error
        except ExecutionError as error:
            raise ApiError("execution", str(error)) from error
        except ValueError as error:
            raise ApiError("bad_data", f'invalid parameter "query": {error}') from error
        return success(result(answer, at_ms), [PARTIAL_WARNING] if partial else [], infos(query))


def _check_span(start: int, end: int, step: int) -> None:
    if end < start:
        raise ApiError("bad_data", 'invalid parameter "end": end timestamp must not be before start time')
    if step <= 0:
        wrong = "zero or negative query resolution step widths are not accepted. Try a positive integer"
        raise ApiError("bad_data", f'invalid parameter "step": {wrong}')
    if (end - start) / step > MOST_POINTS:
        raise ApiError("bad_data", _TOO_FINE)
