"""The routes of the simulated engine."""

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from console.demo.clock import Clock
from console.demo.docker_api.answers import ApiError, json
from console.demo.docker_api.containers import Containers
from console.demo.docker_api.disk import Disk
from console.demo.docker_api.engine import Engine
from console.demo.docker_api.events import Events
from console.demo.docker_api.images import Images
from console.demo.docker_api.logs import Logs
from console.demo.docker_api.networks import Networks
from console.demo.docker_api.stats import Stats
from console.demo.docker_api.swarm import Swarm
from console.demo.docker_api.system import System
from console.demo.docker_api.versions import Versioned
from console.demo.sabotage import ActiveFaults, Sabotage
from console.demo.world.world import World


def docker_app(world: World, clock: Clock, faults: ActiveFaults) -> Starlette:
    """The Engine API over the world's containers, at the present that the clock tells."""
    engine = Engine(world, clock)
    return Starlette(
        routes=[*_system(engine), *_containers(engine, faults), *_swarm(engine, faults)],
        middleware=[
            Middleware(Sabotage, faults=faults, down="docker-down", failure=_failure),
            Middleware(Versioned),
        ],
        exception_handlers={ApiError: _refused, 404: _no_page, 405: _no_page},
    )


def _system(engine: Engine) -> list[Route]:
    system, disk, networks, images = System(engine), Disk(engine), Networks(engine), Images(engine)
    return [
        Route("/_ping", system.ping),
        Route("/version", system.version),
        Route("/info", system.info),
        Route("/system/df", disk.df),
        Route("/volumes", disk.volumes),
        Route("/events", Events(engine).events),
        Route("/networks", networks.list),
        Route("/networks/{id}", networks.inspect),
        Route("/images/json", images.list),
        Route("/images/{name:path}/json", images.inspect),
    ]


def _containers(engine: Engine, faults: ActiveFaults) -> list[Route]:
    containers = Containers(engine)
    return [
        Route("/containers/json", containers.list),
        Route("/containers/{id}/json", containers.inspect),
        Route("/containers/{id}/stats", Stats(engine, faults).stats),
        Route("/containers/{id}/logs", Logs(engine).logs),
        Route("/containers/{id}/restart", containers.restart, methods=["POST"]),
    ]


def _swarm(engine: Engine, faults: ActiveFaults) -> list[Route]:
    swarm = Swarm(engine, faults)
    return [
        Route("/swarm", swarm.swarm),
        Route("/services", swarm.services),
        Route("/services/{id}", swarm.service),
        Route("/tasks", swarm.tasks),
        Route("/tasks/{id}", swarm.task),
        Route("/nodes", swarm.nodes),
        Route("/nodes/{id}", swarm.node),
    ]


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    return error.response


def _no_page(request: Request, error: Exception) -> Response:
    return json({"message": "page not found"}, 404)


def _failure() -> Response:
    return ApiError(500, "layer does not exist").response
