"""The simulated platform as a whole: GitLab, Docker and Prometheus on loopback, in threads of this process."""

from collections.abc import Iterable
from dataclasses import dataclass

from .clock import Clock, RunningClock
from .docker_api import docker_app
from .faults import Faults
from .gitlab.app import gitlab_app
from .gitlab.auth import TOKEN
from .loopback import Loopback
from .prometheus_api import prometheus_app
from .world.world import World

TOKEN_VARIABLE = "CONSOLE_DEMO_TOKEN"


@dataclass(frozen=True, slots=True)
class Urls:
    gitlab: str
    docker: str
    """tcp://..., as DOCKER_HOST has it."""
    prometheus: str


class Platform:
    """A fleet to look at. It is made at once; `start` opens its three servers, `stop` closes them.

    `clock` replaces the running one (then `speed` is not used): a fixed clock stands still. `faults` can be changed
    at any time with `platform.faults.set({...})`. Raises ValueError for an unknown fault or a speed not above 0.
    """

    def __init__(
        self,
        projects: int = 17,
        seed: int = 7,
        speed: float = 1.0,
        faults: Iterable[str] = (),
        clock: Clock | None = None,
    ) -> None:
        self.clock = clock or RunningClock(speed)
        self.faults = Faults(faults)
        self.world = World(projects, seed, self.clock.now())
        self.token = TOKEN
        self._servers = (
            Loopback(gitlab_app(self.world, self.clock, self.faults), "gitlab"),
            Loopback(docker_app(self.world, self.clock, self.faults), "docker"),
            Loopback(prometheus_app(self.world, self.clock, self.faults), "prometheus"),
        )

    @property
    def urls(self) -> Urls:
        gitlab, docker, prometheus = (server.port for server in self._servers)
        host = "127.0.0.1"
        return Urls(f"http://{host}:{gitlab}", f"tcp://{host}:{docker}", f"http://{host}:{prometheus}")

    def start(self) -> None:
        for server in self._servers:
            server.start()

    def stop(self) -> None:
        for server in self._servers:
            server.finish()
        for server in self._servers:
            server.stop()

    def __enter__(self) -> "Platform":
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def config_toml(self) -> str:
        """A configuration of the console for this platform. The token is in the environment, not in it."""
        return _CONFIG.format(urls=self.urls, variable=TOKEN_VARIABLE)


_CONFIG = """\
default_context = "demo"

[contexts.demo.gitlab]
url = "{urls.gitlab}"
token = {{ env = "{variable}" }}
groups = ["llm"]

[[contexts.demo.docker]]
name = "swarm"
host = "{urls.docker}"

[contexts.demo.prometheus]
url = "{urls.prometheus}"

[contexts.demo.goals]
hit_ratio = 0.9
monthly_budget = 900.0

[contexts.demo.goals.build_minutes]
agent-brain = 5.0
agent-chat = 4.5
agent-docker = 6.0
agent-mesh = 5.5
agent-ops = 6.0

[contexts.demo.rates]
currency = "USD"
default_per_minute = 0.008

[contexts.demo.rates.per_minute]
docker = 0.008
kubernetes = 0.01
buildkit = 0.016
large = 0.024
gpu = 0.12
"""
