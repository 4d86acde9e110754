"""What `console doctor` wants to know of an engine."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ...text import clean
from .address import Address
from .payloads import ContainerRow, InfoAnswer, VersionAnswer, moment, read

if TYPE_CHECKING:
    from .client import EngineClient


@dataclass(frozen=True, slots=True)
class EngineFacts:
    """One engine as it was found."""

    host: str
    """Name of the engine's machine."""
    system: str
    """Such as `Debian GNU/Linux 12 (bookworm), x86_64`."""
    version: str
    api_version: str
    """The newest the engine speaks."""
    min_api_version: str
    api_used: str
    """The one we agreed on."""
    transport: str
    """unix, tcp, tcp with TLS, or ssh."""
    swarm: str
    """manager, worker, or the empty string outside a swarm."""
    containers: int
    """How many it lets us list."""
    clock_skew: timedelta | None
    """How far its clock is ahead of ours; None: it does not tell."""
    rootless: bool
    warnings: tuple[str, ...]
    """What the engine or we find unsafe or lacking."""


def examine(client: "EngineClient", address: Address, now: datetime) -> EngineFacts:
    """Asks for version, info and the list of containers; raises what the SDK raises when one is refused."""
    version = read(client.version(), VersionAnswer)
    info = read(client.info(), InfoAnswer)
    containers = read(client.containers(all=True), list[ContainerRow])
    system_time = moment(info.system_time)
    warnings = [line.removeprefix("WARNING: ") for line in info.warnings or ()]
    if address.transport == "tcp" and not _loopback(address.host):
        warnings.append("The engine is reached without TLS: whoever can connect is root on its machine.")
    return EngineFacts(
        host=clean(info.name),
        system=clean(", ".join(filter(None, (info.operating_system, version.arch)))),
        version=clean(version.version, 100),
        api_version=clean(version.api_version, 20),
        min_api_version=clean(version.min_api_version, 20),
        api_used=client.api_version,
        transport=address.transport,
        swarm=_role(info),
        containers=len(containers),
        clock_skew=system_time - now if system_time else None,
        rootless=any("rootless" in option for option in info.security_options or ()),
        warnings=tuple(clean(line, 300) for line in warnings),
    )


def _loopback(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")


def _role(info: InfoAnswer) -> str:
    if info.swarm.control_available:
        return "manager"
    return "" if info.swarm.local_node_state == "inactive" else "worker"
