"""`/networks` and `/networks/{id}`."""

from starlette.requests import Request
from starlette.responses import Response

from console.demo.docker_api.answers import ApiError, json, nano
from console.demo.docker_api.asked import Body, filters, labelled, one_of, prefixed
from console.demo.docker_api.engine import Engine, Live, hex_id, swarm_id
from console.demo.world.dice import digest

_FILTERS = frozenset(("dangling", "driver", "id", "label", "name", "scope", "type"))
_NETWORKS = {
    "bridge": ("bridge", "local", "172.17.0"),
    "host": ("host", "local", ""),
    "none": ("null", "local", ""),
    "platform_default": ("bridge", "local", "172.20.0"),
    "ingress": ("overlay", "swarm", "10.0.0"),
    "fleet": ("overlay", "swarm", "10.0.9"),
}
"""Driver, scope and the first three numbers of the addresses of each network."""
_BUILT_IN = frozenset(("bridge", "host", "none"))


def network_id(name: str) -> str:
    """Swarm's networks have Swarm's kind of id."""
    return swarm_id("network", name) if _NETWORKS[name][1] == "swarm" else hex_id("network", name)


def endpoint_id(one: Live) -> str:
    """Of a container's place on its network."""
    return hex_id("endpoint", one.id)


def mac_address(one: Live) -> str:
    """Six bytes, of which the engine fixes the first two."""
    return "02:42:" + ":".join(f"{byte:02x}" for byte in digest("mac", one.noun.name)[:4])


class Networks:
    """Lists and describes networks."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    async def list(self, request: Request) -> Response:
        """Every network."""
        asked = filters(request, _FILTERS)
        found = [
            self._described(name)
            for name, (driver, scope, _) in _NETWORKS.items()
            if ("name" not in asked or any(wanted in name for wanted in asked["name"]))
            and prefixed(asked, "id", network_id(name))
            and one_of(asked, "driver", driver)
            and one_of(asked, "scope", scope)
            and one_of(asked, "type", "builtin" if name in _BUILT_IN else "custom")
            and labelled(asked, {})
            and one_of(asked, "dangling", "false", "0")
        ]
        return json(found)

    async def inspect(self, request: Request) -> Response:
        """One network with its containers."""
        wanted = request.path_params["id"]
        for name in _NETWORKS:
            if wanted == name or network_id(name).startswith(wanted):
                return json({**self._described(name), "Containers": self._attached(name)})
        raise ApiError(404, f"network {wanted} not found")

    def _attached(self, name: str) -> dict[str, Body]:
        found = [one for one in self.engine.containers() if one.running and one.network == name]
        return {
            one.id: {
                "Name": one.noun.name,
                "EndpointID": endpoint_id(one),
                "MacAddress": mac_address(one),
                "IPv4Address": f"{one.ip_address}/24",
                "IPv6Address": "",
            }
            for one in found
        }

    def _described(self, name: str) -> Body:
        driver, scope, prefix = _NETWORKS[name]
        subnets = [{"Subnet": f"{prefix}.0/24", "Gateway": f"{prefix}.1"}] if prefix else []
        return {
            "Name": name,
            "Id": network_id(name),
            "Created": nano(self.engine.world.origin),
            "Scope": scope,
            "Driver": driver,
            "EnableIPv6": False,
            "IPAM": {"Driver": "default", "Options": None, "Config": subnets},
            "Internal": False,
            "Attachable": False,
            "Ingress": name == "ingress",
            "ConfigFrom": {"Network": ""},
            "ConfigOnly": False,
            "Containers": {},
            "Options": {},
            "Labels": {},
        }
