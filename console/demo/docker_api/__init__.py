"""The Docker Engine API over the world's containers: one engine that manages a small Swarm."""

from console.demo.docker_api.app import docker_app

__all__ = ["docker_app"]
