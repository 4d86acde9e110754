"""A terminal control centre for a fleet of GitLab projects."""

__version__ = "0.1.0"
