"""Joining ledgers: what another namespace or a file learned, over the same base, comes into a namespace.

- Rows that nobody here wrote come in bit for bit: the two tables unite exactly.
- Where both wrote a row, or teach different values for the same thing, the caller's `OnConflict` decides: refuse, train
  the incoming lessons again on top, or put the incoming bits over.
- Either way it passes the gate, becomes one run of ordinary entries whose settings say where they came from, and is taken
  back, or record by record forgotten, like any other.

Knows bundles and the ledger; no file, and no record beyond its id.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from memos.augmentation import Lesson
from memos.bundles import BundledEntry, LedgerBundle
from memos.errors import CorruptStore, FingerprintMismatch, MergeConflict
from memos.folding import Fold
from memos.gating import Attempt, Gate
from memos.knowledge import Knowledge, KnowledgeReader
from memos.learning import IMPORTED, Draft, Learner, report
from memos.ledger_reports import Conflicts, Contradiction, MergeReport, OnConflict
from memos.protocols import LedgerEntry, Progress, RowChange, SlotLedger, SlotTrainer
from memos.reverting import nothing_live
from memos.runs import Runs
from memos.types import ConsolidationRun

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

TRIAL = "\x00incoming"
"""A namespace that no user can name: the model checks incoming rows under it before they are measured."""


@dataclass(frozen=True)
class Adoption:
    """Records that stand for what comes in: the id there -> the id here. `keep` stores those that are new."""

    ids: Mapping[str, str]
    keep: Callable[[], None]


class Merger:
    """Makes bundles and takes them in."""

    def __init__(
        self, *, ledger: SlotLedger, trainer: SlotTrainer, reader: KnowledgeReader, learner: Learner, gate: Gate,
        runs: Runs,
    ) -> None:  # fmt: skip
        self._ledger = ledger
        self._trainer = trainer
        self._reader = reader
        self._learner = learner
        self._gate = gate
        self._runs = runs

    def bundle(self, namespace: str) -> LedgerBundle:
        """What is live in a namespace. Raises NotRevertible when nothing is, and as `KnowledgeReader.current`."""
        state = self._reader.current(namespace)
        entries = []
        for entry in self._ledger.entries(namespace):
            change = self._ledger.change(entry)
            entries.append(BundledEntry.of(entry, change.rows, change.after))
        if not entries:
            raise nothing_live(namespace)
        return LedgerBundle(
            source=f"namespace {namespace}", namespace=namespace, fingerprint=self._trainer.fingerprint,
            layer=self._trainer.layer, digest=state.overlay.digest(), entries=tuple(entries),
        )  # fmt: skip

    def conflicts(self, namespace: str, bundle: LedgerBundle) -> Conflicts:
        """Where a bundle meets what is here. Raises FingerprintMismatch for another base, CorruptStore for wrong rows."""
        self._check(bundle)
        self._reader.check_fingerprint(namespace)
        fold = self._reader.fold(namespace, self._ledger.chain(namespace))
        return _conflicts(fold, self._reader.knowledge(fold, namespace), bundle)

    def merge(
        self, namespace: str, bundle: LedgerBundle, on_conflict: OnConflict, adoption: Adoption, actor: str,
        progress: Progress | None = None,
    ) -> MergeReport:  # fmt: skip
        """Take a bundle in as one run. Raises MergeConflict where `on_conflict` says so, and as `conflicts`."""
        self._check(bundle)
        head = self._ledger.head(namespace)
        before = self._reader.current(namespace)
        fold = self._reader.fold(namespace, self._ledger.chain(namespace))
        found = _conflicts(fold, before, bundle)
        if not found.none and on_conflict is OnConflict.REFUSE:
            raise MergeConflict(
                f"{bundle.source} and {namespace!r} share {len(found.shared_rows)} rows and contradict each other in "
                f"{len(found.contradictions)} facts",
                hint="--dry-run lists them; --on-conflict replay trains what comes in on top, last puts it over",
            )
        trained = not found.none and on_conflict is OnConflict.REPLAY
        over = not found.none and on_conflict is OnConflict.LAST

        def attempt(run: ConsolidationRun) -> Attempt:
            if trained:
                lessons = [replace(one, record_id=adoption.ids[one.record_id]) for one in bundle.lessons()]
                return self._gate.attempt(run, before, lessons, {}, progress)
            return self._put(run, before, fold, bundle, adoption, over, progress)

        run = self._runs.carry_out(
            namespace, tuple(dict.fromkeys(adoption.ids.values())), head, before, actor, attempt,
            lambda _: adoption.keep(), "merge",
        )  # fmt: skip
        return MergeReport(
            source=bundle.source, on_conflict=on_conflict, method="trained" if trained else "over" if over else "exact",
            conflicts=found, entries=len(bundle.entries), records=len(adoption.ids), run=run,
        )  # fmt: skip

    def _put(
        self, run: ConsolidationRun, before: Knowledge, fold: Fold, bundle: LedgerBundle, adoption: Adoption, over: bool,
        progress: Progress | None,
    ) -> Attempt:  # fmt: skip
        """The entries' own bits, one by one, and the gate on what they lead to."""
        drafts: list[Draft] = []
        lessons: list[Lesson] = []
        state = before
        for number, entry in enumerate(bundle.entries):
            report(progress, number, len(bundle.entries), "putting rows")
            lesson = entry.lesson and replace(entry.lesson, record_id=adoption.ids[entry.lesson.record_id])
            change = RowChange(entry.rows, fold.table.gather(entry.rows, entry.after.shape[1]), entry.after)
            told = {"file": bundle.seal or bundle.source, "entry": number, "over": over}
            stored = LedgerEntry(
                seq=0, run_id=run.id, namespace=run.namespace, kind=entry.kind, layer=bundle.layer, file="",
                record_id=None if lesson is None else lesson.record_id, lesson=None, rows=len(entry.rows), seed=entry.seed,
                settings={**entry.settings, IMPORTED: told}, report=entry.report, digest_before="", digest_after="",
            )  # fmt: skip
            draft, state = self._learner.put(stored, lesson, state, change)
            fold.table.put(change.rows, change.after)
            drafts.append(draft)
            lessons += [lesson] if lesson else []
        report(progress, 0, 0, "measuring what came in")
        measure = self._gate.measure(before, state, lessons)
        short = self._gate.short(measure, lessons)
        gate = self._gate.judge(measure, lessons, {})
        if short and gate.passed:
            gate = gate.model_copy(update={"reason": f"{gate.reason}; fell short here: {', '.join(short)}"})
        return Attempt(gate, tuple(lessons), {}, tuple(drafts), state)

    def _check(self, bundle: LedgerBundle) -> None:
        if (bundle.fingerprint, bundle.layer) != (self._trainer.fingerprint, self._trainer.layer):
            raise FingerprintMismatch(
                f"{bundle.source} was learned by another model ({bundle.fingerprint[:12]}) than the one in use "
                f"({self._trainer.fingerprint[:12]})",
                hint="use the model it was learned by, or learn its records anew: memos import, memos consolidate",
            )
        rows, values = bundle.table().stored()
        overlay = self._trainer.with_rows(self._trainer.empty(), rows, values) if len(rows) else self._trainer.empty()
        if overlay.digest() != bundle.digest:
            raise CorruptStore(f"the rows of {bundle.source} do not have the digest it tells",
                               hint="export it again with memos ledger export", code="ledger.digest")  # fmt: skip
        self._trainer.activate(TRIAL, overlay)
        self._trainer.activate(TRIAL, self._trainer.empty())


