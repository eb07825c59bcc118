"""Looking into a ledger: what changed between two points, who wrote a slot, whether an answer can depend on a write.

Reads rows and lessons; changes nothing. Which slots a prompt reads comes in from the reader of the model.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from memos.augmentation import Lesson
from memos.errors import InputError, NotRevertible
from memos.folding import Fold
from memos.knowledge import Knowledge, KnowledgeReader
from memos.ledger_reports import Blame, Certificate, ChangedRow, LedgerDiff, SlotOwner, TaughtFact
from memos.protocols import ParametricReading, SlotLedger
from memos.types import EntryKind

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

MOST_MOVED = 16
"""Rows that a diff lists."""
NOW, BASE = "now", "0"
POINT = re.compile(r"(?:run[ :]?)?(?P<run>\d+)|e(?:ntry[ :]?)?(?P<entry>\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class Point:
    """A state of a ledger: after its first `entries` live entries."""

    name: str
    entries: int


class Tracer:
    """Looks into the ledgers of all namespaces, one at a time."""

    def __init__(self, ledger: SlotLedger, reader: KnowledgeReader) -> None:
        self._ledger = ledger
        self._reader = reader

    def point(self, namespace: str, name: str) -> Point:
        """The point that "now", "0" (the base), a run's number or "e" and an entry's number mean.

        A run means the state after its last entry. Raises InputError for anything else, NotFoundError for an unknown
        run, NotRevertible for a run or an entry that is not live.
        """
        chain = self._ledger.chain(namespace)
        if name.strip() == NOW:
            return Point(NOW, len(chain))
        match = POINT.fullmatch(name.strip())
        if match is None:
            raise InputError(
                f"{name!r} is not a point of the ledger",
                hint='the number of a run, "e" and the number of an entry, 0 for the base, or now', code="input.point",
            )  # fmt: skip
        if match["run"] and int(match["run"]) == 0:
            return Point(BASE, 0)
        if match["run"]:
            run = self._ledger.run(namespace, int(match["run"]))
            places = [place for place, link in enumerate(chain, 1) if link.run_id == run.id]
            what, status = f"run {run.id}", run.status.value
        else:
            places = [place for place, link in enumerate(chain, 1) if link.seq == int(match["entry"])]
            what, status = f"entry {match['entry']}", "undone, or was never made"
        if not places:
            raise NotRevertible(f"{what} is not live: it is {status}", hint="memos runs shows which are",
                                code="ledger.not_live")  # fmt: skip
        return Point(what, places[-1])

    def diff(self, namespace: str, before: str, after: str) -> LedgerDiff:
        """What leads from one point to another; see `point`."""
        import numpy as np

        chain = self._ledger.chain(namespace)
        self._reader.check_fingerprint(namespace)
        start, end = self.point(namespace, before), self.point(namespace, after)
        folds = [self._reader.fold(namespace, chain[: one.entries]) for one in (start, end)]
        slots, old, new = _side_by_side(*folds)
        moved = np.linalg.norm((new - old).astype(np.float64), axis=1)
        changed = np.flatnonzero((new != old).any(axis=1))
        order = changed[np.argsort(-moved[changed], kind="stable")][:MOST_MOVED]
        facts = [_facts(self._reader.knowledge(fold, namespace)) for fold in folds]
        return LedgerDiff(
            before=start.name, after=end.name, entries=end.entries - start.entries, rows=len(changed),
            moved=_norm(new - old), norm_before=_norm(old), norm_after=_norm(new),
            digest_before=folds[0].digest, digest_after=folds[1].digest,
            most=tuple(
                ChangedRow(slot=int(slots[i]), norm_before=_norm(old[i]), norm_after=_norm(new[i]), moved=_rounded(moved[i]))
                for i in order
            ),
            learned=tuple(fact for fact in facts[1] if fact not in facts[0]),
            gone=tuple(fact for fact in facts[0] if fact not in facts[1]),
        )  # fmt: skip

    def blame(self, namespace: str, slot: int) -> Blame:
        """The live writes that selected a slot, oldest first."""
        import numpy as np

        chain = self._ledger.chain(namespace)
        self._reader.check_fingerprint(namespace)
        fold = self._reader.fold(namespace, chain)
        owners = []
        for write in fold.writes:
            if slot not in write.rows:
                continue
            (entry,) = self._ledger.entries(namespace, after=write.seq - 1, limit=1)
            change = self._ledger.change(entry)
            at = int(np.flatnonzero(change.rows == slot)[0])
            owners.append(
                SlotOwner(
                    entry=write.seq, run_id=write.run_id, record_id=write.record_id,
                    text="" if entry.lesson is None else Lesson.from_json(entry.lesson).text,
                    at=self._ledger.run(namespace, write.run_id).created_at,
                    moved=_norm(change.after[at] - change.before[at]),
                )
            )  # fmt: skip
        since = min((owner.entry for owner in owners), default=0)
        refined = sum(link.kind is EntryKind.SLEEP and link.seq > since for link in chain) if owners else 0
        rows, values = fold.table.stored()
        return Blame(slot=slot, norm=_norm(values[rows == slot]), owners=tuple(owners), refined=refined)

    def certificate(
        self, namespace: str, run_id: int, record_id: str | None, question: str, reading: ParametricReading
    ) -> Certificate:
        """Whether a reading's slots meet the rows that a run, or the write of one of its records, changed.

        A run's rows are those of its writes and of its sleep, which refines what every earlier write owns too.
        Raises NotFoundError for an unknown run, NotRevertible when nothing of it is live.
        """
        import numpy as np

        self._ledger.run(namespace, run_id)
        entries = self._ledger.entries(namespace, run_id=run_id)
        if record_id is not None:
            entries = [entry for entry in entries if entry.record_id == record_id]
        if not entries:
            raise NotRevertible(
                f"nothing of run {run_id} is live that could be read" if record_id is None
                else f"{record_id} has no live write in run {run_id}",
                hint="memos runs shows which are live", code="ledger.not_live",
            )  # fmt: skip
        touched = [np.empty(0, np.int64)]
        for entry in entries:
            change = self._ledger.change(entry)
            touched.append(change.rows[(change.before != change.after).any(axis=1)])
        rows = np.unique(np.concatenate(touched))
        meeting = np.intersect1d(rows, np.array(reading.slots, np.int64))
        return Certificate(
            run_id=run_id, record_id=record_id, question=question, answer=reading.text, untouched=not len(meeting),
            slots_read=len(reading.slots), rows=len(rows), meeting=tuple(meeting.tolist()),
        )  # fmt: skip


def _facts(state: Knowledge) -> list[TaughtFact]:
    return [
        TaughtFact(record_id=lesson.record_id, subject=fact.subject, relation=fact.relation, value=fact.value)
        for lesson in state.lessons
        for fact in lesson.facts
    ]


def _side_by_side(
    before: Fold, after: Fold
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """(slots int64 [R] stored at either point, their values before and after, float32 [R, d_value])."""
    import numpy as np

    (old_rows, old), (new_rows, new) = before.table.stored(), after.table.stored()
    width = max(old.shape[1], new.shape[1])
    slots = np.union1d(old_rows, new_rows)
    return slots, before.table.gather(slots, width), after.table.gather(slots, width)


def _norm(values: npt.NDArray[np.float32]) -> float:
    import numpy as np

    return _rounded(float(np.linalg.norm(values.astype(np.float64))))


def _rounded(value: float) -> float:
    return float(f"{value:.6g}")

