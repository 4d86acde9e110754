"""Feature flags of the fleet's projects."""

from dataclasses import dataclass

from .nouns import Project

_ROLLING = {
    "agent-brain": ("planner-v2", "Second planner, by share of sessions", "25"),
    "agent-chat": ("resume-sessions", "Resume a session after a reconnect", "50"),
    "llm-platform": ("batch-api", "Batch requests", "10"),
}


@dataclass(frozen=True, slots=True)
class FeatureFlag:
    id: int
    name: str
    description: str
    active: bool
    strategy: str
    parameters: tuple[tuple[str, str], ...] = ()
    scope: str = "production"


def feature_flags(project: Project) -> list[FeatureFlag]:
    """The project's flags, by name; most projects have none."""
    if project.name not in _ROLLING:
        return []
    name, description, percentage = _ROLLING[project.name]
    rollout = (("groupId", name), ("rollout", percentage), ("stickiness", "userId"))
    number = project.id * 10
    return [
        FeatureFlag(number, "maintenance-banner", "Shows the banner", False, "default", scope="*"),
        FeatureFlag(number + 1, name, description, True, "flexibleRollout", rollout),
    ]