def _conflicts(fold: Fold, here: Knowledge, bundle: LedgerBundle) -> Conflicts:
    import numpy as np

    mine = np.unique(np.concatenate([fold.table.stored()[0], here.owned_rows()]))
    shared = np.intersect1d(mine, bundle.rows())
    return Conflicts(
        shared_rows=tuple(shared.tolist()),
        records_here=_owners([(one.record_id, one.rows) for one in here.writes], shared),
        records_there=_owners([(one.record_id, one.rows) for one in bundle.writes()], shared),
        contradictions=tuple(_contradictions(here, bundle)),
    )  # fmt: skip


def _owners(writes: list[tuple[str, npt.NDArray[np.int64]]], rows: npt.NDArray[np.int64]) -> tuple[str, ...]:
    import numpy as np

    return tuple(dict.fromkeys(record_id for record_id, owned in writes if np.isin(owned, rows).any()))


def _contradictions(here: Knowledge, bundle: LedgerBundle) -> list[Contradiction]:
    incoming = {
        (fact.subject.casefold(), fact.relation): (fact, lesson) for lesson in bundle.lessons() for fact in lesson.facts
    }
    return [
        Contradiction(
            subject=fact.subject, relation=fact.relation, here=fact.value, there=other.value,
            record_here=lesson.record_id, record_there=there.record_id,
        )
        for lesson in (here.lessons if incoming else ())
        for fact in lesson.facts
        if (met := incoming.get((fact.subject.casefold(), fact.relation))) is not None
        for other, there in [met]
        if other.value.casefold() != fact.value.casefold()
    ]  # fmt: skip
