"""All routes of the REST API."""

from . import account, environments, flags, jobs, lint, pipelines, projects, repository, runners

ROUTES = [
    *account.ROUTES,
    *runners.ROUTES,
    *pipelines.ROUTES,
    *jobs.ROUTES,
    *environments.ROUTES,
    *flags.ROUTES,
    *repository.ROUTES,
    *lint.ROUTES,
    *projects.ROUTES,
]
