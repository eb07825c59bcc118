"""From chosen records to rows in the parameters: wordings, writes, sleep, gate, and commit or reject.

    plan -> lessons -> write each on a copy of the rows -> sleep: refine all owned rows together -> measure
         -> COMMIT {run, ledger entries, learned marks, audit event} in one transaction, or REJECT with the numbers

`Consolidator` is also the one door to what else is done with a namespace's rows: taking back (`memos.reverting`),
joining ledgers (`memos.merging`), looking into them (`trace`, `memos.tracing`), checkpoints (`memos.knowledge`).

Knows the ledger, the trainer and the audit log by their protocols; no tensor, no SQL, no prompt.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from memos.augmentation import Lesson
from memos.bookkeeping import Bookkeeper
from memos.bundles import LedgerBundle
from memos.checkpoints import CHECKPOINT_EVERY
from memos.config import ConsolidationSettings
from memos.errors import ConsolidationError
from memos.gating import Attempt, Gate
from memos.knowledge import Knowledge, KnowledgeReader, with_lesson
from memos.learning import Learner
from memos.ledger_reports import Conflicts, MergeReport, OnConflict
from memos.merging import Adoption, Merger
from memos.protocols import (
    AuditLog,
    Augmenter,
    Progress,
    SlotLedger,
    SlotTrainer,
    TokenStore,
    UnitOfWork,
)
from memos.reverting import Reverter
from memos.runs import Runs
from memos.tracing import Tracer
from memos.types import (
    ConsolidationPlan,
    ConsolidationRun,
    RecordState,
    RevertReport,
)


class Consolidator:
    """Writes, sleeps, gates, commits and takes back, for one namespace at a time."""

    def __init__(
        self,
        *,
        unit: UnitOfWork,
        store: TokenStore,
        ledger: SlotLedger,
        audit: AuditLog,
        trainer: SlotTrainer,
        augmenter: Augmenter,
        settings: ConsolidationSettings,
        checkpoint_every: int = CHECKPOINT_EVERY,
        permit: Callable[[], None] = lambda: None,
    ) -> None:
        """permit: raises when nothing new may be written into this model; taking back is always allowed."""
        self._ledger = ledger
        self._augmenter = augmenter
        self._settings = settings
        self.permit = permit
        self._reader = KnowledgeReader(ledger, trainer, checkpoint_every)
        self._books = Bookkeeper(unit=unit, store=store, ledger=ledger, audit=audit, reader=self._reader)
        learner = Learner(trainer, settings.seed)
        self._gate = Gate(trainer, learner, settings)
        self._reverter = Reverter(ledger=ledger, reader=self._reader, learner=learner, books=self._books)
        self._runs = Runs(
            ledger=ledger, books=self._books, fingerprint=lambda: trainer.fingerprint, seed=settings.seed
        )
        self._merger = Merger(
            ledger=ledger, trainer=trainer, reader=self._reader, learner=learner, gate=self._gate, runs=self._runs
        )
        self.trace = Tracer(ledger, self._reader)

    # --- reading ------------------------------------------------------------------------------------------------------

    def knowledge(self, namespace: str) -> Knowledge:
        """The live state; see `KnowledgeReader.current`."""
        return self._reader.current(namespace)

    def verify(self, namespace: str) -> int:
        """Re-derive every live entry's rows, and every checkpoint, from the files; returns how many entries."""
        return self._reader.verify(namespace)

    def compact(self, namespace: str, rebuild: bool = False) -> list[int]:
        """Bring the checkpoints in order; see `KnowledgeReader.compact`."""
        return self._reader.compact(namespace, rebuild)

    # --- consolidate --------------------------------------------------------------------------------------------------

    def consolidate(self, plan: ConsolidationPlan, actor: str, progress: Progress | None = None) -> ConsolidationRun:
        """Write the plan's records. Returns the run, COMMITTED or REJECTED; rows change only when committed.

        An exception or Ctrl-C before the commit leaves the rows as they were and the run on record as REJECTED.
        Raises ConsolidationError when the model is not accepted for writes, when a record is no longer what the plan
        says it is, or memory runs out.
        """
        self.permit()
        namespace = plan.namespace
        self._require_unchanged(plan)
        head = self._ledger.head(namespace)  # before the rows: what is committed after this must make the commit fail
        before = self.knowledge(namespace)

        def attempt(run: ConsolidationRun) -> Attempt:
            lessons, unreadable = self._lessons(plan)
            return self._gate.attempt(run, before, lessons, unreadable, progress)

        return self._runs.carry_out(
            namespace, tuple(candidate.record_id for candidate in plan.chosen), head, before, actor, attempt,
            lambda run: self._require_unchanged(plan, run.record_ids),
        )  # fmt: skip

    def _lessons(self, plan: ConsolidationPlan) -> tuple[list[Lesson], dict[str, str]]:
        """The newest lesson for each (subject, relation), and why some records give none."""
        failed: dict[str, str] = {}
        chosen: tuple[Lesson, ...] = ()
        for candidate in plan.chosen:
            lessons = self._augmenter.lessons(candidate.record_id, candidate.text)
            if not lessons:
                failed[candidate.record_id] = "states nothing the augmenter can turn into questions"
            for lesson in lessons:
                chosen = with_lesson(chosen, lesson)
        kept = {lesson.record_id for lesson in chosen}
        for candidate in plan.chosen:
            if candidate.record_id not in kept and candidate.record_id not in failed:
                failed[candidate.record_id] = "another record in this run answers the same question"
        return list(chosen), failed

    def _require_unchanged(self, plan: ConsolidationPlan, written: Collection[str] | None = None) -> None:
        """Only a record that still says what the plan says may be learned: it may have been forgotten meanwhile."""
        for candidate in plan.chosen:
            if written is not None and candidate.record_id not in written:
                continue
            record = self._books.record(plan.namespace, candidate.record_id)
            if record is None or record.text != candidate.text or record.state is not RecordState.ACTIVE:
                what = "is gone, or is not what was to be learned any more"
            elif not record.approved:
                what = f"is {record.origin.value} text that nobody approved"
            else:
                continue
            raise ConsolidationError(
                f"{candidate.record_id} {what}", hint="run memos consolidate again", code="consolidation.stale_plan"
            )

    # --- taking back --------------------------------------------------------------------------------------------------

    def revert(
        self, namespace: str, run_id: int, actor: str, record_id: str | None = None, progress: Progress | None = None
    ) -> RevertReport:
        """Take a run, or one record of it, out of the parameters; see `Reverter.revert`."""
        return self._reverter.revert(namespace, run_id, actor, record_id, progress)

    def undo(self, namespace: str, actor: str) -> RevertReport:
        """Take back the run that wrote last; see `Reverter.undo`."""
        return self._reverter.undo(namespace, actor)

    def rollback(self, namespace: str, entries: int, actor: str) -> RevertReport:
        """Back to the state after the first `entries` live entries; see `Reverter.rollback`."""
        return self._reverter.rollback(namespace, entries, actor)

    def remove_records(
        self, namespace: str, record_ids: Sequence[str], actor: str, progress: Progress | None = None
    ) -> RevertReport | None:
        """Take every trace of some records out of the live rows; None when there is none."""
        return self._reverter.remove_records(namespace, record_ids, actor, progress)

    # --- joining ------------------------------------------------------------------------------------------------------

    def bundle(self, namespace: str) -> LedgerBundle:
        """What is live in a namespace; see `Merger.bundle`."""
        return self._merger.bundle(namespace)

    def conflicts(self, namespace: str, bundle: LedgerBundle) -> Conflicts:
        """Where a bundle meets what is here; see `Merger.conflicts`."""
        return self._merger.conflicts(namespace, bundle)

    def merge(
        self, namespace: str, bundle: LedgerBundle, on_conflict: OnConflict, adoption: Adoption, actor: str,
        progress: Progress | None = None,
    ) -> MergeReport:  # fmt: skip
        """Take a bundle in as one run; see `Merger.merge`. Raises ConsolidationError as `consolidate` does."""
        self.permit()
        return self._merger.merge(namespace, bundle, on_conflict, adoption, actor, progress)
