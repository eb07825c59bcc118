"""From chosen records to rows in the parameters: wordings, writes, sleep, gate, and commit or reject.

    plan -> lessons -> write each on a copy of the rows -> sleep: refine all owned rows together -> measure
         -> COMMIT {run, ledger entries, learned marks, audit event} in one transaction, or REJECT with the numbers

What a namespace's model knows is a deterministic function of (base, live ledger entries in order). So taking anything
out, in any order, is one operation, `remove`: put back the rows from before the first entry concerned, and do the
later entries again without it. The result is bit-equal to never having learned it.

Knows the ledger, the trainer and the audit log by their protocols; no tensor, no SQL, no prompt. What a namespace knows
as a value is `memos.knowledge`.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass

from memos.augmentation import Lesson
from memos.config import ConsolidationSettings
from memos.errors import ConsolidationError, MemosError, NotFoundError, NotRevertible
from memos.knowledge import Knowledge, KnowledgeReader, same_fact, with_lesson
from memos.protocols import (
    AuditLog,
    Augmenter,
    GateMeasure,
    LedgerEntry,
    Progress,
    SlotLedger,
    SlotTrainer,
    TokenStore,
    TrainingStep,
    UnitOfWork,
)
from memos.types import (
    ConsolidationPlan,
    ConsolidationRun,
    EntryKind,
    GateReport,
    JsonDict,
    MemoryRecord,
    RecordState,
    RevertReport,
    RunStatus,
    utc_now,
)


@dataclass(frozen=True)
class Draft:
    """An entry that was computed and not yet committed."""

    entry: LedgerEntry
    step: TrainingStep


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
    ) -> None:
        self._unit = unit
        self._store = store
        self._ledger = ledger
        self._audit = audit
        self._trainer = trainer
        self._augmenter = augmenter
        self._settings = settings
        self._reader = KnowledgeReader(ledger, trainer)

    # --- reading ------------------------------------------------------------------------------------------------------

    def knowledge(self, namespace: str) -> Knowledge:
        """The live state; see `KnowledgeReader.current`."""
        return self._reader.current(namespace)

    def verify(self, namespace: str) -> int:
        """Re-derive every live entry's rows from the files; returns how many entries were checked."""
        return self._reader.verify(namespace)

    # --- consolidate --------------------------------------------------------------------------------------------------

    def consolidate(self, plan: ConsolidationPlan, actor: str, progress: Progress | None = None) -> ConsolidationRun:
        """Write the plan's records. Returns the run, COMMITTED or REJECTED; rows change only when committed.

        An exception or Ctrl-C before the commit leaves the rows as they were and the run on record as REJECTED.
        Raises ConsolidationError when a record is no longer what the plan says it is.
        """
        namespace = plan.namespace
        self._require_unchanged(plan)
        before = self.knowledge(namespace)
        head = self._ledger.head(namespace)
        run = self._open_run(plan, before)
        started = time.perf_counter()
        try:
            run, drafts = self._attempt(run, plan, before, progress)
        except BaseException as error:
            self._give_up(run.model_copy(update={"seconds": round(time.perf_counter() - started, 3)}), error, actor)
            raise
        run = run.model_copy(update={"seconds": round(time.perf_counter() - started, 3)})
        if run.status is RunStatus.REJECTED:
            self._reject(run, actor)
            return run
        return self._commit(plan, run, drafts, head, actor)

    def _open_run(self, plan: ConsolidationPlan, before: Knowledge) -> ConsolidationRun:
        digest = before.overlay.digest()
        return self._ledger.new_run(
            ConsolidationRun(
                id=0, namespace=plan.namespace, status=RunStatus.PLANNED, created_at=utc_now(),
                fingerprint=self._trainer.fingerprint, seed=self._settings.seed,
                record_ids=tuple(candidate.record_id for candidate in plan.chosen),
                digest_before=digest, digest_after=digest,
            )
        )  # fmt: skip

    def _attempt(
        self, run: ConsolidationRun, plan: ConsolidationPlan, before: Knowledge, progress: Progress | None
    ) -> tuple[ConsolidationRun, list[Draft]]:
        """Train, measure, and once more without the records that fell short, so that no trace of them is kept."""
        lessons, unreadable = self._lessons(plan)
        kept, failed = lessons, dict(unreadable)
        while kept:
            drafts, after = self._train(run, before, kept, progress)
            _report(progress, 0, 0, "measuring on wordings that were not trained")
            measure = self._trainer.measure(before.overlay, after.overlay, kept, after.lessons, self._settings.seed)
            short = {
                lesson.record_id: f"held-out wordings {measure.per_lesson.get(lesson.key, 0.0):.2f} "
                f"< {self._settings.gate_held_out:.2f}"
                for lesson in kept
                if measure.per_lesson.get(lesson.key, 0.0) < self._settings.gate_held_out
            }
            gate = self._gate(measure, kept, failed)
            if not short or not gate.passed:
                break
            failed |= short
            kept = [lesson for lesson in kept if lesson.record_id not in failed]
        if not kept:
            reason = "no record could be learned: " + "; ".join(f"{key} {why}" for key, why in failed.items())
            gate = GateReport(learned=0, held_out=0, old_before=0, old_after=0, failed=tuple(failed), passed=False,
                              reason=reason)  # fmt: skip
            drafts, after = [], before
        written = tuple(dict.fromkeys(lesson.record_id for lesson in kept))
        return run.model_copy(
            update={
                "status": RunStatus.TRAINED if gate.passed else RunStatus.REJECTED,
                "record_ids": written if gate.passed else run.record_ids,
                "rejected_ids": tuple(failed) if gate.passed else run.record_ids,
                "gate": gate,
                "reason": gate.reason,
                "rows": len(after.overlay) if gate.passed else 0,
                "digest_after": (after if gate.passed else before).overlay.digest(),
            }
        ), drafts

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

    def _gate(self, measure: GateMeasure, kept: Sequence[Lesson], failed: dict[str, str]) -> GateReport:
        loss = measure.old_before - measure.old_after
        reason = f"{len({lesson.record_id for lesson in kept})} learned"
        if failed:
            reason += ", left out " + "; ".join(f"{key} ({why})" for key, why in failed.items())
        passed = True
        if loss > self._settings.gate_old:
            passed, reason = False, f"old knowledge fell by {loss:.3f} (at most {self._settings.gate_old:.3f})"
        elif measure.honest < self._settings.gate_honest:
            passed = False
            reason = f"honest on {measure.honest:.2f} of untaught questions (at least {self._settings.gate_honest:.2f})"
        per_record: dict[str, float] = {}
        for lesson in kept:
            score = measure.per_lesson.get(lesson.key, 0.0)
            per_record[lesson.record_id] = min(score, per_record.get(lesson.record_id, 1.0))
        return GateReport(
            learned=measure.learned, held_out=measure.held_out, old_before=measure.old_before,
            old_after=measure.old_after, honest=measure.honest, per_record=per_record, failed=tuple(failed),
            passed=passed, reason=reason,
        )  # fmt: skip

    def _train(
        self, run: ConsolidationRun, before: Knowledge, lessons: Sequence[Lesson], progress: Progress | None
    ) -> tuple[list[Draft], Knowledge]:
        """Awake: one write a lesson, in order. Asleep: all owned rows together, over everything that still holds."""
        recipe = self._trainer.recipe()
        drafts: list[Draft] = []
        state = before
        for done, lesson in enumerate(lessons):
            _report(progress, done, len(lessons) + 1, f"writing {lesson.text}")
            draft, state = self._write(run.id, run.namespace, state, lesson, recipe)
            drafts.append(draft)
        _report(progress, len(lessons), len(lessons) + 1, "sleep: refining all owned rows together")
        draft, state = self._sleep(run.id, run.namespace, state, recipe, progress)
        return [*drafts, draft], state

    def _write(
        self, run_id: int, namespace: str, state: Knowledge, lesson: Lesson, recipe: JsonDict
    ) -> tuple[Draft, Knowledge]:
        seed = self._seed(lesson.key)
        live = tuple(other for other in state.lessons if not same_fact(other, lesson))
        step = self._trainer.write(state.overlay, lesson, live, recipe, seed)
        after = state.after_write(run_id, lesson, step)
        return self._draft(run_id, namespace, EntryKind.WRITE, state, step, recipe, seed, lesson), after

    def _sleep(
        self, run_id: int, namespace: str, state: Knowledge, recipe: JsonDict, progress: Progress | None
    ) -> tuple[Draft, Knowledge]:
        seed = self._seed(*(lesson.key for lesson in state.lessons))
        step = self._trainer.sleep(state.overlay, state.owned_rows(), state.lessons, recipe, seed, progress)
        return self._draft(run_id, namespace, EntryKind.SLEEP, state, step, recipe, seed, None), state.after_sleep(step)

    def _draft(
        self, run_id: int, namespace: str, kind: EntryKind, before: Knowledge, step: TrainingStep,
        recipe: JsonDict, seed: int, lesson: Lesson | None,
    ) -> Draft:  # fmt: skip
        entry = LedgerEntry(
            seq=0, run_id=run_id, namespace=namespace, kind=kind, layer=self._trainer.layer, file="",
            record_id=None if lesson is None else lesson.record_id,
            lesson=None if lesson is None else lesson.to_json(),
            rows=len(step.change.rows), seed=seed, settings=recipe, report=step.report,
            digest_before=before.overlay.digest(), digest_after=step.overlay.digest(),
        )  # fmt: skip
        return Draft(entry, step)

    def _seed(self, *keys: str) -> int:
        """From what is learned, never from a counter: a replay without one record must draw the same numbers."""
        text = ":".join([str(self._settings.seed), *keys])
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:7], "big")

    def _require_unchanged(self, plan: ConsolidationPlan, written: Collection[str] | None = None) -> None:
        """Only a record that still says what the plan says may be learned: it may have been forgotten meanwhile."""
        for candidate in plan.chosen:
            if written is not None and candidate.record_id not in written:
                continue
            record = self._record(plan.namespace, candidate.record_id)
            if record is None or record.text != candidate.text or record.state is not RecordState.ACTIVE:
                what = "is gone, or is not what was to be learned any more"
            elif not record.approved:
                what = f"is {record.origin.value} text that nobody approved"
            else:
                continue
            raise ConsolidationError(
                f"{candidate.record_id} {what}", hint="run memos consolidate again", code="consolidation.stale_plan"
            )

    def _commit(
        self, plan: ConsolidationPlan, run: ConsolidationRun, drafts: Sequence[Draft], head: int, actor: str
    ) -> ConsolidationRun:
        namespace = run.namespace
        committed = run.model_copy(update={"status": RunStatus.COMMITTED})
        try:
            with self._unit.begin():
                if self._ledger.head(namespace) != head:
                    raise ConsolidationError(
                        f"another process wrote to the parameters of {namespace!r} meanwhile",
                        hint="run memos consolidate again",
                        code="consolidation.conflict",
                    )
                self._require_unchanged(plan, run.record_ids)
                seqs = [self._ledger.append(draft.entry, draft.step.change).seq for draft in drafts]
                self._ledger.set_run(committed)
                self._mark_learned(namespace)
                self._audit.append(
                    namespace=namespace, kind="consolidate", subject=f"run:{run.id}", actor=actor,
                    payload={"records": list(run.record_ids), "rejected": list(run.rejected_ids), "entries": seqs,
                             "digest_before": run.digest_before, "digest_after": run.digest_after},
                )  # fmt: skip
        except BaseException as error:
            self._give_up(run, error, actor)
            raise
        self._refresh(namespace)
        return committed

    def _give_up(self, run: ConsolidationRun, error: BaseException, actor: str) -> None:
        """Put on record why a run ended early. The error itself is the caller's to raise."""
        why = "interrupted" if isinstance(error, KeyboardInterrupt) else f"{type(error).__name__}: {error}"
        # Where even this cannot be written the run stays PLANNED, which says that nothing of it was committed.
        with suppress(MemosError):
            # An interruption may come after the commit and before its return: then the run stands.
            if self._ledger.run(run.namespace, run.id).status is RunStatus.PLANNED:
                self._reject(run.model_copy(update={"reason": why}), actor)

    def _reject(self, run: ConsolidationRun, actor: str) -> None:
        rejected = run.model_copy(
            update={"status": RunStatus.REJECTED, "digest_after": run.digest_before, "rows": 0,
                    "rejected_ids": run.rejected_ids or run.record_ids}
        )  # fmt: skip
        with self._unit.begin():
            self._ledger.set_run(rejected)
            self._audit.append(
                namespace=run.namespace, kind="reject", subject=f"run:{run.id}", actor=actor,
                payload={"records": list(rejected.rejected_ids), "digest": run.digest_before},
            )  # fmt: skip

    # --- taking back --------------------------------------------------------------------------------------------------

    def revert(
        self, namespace: str, run_id: int, actor: str, record_id: str | None = None, progress: Progress | None = None
    ) -> RevertReport:
        """Take a run, or one record of it, out of the parameters. The records stay in the token store.

        Raises NotFoundError for an unknown run, NotRevertible when nothing of it is live.
        """
        run = self._ledger.run(namespace, run_id)
        entries = self._ledger.entries(namespace, run_id=run_id)
        concerned = {entry.seq for entry in entries if record_id in (None, entry.record_id)}
        if not concerned:
            what = f"run {run_id}" if record_id is None else f"{record_id} in run {run_id}"
            raise NotRevertible(
                f"{what} is not live (run {run_id} is {run.status.value})", hint="memos runs shows which are"
            )
        if record_id is not None:
            concerned = {entry.seq for entry in entries if entry.record_id == record_id}
        return self._remove(namespace, concerned, run_id, actor, "revert", progress)

    def remove_records(
        self, namespace: str, record_ids: Sequence[str], actor: str, progress: Progress | None = None
    ) -> RevertReport | None:
        """Take every trace of some records out of the live rows; None when there is none."""
        wanted = set(record_ids)
        concerned = {entry.seq for entry in self._ledger.entries(namespace) if entry.record_id in wanted}
        if not concerned:
            return None
        return self._remove(namespace, concerned, 0, actor, "unlearn", progress)

    def _remove(
        self, namespace: str, concerned: set[int], run_id: int, actor: str, kind: str, progress: Progress | None
    ) -> RevertReport:
        entries = self._ledger.entries(namespace)
        self._reader.check_fingerprint(namespace, entries)
        head = self._ledger.head(namespace)
        first = min(concerned)
        kept = [entry for entry in entries if entry.seq < first]
        later = [entry for entry in entries if entry.seq >= first]
        state = self._reader.fold(kept)
        # A sleep of a run that keeps no write has nothing of its own to refine.
        surviving = {entry.run_id for entry in later if entry.kind is EntryKind.WRITE and entry.seq not in concerned}
        surviving |= {entry.run_id for entry in kept if entry.kind is EntryKind.WRITE}
        again = [entry for entry in later if entry.seq not in concerned and entry.run_id in surviving]
        drafts: list[Draft] = []
        for done, entry in enumerate(again):
            _report(progress, done, len(again), "doing later writes again without it")
            if entry.lesson is None:
                draft, state = self._sleep(entry.run_id, namespace, state, entry.settings, None)
            else:
                lesson = Lesson.from_json(entry.lesson)
                draft, state = self._write(entry.run_id, namespace, state, lesson, entry.settings)
            drafts.append(draft)

        before, after = self._last_digest(entries), state.overlay.digest()
        records = tuple(dict.fromkeys(e.record_id for e in later if e.seq in concerned and e.record_id))
        with self._unit.begin():
            if self._ledger.head(namespace) != head:
                raise ConsolidationError(
                    f"another process wrote to the parameters of {namespace!r} meanwhile",
                    hint="run the command again", code="consolidation.conflict",
                )  # fmt: skip
            self._ledger.retire(namespace, [entry.seq for entry in later])
            seqs = [self._ledger.append(draft.entry, draft.step.change).seq for draft in drafts]
            self._close_runs(namespace, {entry.run_id for entry in later}, actor)
            self._mark_learned(namespace)
            self._audit.append(
                namespace=namespace, kind=kind, subject=f"run:{run_id}" if run_id else "records", actor=actor,
                payload={"records": list(records), "retired": [entry.seq for entry in later], "entries": seqs,
                         "digest_before": before, "digest_after": after},
            )  # fmt: skip
        self._refresh(namespace)
        restored = later[0].digest_before
        return RevertReport(
            run_id=run_id, record_ids=records, method="replay" if again else "restore", replayed=len(again),
            digest_before=before, digest_after=after, exact=bool(again) or after == restored,
        )  # fmt: skip

    def _last_digest(self, entries: Sequence[LedgerEntry]) -> str:
        return entries[-1].digest_after if entries else self._trainer.empty().digest()

    def _close_runs(self, namespace: str, run_ids: set[int], actor: str) -> None:
        """Bring the runs' rows in line with the entries that are live now."""
        for run_id in sorted(run_ids):
            run = self._ledger.run(namespace, run_id)
            live = self._ledger.entries(namespace, run_id=run_id)
            if not live:
                update: dict[str, object] = {"status": RunStatus.REVERTED, "reason": f"taken back by {actor}"}
            else:
                records = tuple(dict.fromkeys(entry.record_id for entry in live if entry.record_id))
                update = {
                    "record_ids": records, "digest_before": live[0].digest_before,
                    "digest_after": live[-1].digest_after,
                }  # fmt: skip
            self._ledger.set_run(run.model_copy(update=update))

    def _mark_learned(self, namespace: str) -> None:
        """`learned_by` follows from the live lessons; nothing else sets it."""
        lessons: tuple[Lesson, ...] = ()
        run_of: dict[str, int] = {}
        for entry in self._ledger.entries(namespace):
            if entry.lesson is not None:
                lessons = with_lesson(lessons, Lesson.from_json(entry.lesson))
                run_of[str(entry.record_id)] = entry.run_id
        live = {lesson.record_id for lesson in lessons if self._says(namespace, lesson)}
        ever = {entry.record_id for entry in self._ledger.entries(namespace, live=None) if entry.record_id}
        self._store.mark_learned(namespace, [one for one in sorted(ever - live) if self._exists(namespace, one)], None)
        for run_id in sorted({run_of[record_id] for record_id in live}):
            taught = [record_id for record_id in sorted(live) if run_of[record_id] == run_id]
            self._store.mark_learned(namespace, taught, run_id)

    def _says(self, namespace: str, lesson: Lesson) -> bool:
        """Whether the record still says what was learned: an edited one does not."""
        record = self._record(namespace, lesson.record_id)
        return record is not None and record.text == lesson.text

    def _exists(self, namespace: str, record_id: str) -> bool:
        """The ledger keeps the ids of records that were forgotten."""
        return self._record(namespace, record_id) is not None

    def _record(self, namespace: str, record_id: str) -> MemoryRecord | None:
        try:
            return self._store.get(namespace, record_id)
        except NotFoundError:
            return None

    def _refresh(self, namespace: str) -> None:
        self._reader.drop(namespace)
        self.knowledge(namespace)


def _report(progress: Progress | None, done: int, total: int, what: str) -> None:
    if progress is not None:
        progress(done, total, what)
