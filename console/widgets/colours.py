"""Theme variables as Rich styles, for widgets that draw their own strips."""

from collections.abc import Mapping
from functools import lru_cache

from rich.style import Style
from textual.color import Color


@lru_cache(256)
def _style(colour: str, background: str, attributes: str) -> Style:
    style = Style.parse(attributes) if attributes else Style()
    return style + Style.from_color(
        Color.parse(colour).rich_color if colour else None,
        Color.parse(background).rich_color if background else None,
    )


def style(variables: Mapping[str, str], name: str = "", *, on: str = "", attributes: str = "") -> Style:
    """The style that a theme gives `name`, such as `status-failed`, over the colour of `on`; empty: unchanged.

    `attributes` are Rich's words: bold, dim, underline, reverse. `variables` is `app.theme_variables`.
    """
    return _style(variables[name] if name else "", variables[on] if on else "", attributes)
