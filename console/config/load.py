"""Reads a config file. A right one costs one parse and one conversion; a wrong one is explained by `problems`."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

import msgspec

from .structs import Config, Context

LARGEST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a config file. `found` never holds a value where a secret belongs."""

    key: str
    """Dotted, such as `contexts.work.gitlab.timeout_seconds`; empty: the file as a whole."""
    found: str
    allowed: str
    nearest: str = ""
    """A key that exists and looks much like it."""
    line: int | None = None
    """From 1."""

    def __str__(self) -> str:
        where = f"line {self.line}: " if self.line else ""
        text = f"{where}{self.key}: {self.found}" if self.key else f"{where}{self.found}"
        text += f"; allowed: {self.allowed}" if self.allowed else ""
        return f"{text}; did you mean {self.nearest}?" if self.nearest else text


class ConfigError(Exception):
    """A config file cannot be used; the text names the file and everything that is wrong with it."""

    def __init__(self, path: Path, problems: tuple[Problem, ...], remedy: str = "") -> None:
        super().__init__("\n".join(f"{path}: {problem}" for problem in problems))
        self.path = path
        self.problems = problems
        self.remedy = remedy

    @property
    def missing(self) -> bool:
        """Whether there is no file at all."""
        return not self.path.exists()


@dataclass(frozen=True, slots=True)
class Loaded:
    """A config and where it came from."""

    path: Path
    config: Config

    def context(self, wanted: str | None = None) -> tuple[str, Context]:
        """The context `wanted`, or the default one, with its name. Raises ConfigError when it does not exist."""
        name = self.config.choose(wanted)
        if name in self.config.contexts:
            return name, self.config.contexts[name]
        from .problems import no_context

        raise ConfigError(self.path, (no_context(name, self.config.contexts),))


def read(path: Path) -> Loaded:
    """The config at `path`. Raises ConfigError, naming every problem, when it is missing or wrong."""
    text = _text(path)
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        from .problems import syntax

        raise ConfigError(path, (syntax(error, text),)) from None
    except RecursionError:
        raise ConfigError(path, (Problem("", "nested too deeply", ""),)) from None
    try:
        config = msgspec.convert(raw, Config)
    except msgspec.ValidationError as error:
        from .problems import explain

        raise ConfigError(path, explain(raw, text, str(error))) from None
    if config.default_context and config.default_context not in config.contexts:
        from .problems import no_context

        raise ConfigError(path, (no_context(config.default_context, config.contexts, text),))
    return Loaded(path, config)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as opened:
            raw = opened.read(LARGEST_BYTES + 1)
    except FileNotFoundError:
        raise ConfigError(
            path,
            (Problem("", "there is no such file", ""),),
            "make one with: console init; or look around first: console demo",
        ) from None
    except OSError as error:
        raise ConfigError(path, (Problem("", f"cannot be read: {error.strerror}", ""),)) from None
    if len(raw) > LARGEST_BYTES:
        raise ConfigError(path, (Problem("", f"is larger than {LARGEST_BYTES:,} bytes", ""),))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise ConfigError(path, (Problem("", "is not UTF-8 text", "UTF-8", line=line),)) from None
