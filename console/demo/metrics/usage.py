"""What one container uses: said alike by the container engine and by Prometheus."""

from console.demo.metrics.flows import Flow, ripple
from console.demo.world.nouns import Container


def cpu_flow(container: Container) -> Flow:
    """Seconds of CPU time a second."""
    return Flow(container.cpu, container.name)


def working_set_bytes(container: Container, t: float) -> int:
    """Memory that cannot be given back, within some per cent of the container's mean."""
    return round(container.memory_bytes * (1 + 0.15 * ripple(f"{container.name}/memory", t)))
