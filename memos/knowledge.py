"""What a namespace's model knows: a value, and how it follows from the ledger.

It is a function of (base, live ledger entries in order): fold the stored rows and the state is there, with no training.
Every fold checks that each entry was written on the rows its predecessor left and leads to the rows it recorded, so
reading the ledger and verifying it are one and the same. Knows the ledger and the trainer by their protocols.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from memos.augmentation import Lesson
from memos.errors import FingerprintMismatch, NotRevertible
from memos.protocols import LedgerEntry, Overlay, SlotLedger, SlotTrainer, TrainingStep

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

FactId = tuple[str, str]
"""(subject, relation): the parameters hold one value for each."""


@dataclass(frozen=True)
class OwnedRows:
    """The rows, int64 [t], that the write of one record selected."""

    run_id: int
    record_id: str
    rows: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Knowledge:
    """The rows, who owns them, and the lessons that still hold.

    `lessons` is in the order of writing; a lesson about the same subject and relation replaces the older one.
    """

    overlay: Overlay
    lessons: tuple[Lesson, ...] = ()
    writes: tuple[OwnedRows, ...] = ()

    def after_write(self, run_id: int, lesson: Lesson, step: TrainingStep) -> Knowledge:
        owned = OwnedRows(run_id, lesson.record_id, step.change.rows)
        return Knowledge(step.overlay, with_lesson(self.lessons, lesson), (*self.writes, owned))

    def after_sleep(self, step: TrainingStep) -> Knowledge:
        return replace(self, overlay=step.overlay)

    def owned_rows(self) -> npt.NDArray[np.int64]:
        """Every row some write selected, sorted, int64."""
        import numpy as np

        return np.unique(np.concatenate([np.empty(0, np.int64), *(write.rows for write in self.writes)]))


class KnowledgeReader:
    """Folds the ledger, and keeps the last result of each namespace until the ledger moves."""

    def __init__(self, ledger: SlotLedger, trainer: SlotTrainer) -> None:
        self._ledger = ledger
        self._trainer = trainer
        self._cached: dict[str, tuple[int, Knowledge]] = {}

    def current(self, namespace: str) -> Knowledge:
        """The live state; another process's commit is seen. The model answers with it afterwards.

        Raises FingerprintMismatch when the ledger was written for another model, CorruptStore for a damaged file,
        NotRevertible for an entry that does not follow.
        """
        head = self._ledger.head(namespace)
        cached = self._cached.get(namespace)
        if cached is None or cached[0] != head:
            entries = self._ledger.entries(namespace)
            self.check_fingerprint(namespace, entries)
            cached = (head, self.fold(entries))
            self._cached[namespace] = cached
            self._trainer.activate(namespace, cached[1].overlay)
        return cached[1]

    def drop(self, namespace: str) -> None:
        """Read the ledger again at the next call."""
        self._cached.pop(namespace, None)

    def verify(self, namespace: str) -> int:
        """Re-derive every live entry's rows; returns how many were checked. Raises as `fold` does."""
        entries = self._ledger.entries(namespace)
        self.fold(entries)
        return len(entries)

    def check_fingerprint(self, namespace: str, entries: Sequence[LedgerEntry]) -> None:
        """Raises FingerprintMismatch when one of the entries' runs was written into another model."""
        for run_id in {entry.run_id for entry in entries}:
            run = self._ledger.run(namespace, run_id)
            if run.fingerprint != self._trainer.fingerprint:
                raise FingerprintMismatch(
                    f"run {run_id} was written into another model ({run.fingerprint[:12]}) than the one in use "
                    f"({self._trainer.fingerprint[:12]})",
                    hint="use the model it was written into (memos config show model.name), or another --home",
                )

    def fold(self, entries: Sequence[LedgerEntry]) -> Knowledge:
        """Apply the stored rows in order, from the base on.

        Raises CorruptStore for a missing or damaged file, NotRevertible naming the first entry that does not follow.
        """
        state = Knowledge(self._trainer.empty())
        for entry in entries:
            _require(state.overlay.digest() == entry.digest_before, entry, "was written on other rows than are there")
            change = self._ledger.change(entry)
            step = TrainingStep(change, self._trainer.with_rows(state.overlay, change.rows, change.after), {})
            _require(step.overlay.digest() == entry.digest_after, entry, "does not lead to the rows it recorded")
            if entry.lesson is None:
                state = state.after_sleep(step)
            else:
                state = state.after_write(entry.run_id, Lesson.from_json(entry.lesson), step)
        return state


def same_fact(one: Lesson, other: Lesson) -> bool:
    """Whether both teach a value for one (subject, relation)."""
    return bool(_fact_ids(one) & _fact_ids(other))


def with_lesson(lessons: tuple[Lesson, ...], lesson: Lesson) -> tuple[Lesson, ...]:
    """Newest last; a lesson about the same thing gives way."""
    return (*(other for other in lessons if not same_fact(other, lesson)), lesson)


def _fact_ids(lesson: Lesson) -> set[FactId]:
    return {(fact.subject.casefold(), fact.relation) for fact in lesson.facts}


def _require(holds: bool, entry: LedgerEntry, what: str) -> None:
    if not holds:
        raise NotRevertible(
            f"ledger entry {entry.seq} {what}", hint="restore memos.db and ledger/ from one backup",
            code="ledger.does_not_follow",
        )  # fmt: skip
