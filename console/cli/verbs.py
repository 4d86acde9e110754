"""The verbs, each in a module of its own with `arguments(parser)` and `run(options, arguments)`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verb:
    """One word after `console`."""

    name: str
    module: str
    """Inside this package."""
    summary: str


VERBS = (
    Verb("demo", "demo", "the console on a simulated fleet"),
    Verb("init", "init", "find GitLab, Docker and Prometheus, test them, write the config"),
    Verb("doctor", "doctor", "check every connection, and say the remedy"),
    Verb("show", "show", "print what a pane shows: table, JSON or CSV"),
    Verb("explain", "explain", "what a job log tells: caches, sections, first error"),
    Verb("collect", "collect", "fill the history without a screen, for cron or systemd"),
    Verb("keys", "keys", "list the keys and the ids to remap them by"),
    Verb("completion", "completion", "print completions for bash, zsh or fish"),
)
BY_NAME = {verb.name: verb for verb in VERBS}
