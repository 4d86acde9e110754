"""A small app that mounts one widget, or pushes one screen, with the theme the console has."""

from typing import Any

from textual.app import App, ComposeResult
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget

from console import theme


class Host(App[None]):
    """Mounts what it is given; `heard` holds every message that came up to the app, oldest first."""

    def __init__(self, *widgets: Widget, screen: Screen[Any] | None = None, theme_name: str = theme.DEFAULT) -> None:
        super().__init__()
        self.widgets = widgets
        self.first_screen = screen
        self.heard: list[Message] = []
        self.copied: list[str] = []
        theme.install(self, theme_name)

    def compose(self) -> ComposeResult:
        yield from self.widgets

    async def on_mount(self) -> None:
        if self.first_screen is not None:
            await self.push_screen(self.first_screen)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return theme.variable_defaults(self.current_theme)

    def post_message(self, message: Message) -> bool:
        # Bubbling ends here, so everything a widget posts upwards is seen once.
        self.heard.append(message)
        return super().post_message(message)

    def copy_to_clipboard(self, text: str) -> None:
        self.copied.append(text)

    def shown(self) -> str:
        """What the screen shows now, as lines of plain text."""
        return "\n".join(strip.text for strip in self.screen._compositor.render_strips())
