"""Tones as styles of the theme. They are looked up here and not as component classes, since CSS would be matched anew
for every tone of every line at each start."""

from collections.abc import Mapping

from rich.style import Style

from .colours import style

_TONES: dict[str, tuple[str, str, str]] = {
    "": ("", "", ""),
    "ok": ("status-success", "", ""),
    "bad": ("status-failed", "", "bold"),
    "warn": ("status-warning", "", ""),
    "run": ("status-running", "", ""),
    "mute": ("status-muted", "", ""),
    "strong": ("", "", "bold"),
    "accent": ("accent", "", ""),
    "critical": ("critical", "", "bold"),
    "header": ("status-muted", "", "bold"),
    "context": ("background", "primary", "bold"),
    "production": ("background", "production", "bold"),
    "tab": ("primary", "", "bold reverse"),
}
"""Tone: colour, colour behind it and attributes, as the theme's variables name them."""


def tone_style(variables: Mapping[str, str], tone: str, *, cursor: str = "") -> Style:
    """The style of a tone; under the cursor (`cursor` is `focused` or `blurred`) with the cursor's own look."""
    colour, behind, attributes = _TONES[tone]
    own = style(variables, colour, on=behind, attributes=attributes)
    if not cursor:
        return own
    if cursor == "blurred":
        return own + Style.parse(_words(variables, "block-cursor-blurred-text-style"))
    look = Style.parse(_words(variables, "block-cursor-text-style"))
    return own + style(variables, "block-cursor-foreground", on="block-cursor-background") + look


def _words(variables: Mapping[str, str], name: str) -> str:
    return variables.get(name, "").replace("$", "") or "none"
