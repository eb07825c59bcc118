"""The gate: what was measured after training, against what the settings ask for, and the attempt that keeps to it.

A record that cannot be written or falls short is left out and the rest is trained again without it, so that no trace of it
is kept. Damage to old knowledge or to honesty by records that are learned refuses the whole.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from memos.augmentation import Lesson
from memos.config import ConsolidationSettings
from memos.knowledge import Knowledge
from memos.learning import Draft, Learner, report
from memos.protocols import GateMeasure, Progress, SlotTrainer
from memos.types import ConsolidationRun, GateReport, RunStatus


@dataclass(frozen=True)
class Attempt:
    """What an attempt came to. `after` and `drafts` are to be committed only when `gate.passed`."""

    gate: GateReport
    kept: tuple[Lesson, ...]
    failed: Mapping[str, str]
    drafts: tuple[Draft, ...]
    after: Knowledge

    def told(self, run: ConsolidationRun, before: Knowledge) -> ConsolidationRun:
        """The run with the outcome: TRAINED or REJECTED."""
        passed = self.gate.passed
        written = tuple(dict.fromkeys(lesson.record_id for lesson in self.kept))
        return run.model_copy(
            update={
                "status": RunStatus.TRAINED if passed else RunStatus.REJECTED,
                "record_ids": written if passed else run.record_ids,
                "rejected_ids": tuple(self.failed) if passed else run.record_ids,
                "gate": self.gate,
                "reason": self.gate.reason,
                "rows": len(self.after.overlay) if passed else 0,
                "digest_after": (self.after if passed else before).overlay.digest(),
            }
        )


class Gate:
    """Trains on a copy of the rows and measures."""

    def __init__(self, trainer: SlotTrainer, learner: Learner, settings: ConsolidationSettings) -> None:
        self._trainer = trainer
        self._learner = learner
        self._settings = settings

    def attempt(
        self, run: ConsolidationRun, before: Knowledge, lessons: Sequence[Lesson], unreadable: Mapping[str, str],
        progress: Progress | None,
    ) -> Attempt:  # fmt: skip
        """Train, measure, and again without the records that fell short. unreadable: those that give no lesson.

        Whoever falls short may be what damaged the rest, so damage is judged when nobody does.
        """
        kept, failed = list(lessons), dict(unreadable)
        while kept:
            trained = self._learner.train(run.id, run.namespace, before, kept, progress)
            failed |= trained.unlearnable
            kept = [lesson for lesson in kept if lesson.record_id not in failed]
            if not kept:
                break
            report(progress, 0, 0, "measuring on wordings that were not trained")
            measure = self.measure(before, trained.after, kept)
            short = self.short(measure, kept)
            if not short:
                return Attempt(self.judge(measure, kept, failed), tuple(kept), failed, trained.drafts, trained.after)
            failed |= short
            kept = [lesson for lesson in kept if lesson.record_id not in failed]
        reason = "no record could be learned: " + "; ".join(f"{key} {why}" for key, why in failed.items())
        gate = GateReport(learned=0, held_out=0, old_before=0, old_after=0, failed=tuple(failed), passed=False,
                          reason=reason)  # fmt: skip
        return Attempt(gate, (), failed, (), before)

    def measure(self, before: Knowledge, after: Knowledge, lessons: Sequence[Lesson]) -> GateMeasure:
        return self._trainer.measure(before.overlay, after.overlay, lessons, after.lessons, self._settings.seed)

    def short(self, measure: GateMeasure, lessons: Sequence[Lesson]) -> dict[str, str]:
        """Records whose held-out wordings fall short, with the figures."""
        least = self._settings.gate_held_out
        return {
            lesson.record_id: f"held-out wordings {measure.per_lesson.get(lesson.key, 0.0):.2f} < {least:.2f}"
            for lesson in lessons
            if measure.per_lesson.get(lesson.key, 0.0) < least
        }

    def judge(self, measure: GateMeasure, kept: Sequence[Lesson], failed: Mapping[str, str]) -> GateReport:
        """The verdict on damage; `failed` is named in its reason."""
        loss = measure.old_before - measure.old_after
        reason = f"{len(_records(kept))} learned"
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
            learned=measure.learned, held_out=measure.held_out, as_they_stand=measure.as_they_stand,
            old_before=measure.old_before, old_after=measure.old_after, honest=measure.honest, per_record=per_record, failed=tuple(failed),
            passed=passed, reason=reason,
        )  # fmt: skip


def _records(lessons: Sequence[Lesson]) -> Collection[str]:
    return {lesson.record_id for lesson in lessons}
