"""Steps of learning, and the ledger entries they make: write a lesson, sleep, put back what is stored, do an entry again.

Every step takes a state and gives a draft and the state after it; nothing here is committed. Seeds come from what is
learned, never from a counter: without one record, all others must draw the same numbers.

Knows the trainer by its protocol.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from memos.augmentation import Lesson
from memos.errors import ConsolidationError, InputError
from memos.folding import Fold
from memos.knowledge import Knowledge, fact_ids
from memos.protocols import LedgerEntry, Progress, RowChange, SlotTrainer, TrainingStep
from memos.types import EntryKind, JsonDict

IMPORTED = "import"
"""Key in an entry's settings under which one that came from another ledger says so: "file", its "entry" there, whether
it was put "over" rows that were held already, and whether it was "trained" here since."""


@dataclass(frozen=True)
class Draft:
    """An entry that was computed and not yet committed. It keeps no overlay: a long replay makes thousands."""

    entry: LedgerEntry
    change: RowChange


@dataclass(frozen=True)
class Trained:
    """What training came to: the drafts, the state after them, and the records that no row was written for."""

    drafts: tuple[Draft, ...]
    after: Knowledge
    unlearnable: Mapping[str, str]
    """By record: why it cannot be written whatever the others are (its answer cannot be spelled, its loss diverges)."""


class Learner:
    """Makes drafts with one trainer and one seed."""

    def __init__(self, trainer: SlotTrainer, seed: int) -> None:
        self._trainer = trainer
        self._base_seed = seed

    def train(
        self, run_id: int, namespace: str, before: Knowledge, lessons: Sequence[Lesson], progress: Progress | None
    ) -> Trained:
        """Awake: one write a lesson, in order. Asleep: what was written refined together, beside what still holds.

        A record that cannot be written is passed over. A write that was refused left nothing behind, so the rest comes out
        bit for bit as without it; only where another lesson of the same record was written already is all written again.
        """
        recipe = self._trainer.recipe()
        unlearnable: dict[str, str] = {}
        left = list(lessons)
        while True:
            drafts, state = self._awake(run_id, namespace, before, left, recipe, unlearnable, progress)
            if not any(draft.entry.record_id in unlearnable for draft in drafts):
                break
            left = [lesson for lesson in left if lesson.record_id not in unlearnable]
        if drafts:
            report(progress, len(left), len(left) + 1, "sleep: refining what was written together")
            draft, state = self.sleep(run_id, namespace, state, recipe, progress)
            drafts.append(draft)
        return Trained(tuple(drafts), state, unlearnable)

    def _awake(
        self, run_id: int, namespace: str, before: Knowledge, lessons: Sequence[Lesson], recipe: JsonDict,
        unlearnable: dict[str, str], progress: Progress | None,
    ) -> tuple[list[Draft], Knowledge]:  # fmt: skip
        """The writes alone. Adds to `unlearnable` what cannot be written, and tries no further lesson of such a record."""
        drafts: list[Draft] = []
        state = before
        for done, lesson in enumerate(lessons):
            if lesson.record_id in unlearnable:
                continue
            report(progress, done, len(lessons) + 1, f"writing {lesson.text}")
            try:
                draft, state = self.write(run_id, namespace, state, lesson, recipe)
            except (InputError, ConsolidationError) as error:
                unlearnable[lesson.record_id] = error.message
            else:
                drafts.append(draft)
        return drafts, state

    def write(
        self, run_id: int, namespace: str, state: Knowledge, lesson: Lesson, settings: JsonDict
    ) -> tuple[Draft, Knowledge]:
        seed = self._seed(lesson.key)
        facts = fact_ids(lesson)
        live = tuple(
            other for write, other in zip(state.holding, state.lessons, strict=True) if not write.facts & facts
        )
        step = self._trainer.write(state.overlay, lesson, live, _recipe(settings), seed)
        draft = self._draft(run_id, namespace, EntryKind.WRITE, state, step, settings, seed, lesson)
        return draft, state.after_write(run_id, lesson, step)

    def sleep(
        self, run_id: int, namespace: str, state: Knowledge, settings: JsonDict, progress: Progress | None
    ) -> tuple[Draft, Knowledge]:
        seed = self._seed(*(lesson.key for lesson in state.lessons))
        step = self._trainer.sleep(
            state.overlay, state.owned_rows(), state.lessons, _recipe(settings), seed, progress, state.awake()
        )
        draft = self._draft(run_id, namespace, EntryKind.SLEEP, state, step, settings, seed, None)
        return draft, state.after_sleep(step)

    def put(
        self, entry: LedgerEntry, lesson: Lesson | None, state: Knowledge, change: RowChange
    ) -> tuple[Draft, Knowledge]:
        """The stored bits of an entry as they are, without training. `change.before` is what the rows hold now."""
        overlay = self._trainer.with_rows(state.overlay, change.rows, change.after)
        step = TrainingStep(change, overlay, entry.report)
        draft = self._draft(
            entry.run_id, entry.namespace, entry.kind, state, step, entry.settings, entry.seed, lesson
        )
        return draft, state.after_sleep(step) if lesson is None else state.after_write(entry.run_id, lesson, step)

    def again(self, entry: LedgerEntry, state: Knowledge) -> tuple[Draft, Knowledge]:
        """Train an entry anew on other rows than it was made on."""
        settings = entry.settings
        if IMPORTED in settings:
            settings = {**settings, IMPORTED: {**settings[IMPORTED], "trained": True}}
        if entry.kind is EntryKind.SLEEP or entry.lesson is None:
            return self.sleep(entry.run_id, entry.namespace, state, settings, None)
        return self.write(entry.run_id, entry.namespace, state, Lesson.from_json(entry.lesson), settings)

    def _draft(
        self, run_id: int, namespace: str, kind: EntryKind, before: Knowledge, step: TrainingStep,
        settings: JsonDict, seed: int, lesson: Lesson | None,
    ) -> Draft:  # fmt: skip
        entry = LedgerEntry(
            seq=0, run_id=run_id, namespace=namespace, kind=kind, layer=self._trainer.layer, file="",
            record_id=None if lesson is None else lesson.record_id,
            lesson=None if lesson is None else lesson.to_json(),
            rows=len(step.change.rows), seed=seed, settings=settings, report=step.report,
            digest_before=before.overlay.digest(), digest_after=step.overlay.digest(),
        )  # fmt: skip
        return Draft(entry, step.change)

    def _seed(self, *keys: str) -> int:
        text = ":".join([str(self._base_seed), *keys])
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:7], "big")


class Replay:
    """Doing the entries after a removed one again: trained ones by training, imported ones by their stored bits.

    The bits of an import were computed elsewhere, on other rows. They are put back only while nothing of the import
    before them was taken out, for what follows in it was trained on that; and, where it came in without a conflict, only
    onto the bits it came onto. From the first entry that cannot be put back, the rest of the import is trained.
    """

    def __init__(
        self, learner: Learner, fold: Fold, change: Callable[[LedgerEntry], RowChange], broken: Collection[int]
    ) -> None:
        """fold: the rows before the first entry. change: reads stored tensors. broken: runs that lose an entry."""
        self._learner = learner
        self._fold = fold
        self._change = change
        self._broken = set(broken)

    def step(self, entry: LedgerEntry, state: Knowledge) -> tuple[Draft, Knowledge]:
        draft, state = self._put(entry, state) or self._learner.again(entry, state)
        self._fold.table.put(draft.change.rows, draft.change.after)
        return draft, state

    def _put(self, entry: LedgerEntry, state: Knowledge) -> tuple[Draft, Knowledge] | None:
        imported = entry.settings.get(IMPORTED)
        if imported is None or imported.get("trained") or entry.run_id in self._broken:
            return None
        change = self._change(entry)
        if imported["over"]:
            change = replace(change, before=self._fold.table.gather(change.rows, change.after.shape[1]))
        elif not self._fold.holds(change):
            self._broken.add(entry.run_id)
            return None
        lesson = None if entry.lesson is None else Lesson.from_json(entry.lesson)
        return self._learner.put(entry, lesson, state, change)


def out_of_memory(error: BaseException) -> ConsolidationError | None:
    """The error a user can act on, where `error` says that memory ran out; torch says so in three ways."""
    ran_out = (
        isinstance(error, MemoryError)
        or type(error).__name__ == "OutOfMemoryError"
        or (isinstance(error, RuntimeError) and "allocate memory" in str(error))
    )
    if not ran_out:
        return None
    return ConsolidationError(
        "memory ran out while the rows were trained; they are as they were",
        hint="close other programs, or learn fewer records at once: memos consolidate RECORD ...", code="consolidation.out_of_memory",
    )  # fmt: skip


def report(progress: Progress | None, done: int, total: int, what: str) -> None:
    if progress is not None:
        progress(done, total, what)


def _recipe(settings: JsonDict) -> JsonDict:
    """What the trainer is told: where an entry came from is none of it."""
    return {key: value for key, value in settings.items() if key != IMPORTED}


