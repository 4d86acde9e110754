"""A small program on TerminalApp: what the console does in its terminal, without what it shows."""

import os
import sys
import threading
import time

from textual import events
from textual.app import ComposeResult
from textual.widgets import Static

from console import theme
from console.driver import TerminalApp, leave, terminal_problem


class Tiny(TerminalApp):
    """Says which keys came; `q` quits, `x` crashes, `b` blocks the loop, `r` redraws, `w` spoils the screen,
    `t` starts a thread that takes long."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: list[str] = []
        self.draws = 0
        theme.install(self, os.environ.get("TINY_THEME", "dark"))

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return theme.variable_defaults(self.current_theme)

    def compose(self) -> ComposeResult:
        yield Static("ready", id="words", markup=False)

    def on_resize(self, event: events.Resize) -> None:
        self.draws += 1
        self.say(f"size {event.size.width}x{event.size.height}")

    def say(self, text: str) -> None:
        self.query_one("#words", Static).update(
            f"ready {text} draws {self.draws} {''.join(f'<{key}>' for key in self.keys[-6:])}"
        )

    def on_key(self, event: events.Key) -> None:
        self.keys.append(event.key)
        self.say("key")
        if event.key == "q":
            self.exit()
        elif event.key == "x":
            token = os.environ.get("TINY_TOKEN", "")
            raise RuntimeError(f"a bug met a token of {len(token)} letters")
        elif event.key == "b":
            time.sleep(60)
        elif event.key == "r":
            self.redraw()
        elif event.key == "w":  # as another program would, past the app
            os.write(1, b"\x1b[1;1Hwritten over the screen")
        elif event.key == "t":
            self.run_worker(lambda: threading.Event().wait(60), thread=True)

    def abandon(self) -> None:
        if path := os.environ.get("TINY_ABANDONED"):
            with open(path, "w", encoding="utf-8") as file:
                file.write("closed")


if __name__ == "__main__":
    if problem := terminal_problem():
        sys.exit(problem)
    app = Tiny()
    code = app.start()
    if app.crash is not None:
        print(f"crash: {app.crash}", file=sys.stderr)
    leave(code)
