"""Docker engines: containers, Swarm services, what they use, and events as they happen.

The Docker SDK blocks and takes 75 ms to import, so it is imported by the first call and used in threads alone; no
client is ever used by two threads at once.
"""

from .facts import EngineFacts
from .source import DockerSource

__all__ = ["DockerSource", "EngineFacts"]
