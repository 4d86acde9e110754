"""CI configurations as 17 teams wrote them: other stage names, with and without `needs`, other caches, other habits."""

from dataclasses import replace
from typing import Any

from .nouns import Blueprint, CacheSpec, JobSpec

DEFAULT = frozenset({"default"})
TAGS = frozenset({"tag"})
REVIEW = frozenset({"mr", "branch"})
NIGHTLY = frozenset({"schedule"})
NOT_NIGHTLY = frozenset({"default", "branch", "mr", "tag"})
_MR_FLOW = frozenset({"default", "mr", "tag", "schedule"})
_BRANCH_FLOW = frozenset({"default", "branch", "tag", "schedule"})

_PIP = CacheSpec("pip", (".cache/pip",), files=("requirements.lock",))
_PIP_BRANCH = CacheSpec("$CI_COMMIT_REF_SLUG", (".cache/pip", ".venv"), fallback_keys=("main",))
_NODE = CacheSpec("npm", ("node_modules/",), files=("package-lock.json",))
_NODE_DEFAULT = CacheSpec("default", ("node_modules/", ".npm/"))
_GO = CacheSpec("go-$CI_JOB_NAME_SLUG", (".go/pkg/mod/", ".cache/go-build/"), fallback_keys=("go-build", "go"))
_CARGO = CacheSpec("cargo", (".cargo/registry", "target/"), files=("Cargo.lock",))
_LAYERS = CacheSpec("layers-$CI_COMMIT_REF_SLUG", (".buildx-cache/",), fallback_keys=("layers-main",))
_TERRAFORM = CacheSpec("terraform", (".terraform/",))
_WEIGHTS = CacheSpec("weights-v3", (".cache/huggingface/",))

_PY, _NODE_IMAGE, _GO_IMAGE, _RUST = "python:3.12-slim", "node:22-alpine", "golang:1.23", "rust:1.82"
_BUILDX, _PLAYWRIGHT = "docker:27-cli", "mcr.microsoft.com/playwright:v1.49.0"


def pull(cache: CacheSpec) -> CacheSpec:
    return replace(cache, policy="pull")


def _job(name: str, stage: str, seconds: float, kind: str, *caches: CacheSpec, **rest: Any) -> JobSpec:
    return JobSpec(name=name, stage=stage, seconds=seconds, kind=kind, caches=caches, **rest)


def _deploy(name: str, stage: str, environment: str, seconds: float = 55, **rest: Any) -> JobSpec:
    rest = {"only": DEFAULT, "tags": ("deploy",), "image": None, **rest}
    return _job(name, stage, seconds, "deploy", environment=environment, **rest)


def _manual(name: str, stage: str, environment: str, **rest: Any) -> JobSpec:
    return _deploy(name, stage, environment, 16, when="manual", allow_failure=True, **rest)


def agent_brain() -> Blueprint:
    py: dict[str, Any] = {"image": _PY, "interruptible": True}
    return Blueprint(
        ("lint", "test", "build", "deploy"),
        (
            _job("ruff", "lint", 24, "lint", pull(_PIP), needs=(), **py),
            _job("mypy", "lint", 61, "lint", pull(_PIP), needs=(), **py),
            _job("unit", "test", 190, "unit", _PIP, needs=("ruff",), junit=True, fails=0.02, retry=1, **py),
            _job("integration", "test", 265, "unit", pull(_PIP), needs=("ruff",), junit=True, fails=0.03, **py),
            _job("docker image", "build", 140, "image", _LAYERS, needs=("unit",), tags=("buildkit",), image=_BUILDX),
            _job("container_scanning", "build", 70, "scan", needs=("docker image",), allow_failure=True, fails=0.06),
            _deploy("deploy staging", "deploy", "staging", needs=("docker image", "integration")),
            _manual("canary 5%", "deploy", "production", needs=("deploy staging",)),
            _manual("canary 25%", "deploy", "production", needs=("canary 5%",)),
            _manual("promote 100%", "deploy", "production", needs=("canary 25%",)),
        ),
        _MR_FLOW,
        auto_cancel=True,
    )


