"""The projects of the fleet: 17 by name, and as many more as one asks for."""

from dataclasses import replace
from functools import lru_cache

from . import blueprints
from .dice import dice
from .ids import FIRST_PROJECT
from .nouns import Blueprint, JobSpec, Project

# path, language, pipelines a working day, baseline in minutes, blueprint, description
_NAMED = (
    ("llm/agent-brain", "Python", 22, 8.5, blueprints.agent_brain, "Planner and tool-calling loop of the agents"),
    ("llm/agent-chat", "TypeScript", 19, 7.2, blueprints.agent_chat, "Chat front door: WebSocket sessions, streaming"),
    ("llm/agent-docker", "Dockerfile", 11, 12.0, blueprints.agent_docker, "Base and runtime images of every agent"),
    ("llm/agent-mesh", "Go", 14, 9.5, blueprints.agent_mesh, "Service mesh between agents and models"),
    ("llm/agent-ops", "Python", 12, 10.0, blueprints.agent_ops, "Alerts, runbooks and anomaly watch"),
    ("llm/agent-buildkit", "Rust", 7, 11.0, blueprints.agent_buildkit, "Build daemon with a shared layer store"),
    ("llm/llm-platform", "Python", 34, 14.0, blueprints.llm_platform, "Monorepo: API, web console and workers"),
    ("llm/agent-memory", "Python", 9, 6.0, blueprints.agent_memory, "Long-term memory and retrieval"),
    ("llm/agent-eval", "Python", 14, 22.0, blueprints.agent_eval, "Benchmarks of agents on GPUs"),
    ("llm/agent-gateway", "Go", 10, 5.5, blueprints.agent_gateway, "API gateway, quotas and keys"),
    ("llm/agent-ui", "TypeScript", 13, 9.0, blueprints.agent_ui, "Component library and operator screens"),
    ("llm/models/prompt-router", "Python", 8, 4.8, blueprints.prompt_router, "Picks the model for a prompt"),
    ("llm/models/embedding-service", "Rust", 6, 13.0, blueprints.embedding_service, "Embeddings over gRPC"),
    ("llm/infra/terraform-fleet", "HCL", 5, 4.0, blueprints.terraform_fleet, "The fleet's machines as code"),
    ("llm/infra/runner-images", "Dockerfile", 3, 16.0, blueprints.runner_images, "Images that CI jobs run in"),
    ("llm/docs", "Markdown", 5, 3.0, blueprints.docs, "Handbook and API guides"),
    ("llm/agent-sdk", "Python", 9, 7.5, blueprints.agent_sdk, "Client library for agents"),
)
USUAL_LUCK = 0.93
"""Of several jobs side by side the slowest counts, and caches miss: with this the median meets the baseline."""
_MASTER = frozenset({"llm/agent-ui", "llm/infra/runner-images", "llm/agent-gateway"})
_SERVED = frozenset({"agent-brain", "agent-chat", "agent-mesh", "llm-platform", "agent-ops", "agent-memory"})
_PLAIN = tuple(make for *_, make, _ in _NAMED[7:] if make not in (blueprints.agent_eval, blueprints.llm_platform))
_FIRST = ("audit", "billing", "cache", "catalog", "events", "feature", "graph", "ingest", "ledger", "notify", "policy",
          "profile", "query", "queue", "report", "search", "secrets", "stream", "tenant", "vector")  # fmt: skip
_SECOND = ("api", "agent", "worker", "proxy", "operator", "jobs", "client", "store", "sync", "ui")


@lru_cache(maxsize=4096)
def project(seed: int, index: int) -> Project:
    """The project at this place (0..) of the fleet. The first 17 are the same for every seed."""
    if index < len(_NAMED):
        path, language, daily, minutes, make, description = _NAMED[index]
        return _project(index, path, language, daily, minutes * 60, make(), description)
    rng = dice(seed, "project", index)
    name = f"{rng.choice(_FIRST)}-{rng.choice(_SECOND)}-{index}"
    area = rng.choice(("services", "models", "infra", "tools"))
    minutes = rng.lognormvariate(1.8, 0.45)
    made = _project(
        index, f"llm/{area}/{name}", rng.choice(("Python", "Go", "TypeScript")), rng.uniform(0.5, 3.0), minutes * 60,
        rng.choice(_PLAIN)(), f"{name.replace('-', ' ').capitalize()}",
    )  # fmt: skip
    return replace(made, default_branch=rng.choice(("main", "main", "main", "master", "develop")))


def _project(
    index: int, path: str, language: str, daily: float, baseline: float, blueprint: Blueprint, description: str
) -> Project:
    name = path.rpartition("/")[2]
    return Project(
        index=index,
        id=FIRST_PROJECT + index,
        path=path,
        name=name,
        description=description,
        default_branch="master" if path in _MASTER else "main",
        language=language,
        daily=daily,
        baseline=baseline,
        blueprint=scaled(blueprint, baseline),
        service=name if name in _SERVED else None,
        topics=(language.lower(), path.split("/")[1] if path.count("/") > 1 else "agents"),
    )


def scaled(blueprint: Blueprint, baseline: float) -> Blueprint:
    """The same configuration with running times such that a default-branch pipeline takes `baseline` seconds."""
    factor = USUAL_LUCK * baseline / critical_path(blueprint)
    return replace(blueprint, jobs=tuple(replace(spec, seconds=spec.seconds * factor) for spec in blueprint.jobs))


def critical_path(blueprint: Blueprint) -> float:
    """Seconds that the default-branch pipeline takes without its optional jobs, when no job waits for a runner."""
    ends: dict[str, float] = {}
    stage_of = {spec.name: blueprint.stages.index(spec.stage) for spec in blueprint.jobs}
    for spec in _automatic(blueprint):
        waits = spec.needs
        if waits is None:
            waits = tuple(name for name in ends if stage_of[name] < stage_of[spec.name])
        ends[spec.name] = spec.seconds + max((ends.get(name, 0.0) for name in waits), default=0.0)
    return max(ends.values())


def _automatic(blueprint: Blueprint) -> list[JobSpec]:
    return [
        spec
        for spec in blueprint.jobs
        if not (spec.when == "manual" and spec.allow_failure) and (not spec.only or "default" in spec.only)
    ]
