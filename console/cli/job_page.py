"""A job's web address: its parts, and which GitLab of the config it belongs to."""

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from ..config import Context, GitLabConfig, Loaded
from .guard import Failed

_JOB_PATH = re.compile(r"^(?P<project>/.+?)/-/jobs/(?P<job>\d{1,18})(?:/raw)?/?$")


@dataclass(frozen=True, slots=True)
class JobPage:
    """A job's address taken apart."""

    base: str
    """Scheme, host and port."""
    path: str
    """Project's path with the relative root in front, each with a leading slash."""
    job: int


def job_page(address: str) -> JobPage | None:
    """A job's address in its parts; None when it is none."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    found = _JOB_PATH.match(unquote(parts.path))
    if not found or not parts.hostname:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    base = f"{parts.scheme}://{host}{f':{port}' if port else ''}"
    return JobPage(base, found["project"], int(found["job"]))


def owner(loaded: Loaded, page: JobPage, wanted: str | None = None) -> tuple[GitLabConfig, str]:
    """The GitLab of the config that serves the page, and the project's path there; the chosen context's first."""
    first, _ = loaded.context(wanted)
    contexts = {first: loaded.config.contexts[first], **loaded.config.contexts}
    for context in contexts.values():
        if project := _inside(context, page):
            assert context.gitlab is not None
            return context.gitlab, project
    known = ", ".join(context.gitlab.url for context in contexts.values() if context.gitlab)
    raise Failed(f"no context's GitLab is {page.base}", f"the config has: {known}" if known else "run console init")


def _inside(context: Context, page: JobPage) -> str | None:
    """The project's path, if the page lies under this context's GitLab and its relative root."""
    if context.gitlab is None:
        return None
    parts = urlsplit(context.gitlab.url)
    root = f"{parts.path.rstrip('/')}/"
    here = (parts.scheme, parts.hostname, parts.port or (443 if parts.scheme == "https" else 80))
    other = urlsplit(page.base)
    there = (other.scheme, other.hostname, other.port or (443 if other.scheme == "https" else 80))
    return page.path.removeprefix(root) if here == there and page.path.startswith(root) else None
