"""Which key stands at which position of an append-only table of vectors, and which positions are dead.

A position is never given twice: what is removed is marked dead, and an updated vector goes to the end under its old
key. Keys that only grow, as record keys do but for updates, are looked up without being sorted; those that came out of
order wait in a small dictionary, so that one update costs no sort of a million keys. Knows integers, not vectors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    Keys = npt.NDArray[np.int64]
    Mask = npt.NDArray[np.bool_]

OUT_OF_ORDER = 4096
"""Keys that came out of order before all are sorted again."""


class KeyPositions:
    """Keys by position. `alive` counts those that were not buried."""

    def __init__(self, keys: Keys | None = None, living: Mask | None = None) -> None:
        self._keys: Keys = np.empty(0, np.int64) if keys is None else keys
        self._living: Mask = np.ones(len(self._keys), bool) if living is None else living
        self._count = len(self._keys)
        self.alive = int(np.count_nonzero(self._living))
        self._late: dict[int, int] = {}
        self._ordered: Keys | None = None  # None: the first `_looked_up` keys stand in order as they are
        self._order: Keys = self._keys[:0]
        self._looked_up = self._count
        if len(self._keys) and not bool((np.diff(self._keys) > 0).all()):
            self._sort()

    def __len__(self) -> int:
        return self._count

    @property
    def keys(self) -> Keys:
        """int64 [n], dead ones among them."""
        return self._keys[: self._count]

    @property
    def living(self) -> Mask:
        """bool [n]."""
        return self._living[: self._count]

    def append(self, added: Keys) -> None:
        """Put new keys at the end. The caller has made sure that none of them is alive here."""
        end = self._count + len(added)
        if end > len(self._keys):  # by half, so that appending one by one stays linear
            room = max(end, len(self._keys) * 3 // 2, 64)
            self._keys = _grown(self._keys, self._count, room)
            self._living = _grown(self._living, self._count, room)
        self._keys[self._count : end] = added
        self._living[self._count : end] = True
        in_order = self._ordered is None and not self._late and bool((np.diff(self._keys[max(self._count - 1, 0) : end]) > 0).all())
        if in_order:
            self._looked_up = end
        else:
            self._late.update(zip(added.tolist(), range(self._count, end), strict=True))
        self._count, self.alive = end, self.alive + len(added)
        if len(self._late) > OUT_OF_ORDER:
            self._sort()

    def find(self, keys: Keys) -> Keys:
        """int64 [len(keys)]: the position of each key, -1 where it is not there or dead."""
        positions = np.full(len(keys), -1, np.int64)
        ordered = self._keys[: self._looked_up] if self._ordered is None else self._ordered
        if len(ordered) and len(keys):
            places = np.searchsorted(ordered, keys)
            places[places == len(ordered)] = 0
            hit = ordered[places] == keys
            found = places[hit] if self._ordered is None else self._order[places[hit]]
            positions[hit] = np.where(self._living[found], found, -1)
        if self._late:
            for place in np.flatnonzero(positions < 0):
                late = self._late.get(int(keys[place]), -1)
                positions[place] = late if late >= 0 and self._living[late] else -1
        return positions

    def bury(self, positions: Keys) -> None:
        """Mark living positions dead."""
        self._living[positions] = False
        self.alive -= len(positions)

    def _sort(self) -> None:
        live = np.flatnonzero(self.living)
        order = live[np.argsort(self._keys[live], kind="stable")]
        self._ordered, self._order, self._looked_up = self._keys[order], order, self._count
        self._late = {}


def _grown(old: npt.NDArray[Any], count: int, room: int) -> npt.NDArray[Any]:
    new = np.zeros(room, old.dtype)
    new[:count] = old[:count]
    return new
