"""`/services`, `/tasks`, `/nodes` and `/swarm`: a service for each track, a task for each replica."""

from starlette.requests import Request
from starlette.responses import Response

from console.demo.docker_api.answers import ApiError, json, nano
from console.demo.docker_api.asked import Body, Filters, filters, flag, labelled, one_of, prefixed
from console.demo.docker_api.engine import CPUS, MEMORY_BYTES, NODE, Engine, Live, swarm_id
from console.demo.docker_api.networks import network_id
from console.demo.docker_api.tracks import Deployed, deployed
from console.demo.docker_api.versions import ENGINE
from console.demo.sabotage import ActiveFaults

_SERVICE_FILTERS = frozenset(("id", "label", "mode", "name", "runtime"))
_TASK_FILTERS = frozenset(("_up-to-date", "desired-state", "id", "label", "name", "node", "runtime", "service"))
_NODE_FILTERS = frozenset(("id", "label", "membership", "name", "node.label", "role"))
_NODES = ((NODE, "manager", "active"), ("docker-host-2", "worker", "drain"))
_NOT_A_MANAGER = (
    'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm'
    " and try again."
)
_UPDATE: Body = {"Parallelism": 1, "Monitor": 5_000_000_000, "MaxFailureRatio": 0}


class Swarm:
    """Swarm's objects; while the answers are partial, the node has lost its place as a manager."""

    def __init__(self, engine: Engine, faults: ActiveFaults) -> None:
        self.engine, self.faults = engine, faults

    def _manager(self) -> None:
        if "partial" in self.faults.active:
            raise ApiError(503, _NOT_A_MANAGER)

    async def services(self, request: Request) -> Response:
        """Every service; `status` adds how many tasks run."""
        self._manager()
        asked = filters(request, _SERVICE_FILTERS)
        counted = flag(request, "status")
        return json([self._service(one, counted) for one in deployed(self.engine) if _passes(one, asked)])

    async def service(self, request: Request) -> Response:
        """One service by name or id."""
        self._manager()
        wanted = request.path_params["id"]
        for one in deployed(self.engine):
            if wanted == one.name or one.id.startswith(wanted):
                return json(self._service(one, False))
        raise ApiError(404, f"service {wanted} not found")

    def _service(self, one: Deployed, counted: bool) -> Body:
        tasks = [task for task in self.engine.tasks() if task.noun.service == one.name]
        running = sum(task.running for task in tasks)
        status = {"ServiceStatus": {"RunningTasks": running, "DesiredTasks": one.replicas, "CompletedTasks": 0}}
        return {**_service_body(one), **(status if counted else {})}

    async def tasks(self, request: Request) -> Response:
        """A task for each container of a service."""
        self._manager()
        asked = filters(request, _TASK_FILTERS)
        return json([task_body(one) for one in self.engine.tasks() if _task_passes(one, asked)])

    async def task(self, request: Request) -> Response:
        """One task by id."""
        self._manager()
        wanted = request.path_params["id"]
        for one in self.engine.tasks():
            if task_id(one).startswith(wanted):
                return json(task_body(one))
        raise ApiError(404, f"task {wanted} not found")

    async def nodes(self, request: Request) -> Response:
        """The manager and a worker that is being drained."""
        self._manager()
        asked = filters(request, _NODE_FILTERS)
        found = [
            self._node(name, role, availability)
            for name, role, availability in _NODES
            if one_of(asked, "role", role)
            and one_of(asked, "name", name)
            and prefixed(asked, "id", swarm_id("node", name))
        ]
        return json(found)

    async def node(self, request: Request) -> Response:
        """One node by name or id; `self` is the manager."""
        self._manager()
        wanted = request.path_params["id"]
        for name, role, availability in _NODES:
            if wanted == name or swarm_id("node", name).startswith(wanted) or (wanted == "self" and name == NODE):
                return json(self._node(name, role, availability))
        raise ApiError(404, f"node {wanted} not found")

    async def swarm(self, request: Request) -> Response:
        """The cluster itself, without the tokens to join it."""
        self._manager()
        return json(cluster(self.engine))

    def _node(self, name: str, role: str, availability: str) -> Body:
        address = f"10.40.0.{10 + [known for known, _, _ in _NODES].index(name)}"
        manager = {"Leader": True, "Reachability": "reachable", "Addr": f"{address}:2377"}
        return {
            "ID": swarm_id("node", name),
            **_versioned(self.engine.world.origin, 9),
            "Spec": {"Labels": {}, "Role": role, "Availability": availability},
            "Description": {
                "Hostname": name,
                "Platform": {"Architecture": "x86_64", "OS": "linux"},
                "Resources": {"NanoCPUs": CPUS * 1_000_000_000, "MemoryBytes": MEMORY_BYTES},
                "Engine": {"EngineVersion": ENGINE},
            },
            "Status": {"State": "ready", "Addr": address},
            **({"ManagerStatus": manager} if role == "manager" else {}),
        }


