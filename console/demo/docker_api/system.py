"""`/_ping`, `/version` and `/info`: what the engine says about itself."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from console.demo.docker_api.answers import json, nano
from console.demo.docker_api.engine import CPUS, MEMORY_BYTES, NODE, Engine, swarm_id
from console.demo.docker_api.images import images
from console.demo.docker_api.swarm import cluster
from console.demo.docker_api.versions import ENGINE, NEWEST, OLDEST, shown

_COMMIT, _GO, _KERNEL = "4c9b3b0", "go1.22.11", "6.1.0-28-amd64"
_BUILT = "2025-01-22T13:41:31.000000000+00:00"


class System:
    """The engine itself."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    async def ping(self, request: Request) -> Response:
        """That it answers; what a client needs to begin is in the headers."""
        headers = {
            "Builder-Version": "2",
            "Swarm": "active/manager",
            "Cache-Control": "no-cache, no-store, must-revalidate",
            "Pragma": "no-cache",
        }
        return PlainTextResponse("" if request.method == "HEAD" else "OK", headers=headers)

    async def version(self, request: Request) -> Response:
        """Versions of the engine and of its API."""
        details = {
            "ApiVersion": shown(NEWEST),
            "Arch": "amd64",
            "BuildTime": _BUILT,
            "Experimental": "false",
            "GitCommit": _COMMIT,
            "GoVersion": _GO,
            "KernelVersion": _KERNEL,
            "MinAPIVersion": shown(OLDEST),
            "Os": "linux",
        }
        plain = {name: value for name, value in details.items() if name != "Experimental"}
        components = [
            {"Name": "Engine", "Version": ENGINE, "Details": details},
            {
                "Name": "containerd",
                "Version": "1.7.25",
                "Details": {"GitCommit": "bcc810d6b9066471b0b6fa75f557a15a1cbf31bb"},
            },
            {"Name": "runc", "Version": "1.2.4", "Details": {"GitCommit": "v1.2.4-0-g6c52b3f"}},
        ]
        platform = {"Name": "Docker Engine - Community"}
        return json({"Platform": platform, "Components": components, "Version": ENGINE, **plain})

    async def info(self, request: Request) -> Response:
        """Counts, capacity and configuration."""
        states = [one.state for one in self.engine.containers()]
        running, paused = states.count("running"), states.count("paused")
        counts = {
            "Containers": len(states),
            "ContainersRunning": running,
            "ContainersPaused": paused,
            "ContainersStopped": len(states) - running - paused,
            "Images": len(images(self.engine)),
        }
        return json({**_HOST, **counts, "SystemTime": nano(self.engine.now), "Swarm": self._swarm()})

    def _swarm(self) -> dict[str, object]:
        node = swarm_id("node", NODE)
        return {
            "NodeID": node,
            "NodeAddr": "10.40.0.10",
            "LocalNodeState": "active",
            "ControlAvailable": True,
            "Error": "",
            "RemoteManagers": [{"NodeID": node, "Addr": "10.40.0.10:2377"}],
            "Nodes": 2,
            "Managers": 1,
            "Cluster": cluster(self.engine),
        }


_HOST: dict[str, object] = {
    "ID": "6f1c1f0a-7d65-4c0e-9d4b-2d6a4b7a9c11",
    "Driver": "overlay2",
    "DriverStatus": [["Backing Filesystem", "extfs"], ["Supports d_type", "true"]],
    "Plugins": {
        "Volume": ["local"],
        "Network": ["bridge", "host", "null", "overlay"],
        "Authorization": None,
        "Log": ["json-file"],
    },
    "MemoryLimit": True,
    "SwapLimit": True,
    "CpuCfsPeriod": True,
    "CpuCfsQuota": True,
    "PidsLimit": True,
    "IPv4Forwarding": True,
    "Debug": False,
    "LoggingDriver": "json-file",
    "CgroupDriver": "systemd",
    "CgroupVersion": "2",
    "NEventsListener": 0,
    "KernelVersion": _KERNEL,
    "OperatingSystem": "Debian GNU/Linux 12 (bookworm)",
    "OSVersion": "12",
    "OSType": "linux",
    "Architecture": "x86_64",
    "IndexServerAddress": "https://index.docker.io/v1/",
    "RegistryConfig": {"IndexConfigs": {}, "InsecureRegistryCIDRs": ["127.0.0.0/8"], "Mirrors": None},
    "NCPU": CPUS,
    "MemTotal": MEMORY_BYTES,
    "DockerRootDir": "/var/lib/docker",
    "HttpProxy": "",
    "HttpsProxy": "",
    "NoProxy": "",
    "Name": NODE,
    "Labels": [],
    "ExperimentalBuild": False,
    "ServerVersion": ENGINE,
    "Runtimes": {"runc": {"path": "runc"}},
    "DefaultRuntime": "runc",
    "LiveRestoreEnabled": False,
    "Isolation": "",
    "InitBinary": "docker-init",
    "SecurityOptions": ["name=apparmor", "name=seccomp,profile=builtin", "name=cgroupns"],
    "Warnings": None,
}
