"""TOML to frozen structs and back.

`read` is on the way to first paint: it knows tomllib and msgspec alone. What explains a wrong file (`problems`,
`lines`) is loaded once something is wrong, what writes one (`write`) by `console init`.
"""

from .load import ConfigError, Loaded, Problem, read
from .paths import Places, places
from .structs import Config, Context, DockerConfig, GitLabConfig, PrometheusConfig

__all__ = [
    "Config",
    "ConfigError",
    "Context",
    "DockerConfig",
    "GitLabConfig",
    "Loaded",
    "Places",
    "Problem",
    "PrometheusConfig",
    "places",
    "read",
]
