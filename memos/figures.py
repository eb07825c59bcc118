"""Figures behind the pictures: growth, use, what runs kept and cost, which slots are taken. Numbers only, no text.

`MemoryManager.figures`. Counting is the store's, in SQL; slots come from the ledger's files, one at a time. Knows no
model and draws nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from math import isqrt
from typing import TYPE_CHECKING

from memos.errors import NotFoundError
from memos.protocols import DayCount, SlotLedger, TokenStore, UseCount
from memos.types import ConsolidationRun, EntryKind, RunStatus

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


@dataclass(frozen=True)
class Use:
    """How often active records were recalled and cited, and by the day they were learned, how many ever were."""

    counts: tuple[UseCount, ...]
    days: tuple[DayCount, ...]

    @property
    def records(self) -> int:
        return sum(count.records for count in self.counts)

    @property
    def recalled(self) -> float:
        """Share of the records that were recalled at least once."""
        return sum(count.records for count in self.counts if count.recalled) / max(1, self.records)

    @property
    def cited(self) -> float:
        """Share of the records that an answer rested on at least once."""
        return sum(count.records for count in self.counts if count.cited) / max(1, self.records)


@dataclass(frozen=True)
class SlotUse:
    """The slot table by slot: live writes that moved it, entries that ever did, and by how much `run` moved it.

    owners, touched: int64 [slots]. moved: float64 [slots], the norm of the row's change.
    """

    run: int | None
    owners: npt.NDArray[np.int64]
    touched: npt.NDArray[np.int64]
    moved: npt.NDArray[np.float64]
    erased: int
    """Entries whose rows `forget` erased: what they moved is known no more."""


class NamespaceFigures:
    """The figures of one namespace."""

    def __init__(
        self, *, namespace: str, store: TokenStore, ledger: SlotLedger, table_slots: Callable[[], int]
    ) -> None:
        self._namespace = namespace
        self._store = store
        self._ledger = ledger
        self._table_slots = table_slots

    def growth(self) -> list[DayCount]:
        """Records and bytes by the day they were learned and the state they are in now, oldest first."""
        return self._store.days(self._namespace)

    def use(self) -> Use:
        """What recall made of the active records."""
        active = tuple(day for day in self.growth() if day.state == "active")
        return Use(tuple(self._store.use(self._namespace)), active)

    def runs(self) -> list[ConsolidationRun]:
        """Runs that the gate measured, oldest first."""
        return [run for run in reversed(self._ledger.runs(self._namespace)) if run.gate is not None]

    def slots(self, run_id: int | None = None) -> SlotUse | None:
        """The slot table, with what `run_id`, or else the newest run with live rows, moved. None before the first write.

        Raises NotFoundError for a run that is not there.
        """
        import numpy as np

        if run_id is not None:
            self._ledger.run(self._namespace, run_id)
        entries = self._ledger.entries(self._namespace, live=None)
        if not entries:
            return None
        if run_id is None:
            run_id = next((entry.run_id for entry in reversed(entries) if entry.live), None)
        slots = self._table_slots()
        owners: npt.NDArray[np.int64] = np.zeros(slots, np.int64)
        touched: npt.NDArray[np.int64] = np.zeros(slots, np.int64)
        moved: npt.NDArray[np.float64] = np.zeros(slots, np.float64)
        erased = 0
        for entry in entries:
            change = None
            with suppress(NotFoundError):  # erased by forget
                change = self._ledger.change(entry)
            if change is None:
                erased += 1
                continue
            if change.rows.size and (beyond := int(change.rows.max()) + 1 - len(owners)) > 0:
                more = (0, beyond)
                owners, touched, moved = np.pad(owners, more), np.pad(touched, more), np.pad(moved, more)
            touched[change.rows] += 1
            if entry.live and entry.kind is EntryKind.WRITE:
                owners[change.rows] += 1
            if entry.run_id == run_id:
                moved[change.rows] += np.linalg.norm(change.after - change.before, axis=1)
        return SlotUse(run_id, owners, touched, moved, erased)


def table_side(slots: int) -> int:
    """The side of the smallest square that holds so many slots."""
    return isqrt(max(0, slots - 1)) + 1


def stands(run: ConsolidationRun) -> bool:
    """Whether what the run wrote is in the parameters now."""
    return run.status is RunStatus.COMMITTED


__all__ = ["NamespaceFigures", "SlotUse", "Use", "stands", "table_side"]
