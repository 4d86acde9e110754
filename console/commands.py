"""What can be said by name, in the `:` line and the palette, and what can be done with the row on screen."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from typing import Any

from textual.app import App
from textual.command import DiscoveryHit, Hit, Hits, Provider

from .panes import PANES
from .panes.base import Pane

VERBS = {
    "context": "switch to another context",
    "theme": "change the theme",
    "refresh": "ask every source again now",
    "help": "keys that are valid right now",
    "quit": "leave",
}


class Unknown(ValueError):
    """No such command; the text names the nearest."""


@dataclass(frozen=True, slots=True)
class Command:
    """One parsed `:` line."""

    verb: str
    """A pane's name, or one of VERBS."""
    place: str = ""
    """Context, theme, or the row to open."""
    filter: str = ""


def parse(text: str) -> Command:
    """`pipelines llm/agent-brain /failed` as a command; raises Unknown with the nearest name."""
    words, slash, wanted = (f" {text.strip()}").partition(" /")
    verb, _, place = words.strip().partition(" ")
    names = [kind.name for kind in PANES] + list(VERBS)
    if verb not in names:
        begun = [name for name in names if verb and name.startswith(verb)]
        if len(begun) != 1:
            near = get_close_matches(verb, names, 1)
            hint = f"; did you mean :{near[0]}?" if near else f"; there are: {', '.join(names)}"
            raise Unknown(f"there is no command :{verb}{hint}")
        verb = begun[0]
    return Command(verb, place.strip(), wanted.strip() if slash else "")


def suggestions(contexts: Iterable[str], themes: Iterable[str]) -> list[str]:
    """Lines the prompt completes."""
    return [
        *(kind.name for kind in PANES),
        *VERBS,
        *(f"context {name}" for name in contexts),
        *(f"theme {name}" for name in themes),
    ]


async def link_of(pane: Pane) -> str:
    """The page of the row under the cursor: its own, else its project's; empty: it has none."""
    from .boards.evidence import page
    from .ports import SourceError

    row = pane.table.row
    if row is None or row.link or pane.services is None:
        return row.link if row else ""
    try:
        return await page(pane.services, (*row.fields.values(), *reversed(pane.breadcrumb)))
    except SourceError:
        return ""  # history fails, which the note says already


async def copy_row(app: App[Any], pane: Pane) -> str:
    """Copy the link of the row under the cursor, or its name where it has none; what to tell the operator."""
    text = await link_of(pane) or pane.table.label
    if not text:
        return "Nothing to copy here."
    from .widgets.clipboard import copy

    return await copy(app, text)


async def open_row(app: App[Any], pane: Pane) -> str:
    """Open the row's page; where there is no browser, as over SSH, it is copied. What to tell, if anything."""
    from .widgets.browser import open_page

    link = await link_of(pane)
    if not link:
        return "Nothing to open here: the row has no link."
    return "" if await open_page(link) else await copy_row(app, pane)


class Everything(Provider):
    """Panes, contexts, themes and the app's own verbs in the palette."""

    def _entries(self) -> list[tuple[str, str, Callable[[], Any]]]:
        app: Any = self.app
        entries: list[tuple[str, str, Callable[[], Any]]] = [
            (f"{kind.title}", f"pane {kind.key}", partial(app.say, kind.name)) for kind in PANES
        ]
        entries += [
            (verb, text, partial(app.say, verb)) for verb, text in VERBS.items() if verb not in ("context", "theme")
        ]
        entries += [
            (f"context {name}", "switch to this context", partial(app.say, f"context {name}")) for name in app.contexts
        ]
        entries += [
            (f"theme {name}", "change the theme", partial(app.say, f"theme {name}")) for name in app.theme_names
        ]
        return entries

    async def discover(self) -> Hits:
        for name, text, run in self._entries():
            yield DiscoveryHit(name, run, help=text)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for name, text, run in self._entries():
            if (score := matcher.match(name)) > 0:
                yield Hit(score, matcher.highlight(name), run, help=text)
