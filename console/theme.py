"""Themes: files that say which colours the screen has, the bundled ones and the operator's own.

Only the file of the chosen theme is read before first paint; `install_others` reads the rest behind it.
A file is the arguments of Textual's Theme in TOML, with the variables below under `[variables]`.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from textual.app import App
from textual.color import Color, ColorParseError
from textual.theme import Theme

DEFAULT = "dark"
WITHOUT_COLOUR = "sixteen"
"""Used with NO_COLOR, whatever is chosen: its cursor and matches do not need colour."""

OUR_OWN: dict[str, str] = {
    "status-success": "success",
    "status-failed": "error",
    "status-running": "primary",
    "status-warning": "warning",
    "status-muted": "foreground",
    "critical": "accent",
    "production": "error",
    "match-background": "warning",
    "match-foreground": "background",
    "series-1": "primary",
    "series-2": "warning",
    "series-3": "success",
    "series-4": "accent",
    "series-5": "error",
    "series-6": "secondary",
    "target": "warning",
    "band": "foreground",
}
"""Variables of ours, and the colour of the theme each takes where the theme does not set it."""

_COLOURS = frozenset(
    {"primary", "secondary", "warning", "error", "success", "accent", "foreground", "background"}
    | {"surface", "panel", "boost"}
)
_KEYS = frozenset(field.name for field in fields(Theme)) - {"name"}
_FALLBACK = {"background": "#121212", "foreground": "#e0e0e0"}


class ThemeError(Exception):
    """A theme file cannot be used; the text names the file and the key."""


def bundled() -> Path:
    """The folder of the themes we ship: in the wheel, else in the checkout."""
    inside = Path(__file__).parent / "themes"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "themes"


def theme_files(own: Path | None = None) -> dict[str, Path]:
    """Every theme file by the theme's name; the operator's own folder wins over what we ship."""
    found: dict[str, Path] = {}
    for folder in (bundled(), own):
        if folder is not None and folder.is_dir():
            found.update((path.stem, path) for path in sorted(folder.glob("*.toml")))
    return found


def read_theme(path: Path) -> Theme:
    """The theme in a file. Raises ThemeError when the file cannot be read or holds what a theme cannot."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ThemeError(f"{path}: {error}") from error
    for key, value in values.items():
        _check(path, key, value)
    if "primary" not in values:
        raise ThemeError(f"{path}: primary is missing; a theme needs at least that colour")
    return Theme(name=path.stem, **values)


def _check(path: Path, key: str, value: Any) -> None:
    if key not in _KEYS:
        near = get_close_matches(key, _KEYS, n=1)
        raise ThemeError(f"{path}: {key} is not known" + (f"; did you mean {near[0]}?" if near else ""))
    if key in _COLOURS:
        _check_colour(path, key, value)
    elif key in ("dark", "ansi") and not isinstance(value, bool):
        raise ThemeError(f"{path}: {key} is {value!r}; it must be true or false")
    elif key in ("luminosity_spread", "text_alpha") and not (_number(value) and 0 <= value <= 1):
        raise ThemeError(f"{path}: {key} is {value!r}; it must be a number of 0 to 1")
    elif key == "variables":
        _check_variables(path, value)


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _check_variables(path: Path, value: Any) -> None:
    if not isinstance(value, dict):
        raise ThemeError(f"{path}: variables is {value!r}; it must be a table")
    for name, text in value.items():
        key = f"variables.{name}"
        if not isinstance(text, str):
            raise ThemeError(f"{path}: {key} is {text!r}; it must be text")
        if not name.replace("-", "").isalnum() or any(char in text for char in ";{}"):
            raise ThemeError(f"{path}: {key} = {text!r} is not a CSS variable")
        if name in OUR_OWN:
            _check_colour(path, key, text)


def _check_colour(path: Path, key: str, value: Any) -> None:
    try:
        Color.parse(value)
    except (ColorParseError, TypeError, AttributeError) as error:
        raise ThemeError(
            f"{path}: {key} is {value!r}; it must be a colour, such as #58a6ff, tomato or ansi_blue"
        ) from error


def variable_defaults(theme: Theme) -> dict[str, str]:
    """Our own variables for a theme that does not set them all: Textual's or an operator's."""
    # Textual 8.2 names these two in its own CSS and leaves them out of its sixteen-colour themes.
    defaults = {"ansi-background": "transparent", "ansi-foreground": "transparent"}
    for name, colour in OUR_OWN.items():
        fallback = "ansi_default" if theme.ansi else _FALLBACK.get(colour, theme.primary)
        defaults[name] = getattr(theme, colour) or fallback
    return defaults


def without_colour(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether the operator asked for no colour, by https://no-color.org."""
    return bool(environment.get("NO_COLOR"))


def install(app: App[Any], name: str = DEFAULT, own: Path | None = None) -> str:
    """Give the app its theme, reading that one file; the answer is a notice, empty when all is well.

    Call it in the app's constructor. Textual took NO_COLOR out of the environment by then and set `no_color`.
    """
    wanted = WITHOUT_COLOUR if app.no_color else name
    files = theme_files(own)
    try:
        if wanted in files:
            app.register_theme(read_theme(files[wanted]))
        elif wanted not in app.available_themes:
            near = get_close_matches(wanted, [*files, *app.available_themes], n=1)
            raise ThemeError(f"no theme is called {wanted!r}" + (f"; did you mean {near[0]}?" if near else ""))
    except ThemeError as problem:
        app.register_theme(read_theme(bundled() / f"{DEFAULT}.toml"))
        app.theme = DEFAULT
        return f"{problem}. Showing {DEFAULT} instead."
    app.theme = wanted
    return ""


def install_others(app: App[Any], own: Path | None = None) -> tuple[str, ...]:
    """Register every other theme, so that the palette lists them; the answer is a notice for each broken file.

    Reads files: call it after first paint.
    """
    notices: list[str] = []
    for name, path in theme_files(own).items():
        if name == app.theme:
            continue
        try:
            app.register_theme(read_theme(path))
        except ThemeError as problem:
            notices.append(f"{problem}. The theme is left out.")
    return tuple(notices)
