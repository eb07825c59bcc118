"""A ledger as a value of its own: what a namespace learned, ready to be joined to another namespace or kept as a file.

Only live entries, and only what they led to: the bits before follow from those before them. Lessons are in it, with the
texts they came from: without them what comes in could be neither trained again nor forgotten.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from memos.augmentation import Lesson
from memos.errors import InputError
from memos.folding import RowTable
from memos.knowledge import OwnedRows, fact_ids, holding
from memos.protocols import LedgerEntry
from memos.types import EntryKind, JsonDict

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


@dataclass(frozen=True)
class BundledEntry:
    """A live entry: rows int64 [t], unique; after float32 [t, d_value]. `lesson` is None for a sleep."""

    kind: EntryKind
    lesson: Lesson | None
    seed: int
    settings: JsonDict
    report: JsonDict
    rows: npt.NDArray[np.int64]
    after: npt.NDArray[np.float32]

    @classmethod
    def of(cls, entry: LedgerEntry, rows: npt.NDArray[np.int64], after: npt.NDArray[np.float32]) -> BundledEntry:
        lesson = None if entry.lesson is None else Lesson.from_json(entry.lesson)
        return cls(entry.kind, lesson, entry.seed, entry.settings, entry.report, rows, after)


@dataclass(frozen=True)
class LedgerBundle:
    """The live entries of one ledger, oldest first, over the base that `fingerprint` names.

    source: where it came from, in words; digest: of all rows it leads to; seal: of its file, if it has one.
    """

    source: str
    namespace: str
    fingerprint: str
    layer: int
    digest: str
    entries: tuple[BundledEntry, ...]
    seal: str = ""

    def writes(self) -> tuple[OwnedRows, ...]:
        return tuple(
            OwnedRows(0, entry.lesson.record_id, entry.rows, 0, fact_ids(entry.lesson), entry.lesson)
            for entry in self.entries
            if entry.lesson is not None
        )

    def lessons(self) -> tuple[Lesson, ...]:
        """Those that hold, oldest first."""
        return tuple(write.lesson for write in holding(self.writes()) if write.lesson is not None)

    def rows(self) -> npt.NDArray[np.int64]:
        """Every row that an entry changed, sorted, int64."""
        import numpy as np

        return np.unique(np.concatenate([np.empty(0, np.int64), *(entry.rows for entry in self.entries)]))

    def table(self) -> RowTable:
        """The rows that the entries lead to."""
        table = RowTable()
        for entry in self.entries:
            table.put(entry.rows, entry.after)
        return table


def check(entries: Sequence[BundledEntry], name: str) -> None:
    """Raises InputError for what no ledger can hold: these may come from a file that somebody else wrote."""
    import numpy as np

    width = entries[0].after.shape[1] if entries else 0
    for number, entry in enumerate(entries):
        sound = (
            (entry.lesson is not None) == (entry.kind is EntryKind.WRITE)
            and entry.after.shape == (len(entry.rows), width)
            and len(np.unique(entry.rows)) == len(entry.rows)
            and not (entry.rows < 0).any()
            and bool(np.isfinite(entry.after).all())
        )
        if not sound:
            raise InputError(f"entry {number} of {name} makes no sense: rows, values or lesson do not fit",
                             hint="export it again with memos ledger export", code="input.ledger_entry")  # fmt: skip