def cluster(engine: Engine) -> Body:
    """The cluster's settings."""
    spec = {
        "Name": "default",
        "Labels": {},
        "Orchestration": {"TaskHistoryRetentionLimit": 5},
        "Raft": {"SnapshotInterval": 10_000, "KeepOldSnapshots": 0, "ElectionTick": 10, "HeartbeatTick": 1},
        "Dispatcher": {"HeartbeatPeriod": 5_000_000_000},
        "CAConfig": {"NodeCertExpiry": 7_776_000_000_000_000},
        "TaskDefaults": {},
        "EncryptionConfig": {"AutoLockManagers": False},
    }
    return {"ID": swarm_id("cluster"), **_versioned(engine.world.origin, 11), "Spec": spec}


def _versioned(t: float, index: int) -> Body:
    return {"Version": {"Index": index}, "CreatedAt": nano(t), "UpdatedAt": nano(t)}


def _passes(one: Deployed, asked: Filters) -> bool:
    return (
        labelled(asked, one.labels)
        and prefixed(asked, "id", one.id)
        and prefixed(asked, "name", one.name)
        and one_of(asked, "mode", "replicated")
    )


def _task_passes(one: Live, asked: Filters) -> bool:
    service = one.noun.service or ""
    return (
        labelled(asked, one.labels)
        and prefixed(asked, "id", task_id(one))
        and prefixed(asked, "name", one.noun.name)
        and one_of(asked, "service", service, swarm_id("service", service))
        and one_of(asked, "node", NODE, swarm_id("node", NODE), "self")
        and one_of(asked, "desired-state", "running")
    )


def task_id(one: Live) -> str:
    """25 characters."""
    return swarm_id("task", one.id)


def _template(image: str, labels: dict[str, str], memory_bytes: int) -> Body:
    return {
        "ContainerSpec": {"Image": image, "Labels": labels, "Isolation": "default"},
        "Resources": {"Limits": {"MemoryBytes": memory_bytes}, "Reservations": {}},
        "RestartPolicy": {"Condition": "any", "Delay": 5_000_000_000, "MaxAttempts": 0},
        "Placement": {"Platforms": [{"Architecture": "amd64", "OS": "linux"}]},
        "Networks": [{"Target": network_id("fleet")}],
        "ForceUpdate": 0,
        "Runtime": "container",
    }


def _service_body(one: Deployed) -> Body:
    ports = [{"Protocol": "tcp", "TargetPort": one.port, "PublishedPort": one.port, "PublishMode": "ingress"}]
    return {
        "ID": one.id,
        "Version": {"Index": one.version_index},
        "CreatedAt": nano(one.created_at),
        "UpdatedAt": nano(one.updated_at),
        "Spec": {
            "Name": one.name,
            "Labels": one.labels,
            "TaskTemplate": _template(one.image, one.labels, one.memory_bytes),
            "Mode": {"Replicated": {"Replicas": one.replicas}},
            "UpdateConfig": {**_UPDATE, "FailureAction": "rollback", "Order": "start-first"},
            "RollbackConfig": {**_UPDATE, "FailureAction": "pause", "Order": "stop-first"},
            "EndpointSpec": {"Mode": "vip"},
        },
        "Endpoint": {
            "Spec": {"Mode": "vip"},
            "Ports": ports if one.published else [],
            "VirtualIPs": [{"NetworkID": network_id("fleet"), "Addr": "10.0.9.2/24"}],
        },
    }


def task_body(one: Live) -> Body:
    """One task with the container that it is."""
    slot = int(one.noun.name.rpartition(".")[2])
    return {
        "ID": task_id(one),
        **_versioned(one.noun.created_at, 60 + slot),
        "Labels": {},
        "Spec": _template(one.noun.image, dict(one.noun.labels), one.noun.memory_limit_bytes),
        "ServiceID": swarm_id("service", one.noun.service or ""),
        "Slot": slot,
        "NodeID": swarm_id("node", NODE),
        "Status": {
            "Timestamp": nano(one.started_at),
            "State": "running" if one.running else "failed",
            "Message": "started" if one.running else "finished",
            "ContainerStatus": {"ContainerID": one.id, "PID": one.pid, "ExitCode": one.exit_code},
            "PortStatus": {},
        },
        "DesiredState": "running",
        "NetworksAttachments": [
            {"Network": {"ID": network_id("fleet"), "Spec": {"Name": "fleet"}}, "Addresses": [f"{one.ip_address}/24"]}
        ],
    }
