"""The six screens: what each lists, what a line of it looks like, and what is told about the one under the cursor.

A pane knows the manager and the values it gives; it changes nothing. Every reading is done in a thread; what comes back
is shown only if it is still what was asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Static

from memos.apps import stories
from memos.apps.actions import run_number
from memos.apps.render import one_line
from memos.apps.stories import Line, Target
from memos.apps.tui.registry import shown_keys
from memos.apps.tui.rows import Column, Row, Rows
from memos.apps.tui.slots import SlotMap
from memos.apps.tui.story import Story
from memos.apps.views import moment, plural, short_id
from memos.errors import InputError, MemosError
from memos.manager import MemoryManager
from memos.types import Action, RecordOrder, RecordState

WIDE = 104
"""Cells from which on a list and its story stand side by side."""


class Pane(Vertical):
    """One screen. `story` is told about the target under the cursor, or about one that was followed."""

    empty: ClassVar[str] = ""

    class ReadingFailed(Message):
        """A reading failed."""

        def __init__(self, error: MemosError) -> None:
            super().__init__()
            self.error = error

    def __init__(self, manager: MemoryManager, *, id: str) -> None:
        super().__init__(id=id)
        self.manager = manager
        self._asked = 0

    @property
    def story(self) -> Story:
        return self.query_one(Story)

    def reload(self) -> None:
        """Read again what is listed; what is shown stays until it is there."""
        raise NotImplementedError

    def tell(self, make: Callable[[], Sequence[Line]], *, keep: bool = False) -> None:
        """Show the lines that `make` reads in a thread, unless others are asked for meanwhile."""
        self._asked += 1
        self.run_worker(partial(self._read, make, self._asked, keep), thread=True, group="story")

    def _read(self, make: Callable[[], Sequence[Line]], number: int, keep: bool) -> None:
        self.reading(make, lambda lines: self._told(lines, number, keep))

    def _told(self, lines: Sequence[Line], number: int, keep: bool) -> None:
        if number == self._asked:
            self.story.show(lines, keep=keep)

    def reading(self, make: Callable[[], Any], then: Callable[[Any], None]) -> None:
        """In a thread: `make`, and back in the app `then` with what it gave; an error is for the app to show."""
        try:
            made = make()
        except MemosError as error:
            self.post_message(self.ReadingFailed(error))
            return
        self.app.call_from_thread(then, made)

    def in_thread(self, make: Callable[[], Any], then: Callable[[Any], None], group: str = "list") -> None:
        self.run_worker(partial(self.reading, make, then), thread=True, group=group)


CHECKED_AT_ONCE = 5_000
"""Audit events up to which the chain is checked whenever the overview is read; more take a second and wait to be asked for."""


class OverviewPane(Pane):
    """Per tier count and bytes, what went on, the last run, the chain."""

    def compose(self) -> ComposeResult:
        yield Story(id="overview-story")

    def on_mount(self) -> None:
        self.story.show([Line("reading …", tone="dim")])

    def reload(self) -> None:
        manager = self.manager

        def make() -> list[Line]:
            state = manager.status()
            chain = f"{shown_keys(manager.settings.tui.keys.verify)} checks that each follows from the one before"
            if state.audit_events <= CHECKED_AT_ONCE:
                chain = f"the chain of {plural(manager.check_log(), 'event')} holds"
            return stories.overview(state, manager.browser.activity(), chain)

        self.tell(make, keep=True)


class ListPane(Pane):
    """A list, a filter above it, and the story of the line under the cursor beside it, or in its place where it is narrow."""

    columns: ClassVar[tuple[Column, ...]] = ()
    filters: ClassVar[str] = "words"

    def __init__(self, manager: MemoryManager, *, id: str) -> None:
        super().__init__(manager, id=id)
        self.filter = ""
        self._pinned: Target | None = None

    def compose(self) -> ComposeResult:
        yield Input(placeholder=f"filter: {self.filters}", classes="filter")
        yield Static(classes="count", markup=False)
        with Horizontal(classes="body"):
            with Vertical(classes="listed"):
                yield Rows(self.columns, self.fetch)
                yield Static(classes="empty", markup=False)
            yield Story()

    def on_mount(self) -> None:
        self.query_one(".count", Static).update("reading …")

    @property
    def rows(self) -> Rows:
        return self.query_one(Rows)

    # --- what a pane of its own says ----------------------------------------------------------------------------------

    def keys(self) -> Iterable[int]:
        """In a thread: what is listed. Raises InputError for a filter that cannot be read."""
        raise NotImplementedError

    def fetch(self, keys: Sequence[int]) -> Mapping[int, Row]:
        """In a thread: the lines of some keys."""
        raise NotImplementedError

    def lines(self, key: int) -> Sequence[Line]:
        """In a thread: the story of one key."""
        raise NotImplementedError

    def described(self, count: int) -> str:
        """The line above the list."""
        return plural(count, "line")

    # --- listing ------------------------------------------------------------------------------------------------------

    def reload(self) -> None:
        def keys() -> Iterable[int] | InputError:
            try:
                return self.keys()
            except InputError as error:  # a filter that cannot be read, half typed perhaps: no reason to interrupt
                return error

        self.in_thread(keys, self._read_keys)

    def _read_keys(self, found: Iterable[int] | InputError) -> None:
        if isinstance(found, InputError):
            self.query_one(".count", Static).update(one_line(f"{found.message}: {found.hint}"))
        else:
            self._listed(found)

    def _listed(self, keys: Iterable[int]) -> None:
        self.rows.show(keys)
        count = len(self.rows.keys)
        wanted = f"  ·  filter: {self.filter}" if self.filter else ""
        self.query_one(".count", Static).update(one_line(self.described(count) + wanted))
        nothing = self.query_one(".empty", Static)
        nothing.update(("nothing matches this filter; Esc takes it off" if self.filter else self.empty) if not count else "")
        nothing.display = not count
        self.rows.display = bool(count)
        if not count and self._pinned is None:
            self._asked += 1
            self.story.show([])

    def on_rows_moved(self, event: Rows.Moved) -> None:
        event.stop()
        if isinstance(event, Rows.Opened):
            return
        self._pinned = None
        key = event.key
        if key is not None:
            self.tell(lambda: self.lines(key))

    def on_rows_opened(self, event: Rows.Opened) -> None:
        event.stop()
        self.add_class("reading")
        self.story.focus()

    def on_rows_failed(self, event: Rows.Failed) -> None:
        event.stop()
        self.post_message(self.ReadingFailed(event.error))

    # --- filtering ----------------------------------------------------------------------------------------------------

    def start_filter(self) -> None:
        field = self.query_one(Input)
        self.add_class("filtering")
        field.value = self.filter
        field.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if self.has_class("filtering") and event.value.strip() != self.filter:
            self.filter = event.value.strip()
            self.reload()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.remove_class("filtering")
        self.rows.focus()

    def back(self) -> bool:
        """Out of the filter, out of a story that was followed or opened; False when there is nothing to leave."""
        if self.has_class("filtering") or self.filter:
            self.remove_class("filtering")
            self.filter = self.query_one(Input).value = ""
            self.rows.focus()
            self.reload()
            return True
        if self._pinned is not None:
            self._pinned = None
            if self.rows.key is not None:
                key = self.rows.key
                self.tell(lambda: self.lines(key))
        elif not (self.has_class("reading") or self.story.has_focus):
            return False
        self.remove_class("reading")
        self.rows.focus()
        return True

    def pin(self, target: Target, make: Callable[[], Sequence[Line]]) -> None:
        """Show the story of something that may not be listed."""
        self._pinned = target
        self.add_class("reading")
        self.tell(make)
        self.story.focus()


_FIELD = re.compile(r"^(state|origin|session|learned|action):(\S+)$")


def split_filter(text: str) -> tuple[str, dict[str, str]]:
    """The words of a filter, and its `name:value` parts."""
    words, fields = [], {}
    for part in text.split():
        match = _FIELD.match(part)
        if match:
            fields[match[1]] = match[2]
        else:
            words.append(part)
    return " ".join(words), fields


class StorePane(ListPane):
    """Every record: search, filter, sort; its story from the turn it came from to the rows it was written into."""

    columns = (
        Column("id", 8), Column("state", 10, least=70), Column("said", 16, least=60),
        Column("uses", 5, right=True, least=90), Column("run", 4, right=True, least=80), Column("text"),
    )  # fmt: skip
    filters = "words, state:active, origin:user, session:NAME, learned:yes"
    empty = "no records yet: memos observe TEXT, memos import FILE, or memos chat"

    def __init__(self, manager: MemoryManager, *, id: str) -> None:
        super().__init__(manager, id=id)
        self.order = RecordOrder.NEWEST
        self._ids: dict[int, str] = {}

    def keys(self) -> Iterable[int]:
        words, fields = split_filter(self.filter)
        states: tuple[RecordState, ...] = ()
        if "state" in fields:
            states = (_one_of(RecordState, fields["state"], "state"),)
        where: dict[str, Any] = {}
        if "origin" in fields:
            where["origin"] = fields["origin"].casefold()
        if "session" in fields:
            where["session"] = fields["session"]
        if "learned" in fields:
            where["learned"] = fields["learned"].casefold() in ("yes", "y", "true", "1")
        return self.manager.browser.record_keys(words=words, states=states, where=record_filter(where), order=self.order)

    def fetch(self, keys: Sequence[int]) -> Mapping[int, Row]:
        records = self.manager.browser.records(keys)
        self._ids |= {key: record.id for key, record in records.items()}
        return {
            key: Row(
                (short_id(one.id), one.state.value, moment(one.occurred_at), str(one.access_count or ""),
                 str(one.learned_by or ""), one.text),
                "text" if one.state is RecordState.ACTIVE else "dim",
            )
            for key, one in records.items()
        }  # fmt: skip

    def lines(self, key: int) -> Sequence[Line]:
        found = self.manager.browser.records([key])
        if key not in found:
            return [Line("this record is gone", tone="dim")]
        return stories.record(self.manager.why_record(found[key].id))

    def described(self, count: int) -> str:
        return f"{plural(count, 'record')}, {self.order.value} first"

    @property
    def record_id(self) -> str | None:
        """The record that actions are about: the one whose story is shown."""
        if self._pinned is not None and self._pinned.kind == "record":
            return self._pinned.name
        return None if self.rows.key is None else self._ids.get(self.rows.key)

    def next_order(self) -> None:
        orders = list(RecordOrder)
        self.order = orders[(orders.index(self.order) + 1) % len(orders)]
        self.reload()

    def open_record(self, record_id: str) -> None:
        """Go to a record: to its line where it is listed, to its story alone where it is not."""
        def find() -> int | None:
            return self.manager.browser.record_key(record_id)

        def found(key: int | None) -> None:
            if key is not None and self.rows.select(key):
                self.add_class("reading")
                self.story.focus()
                return
            self.pin(Target("record", record_id), lambda: stories.record(self.manager.why_record(record_id)))

        self.in_thread(find, found, group="find")


def record_filter(wanted: dict[str, Any]) -> Any | None:
    """The typed filter of what the filter line asks for; None for nothing."""
    from memos.stores.filters import And, Eq, Ne

    parts: list[Any] = [Eq(name, wanted[name]) for name in ("origin", "session") if name in wanted]
    if "learned" in wanted:
        parts.append(Ne("learned_by", None) if wanted["learned"] else Eq("learned_by", None))
    return And(tuple(parts)) if parts else None


def _one_of(kind: Any, value: str, name: str) -> Any:
    try:
        return kind(value.casefold())
    except ValueError:
        known = ", ".join(one.value for one in kind)
        raise InputError(f"there is no {name} {value!r}", hint=f"one of {known}", code="input.filter") from None


class DecisionsPane(ListPane):
    """Every routing decision with its scores and its reason."""

    columns = (
        Column("#", 6, right=True, least=90), Column("when", 16, least=70), Column("action", 9), Column("reason", 34, least=110),
        Column("text"),
    )  # fmt: skip
    filters = "words, action:drop"
    empty = "nothing was routed yet: memos observe TEXT"

    def keys(self) -> Iterable[int]:
        words, fields = split_filter(self.filter)
        action = fields.get("action", "")
        if action and action.upper() not in Action.__members__:
            raise InputError(f"there is no action {action!r}", hint=f"one of {', '.join(Action)}", code="input.filter")
        return self.manager.browser.decision_keys(words=words, action=action)

    def fetch(self, keys: Sequence[int]) -> Mapping[int, Row]:
        return {
            key: Row(
                (str(seen.number), moment(seen.at), seen.decision.action.value, seen.decision.reason,
                 seen.text if seen.text is not None else seen.decision.reason),
                "dim" if seen.decision.action in (Action.DROP, Action.NOOP) else "text",
            )
            for key, seen in self.manager.browser.decisions(keys).items()
        }  # fmt: skip

    def lines(self, key: int) -> Sequence[Line]:
        found = self.manager.browser.decisions([key])
        return stories.decision(found[key]) if key in found else [Line("this decision is gone", tone="dim")]

    def described(self, count: int) -> str:
        return f"{plural(count, 'decision')}, newest first"

    def open_experience(self, experience_id: str) -> None:
        def told() -> Sequence[Line]:
            about = list(self.manager.browser.decisions_about(experience_id).values())
            return stories.experience(self.manager.experience(experience_id), about)

        self.pin(Target("experience", experience_id), told)


class LogPane(ListPane):
    """The audit events."""

    columns = (
        Column("#", 6, right=True), Column("when", 16, least=60), Column("event", 12), Column("actor", 10, least=90),
        Column("about"),
    )  # fmt: skip
    filters = "words of kind, subject, actor"
    empty = "nothing happened yet"

    def keys(self) -> Iterable[int]:
        return self.manager.browser.event_keys(words=self.filter)

    def fetch(self, keys: Sequence[int]) -> Mapping[int, Row]:
        return {
            key: Row((str(one.seq), moment(one.at), one.kind, one.actor, one.subject), "bad" if one.kind == "reject" else "text")
            for key, one in self.manager.browser.events(keys).items()
        }

    def lines(self, key: int) -> Sequence[Line]:
        found = self.manager.browser.events([key])
        return stories.event(found[key]) if key in found else [Line("this event is gone", tone="dim")]

    def described(self, count: int) -> str:
        return f"{plural(count, 'event')}, newest first"

    @property
    def run_id(self) -> int | None:
        """The run that the event under the cursor is about."""
        target = self.story.target
        return run_number(target.name) if target is not None and target.kind == "run" else None


class ParametersPane(ListPane):
    """Runs with their gates, the slot table, and how well what was learned was kept from run to run."""

    columns = (
        Column("run", 4, right=True), Column("status", 10), Column("when", 16, least=74), Column("records", 7, right=True),
        Column("rows", 6, right=True, least=60), Column("held", 4, right=True), Column("old", 4, right=True),
        Column("honest", 6, right=True, least=66), Column("reason", least=80),
    )  # fmt: skip
    filters = "words of status and reason"
    empty = "nothing was learned yet: c plans a consolidation (memos consolidate)"

    def __init__(self, manager: MemoryManager, slots: Callable[[], tuple[int, frozenset[int]]], *, id: str) -> None:
        super().__init__(manager, id=id)
        self._slots = slots
        self._table: tuple[int, frozenset[int]] | None = None
        self._owned: frozenset[int] = frozenset()

    def compose(self) -> ComposeResult:
        yield Input(placeholder=f"filter: {self.filters}", classes="filter")
        yield Static(classes="count", markup=False)
        with Horizontal(classes="body"):
            with Vertical(classes="listed"):
                yield Rows(self.columns, self.fetch)
                yield Static(classes="empty", markup=False)
                yield Static(classes="curve", markup=False)
                yield Static(classes="legend", markup=False)
                yield SlotMap()
            yield Story()

    def keys(self) -> Iterable[int]:
        runs = self.manager.runs()
        words = self.filter.casefold().split()
        if self._table is None:
            self._table = self._slots()
        self._owned = self.manager.touched_rows()
        curve = stories.retention(runs)
        self.app.call_from_thread(self.query_one(".curve", Static).update, curve)
        return [run.id for run in runs if all(word in f"{run.status.value} {run.reason}".casefold() for word in words)]

    def fetch(self, keys: Sequence[int]) -> Mapping[int, Row]:
        tones: dict[str, Any] = {"committed": "good", "rejected": "bad"}
        return {
            run.id: Row(stories.run_row(run), tones.get(run.status.value.casefold(), "dim"))
            for run in (self.manager.run(key) for key in keys)
        }

    def lines(self, key: int) -> Sequence[Line]:
        story = self.manager.why_run(key)
        texts: dict[str, str] = {}
        for record_id in (*story.run.record_ids, *story.run.rejected_ids):
            try:
                texts[record_id] = self.manager.get(record_id).text
            except MemosError:
                texts[record_id] = "forgotten"
        changed = self.manager.touched_rows(key)
        self.app.call_from_thread(self._show_slots, changed)
        return stories.run(story, texts)

    def _listed(self, keys: Iterable[int]) -> None:
        super()._listed(keys)
        self._show_slots(frozenset())

    def _show_slots(self, changed: frozenset[int]) -> None:
        total, read = self._table or (0, frozenset())
        self.query_one(SlotMap).show(total, self._owned, changed, read)
        shown = f"{len(self._owned):,} of {total:,} slots written"
        if changed:
            shown += f", {len(changed):,} by this run"
        self.query_one(".legend", Static).update(f"{shown}  ·  dots: busy with other text")

    def described(self, count: int) -> str:
        return f"{plural(count, 'run')}, newest first"

    @property
    def run_id(self) -> int | None:
        """The run that actions are about."""
        if self._pinned is not None:
            return run_number(self._pinned.name)
        return self.rows.key

    def open_run(self, run_id: int) -> None:
        if self.rows.select(run_id):
            self.add_class("reading")
            self.story.focus()
        else:
            self.pin(Target("run", str(run_id)), lambda: self.lines(run_id))


class ContextPane(ListPane):
    """Sessions, how each spends its window, what is pinned and what was said."""

    columns = (Column("session"), Column("turns", 6, right=True), Column("last said", 16, least=60))
    filters = "words of the name"
    empty = "no conversation yet: memos chat"

    def __init__(self, manager: MemoryManager, *, id: str) -> None:
        super().__init__(manager, id=id)
        self._sessions: list[str] = []

    def keys(self) -> Iterable[int]:
        words = self.filter.casefold().split()
        named = [one for one in self.manager.sessions() if all(word in one.casefold() for word in words)]
        self._sessions = named[::-1]
        return range(len(self._sessions))

    def fetch(self, keys: Sequence[int]) -> Mapping[int, Row]:
        found = {}
        for key in keys:
            if key < len(self._sessions):
                turns = self.manager.turns(self._sessions[key])
                last = moment(turns[-1].occurred_at) if turns else ""
                found[key] = Row((self._sessions[key], str(len(turns)), last))
        return found

    def lines(self, key: int) -> Sequence[Line]:
        return self._told_of(self._sessions[key]) if key < len(self._sessions) else []

    def _told_of(self, name: str) -> Sequence[Line]:
        manager = self.manager
        use = manager.window(name)
        return stories.session(name, use, manager.blocks(), manager.turns(name))

    def described(self, count: int) -> str:
        return plural(count, "session")

    def open_session(self, name: str) -> None:
        if name in self._sessions and self.rows.select(self._sessions.index(name)):
            self.add_class("reading")
            self.story.focus()
        else:
            self.pin(Target("session", name), lambda: self._told_of(name))
