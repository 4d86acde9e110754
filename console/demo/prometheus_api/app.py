"""The routes of the simulated Prometheus."""

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from console.demo.clock import Clock
from console.demo.metrics import MetricStore
from console.demo.prometheus_api.answers import ApiError
from console.demo.prometheus_api.catalogue import Catalogue
from console.demo.prometheus_api.queries import Queries
from console.demo.prometheus_api.rules import Rules
from console.demo.prometheus_api.status import Status
from console.demo.sabotage import ActiveFaults, Sabotage
from console.demo.world.world import World

_BOTH = ["GET", "POST"]


def prometheus_app(world: World, clock: Clock, faults: ActiveFaults) -> Starlette:
    """Prometheus' HTTP API over the world, at the present that the clock tells."""
    store = MetricStore(world, clock)
    queries, catalogue, rules, status = Queries(store, faults), Catalogue(store), Rules(store), Status(store)
    routes = [
        Route("/api/v1/query", queries.query, methods=_BOTH),
        Route("/api/v1/query_range", queries.query_range, methods=_BOTH),
        Route("/api/v1/series", catalogue.series, methods=_BOTH),
        Route("/api/v1/labels", catalogue.labels, methods=_BOTH),
        Route("/api/v1/label/{name}/values", catalogue.label_values),
        Route("/api/v1/metadata", catalogue.metadata),
        Route("/api/v1/targets", catalogue.targets),
        Route("/api/v1/rules", rules.rules),
        Route("/api/v1/alerts", rules.alerts),
        Route("/api/v1/status/buildinfo", status.build),
        Route("/api/v1/status/runtimeinfo", status.runtime),
        Route("/-/healthy", status.healthy),
        Route("/-/ready", status.ready),
    ]
    return Starlette(
        routes=routes,
        middleware=[Middleware(Sabotage, faults=faults, down="prometheus-down", failure=_failure)],
        exception_handlers={ApiError: _refused, 404: _no_page, 405: _no_method},
    )


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    return error.response


def _no_page(request: Request, error: Exception) -> Response:
    return PlainTextResponse("404 page not found\n", 404)


def _no_method(request: Request, error: Exception) -> Response:
    return PlainTextResponse("Method Not Allowed\n", 405)


def _failure() -> Response:
    return ApiError("internal", "expanding series: open block: no space left on device").response
