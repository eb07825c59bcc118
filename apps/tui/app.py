"""READ FIRST of this folder. `memos tui`: six screens over one namespace, and every action from one registry.

    rows.py      a list of any length, fetched by the window that is looked at
    story.py     lines that can be followed
    slots.py     the slot table as a picture
    panes.py     the six screens: they read and never change
    dialogs.py   questions, edits, long work, help
    changes.py   what the actions do
    registry.py  the actions: keys, footer, palette and help come from it

Looks for something new by one number, the last audit event's, and reads again only then. With `readonly` no action that
changes anything is offered.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from textual.app import App, ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.events import Click, Resize
from textual.screen import Screen
from textual.widgets import ContentSwitcher, Footer, Static

from memos.apps.render import one_line
from memos.apps.stories import Target
from memos.apps.tui.changes import Changes
from memos.apps.tui.dialogs import Ask, Gone, Told
from memos.apps.tui.explain import explained
from memos.apps.tui.panes import (
    WIDE,
    ContextPane,
    DecisionsPane,
    ListPane,
    LogPane,
    OverviewPane,
    Pane,
    ParametersPane,
    StorePane,
)
from memos.apps.tui.registry import ACTIONS, BY_NAME, SCREENS, default_keys
from memos.apps.tui.rows import Rows
from memos.apps.tui.story import Story
from memos.errors import MemosError
from memos.manager import MemoryManager

LEAST = (60, 15)
"""Cells below which the screens are not shown."""


class Tab(Static):
    """The name of a screen; a click goes there."""

    def __init__(self, name: str, number: int) -> None:
        super().__init__(f"{number} {BY_NAME[name].label}", id=f"tab-{name}", classes="tab", markup=False)
        self.screen_name = name

    def on_click(self, event: Click) -> None:
        event.stop()
        assert isinstance(self.app, InspectorApp)
        self.app.go(self.screen_name)


class InspectorApp(App[None]):
    """The inspector of one namespace."""

    TITLE = "memos"
    CSS_PATH = "inspector.tcss"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(default_keys(one.name), f"do('{one.name}')", one.label, id=f"memos.{one.name}", show=one.footer)
        for one in ACTIONS
    ]

    def __init__(self, manager: MemoryManager, *, readonly: bool = False) -> None:
        super().__init__()
        self.manager = manager
        self.readonly = readonly
        self.changes = Changes(self)
        self._sequence: int | None = None
        self._looking = False
        self._stale: set[str] = set(SCREENS)
        self._trail: list[str] = []
        self._panes: dict[str, Pane] = {}
        self._here = SCREENS[0]

    def compose(self) -> ComposeResult:
        from memos.build import slot_readings

        manager, settings = self.manager, self.manager.settings
        with Horizontal(id="top"):
            for number, name in enumerate(SCREENS, 1):
                yield Tab(name, number)
            mode = "  read-only" if self.readonly else ""
            yield Static(one_line(f"{manager.namespace}{mode}"), id="where", markup=False)
        panes = (
            OverviewPane(manager, id="overview"),
            ContextPane(manager, id="context"),
            StorePane(manager, id="store"),
            ParametersPane(manager, lambda: slot_readings(settings), id="parameters"),
            DecisionsPane(manager, id="decisions"),
            LogPane(manager, id="log"),
        )
        self._panes = {str(pane.id): pane for pane in panes}
        with ContentSwitcher(initial=self._here, id="panes"):
            yield from panes
        yield Static("", id="small", markup=False)
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        settings = self.manager.settings.tui
        if settings.theme in self.available_themes:
            self.theme = settings.theme
        self.set_keymap({f"memos.{one.name}": getattr(settings.keys, one.name) for one in ACTIONS})
        self.go("overview")
        self.look()
        self.set_interval(settings.poll_seconds, self.look)

    # --- going about --------------------------------------------------------------------------------------------------

    @property
    def pane(self) -> Pane:
        """The screen that is shown."""
        return self._panes[self._here]

    def go(self, name: str) -> None:
        """Show a screen, read anew if something was written since it was read."""
        self._here = self.query_one("#panes", ContentSwitcher).current = name
        for tab in self.query(Tab):
            tab.set_class(tab.screen_name == name, "here")
        pane = self.pane
        if name in self._stale:
            self._stale.discard(name)
            pane.reload()
        (pane.rows if isinstance(pane, ListPane) else pane.story).focus()
        self.refresh_bindings()

    def follow(self, target: Target) -> None:
        """Go to what a line leads to; `back` comes back here."""
        if target.kind == "screen":
            self._leave_to(target.name)
            return
        home = {"record": "store", "run": "parameters", "experience": "decisions", "session": "context"}[target.kind]
        self._leave_to(home)
        pane = self.pane
        if isinstance(pane, StorePane):
            pane.open_record(target.name)
        elif isinstance(pane, ParametersPane):
            pane.open_run(int(target.name))
        elif isinstance(pane, DecisionsPane):
            pane.open_experience(target.name)
        elif isinstance(pane, ContextPane):
            pane.open_session(target.name)

    def _leave_to(self, name: str) -> None:
        here = self.pane.id or "overview"
        if name != here:
            self._trail.append(here)
        self.go(name)

    def on_story_followed(self, event: Story.Followed) -> None:
        event.stop()
        self.follow(event.target)

    # --- what is new --------------------------------------------------------------------------------------------------

    def look(self) -> None:
        """In a thread, one number: has anything been written, is the store still there?"""
        if not self._looking:
            self._looking = True
            self.run_worker(self._look, thread=True, group="look")

    def _look(self) -> None:
        found: int | MemosError
        try:
            found = self.manager.browser.sequence()
        except MemosError as error:
            found = error
        self.call_from_thread(self._looked, found)

    def _looked(self, found: int | MemosError) -> None:
        self._looking = False
        gone = isinstance(self.screen, Gone)
        if isinstance(found, MemosError):
            if not gone:
                self.push_screen(Gone(found))
            return
        if gone:
            self.pop_screen()
            self._sequence = None
        if found != self._sequence:
            first = self._sequence is None
            self._sequence = found
            self.read_again(also_here=not first or gone)

    def read_again(self, *, also_here: bool = True) -> None:
        """Every screen is read anew when it is next shown; the one that is shown, now."""
        self._stale = set(SCREENS)
        here = self.pane
        self._stale.discard(here.id or "")
        if also_here:
            here.reload()

    def on_pane_reading_failed(self, event: Pane.ReadingFailed) -> None:
        event.stop()
        self.tell_error(event.error)

    def on_rows_failed(self, event: Rows.Failed) -> None:
        event.stop()
        self.tell_error(event.error)

    def tell_error(self, error: MemosError) -> None:
        """What happened and what to do, for a few seconds."""
        hint = f"\n{one_line(error.hint)}" if error.hint else ""
        self.notify(one_line(error.message) + hint, severity="error", markup=False, timeout=8)

    # --- actions ------------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """An action is offered where what it needs is there, and none that changes anything with `readonly`."""
        if action != "do":
            return True
        one = BY_NAME[str(parameters[0])]
        if one.changes and self.readonly:
            return False
        if len(self.screen_stack) > 1 or not self._panes:
            return False
        pane = self.pane
        if one.needs == "record":
            return isinstance(pane, StorePane)
        if one.needs == "run":
            return isinstance(pane, ParametersPane | LogPane)
        if one.name == "sort":
            return isinstance(pane, StorePane)
        return isinstance(pane, ListPane) if one.needs == "list" else True

    def action_do(self, name: str) -> None:
        """The one way by which keys, footer and palette act."""
        pane = self.pane
        if name in SCREENS:
            self._trail.clear()
            self.go(name)
        elif name == "filter" and isinstance(pane, ListPane):
            pane.start_filter()
        elif name == "sort" and isinstance(pane, StorePane):
            pane.next_order()
        elif name == "back":
            self._back()
        elif name == "reload":
            self.read_again()
        elif name == "quit":
            self.exit()
        elif name == "help":
            keys = self.manager.settings.tui.keys
            self.push_screen(Told("Help", explained(self.focused, pane, keys, self.readonly)))
        elif name == "recall":
            self.push_screen(Ask("What recall finds, and why", "a question, as the agent would ask it"), self.changes.recalled)
        elif name == "verify":
            self.changes.verify()
        else:
            getattr(self.changes, name)()

    def _back(self) -> None:
        pane = self.pane
        if isinstance(pane, ListPane) and pane.back():
            return
        if self._trail:
            self.go(self._trail.pop())

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """The palette: the registry's actions that are offered here, and themes."""
        for one in ACTIONS:
            if self.check_action("do", (one.name,)):
                yield SystemCommand(one.label, one.help, lambda name=one.name: self.action_do(name))
        yield SystemCommand("Theme", "Other colours, until you leave; tui.theme keeps them.", self.action_change_theme)

    def on_resize(self, event: Resize) -> None:
        width, height = event.size.width, event.size.height
        small = width < LEAST[0] or height < LEAST[1]
        self.screen_stack[0].set_class(small, "small")
        self.screen_stack[0].set_class(width < WIDE, "narrow")
        if small:
            room = f"{width}x{height} is too small to show anything: make it {LEAST[0]}x{LEAST[1]} or more"
            self.screen_stack[0].query_one("#small", Static).update(room)
