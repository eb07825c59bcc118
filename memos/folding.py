"""Applying stored row changes in order: arrays that are written in place, much cheaper than an overlay an entry.

A fold takes time in the rows that an entry touches, where a new overlay with its digest takes time in all rows there
are. Knows arrays; not where a change came from, nor what it means.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from memos.checkpoints import Checkpoint
from memos.errors import NotRevertible
from memos.protocols import LedgerEntry, LedgerLink, Overlay, RowChange, SlotTrainer
from memos.types import EntryKind

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


@dataclass(frozen=True)
class FoldedWrite:
    """A write among the entries: which rows it selected, int64 [t], and hashes of the facts it teaches."""

    seq: int
    run_id: int
    record_id: str
    rows: npt.NDArray[np.int64]
    facts: frozenset[int]


class RowTable:
    """Rows and their bits, float32 [R, d_value]. A row that was never put is zero. Its width is that of the first."""

    def __init__(self, rows: npt.NDArray[np.int64] | None = None, values: npt.NDArray[np.float32] | None = None) -> None:
        import numpy as np

        self._place = np.full(0, -1, np.int64)  # row -> position in _values, -1 where it was never put
        self._values = np.zeros((0, 0), np.float32)
        self._used = 0
        if rows is not None and values is not None:
            self.put(rows, values)

    def gather(self, rows: npt.NDArray[np.int64], width: int) -> npt.NDArray[np.float32]:
        """Values at `rows` int64 [t] -> float32 [t, width]."""
        import numpy as np

        out = np.zeros((len(rows), width), np.float32)
        inside = rows < len(self._place)
        at = np.full(len(rows), -1, np.int64)
        at[inside] = self._place[rows[inside]]
        if (at >= 0).any():
            out[at >= 0] = self._values[at[at >= 0]]
        return out

    def put(self, rows: npt.NDArray[np.int64], values: npt.NDArray[np.float32]) -> None:
        """rows int64 [t], unique; values float32 [t, d_value]. Raises NotRevertible on other shapes."""
        import numpy as np

        width = values.shape[1] if values.ndim == 2 else -1
        if values.shape != (len(rows), width) or (self._used and width != self._values.shape[1]) or (rows < 0).any():
            raise NotRevertible(
                f"stored rows {rows.shape} and values {values.shape} do not fit those before them",
                hint="restore memos.db and ledger/ from one backup", code="ledger.shape",
            )  # fmt: skip
        if not len(rows):
            return
        if (top := int(rows.max())) >= len(self._place):
            grown = np.full(max(top + 1, 2 * len(self._place)), -1, np.int64)
            grown[: len(self._place)] = self._place
            self._place = grown
        new = np.unique(rows[self._place[rows] < 0])
        if self._used + len(new) > len(self._values):
            room = np.zeros((max(self._used + len(new), 2 * len(self._values)), width), np.float32)
            room[: self._used] = self._values[: self._used].reshape(self._used, width)
            self._values = room
        self._place[new] = np.arange(self._used, self._used + len(new))
        self._used += len(new)
        self._values[self._place[rows]] = values

    def stored(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """(rows int64 [R], sorted; values float32 [R, d_value]), less the rows of zeros."""
        import numpy as np

        rows = np.flatnonzero(self._place >= 0).astype(np.int64)
        values = self._values[self._place[rows]]
        kept = (values != 0).any(axis=1) if len(rows) else np.zeros(0, bool)
        return rows[kept], values[kept]


class Fold:
    """The rows after some entries, and who wrote which. `digest` is the one that the last entry recorded."""

    def __init__(self, digest: str) -> None:
        self.digest = digest
        self.entries = 0
        self.writes: list[FoldedWrite] = []
        self.rested = 0  # how many of the writes the latest sleep refined
        self.table = RowTable()

    @classmethod
    def resumed(cls, checkpoint: Checkpoint, links: Sequence[LedgerLink]) -> Fold:
        """From a checkpoint; `links` begin with the entries it stands for."""
        import numpy as np

        fold = cls(checkpoint.digest)
        fold.entries = checkpoint.entries
        fold.table = RowTable(checkpoint.rows, checkpoint.values)
        writes = [link for link in links[: checkpoint.entries] if link.kind is EntryKind.WRITE]
        owned = np.split(checkpoint.owned, np.cumsum(checkpoint.owned_counts)[:-1])
        facts = np.split(checkpoint.facts, np.cumsum(checkpoint.fact_counts)[:-1])
        fold.writes = [
            FoldedWrite(link.seq, link.run_id, str(link.record_id), rows, frozenset(ids.tolist()))
            for link, rows, ids in zip(writes, owned, facts, strict=False)
        ]
        seen = 0
        for link in links[: checkpoint.entries]:
            seen += link.kind is EntryKind.WRITE
            fold.rested = seen if link.kind is EntryKind.SLEEP else fold.rested
        return fold

    def holds(self, change: RowChange) -> bool:
        """Whether the rows hold what the change was made on."""
        import numpy as np

        return np.array_equal(self.table.gather(change.rows, change.before.shape[1]), change.before)

    def apply(self, entry: LedgerEntry, change: RowChange, facts: frozenset[int]) -> None:
        self.table.put(change.rows, change.after)
        if entry.kind is EntryKind.WRITE:
            self.writes.append(FoldedWrite(entry.seq, entry.run_id, str(entry.record_id), change.rows, facts))
        else:
            self.rested = len(self.writes)
        self.digest = entry.digest_after
        self.entries += 1

    def overlay(self, trainer: SlotTrainer) -> Overlay:
        rows, values = self.table.stored()
        return trainer.with_rows(trainer.empty(), rows, values) if len(rows) else trainer.empty()

    def checkpoint(self, name: str) -> Checkpoint:
        """This state under the chain name of its entries."""
        import numpy as np

        rows, values = self.table.stored()
        facts = [sorted(write.facts) for write in self.writes]
        return Checkpoint(
            name=name, entries=self.entries, digest=self.digest, rows=rows, values=values,
            owned=np.concatenate([np.empty(0, np.int64), *(write.rows for write in self.writes)]),
            owned_counts=np.array([len(write.rows) for write in self.writes], np.int64),
            facts=np.array([fact for some in facts for fact in some], np.int64),
            fact_counts=np.array([len(some) for some in facts], np.int64),
        )  # fmt: skip


def same_state(one: Checkpoint, other: Checkpoint) -> bool:
    """Whether two checkpoints say the same, bit for bit."""
    import numpy as np

    arrays = ("rows", "values", "owned", "owned_counts", "facts", "fact_counts")
    return (one.entries, one.digest) == (other.entries, other.digest) and all(
        np.array_equal(getattr(one, name), getattr(other, name)) for name in arrays
    )
