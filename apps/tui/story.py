"""Lines that can be followed: a record to its turn, decision and runs, and from there on.

Knows lines. Does not know where a line leads; it says that one was followed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.events import Click
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from memos.apps.render import escape
from memos.apps.stories import LABEL, Line, Target
from memos.apps.tui.rows import fitted

INDENT = LABEL + 2
NARROW = 34
"""Below this width a label stands on a line of its own."""


class Story(ScrollView, can_focus=True):
    """Lines, wrapped; the cursor goes from one that leads somewhere to the next."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "story--head", "story--label", "story--dim", "story--good", "story--bad", "story--link", "story--cursor"
    }  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown,space", "page(1)", "Page down", show=False),
        Binding("home,g", "end(0)", "Top", show=False),
        Binding("end,G", "end(1)", "Bottom", show=False),
        Binding("enter", "follow", "Follow", show=False),
    ]

    class Followed(Message):
        """A line that leads somewhere was chosen."""

        def __init__(self, story: Story, target: Target) -> None:
            super().__init__()
            self.story, self.target = story, target

        @property
        def control(self) -> Story:
            return self.story

    def __init__(self, lines: Sequence[Line] = (), *, id: str | None = None, classes: str | None = None) -> None:
        """classes: "fitting" makes it as high as its lines, as far as the screen allows."""
        super().__init__(id=id, classes=classes)
        self._lines = list(lines)
        self._drawn: list[tuple[Line, str, str]] = []
        self._cursor: int | None = None

    @property
    def lines(self) -> list[Line]:
        return self._lines

    @property
    def target(self) -> Target | None:
        """Where the line under the cursor leads."""
        return None if self._cursor is None else self._lines[self._cursor].target

    def show(self, lines: Sequence[Line], *, keep: bool = False) -> None:
        """Show other lines from their top; with `keep`, stay where one was: they are the same lines anew."""
        before, offset = self._cursor, self.scroll_offset.y
        self._lines = list(lines)
        links = self._links()
        self._cursor = before if keep and before in links else next(iter(links), None)
        self._lay_out()
        self.scroll_to(y=offset if keep else 0, animate=False, force=True)
        self.refresh()

    def _links(self) -> list[int]:
        return [at for at, line in enumerate(self._lines) if line.target is not None]

    # --- moving -------------------------------------------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        links = self._links()
        ahead = [at for at in links if self._cursor is None or (at - self._cursor) * by > 0]
        bottom = self.scroll_offset.y + self.size.height
        following = None if not ahead else (ahead[0] if by > 0 else ahead[-1])
        if following is None or abs(self._top(following) - self._top(self._cursor)) > self.size.height:
            self.scroll_relative(y=by, animate=False)
            if following is None or not self.scroll_offset.y <= self._top(following) < bottom:
                return
        self._cursor = following
        self.scroll_to_region(Region(0, self._top(following), 1, 1), animate=False, force=True)
        self.refresh()

    def action_page(self, by: int) -> None:
        self.scroll_relative(y=by * max(1, self.size.height - 1), animate=False)

    def action_end(self, which: int) -> None:
        self.scroll_to(y=0 if which == 0 else self.virtual_size.height, animate=False)

    def action_follow(self) -> None:
        if self.target is not None:
            self.post_message(self.Followed(self, self.target))

    def on_click(self, event: Click) -> None:
        place = self.scroll_offset.y + event.y
        if place < len(self._drawn):
            line = self._drawn[place][0]
            if line.target is not None:
                self._cursor = next(at for at, one in enumerate(self._lines) if one is line)
                self.refresh()
                self.action_follow()

    def on_resize(self) -> None:
        self._lay_out()

    # --- drawing ------------------------------------------------------------------------------------------------------

    def _top(self, at: int | None) -> int:
        if at is None:
            return 0
        return next((y for y, (line, _, _) in enumerate(self._drawn) if line is self._lines[at]), 0)

    def _lay_out(self) -> None:
        """Wrap every line to the width there is."""
        width = self.scrollable_content_region.width - 2
        if width < 8:
            return
        console = self.app.console
        self._drawn = []
        for line in self._lines:
            beside = bool(line.label) and width >= NARROW
            if line.label.strip() and not beside:
                self._drawn.append((line, line.label, ""))
            indent = INDENT if beside else 0
            wrapped = Text(escape(line.text)).wrap(console, max(8, width - indent)) or [Text("")]
            for number, part in enumerate(wrapped):
                label = line.label if beside and number == 0 else ""
                self._drawn.append((line, fitted(label, LABEL) + "  " if indent else label, part.plain))
        self.virtual_size = Size(self.size.width, len(self._drawn))
        if self.has_class("fitting"):
            self.styles.height = max(1, min(len(self._drawn), self.app.size.height * 7 // 10 - 6))

    def render_line(self, y: int) -> Strip:
        width, plain = self.scrollable_content_region.width, self.rich_style
        place = self.scroll_offset.y + y
        if place >= len(self._drawn):
            return Strip.blank(width, plain)
        line, label, text = self._drawn[place]
        style = self._style(line, plain)
        under = self._cursor is not None and line is self._lines[self._cursor] and self.has_focus
        segments = [
            Segment(" ", plain),
            Segment(label, plain + self.get_component_rich_style("story--label")),
            Segment(text, style + self.get_component_rich_style("story--cursor") if under else style),
        ]
        return Strip(segments).adjust_cell_length(width, plain)

    def _style(self, line: Line, plain: Style) -> Style:
        if line.tone != "text":
            return plain + self.get_component_rich_style(f"story--{line.tone}")
        return plain + self.get_component_rich_style("story--link") if line.target is not None else plain