def agent_chat() -> Blueprint:
    node: dict[str, Any] = {"image": _NODE_IMAGE}
    return Blueprint(
        ("install", "check", "test", "package", "release"),
        (
            _job("npm_install", "install", 75, "build", _NODE, **node),
            _job("eslint", "check", 38, "lint", pull(_NODE), **node),
            _job("typecheck", "check", 52, "lint", pull(_NODE), **node),
            _job("unit_tests", "test", 130, "unit", pull(_NODE), junit=True, fails=0.02, **node),
            _job("websocket_tests", "test", 185, "e2e", pull(_NODE), junit=True, fails=0.03, **node),
            _job("docker_image", "package", 95, "image", tags=("buildkit",), image=_BUILDX),
            _deploy("deploy_staging", "release", "staging", 40),
            _manual("deploy_production", "release", "production"),
        ),
    )


def agent_docker() -> Blueprint:
    bake: dict[str, Any] = {"tags": ("buildkit",), "image": _BUILDX}
    return Blueprint(
        ("prepare", "images", "scan", "publish"),
        (
            _job("hadolint", "prepare", 20, "lint", image="hadolint/hadolint:2.12.0-debian"),
            _job("base-image", "images", 300, "image", _LAYERS, needs=("hadolint",), fails=0.02, **bake),
            _job("runtime-amd64", "images", 240, "image", _LAYERS, needs=("base-image",), **bake),
            _job(
                "runtime-arm64", "images", 330, "image", _LAYERS, needs=("base-image",), tags=("arm64",), image=_BUILDX
            ),
            _job("trivy", "scan", 120, "scan", needs=("runtime-amd64",), allow_failure=True, fails=0.08),
            _job("smoke", "scan", 60, "e2e", needs=("runtime-amd64",), junit=True),
            _job("manifest", "publish", 30, "package", needs=("runtime-amd64", "runtime-arm64"), only=DEFAULT, **bake),
        ),
        _BRANCH_FLOW,
    )


def agent_mesh() -> Blueprint:
    go: dict[str, Any] = {"image": _GO_IMAGE, "tags": ("kubernetes", "build")}
    return Blueprint(
        ("build", "unit", "integration", "bench", "publish"),
        (
            _job("compile", "build", 88, "build", _GO, **go),
            _job("golangci", "build", 70, "lint", _GO, **go),
            _job("unit", "unit", 105, "unit", _GO, junit=True, retry=2, fails=0.03, **go),
            _job("integration", "integration", 240, "e2e", _GO, junit=True, fails=0.03, **go),
            _job("throughput", "bench", 130, "bench", tags=("bench",), image=None, only=NIGHTLY, allow_failure=True),
            _job("docker image", "publish", 85, "image", tags=("buildkit",), image=_BUILDX, only=DEFAULT | TAGS),
            _deploy("deploy green", "publish", "staging", 35, when="manual", allow_failure=True),
            _manual("switch traffic", "publish", "production"),
        ),
        _MR_FLOW,
        auto_cancel=True,
    )


def agent_ops() -> Blueprint:
    """Both branch and merge request pipelines for the same commit: half of them needless."""
    return Blueprint(
        ("static", "tests", "image", "rollout"),
        (
            _job("flake8", "static", 31, "lint", _PIP_BRANCH, image=_PY),
            _job("bandit", "static", 44, "scan", _PIP_BRANCH, image=_PY, allow_failure=True, fails=0.05),
            _job("pytest", "tests", 420, "unit", _PIP_BRANCH, image=_PY, junit=True, fails=0.05),
            _job("alert-rules", "tests", 48, "unit", image="prom/prometheus:v3.0.1", fails=0.01),
            _job("kaniko", "image", 118, "image", image="gcr.io/kaniko-project/executor:v1.23.2-debug"),
            _deploy("rollout-staging", "rollout", "staging"),
            _manual("rollout-production", "rollout", "production"),
        ),
    )


def agent_buildkit() -> Blueprint:
    rust: dict[str, Any] = {"image": _RUST, "tags": ("kubernetes", "large")}
    built = ("cargo build",)
    return Blueprint(
        ("Build", "Test", "Package"),
        (
            _job("cargo build", "Build", 260, "build", _CARGO, needs=(), **rust),
            _job("cargo clippy", "Build", 95, "lint", _CARGO, needs=(), **rust),
            _job(
                "cargo test", "Test", 230, "unit", pull(_CARGO), needs=("cargo build",), junit=True, parallel=3, **rust
            ),
            _job("image arm64", "Package", 150, "image", _LAYERS, needs=built, tags=("arm64",), image=_BUILDX),
            _job(
                "image amd64",
                "Package",
                120,
                "image",
                _LAYERS,
                needs=("cargo build",),
                tags=("buildkit",),
                image=_BUILDX,
            ),
            _job("release", "Package", 45, "package", needs=("image amd64", "image arm64"), only=TAGS),
        ),
        _MR_FLOW,
    )


