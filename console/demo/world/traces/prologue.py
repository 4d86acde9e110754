"""The first sections of a log: which runner, which executor, which commit."""

from ..dice import sha1_like
from ..nouns import Job, Pipeline, Runner
from .writer import GREEN, RESET, RUNNER, Writer


def write(
    out: Writer, pipeline: Pipeline, job: Job, runner: Runner, start: float, sources: float, restore: float
) -> None:
    """From `start` to `restore`, with the checkout from `sources` on; ends early where the environment fails."""
    manager = next((one for one in runner.managers if one.id == job.manager_id), runner.managers[0])
    out.line(start, f"\x1b[0KRunning with gitlab-runner {runner.version} ({runner.revision}){RESET}", RUNNER)
    out.line(start, f"\x1b[0K  on {runner.name} {runner.short_token}, system ID: {manager.system_id}{RESET}", RUNNER)
    out.section(start, "prepare_executor", f'Preparing the "{runner.executor}" executor')
    for number, text in enumerate(_executor(job, runner)):
        out.line(start + 0.2 * (number + 1), f"\x1b[0K{text}{RESET}", RUNNER)
    middle = start + 0.7 * (sources - start)
    out.end(middle, "prepare_executor")
    if job.cause in ("runner", "image", "lost", "stuck"):
        return
    out.section(middle, "prepare_script", "Preparing environment")
    host = f"runner-{runner.short_token}-project-{pipeline.project.id}-concurrent-0"
    out.line(middle + 0.3, f"Running on {host} via {runner.name}-{manager.ip_address.replace('.', '-')}...")
    out.end(sources, "prepare_script")
    out.section(sources, "get_sources", "Getting source from Git repository")
    span = restore - sources
    out.line(sources + 0.1 * span, f"Gitaly correlation ID: {sha1_like(job.id, 'gitaly')[:32]}")
    out.line(sources + 0.2 * span, f"{GREEN}Fetching changes with git depth set to 20...{RESET}")
    out.line(sources + 0.4 * span, f"Reinitialized existing Git repository in /builds/{pipeline.project.path}/.git/")
    where = f"{GREEN}Checking out {pipeline.sha[:8]} as detached HEAD (ref is {pipeline.ref})...{RESET}"
    out.line(sources + 0.8 * span, where)
    out.line(sources + 0.9 * span, f"{GREEN}Skipping Git submodules setup{RESET}")
    out.end(restore, "get_sources")


def _executor(job: Job, runner: Runner) -> tuple[str, ...]:
    image = job.spec.image or "alpine:3.20"
    if runner.executor == "shell":
        return ("Using Shell (bash) executor...",)
    if runner.executor == "kubernetes":
        return ("Using Kubernetes namespace: ci", f"Using Kubernetes executor with image {image} ...")
    digest = sha1_like(image) + sha1_like(image, "digest")[:24]
    return (
        f"Using Docker executor with image {image} ...",
        f"Pulling docker image {image} ...",
        f"Using docker image sha256:{digest} for {image} with digest {image.split(':')[0]}@sha256:{digest} ...",
    )
