"""A list of any length: keys in memory, rows fetched from SQL by the window that is looked at.

Knows columns and keys. Does not know what a row is about. A row is drawn as plain text: nothing in it is markup.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.events import Click
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from memos.apps.render import one_line
from memos.apps.stories import Tone
from memos.errors import MemosError

PAGE = 128
"""Rows fetched together."""
KEPT = 4096
"""Rows remembered before the oldest are let go."""


@dataclass(frozen=True)
class Column:
    """`width` 0 takes what is left; `least` is the width of the whole list below which the column is not shown."""

    title: str
    width: int = 0
    right: bool = False
    least: int = 0


@dataclass(frozen=True)
class Row:
    """One line of a list: a cell a column, and the tone of all of it."""

    cells: Sequence[str]
    tone: Tone = "text"


Fetch = Callable[[Sequence[int]], Mapping[int, Row]]


class Rows(ScrollView, can_focus=True):
    """A table whose first line is its header and whose others are fetched as they come into view."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "rows--head", "rows--cursor", "rows--blurred", "rows--dim", "rows--good", "rows--bad"
    }  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown,space", "page(1)", "Page down", show=False),
        Binding("home,g", "end(0)", "First", show=False),
        Binding("end,G", "end(-1)", "Last", show=False),
        Binding("enter", "open", "Open", show=False),
    ]

    cursor: reactive[int] = reactive(0)

    class Moved(Message):
        """The cursor came to another key."""

        def __init__(self, rows: Rows, key: int | None) -> None:
            super().__init__()
            self.rows, self.key = rows, key

        @property
        def control(self) -> Rows:
            return self.rows

    class Opened(Moved):
        """The key under the cursor was chosen."""

    class Failed(Message):
        """Rows could not be fetched."""

        def __init__(self, error: MemosError) -> None:
            super().__init__()
            self.error = error

    def __init__(self, columns: Sequence[Column], fetch: Fetch, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.columns = tuple(columns)
        self._fetch = fetch
        self.keys: array[int] = array("q")
        self._rows: dict[int, Row] = {}
        self._asked: set[int] = set()
        self._generation = 0

    # --- what is listed -----------------------------------------------------------------------------------------------

    @property
    def key(self) -> int | None:
        """The key under the cursor."""
        return self.keys[self.cursor] if self.cursor < len(self.keys) else None

    def show(self, keys: Iterable[int], *, select: int | None = None) -> None:
        """List other keys. The cursor stays on its key, or goes to `select`; known rows are shown until they are fetched anew."""
        wanted = self.key if select is None else select
        self.keys = keys if isinstance(keys, array) else array("q", keys)
        self._generation += 1
        self._asked.clear()
        try:
            place = self.keys.index(wanted) if wanted is not None else 0
        except ValueError:
            place = min(self.cursor, max(0, len(self.keys) - 1))
        self.virtual_size = Size(self.size.width, len(self.keys) + 1)
        moved = place != self.cursor
        self.cursor = place
        self._bring_into_view()
        self.refresh()
        if not moved:
            self.post_message(self.Moved(self, self.key))

    def select(self, key: int) -> bool:
        """Put the cursor on a key; False where it is not listed."""
        if key not in self.keys:
            return False
        self.cursor = self.keys.index(key)
        return True

    def _ask(self, place: int) -> None:
        """Fetch the page of a place, unless that is under way."""
        page = place // PAGE
        if page in self._asked:
            return
        self._asked.add(page)
        keys = list(self.keys[page * PAGE : (page + 1) * PAGE])
        work = partial(self._load, keys, self._generation)
        self.run_worker(work, thread=True, group="rows")

    def _load(self, keys: Sequence[int], generation: int) -> None:
        try:
            rows = self._fetch(keys)
        except MemosError as error:
            self.post_message(self.Failed(error))
            return
        self.app.call_from_thread(self._loaded, rows, generation)

    def _loaded(self, rows: Mapping[int, Row], generation: int) -> None:
        self._rows |= rows
        while len(self._rows) > KEPT:
            self._rows.pop(next(iter(self._rows)))
        if generation == self._generation:
            self.refresh()

    # --- moving -------------------------------------------------------------------------------------------------------

    def validate_cursor(self, value: int) -> int:
        return max(0, min(value, len(self.keys) - 1))

    def watch_cursor(self) -> None:
        self._bring_into_view()
        self.refresh()
        self.post_message(self.Moved(self, self.key))

    def _bring_into_view(self) -> None:
        if not self.size.height:
            return
        # the header covers the first line of what is looked at
        self.scroll_to_region(Region(0, self.cursor, 1, 2), animate=False, force=True)

    def action_move(self, by: int) -> None:
        self.cursor += by

    def action_page(self, by: int) -> None:
        self.cursor += by * max(1, self.size.height - 2)

    def action_end(self, which: int) -> None:
        self.cursor = 0 if which == 0 else len(self.keys) - 1

    def action_open(self) -> None:
        if self.key is not None:
            self.post_message(self.Opened(self, self.key))

    def on_click(self, event: Click) -> None:
        place = self.scroll_offset.y + event.y - 1
        if event.y and place < len(self.keys):
            if place == self.cursor or event.chain > 1:
                self.action_open()
            self.cursor = place

    def on_resize(self) -> None:
        self.virtual_size = Size(self.size.width, len(self.keys) + 1)
        self._bring_into_view()

    # --- drawing ------------------------------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        plain = self.rich_style
        if y == 0:
            return self._strip([column.title for column in self.columns], self.get_component_rich_style("rows--head"), width)
        place = self.scroll_offset.y + y - 1
        if place >= len(self.keys):
            return Strip.blank(width, plain)
        row = self._rows.get(self.keys[place])
        self._ask(place)
        if row is None:
            return self._strip(["…"], self.get_component_rich_style("rows--dim"), width)
        style = plain if row.tone in ("text", "head") else self.get_component_rich_style(f"rows--{row.tone}")
        if place == self.cursor:
            style = style + self.get_component_rich_style("rows--cursor" if self.has_focus else "rows--blurred")
        return self._strip(row.cells, style, width)

    def _strip(self, cells: Sequence[str], style: Style, width: int) -> Strip:
        shown = [(column, cell) for column, cell in zip(self.columns, cells, strict=False) if width >= column.least]
        fixed = sum(column.width + 2 for column, _ in shown if column.width)
        parts = []
        for column, cell in shown:
            room = column.width or max(1, width - fixed - 1)
            parts.append(fitted(one_line(cell), room, column.right))
        text = " " + "  ".join(parts)
        return Strip([Segment(set_cell_size(text, width), style)], width)


def fitted(text: str, width: int, right: bool = False) -> str:
    """The text in exactly `width` cells; what does not fit ends in an ellipsis."""
    from rich.cells import cell_len

    if cell_len(text) > width:
        return set_cell_size(text, max(0, width - 1)) + "…"
    blank = " " * (width - cell_len(text))
    return blank + text if right else text + blank