def llm_platform() -> Blueprint:
    """A monorepo: many jobs, sharded tests, a child pipeline, a blocking manual gate on tags."""
    py: dict[str, Any] = {"image": _PY, "tags": ("kubernetes", "build")}
    worker = ("build:worker",)
    return Blueprint(
        ("validate", "build", "test", "e2e", "package", "downstream", "deploy"),
        (
            _job("validate:schema", "validate", 22, "lint", **py),
            _job("validate:openapi", "validate", 28, "lint", **py),
            _job("validate:commits", "validate", 12, "lint", only=REVIEW, **py),
            _job("build:api", "build", 110, "build", _PIP, **py),
            _job("build:web", "build", 150, "build", _NODE, image=_NODE_IMAGE),
            _job("build:worker", "build", 95, "build", _PIP, **py),
            _job("test:api", "test", 210, "unit", pull(_PIP), junit=True, parallel=4, fails=0.015, retry=1, **py),
            _job("test:web", "test", 160, "unit", pull(_NODE), junit=True, image=_NODE_IMAGE, fails=0.02),
            _job("test:worker", "test", 140, "unit", pull(_PIP), junit=True, needs=worker, **py),
            _job("e2e:chromium", "e2e", 260, "e2e", pull(_NODE), junit=True, image=_PLAYWRIGHT,
                 fails=0.04, only=NOT_NIGHTLY, retry=1),
            _job("e2e:load", "e2e", 320, "bench", only=NIGHTLY, allow_failure=True, fails=0.1),
            _job("package:images", "package", 130, "image", _LAYERS, tags=("buildkit",), image=_BUILDX),
            _job("downstream:contracts", "downstream", 2, "build", only=DEFAULT, triggers=True, image=None),
            _deploy("deploy:staging", "deploy", "staging", 62),
            _manual("deploy:canary", "deploy", "production"),
            _deploy("release:approve", "deploy", "production", 40, only=TAGS, when="manual"),
        ),
        _MR_FLOW,
        auto_cancel=True,
    )  # fmt: skip


def python_service(stages: tuple[str, str, str], *, needs: bool, cache: CacheSpec = _PIP) -> Blueprint:
    first, second, third = stages
    return Blueprint(
        stages,
        (
            _job("lint", first, 30, "lint", pull(cache), image=_PY),
            _job("test", second, 170, "unit", cache, image=_PY, junit=True, fails=0.025, needs=() if needs else None),
            _job("package", third, 60, "package", image=_PY, only=DEFAULT | TAGS),
            _manual("deploy", third, "production")
            if not needs
            else _deploy("deploy", third, "staging", needs=("test",)),
        ),
        _MR_FLOW if needs else _BRANCH_FLOW,
        auto_cancel=needs,
    )


CHILD = Blueprint(
    ("contracts",),
    (
        _job("contract:agent-brain", "contracts", 48, "unit", image=_PY, junit=True),
        _job("contract:agent-chat", "contracts", 66, "unit", image=_PY, junit=True, fails=0.03),
        _job("contract:agent-mesh", "contracts", 41, "unit", image=_PY, junit=True),
    ),
)
"""What the bridge of llm-platform starts."""


def agent_memory() -> Blueprint:
    return python_service(("check", "verify", "ship"), needs=False, cache=_PIP_BRANCH)


def prompt_router() -> Blueprint:
    return python_service(("quality", "tests", "delivery"), needs=True)


def agent_sdk() -> Blueprint:
    py: dict[str, Any] = {"image": _PY}
    return Blueprint(
        ("test", "publish"),
        (
            *(
                _job(f"pytest: [{version}]", "test", 150, "unit", _PIP, junit=True, image=f"python:{version}-slim")
                for version in ("3.10", "3.11", "3.12", "3.13")
            ),
            _job("docs", "test", 44, "docs", _PIP, allow_failure=True, **py),
            _job("wheel", "publish", 35, "package", only=TAGS | DEFAULT, **py),
        ),
        _MR_FLOW,
    )


