"""The slot table as a picture: which rows are written, which one run changed, which background text reads much.

Knows slot numbers. A slot is no sentence: nothing is read out of it here.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import ClassVar

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

MARKS = " ·░▒▓█"


class SlotMap(Widget):
    """The table in rows and columns of cells, each standing for many slots; darker is more of them written.

    Cells that the selected run changed are in its colour; cells that background text reads more than others and that
    nobody wrote are dotted.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"slots--owned", "slots--changed", "slots--read"}

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._slots = 0
        self._owned: Collection[int] = ()
        self._changed: Collection[int] = ()
        self._read: Collection[int] = ()
        self._cells: list[tuple[str, str]] = []

    def show(
        self, slots: int, owned: Collection[int], changed: Collection[int] = (), read: Collection[int] = ()
    ) -> None:
        """slots: size of the table. owned: rows of live writes. changed: of the selected run. read: busy in the background."""
        self._slots, self._owned, self._changed, self._read = slots, owned, changed, read
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        """Mark and style of every cell."""
        count = self.size.width * self.size.height
        self._cells = []
        if self._slots and count:
            each = max(1.0, self._slots / count)
            owned, changed, read = (binned(self._slots, count, rows) for rows in (self._owned, self._changed, self._read))
            for cell in range(count):
                written = max(owned[cell], changed[cell])
                if written:
                    mark = MARKS[min(5, 2 + math.floor(3.999 * min(1.0, written / each)))]
                    self._cells.append((mark, "slots--changed" if changed[cell] else "slots--owned"))
                else:
                    self._cells.append((MARKS[1] if read[cell] > each / 2 else MARKS[0], "slots--read"))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        width, plain = self.size.width, self.rich_style
        line = self._cells[y * width : (y + 1) * width]
        if not line:
            return Strip.blank(width, plain)
        return Strip([Segment(mark, plain + self.get_component_rich_style(style)) for mark, style in line], width)


def binned(slots: int, cells: int, rows: Collection[int]) -> list[int]:
    """How many of `rows` fall into each of `cells` equal parts of the table."""
    counts = [0] * max(1, cells)
    for row in rows:
        counts[min(len(counts) - 1, row * len(counts) // slots)] += 1
    return counts
