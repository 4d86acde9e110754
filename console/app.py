"""The app: composes panes, owns the sync worker, answers what panes ask. It has no rules and does no I/O itself."""

from collections.abc import Iterable
from typing import Any, ClassVar

from textual import events, work
from textual.app import ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen

from . import last, theme
from .boards.header import HeaderBoard
from .commands import Command, Everything, Unknown, copy_row, open_row, parse, suggestions
from .driver import TerminalApp
from .launch import Launch, Runtime
from .messages import LogRequested, Notice, PlaceChanged
from .panes import PANES, PaneKind
from .panes.base import Pane, Stand
from .widgets.bars import tabs_spans
from .widgets.bottomline import BottomLine
from .widgets.cells import cell
from .widgets.line import Line
from .widgets.topline import TopLine

LEAST = (60, 16)
"""Columns and lines below which the screen only says so."""


class ConsoleApp(TerminalApp):
    """The console on one context at a time."""

    TITLE = "console"
    COMMANDS: ClassVar[set[Any]] = {Everything}
    ENABLE_COMMAND_PALETTE = True
    CSS = """
    Screen { layout: vertical; }
    #panes { height: 1fr; }
    #small { display: none; height: 1fr; content-align: center middle; }
    Screen.-small #panes, Screen.-small #tabs, Screen.-small #header, Screen.-small #keys { display: none; }
    Screen.-small #small { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(kind.key, f"pane('{kind.name}')", kind.title, id=f"app.{kind.name}", show=False) for kind in PANES),
        Binding("minus", "last_pane", "Last view", id="app.last", show=False),
        # With priority, since the keys that a paste brings behind them are for the prompt they open.
        Binding("slash", "prompt('filter')", "Filter", id="app.filter", priority=True),
        Binding("colon", "prompt('command')", "Command", id="app.command", show=False, priority=True),
        Binding("r", "refresh_now", "Refresh", id="app.refresh"),
        Binding("y", "copy", "Copy link", id="app.copy", show=False),
        Binding("o", "open_link", "Open link", id="app.open", show=False),
        Binding("C", "contexts", "Contexts", id="app.contexts", show=False),
        Binding("question_mark", "keys", "Keys", id="app.keys"),
        Binding("ctrl+p", "command_palette", "Palette", id="app.palette", show=False),
        Binding("q", "quit", "Quit", id="app.quit"),
    ]

    def __init__(self, launch: Launch) -> None:
        super().__init__()
        self.launch = launch
        self.context = launch.context
        self.runtime: Runtime | None = None
        self.theme_names: tuple[str, ...] = ()
        self._before = ""
        self._problem = ""
        """Why the context cannot be opened."""
        self._kept = last.read(launch.state_path(launch.context))
        kept = self._kept.pane
        self._pane = kept if kept in {kind.name for kind in PANES} else PANES[0].name
        self._chosen_theme = launch.theme or self._kept.theme or theme.DEFAULT
        self._theme_notice = theme.install(self, self._chosen_theme, launch.themes_folder)

    @property
    def contexts(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.launch.contexts)

    # --- First paint -----------------------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        yield TopLine(self.launch.clock, id="header")
        yield Line(id="tabs")
        with Vertical(id="panes"):
            yield self._make(self._kind(self._pane))
        yield Line(id="small")
        yield BottomLine(id="keys")

    def on_mount(self) -> None:
        if self.launch.keys:
            self.set_keymap(self.launch.keys)
        self._name_context()
        self.pane.table.focus()
        if self._theme_notice:
            self.notify(self._theme_notice, severity="warning")
        self.call_after_refresh(self.begin)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return theme.variable_defaults(self.current_theme)

    @property
    def top_line(self) -> TopLine:
        return self.query_one(TopLine)

    @property
    def bottom_line(self) -> BottomLine:
        return self.query_one(BottomLine)

    def _name_context(self) -> None:
        info = next((one for one in self.launch.contexts if one.name == self.context), None)
        stored = self._kept.header
        board = last.board_of(stored, HeaderBoard) if stored else None
        production, read_only = (info.production, info.read_only) if info else (False, False)
        self.top_line.name_context(self.context, production, read_only, board)

    def _kind(self, name: str) -> PaneKind:
        return next(kind for kind in PANES if kind.name == name)

    def _make(self, kind: PaneKind) -> Pane:
        """A pane, standing where it was left and showing what it showed."""
        services = self.runtime.services if self.runtime else None
        pane = Pane(kind, services, self.launch.clock)
        place = self._kept.places.get(kind.name, last.Place())
        stored = self._kept.boards.get(kind.name)
        board = last.board_of(stored, kind.board_type()) if stored else None
        stand = Stand(pane.stand.level, None, place.key, place.filter, place.sort, place.descending, place.hidden)
        stand.stored_at = stored.at if stored and board is not None else None
        pane.restore(board, stand)
        pane.problem = self._problem
        return pane

    # --- Work behind the first paint -------------------------------------------------------------------------------

    @work(exclusive=True, group="context")
    async def begin(self) -> None:
        """Open the context's history and sources, then keep them fresh until another context is chosen."""
        from .ports import SourceError

        try:
            runtime = await self.launch.open(self.context, self.announce)
        except SourceError as error:
            self.notify(f"{error}\n{error.remedy}".strip(), title="Nothing can be read", severity="error", timeout=60)
            self.top_line.fail(str(error))
            self._tell_panes(str(error))
            return
        self.runtime = runtime
        self._tell_panes("")
        self._watch()
        for pane in self.query(Pane):
            pane.attend(runtime.services)
        self.top_line.follow(runtime.services)
        self.read_themes()
        await runtime.run()

    def _tell_panes(self, problem: str) -> None:
        self._problem = problem
        for pane in self.query(Pane):
            pane.fail(problem)

    @work(group="themes")
    async def read_themes(self) -> None:
        """Themes other than the chosen one are read when nobody waits."""
        problems = theme.install_others(self, self.launch.themes_folder)
        self.theme_names = tuple(
            name for name in self.available_themes if name in theme.theme_files(self.launch.themes_folder)
        )
        for problem in problems:
            self.notify(problem, title="Theme left out", severity="warning")

    def announce(self, topics: frozenset[str]) -> None:
        """Sync says that these topics changed."""
        self.top_line.changed(topics)
        for pane in self.query(Pane):
            pane.changed(topics)

    def _watch(self) -> None:
        if self.runtime is not None:
            self.runtime.watching(self.pane.stand.level.topics)

    # --- The lines around the pane ---------------------------------------------------------------------------------

    def on_place_changed(self, message: PlaceChanged) -> None:
        message.stop()
        self._say_place()
        self._watch()

    def _say_place(self) -> None:
        if not self.query("#panes > Pane"):
            return
        pane, width = self.pane, self.size.width
        table = pane.table
        self.query_one("#tabs", Line).say(*tabs_spans(PANES, pane.kind, pane.breadcrumb, width))
        self.bottom_line.say(table.filter.text, len(table.marked))

    def on_resize(self, event: events.Resize) -> None:
        width, height = event.size
        small = width < LEAST[0] or height < LEAST[1]
        self.screen.set_class(small, "-small")
        if small:
            self.query_one("#small", Line).say(cell(f"{width}x{height}: needs {LEAST[0]}x{LEAST[1]}"))
        self._say_place()

    # --- Panes -----------------------------------------------------------------------------------------------------

    @property
    def pane(self) -> Pane:
        """The one on screen."""
        return self.query_one(f"#pane-{self._pane}", Pane)

    async def action_pane(self, name: str) -> None:
        """Show a pane, made when first seen."""
        if name == self._pane:
            return
        self._before, before = self._pane, self.pane
        self._pane = name
        if not self.query(f"#pane-{name}"):
            await self.query_one("#panes").mount(self._make(self._kind(name)))
        before.display = False
        self.pane.display = True
        self.pane.table.focus()
        self._say_place()
        self._watch()

    async def action_next_pane(self, step: int) -> None:
        names = [kind.name for kind in PANES]
        await self.action_pane(names[(names.index(self._pane) + step) % len(names)])

    async def action_last_pane(self) -> None:
        if self._before:
            await self.action_pane(self._before)

    def on_log_requested(self, message: LogRequested) -> None:
        message.stop()
        services = self.runtime.services if self.runtime else None
        if services is None or services.logs is None:
            self.notify("The log cannot be read: no GitLab is connected in this context.", severity="warning")
            return
        from .screens.log import LogScreen

        self.push_screen(LogScreen(services.logs, message.job, message.project))

    def on_chart_numbers_requested(self, message: Any) -> None:
        message.stop()
        from .screens.numbers import NumbersScreen

        self.push_screen(NumbersScreen(message.chart))

    def on_notice(self, message: Notice) -> None:
        message.stop()
        self.notify(message.text, severity=message.severity)

    # --- Keys ------------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A prompt opens over the panes alone: in it, and on other screens, its keys are theirs."""
        if action == "prompt":
            return len(self.screen_stack) == 1 and not self.bottom_line.asking
        return True

    async def action_prompt(self, kind: str) -> None:
        """Open the filter or command line in place of the keys."""
        words = suggestions(self.contexts, self.theme_names) if kind == "command" else []
        await self.bottom_line.ask(kind, self.pane.table.filter.text if kind == "filter" else "", words)

    def on_bottom_line_filtered(self, message: BottomLine.Filtered) -> None:
        message.stop()
        self.pane.table.set_filter(message.text)
        if message.done:
            self.pane.table.focus()

    async def on_bottom_line_said(self, message: BottomLine.Said) -> None:
        message.stop()
        self.pane.table.focus()
        if message.text:
            await self.say(message.text)

    async def say(self, line: str) -> None:
        """Do what a `:` line says."""
        try:
            command = parse(line)
        except Unknown as error:
            self.notify(str(error), severity="warning")
            return
        await self._obey(command)

    async def _obey(self, command: Command) -> None:
        match command.verb:
            case "quit":
                await self.action_quit()
            case "refresh":
                self.action_refresh_now()
            case "help":
                self.action_keys()
            case "context":
                await self.switch_context(command.place)
            case "theme":
                self._choose_theme(command.place)
            case name:
                await self.action_pane(name)
                self.pane.visit(command.place, command.filter)

    def _choose_theme(self, name: str) -> None:
        if name in self.available_themes:
            self.theme = self._chosen_theme = name
        else:
            known = ", ".join(self.theme_names)
            self.notify(
                f"There is no theme {name or 'without a name'}; there are: {known}", severity="warning", markup=False
            )

    def action_refresh_now(self) -> None:
        self.redraw()
        if self.runtime is not None:
            self.runtime.refresh()
        elif self._problem:
            self.begin()
        else:
            self.notify("Still starting.", severity="warning")

    def action_keys(self) -> None:
        from .screens.keys import KeysScreen

        self.push_screen(KeysScreen(self.screen.active_bindings.values()))

    def action_columns(self) -> None:
        """Choose the columns of the table on screen; they are remembered."""
        from .screens.columns import ColumnsScreen

        table = self.pane.table
        self.push_screen(
            ColumnsScreen(table.columns, table.hidden), lambda ids: None if ids is None else table.hide(ids)
        )

    async def action_copy(self) -> None:
        self.notify(await copy_row(self, self.pane))

    async def action_open_link(self) -> None:
        if told := await open_row(self, self.pane):
            self.notify(told)

    async def action_contexts(self) -> None:
        """Go on to the next context; `:context NAME` goes to a certain one."""
        names = self.contexts
        if len(names) < 2:
            self.notify("The config has one context only.", severity="warning")
        else:
            await self.switch_context(names[(names.index(self.context) + 1) % len(names)])

    async def switch_context(self, name: str) -> None:
        """Leave this context, also one that is down, and open another."""
        if name not in self.contexts:
            self.notify(
                f"There is no context {name!r}; there are: {', '.join(self.contexts)}", severity="warning", markup=False
            )
            return
        await self._leave_context()
        self.context, self._problem = name, ""
        self._kept = last.read(self.launch.state_path(name))
        await self.query(Pane).remove()
        self._pane = self._kept.pane if self._kept.pane in {kind.name for kind in PANES} else PANES[0].name
        await self.query_one("#panes").mount(self._make(self._kind(self._pane)))
        self._name_context()
        self.pane.table.focus()
        self.begin()

    def notify(self, message: str, **options: Any) -> None:
        """As Textual's, but text is never markup: half of it comes from outside."""
        super().notify(message, **{"markup": False, **options})

    # --- Leaving ---------------------------------------------------------------------------------------------------

    def remember(self) -> None:
        """Store what is on screen for the next start."""
        kept, now = self._kept, self.launch.clock()
        kept.pane, kept.theme = self._pane, self._chosen_theme
        for pane in self.query(Pane):
            first = pane.remember() if len(pane.stands) == 1 else pane.stands[0]
            kept.places[pane.kind.name] = last.Place(
                first.key, first.filter, first.sort, first.descending, first.hidden
            )
            if first.board is not None and first.stored_at is None:
                kept.boards[pane.kind.name] = last.shown(first.board, now)
        if (board := self.top_line.board) is not None:
            kept.header = last.shown(board, now)
        last.write(self.launch.state_path(self.context), kept)

    async def _leave_context(self) -> None:
        try:
            self.remember()
        except OSError as error:
            self.notify(f"The last screen cannot be stored: {error}", severity="warning")
        runtime, self.runtime = self.runtime, None
        self.workers.cancel_group(self, "context")
        if runtime is not None:
            await runtime.close()

    async def action_quit(self) -> None:
        await self._leave_context()
        self.exit()

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        return ()  # none of Textual's own: the palette lists what the console can do
