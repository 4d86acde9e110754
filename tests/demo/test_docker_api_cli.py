"""The `docker` command against the simulated engine: it reads answers more strictly than any library."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.demo.clock import FixedClock
from console.demo.docker_api import docker_app
from console.demo.world.world import World
from tests.demo.serving import Faults, serving

pytestmark = pytest.mark.real
NOW = 1_780_000_000.0


@pytest.fixture(name="address", scope="module")
def _address() -> Iterator[str]:
    if shutil.which("docker") is None:
        if os.environ.get("CONSOLE_REQUIRE_REAL") == "1":
            pytest.fail("the docker command is required and not installed")
        pytest.skip("the docker command is not installed")
    with serving(docker_app(World(17, 7, NOW), FixedClock(NOW), Faults())) as port:
        yield f"tcp://127.0.0.1:{port}"


def said(address: str, folder: Path, *words: str) -> str:
    """What the command prints; it must succeed."""
    surroundings = {"DOCKER_HOST": address, "DOCKER_CONFIG": str(folder), "PATH": os.environ["PATH"]}
    done = subprocess.run(["docker", *words], env=surroundings, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("version", ["27.5.1", "minimum version 1.24"]),
        ("info", ["Swarm: active", "Nodes: 2", "Storage Driver: overlay2"]),
        ("ps --all", ["Restarting (1)", "Exited (137)", "0.0.0.0:6379->6379/tcp", "agent-brain_canary.1"]),
        (
            "ps --filter label=console.track=canary --format {{.Names}}",
            ["agent-brain_canary.1", "llm-platform_canary.2"],
        ),
        ("inspect haproxy --format {{.State.Status}}", ["running"]),
        ("stats --no-stream --format {{.Name}}={{.MemPerc}} haproxy", ["haproxy=6"]),
        ("logs --tail 3 agent-brain_canary.1", ["200"]),
        ("service ls", ["agent-brain_canary", "1/1", "*:8081->8081/tcp"]),
        ("service ps agent-brain_stable", ["agent-brain_stable.3", "docker-host-1", "Running"]),
        ("service inspect --pretty agent-brain_canary", ["console.track=canary", "Service Mode:"]),
        ("node ls", ["docker-host-1", "Leader", "Drain"]),
        ("node inspect self --pretty", ["docker-host-1"]),
        ("network ls", ["ingress", "overlay"]),
        ("network inspect fleet", ["agent-chat_stable.1"]),
        ("images", ["registry.llm.example/llm/agent-brain", "<none>"]),
        ("volume ls", ["prometheus-data"]),
        ("system df", ["Images", "Build Cache"]),
        ("system df --verbose", ["exec.cachemount", "Build cache usage"]),
        (f"events --since {int(NOW) - 600} --until {int(NOW)}", ["container die", "exitCode=1"]),
        ("restart haproxy", ["haproxy"]),
    ],
)
def test_the_command_understands(address: str, tmp_path: Path, command: str, words: list[str]) -> None:
    output = said(address, tmp_path, *command.split())
    for word in words:
        assert word in output
