"""A container as the list shows it, and as inspecting it shows it."""

from console.demo.docker_api.answers import ago, nano
from console.demo.docker_api.asked import Body
from console.demo.docker_api.engine import Live, hex_id
from console.demo.docker_api.images import command_of, image_id, size_bytes
from console.demo.docker_api.networks import endpoint_id, mac_address, network_id
from console.demo.world.dice import digest


def status(one: Live) -> str:
    """What `docker ps` shows: `Up 3 hours`, `Exited (137) 2 days ago`."""
    if one.state == "restarting":
        return f"Restarting ({one.noun.exit_code}) {ago(one.now - one.finished_at)} ago"
    if one.state == "exited":
        return f"Exited ({one.exit_code}) {ago(one.now - one.finished_at)} ago"
    return f"Up {ago(one.now - one.started_at)}{' (Paused)' if one.state == 'paused' else ''}"


def _ports(one: Live) -> list[Body]:
    if not one.running:
        return []
    published = one.noun.service is None
    public = {"IP": "0.0.0.0", "PublicPort": 0} if published else {}
    return [
        {**public, "PrivatePort": port, **({"PublicPort": port} if published else {}), "Type": "tcp"}
        for port in one.noun.ports
    ]


def endpoint(one: Live) -> Body:
    """The container's place on its network."""
    address = one.ip_address if one.running else ""
    return {
        "IPAMConfig": None,
        "Links": None,
        "Aliases": None,
        "MacAddress": mac_address(one) if one.running else "",
        "DriverOpts": None,
        "NetworkID": network_id(one.network),
        "EndpointID": endpoint_id(one) if one.running else "",
        "Gateway": address.rpartition(".")[0] + ".1" if address else "",
        "IPAddress": address,
        "IPPrefixLen": 24 if address else 0,
        "IPv6Gateway": "",
        "GlobalIPv6Address": "",
        "GlobalIPv6PrefixLen": 0,
        "DNSNames": None,
    }


def summary(one: Live, size: bool) -> Body:
    """A row of the list."""
    sizes = {"SizeRw": written_bytes(one), "SizeRootFs": size_bytes(one.noun.image) + written_bytes(one)}
    return {
        "Id": one.id,
        "Names": [f"/{one.noun.name}"],
        "Image": one.noun.image,
        "ImageID": image_id(one.noun.image),
        "Command": " ".join(command_of(one.noun.image)),
        "Created": int(one.noun.created_at),
        "Ports": _ports(one),
        **(sizes if size else {}),
        "Labels": one.labels,
        "State": one.state,
        "Status": status(one),
        "HostConfig": {"NetworkMode": one.network},
        "NetworkSettings": {"Networks": {one.network: endpoint(one)}},
        "Mounts": [],
    }


def written_bytes(one: Live) -> int:
    """What the container wrote on top of its image."""
    return 12_288 + digest("written", one.noun.name)[0] * 40_960


def inspected(one: Live) -> Body:
    """The whole container, as far as a client may look."""
    path, *arguments = command_of(one.noun.image)
    folder = f"/var/lib/docker/containers/{one.id}"
    return {
        "Id": one.id,
        "Created": nano(one.noun.created_at),
        "Path": path,
        "Args": arguments,
        "State": _state(one),
        "Image": image_id(one.noun.image),
        "ResolvConfPath": f"{folder}/resolv.conf",
        "HostnamePath": f"{folder}/hostname",
        "HostsPath": f"{folder}/hosts",
        "LogPath": f"{folder}/{one.id}-json.log",
        "Name": f"/{one.noun.name}",
        "RestartCount": one.restarts,
        "Driver": "overlay2",
        "Platform": "linux",
        "MountLabel": "",
        "ProcessLabel": "",
        "AppArmorProfile": "docker-default",
        "ExecIDs": None,
        "HostConfig": _host_config(one),
        "GraphDriver": {"Data": None, "Name": "overlay2"},
        "Mounts": [],
        "Config": _config(one),
        "NetworkSettings": {
            "Bridge": "",
            "SandboxID": hex_id("sandbox", one.id) if one.running else "",
            "Ports": {f"{port}/tcp": None for port in one.noun.ports},
            "SandboxKey": f"/var/run/docker/netns/{hex_id('sandbox', one.id)[:12]}" if one.running else "",
            **dict.fromkeys(("EndpointID", "Gateway", "IPAddress", "IPv6Gateway", "MacAddress"), ""),
            "Networks": {one.network: endpoint(one)},
        },
    }


def _state(one: Live) -> Body:
    return {
        "Status": one.state,
        "Running": one.running or one.state == "restarting",
        "Paused": one.state == "paused",
        "Restarting": one.state == "restarting",
        "OOMKilled": one.exit_code == 137,
        "Dead": False,
        "Pid": one.pid,
        "ExitCode": one.exit_code,
        "Error": "",
        "StartedAt": nano(one.started_at),
        "FinishedAt": nano(one.finished_at),
    }


def _host_config(one: Live) -> Body:
    policy = "no" if one.noun.state == "exited" or one.noun.service else "unless-stopped"
    return {
        "Binds": None,
        "ContainerIDFile": "",
        "LogConfig": {"Type": "json-file", "Config": {"max-size": "50m"}},
        "NetworkMode": one.network,
        "PortBindings": {},
        "RestartPolicy": {"Name": policy, "MaximumRetryCount": 0},
        "AutoRemove": False,
        "Privileged": one.noun.name.startswith("buildkit"),
        "Memory": one.noun.memory_limit_bytes,
        "MemoryReservation": 0,
        "MemorySwap": -1,
        "NanoCpus": 0,
        "CpuShares": 0,
        "CpuPeriod": 0,
        "CpuQuota": 0,
        "CgroupnsMode": "private",
        "IpcMode": "private",
        "PidMode": "",
        "UTSMode": "",
        "UsernsMode": "",
        "Runtime": "runc",
        "Isolation": "",
        "PublishAllPorts": False,
        "ReadonlyRootfs": False,
        "ShmSize": 67_108_864,
        "OomScoreAdj": 0,
        "PidsLimit": None,
    }


def _config(one: Live) -> Body:
    return {
        "Hostname": one.id[:12],
        "Domainname": "",
        "User": "",
        "AttachStdin": False,
        "AttachStdout": False,
        "AttachStderr": False,
        "ExposedPorts": {f"{port}/tcp": {} for port in one.noun.ports},
        "Tty": False,
        "OpenStdin": False,
        "StdinOnce": False,
        "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
        "Cmd": list(command_of(one.noun.image)),
        "Image": one.noun.image,
        "Volumes": None,
        "WorkingDir": "/app",
        "Entrypoint": None,
        "Labels": one.labels,
    }