def agent_eval() -> Blueprint:
    """Waits for GPUs: its pool is the starved one."""
    gpu: dict[str, Any] = {"tags": ("gpu", "cuda"), "image": None}
    return Blueprint(
        ("prepare", "evaluate", "report"),
        (
            _job("dataset", "prepare", 120, "build", _WEIGHTS, image=_PY),
            _job("eval: [mmlu]", "evaluate", 640, "train", _WEIGHTS, fails=0.04, **gpu),
            _job("eval: [tool-use]", "evaluate", 820, "train", _WEIGHTS, fails=0.04, **gpu),
            _job("report", "report", 50, "docs", image=_PY),
        ),
        frozenset({"default", "mr", "schedule"}),
    )


def agent_gateway() -> Blueprint:
    go: dict[str, Any] = {"image": _GO_IMAGE}
    return Blueprint(
        ("build", "test", "deploy"),
        (
            _job("build", "build", 80, "build", CacheSpec("$CI_COMMIT_SHA", (".go/",)), **go),
            _job("test", "test", 150, "unit", junit=True, fails=0.02, **go),
            _job("fuzz", "test", 90, "bench", only=NIGHTLY, allow_failure=True, tags=("macos",), image=None),
            _deploy("deploy-staging", "deploy", "staging"),
            _manual("deploy-prod", "deploy", "production"),
        ),
    )


def agent_ui() -> Blueprint:
    node: dict[str, Any] = {"image": _NODE_IMAGE}
    return Blueprint(
        ("install", "build", "test"),
        (
            _job("deps", "install", 90, "build", _NODE_DEFAULT, **node),
            _job("build", "build", 120, "build", _NODE_DEFAULT, **node),
            _job("storybook", "build", 100, "docs", _NODE_DEFAULT, allow_failure=True, fails=0.05, **node),
            _job("cypress", "test", 280, "e2e", _NODE_DEFAULT, junit=True, parallel=2, fails=0.05, retry=2, **node),
        ),
        _BRANCH_FLOW,
    )


def embedding_service() -> Blueprint:
    rust: dict[str, Any] = {"image": _RUST, "tags": ("kubernetes", "large")}
    return Blueprint(
        ("compile", "verify", "gpu"),
        (
            _job("compile", "compile", 290, "build", _CARGO, **rust),
            _job("verify", "verify", 180, "unit", pull(_CARGO), junit=True, **rust),
            _job("cuda-kernels", "gpu", 260, "train", tags=("gpu",), image=None, only=DEFAULT | NIGHTLY, fails=0.03),
        ),
        _MR_FLOW,
    )


def terraform_fleet() -> Blueprint:
    tf: dict[str, Any] = {"image": "hashicorp/terraform:1.9"}
    return Blueprint(
        ("validate", "plan", "apply"),
        (
            _job("fmt", "validate", 14, "lint", _TERRAFORM, **tf),
            _job("validate", "validate", 30, "lint", _TERRAFORM, **tf),
            _job("plan", "plan", 95, "build", _TERRAFORM, **tf),
            _deploy("apply", "apply", "production", 110, when="manual", only=DEFAULT),
        ),
    )


def runner_images() -> Blueprint:
    bake: dict[str, Any] = {"tags": ("buildkit",), "image": _BUILDX}
    return Blueprint(
        ("bake", "check", "push"),
        (
            *(_job(f"bake {name}", "bake", 480, "image", _LAYERS, **bake) for name in ("python", "node", "rust")),
            _job("check", "check", 140, "scan", fails=0.03),
            _job("push", "push", 60, "package", only=DEFAULT | NIGHTLY, **bake),
        ),
        frozenset({"default", "branch", "schedule"}),
    )


def docs() -> Blueprint:
    return Blueprint(
        ("build", "pages"),
        (
            _job("mkdocs", "build", 70, "docs", CacheSpec("docs", (".cache/",)), image=_PY),
            _job("linkcheck", "build", 95, "docs", image=_PY, allow_failure=True, fails=0.2),
            _deploy("pages", "pages", "docs", 25, tags=(), image=_PY),
        ),
    )
