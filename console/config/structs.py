"""What a config file holds, as frozen structs; every default is here and nowhere else."""

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta, Struct

from ..model.settings import DEFAULT_QUERIES, Goals, Rates, Settings
from ..secrets import SecretRef

Name = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", description="letters, digits, . _ -")]
"""A name that is also a file's name."""
HttpUrl = Annotated[str, Meta(pattern=r"^https?://[^\s/@]+(/\S*)?$", description="http:// or https://, no user in it")]
EngineUrl = Annotated[
    str,
    Meta(
        pattern=r"^(unix:///\S+|tcp://[^\s@/]+|ssh://([^\s@:/]+@)?[^\s@]+)$",
        description="unix:///path, tcp://host:port or ssh://user@host",
    ),
]
ProxyUrl = Annotated[
    str,
    Meta(pattern=r"^(https?://[^\s@]+)?$", description="http:// or https:// without a user; with one, set HTTPS_PROXY"),
]
if TYPE_CHECKING:
    QueryName = str
else:
    QueryName = Literal[tuple(DEFAULT_QUERIES)]
_SECRET_HEADER = re.compile("auth|token|cookie|secret|passw|key", re.IGNORECASE)
Seconds = Annotated[float, Meta(gt=0, le=300)]
Ratio = Annotated[float, Meta(ge=0, le=1)]
Price = Annotated[float, Meta(ge=0)]


class GitLabConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """One GitLab instance and which of its projects make the fleet: neither groups nor projects is all of one's own."""

    url: HttpUrl
    token: SecretRef
    groups: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    ca_file: str = ""
    proxy: ProxyUrl = ""
    timeout_seconds: Seconds = 20.0


class DockerConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """One Docker engine."""

    name: Name
    host: EngineUrl
    tls_ca: str = ""
    tls_cert: str = ""
    tls_key: str = ""
    timeout_seconds: Seconds = 5.0


class PrometheusConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """One Prometheus, or what speaks its API."""

    url: HttpUrl
    headers: dict[str, str | SecretRef] = {}
    """Such as a tenant's; a value that is a secret must be a reference."""
    queries: dict[QueryName, str] = {}
    """Replace those of DEFAULT_QUERIES with the same name."""
    ca_file: str = ""
    proxy: ProxyUrl = ""
    timeout_seconds: Seconds = 10.0

    def __post_init__(self) -> None:
        for name, value in self.headers.items():
            if isinstance(value, str) and _SECRET_HEADER.search(name):
                raise ValueError(f'Expected header {name} as a reference such as {{ env = "NAME" }}')
            if isinstance(value, str) and not (value.isascii() and value.isprintable()):
                raise ValueError(f"Expected header {name} as plain ASCII text")


class GoalsConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """What the fleet aims at: model.settings.Goals."""

    hit_ratio: Ratio = 0.9
    build_minutes: dict[str, Annotated[float, Meta(gt=0)]] = {}
    monthly_budget: Price | None = None


class RatesConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """Price of a job minute: model.settings.Rates."""

    currency: Annotated[str, Meta(pattern=r"^([A-Z]{3})?$", description="three capital letters (ISO 4217)")] = ""
    per_minute: dict[str, Price] = {}
    default_per_minute: Price | None = None
    priced_on: Annotated[str, Meta(pattern=r"^(\d{4}-\d{2}-\d{2})?$", description="a date such as 2026-01-31")] = ""

    def __post_init__(self) -> None:
        if (self.per_minute or self.default_per_minute is not None) and not self.currency:
            raise ValueError("Expected currency to be set beside prices")


class Context(Struct, frozen=True, forbid_unknown_fields=True):
    """One fleet: where its projects, engines and metrics are."""

    gitlab: GitLabConfig | None = None
    docker: tuple[DockerConfig, ...] = ()
    prometheus: PrometheusConfig | None = None
    goals: GoalsConfig = GoalsConfig()
    rates: RatesConfig = RatesConfig()
    production: bool = False
    read_only: bool = False

    def __post_init__(self) -> None:
        names = [engine.name for engine in self.docker]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f"Expected each docker engine to have its own name, found `{twice}` twice")

    def settings(self, name: str, window: timedelta = timedelta(days=7)) -> Settings:
        """What boards need to know of this context."""
        own = self.prometheus.queries if self.prometheus else {}
        goals, rates = self.goals, self.rates
        return Settings(
            context=name,
            goals=Goals(goals.hit_ratio, dict(goals.build_minutes), goals.monthly_budget),
            rates=Rates(rates.currency, dict(rates.per_minute), rates.default_per_minute, rates.priced_on),
            queries={**DEFAULT_QUERIES, **own},
            window=window,
            production=self.production,
        )


class HistoryConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """Where what was seen is kept."""

    url: str = ""
    """SQLAlchemy URL; `{context}` in it becomes the context's name. Empty: a SQLite file each in the data folder."""
    retention_days: Annotated[int, Meta(ge=1, le=3650)] = 400

    def __post_init__(self) -> None:
        if re.search(r"://[^/@\s]*:[^@\s]*@", self.url):
            raise ValueError("Expected url without a password: PostgreSQL's clients read it from ~/.pgpass")


class ThemeConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """How it looks."""

    name: str = ""
    """Empty: what suits the terminal."""


class UiConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """How the screen behaves."""

    mouse: Literal["auto", "on", "off"] = "auto"
    """auto: on, but off over SSH."""
    frames_per_second: Annotated[int, Meta(ge=1, le=120)] = 60
    ssh_frames_per_second: Annotated[int, Meta(ge=1, le=120)] = 15
    charts: Literal["auto", "braille", "ascii"] = "auto"


class SyncConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """What the console may ask of the sources."""

    requests_per_minute: Annotated[int, Meta(ge=1, le=6000)] = 240
    backfill_days: Annotated[int, Meta(ge=1, le=365)] = 90
    logs_per_minute: Annotated[int, Meta(ge=0, le=6000)] = 60


class Config(Struct, frozen=True, forbid_unknown_fields=True):
    """A whole config file."""

    contexts: dict[Name, Context]
    default_context: str = ""
    """Empty: the first one."""
    history: HistoryConfig = HistoryConfig()
    theme: ThemeConfig = ThemeConfig()
    keys: dict[str, str | tuple[str, ...]] = {}
    """Binding id to its key or keys."""
    ui: UiConfig = UiConfig()
    sync: SyncConfig = SyncConfig()

    def __post_init__(self) -> None:
        if not self.contexts:
            raise ValueError("Expected at least one [contexts.NAME]")
        if len(self.contexts) > 1 and self.history.url and "{context}" not in self.history.url:
            raise ValueError("Expected {context} in history.url, since project ids of two contexts may be the same")

    def choose(self, wanted: str | None = None) -> str:
        """The name of the context to use: `wanted`, else the default, else the first. It may not exist."""
        return wanted or self.default_context or next(iter(self.contexts))
