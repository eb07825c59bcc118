"""What a namespace's model knows: a value, and how it follows from the ledger.

It is a function of (base, live ledger entries in order): apply the stored rows and the state is there, with no
training. Applying them checks them. An entry must have been written on the bits that are there, its digests must join
those before and after it, and what comes out must have the digest that the last entry recorded; a wrong bit is either
still there at the end, or under a later entry that says what it was written on. `verify` computes every digest between.

Knows the ledger and the trainer by their protocols.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from memos.augmentation import Lesson
from memos.checkpoints import CHECKPOINT_EVERY, Checkpoint, chain_names, kept_positions
from memos.errors import (
    CorruptStore,
    FingerprintMismatch,
    NotRevertible,
    StoreBusy,
    StoreUnwritable,
)
from memos.folding import Fold, same_state
from memos.protocols import (
    Awake,
    LedgerEntry,
    LedgerLink,
    Overlay,
    SlotLedger,
    SlotTrainer,
    TrainingStep,
)

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

READ_AT_ONCE = 256
"""Entries read from SQL at a time: their lessons are tens of kilobytes each."""


@dataclass(frozen=True)
class OwnedRows:
    """The rows, int64 [t], that the write of one record selected, and hashes of the facts it teaches.

    `seq` is 0 and `lesson` is there as long as the write is not committed; afterwards the ledger has it.
    """

    run_id: int
    record_id: str
    rows: npt.NDArray[np.int64]
    seq: int = 0
    facts: frozenset[int] = frozenset()
    lesson: Lesson | None = field(default=None, compare=False, repr=False)


class LedgerMoved(StoreBusy):
    """The ledger changed between two reads of one question."""


class Lessons:
    """Lessons of one ledger, read when they are asked for: a model that only answers needs none of them."""

    def __init__(self, ledger: SlotLedger | None = None, namespace: str = "") -> None:
        self._ledger = ledger
        self._namespace = namespace
        self._known: dict[int, Lesson] = {}

    def of(self, writes: Sequence[OwnedRows]) -> tuple[Lesson, ...]:
        """In the order of `writes`. Raises CorruptStore when one was erased meanwhile."""
        missing = [one.seq for one in writes if one.lesson is None and one.seq not in self._known]
        if missing and self._ledger is not None:
            for seq, text in self._ledger.lessons(self._namespace, missing).items():
                self._known[seq] = Lesson.from_json(text)
        try:
            return tuple(self._known[one.seq] if one.lesson is None else one.lesson for one in writes)
        except KeyError as error:
            raise CorruptStore(
                f"ledger entry {error.args[0]} has no lesson: it is being forgotten",
                hint="run the command again", code="ledger.no_lesson",
            ) from None  # fmt: skip


@dataclass(frozen=True)
class Knowledge:
    """The rows, who wrote which, and the lessons that still hold. The first `rested` writes were refined by a sleep."""

    overlay: Overlay
    writes: tuple[OwnedRows, ...] = ()
    source: Lessons = field(default_factory=Lessons, compare=False, repr=False)
    rested: int = 0

    def after_write(self, run_id: int, lesson: Lesson, step: TrainingStep) -> Knowledge:
        owned = OwnedRows(run_id, lesson.record_id, step.change.rows, 0, fact_ids(lesson), lesson)
        return replace(self, overlay=step.overlay, writes=(*self.writes, owned))

    def after_sleep(self, step: TrainingStep) -> Knowledge:
        return replace(self, overlay=step.overlay, rested=len(self.writes))

    def awake(self) -> Awake:
        """What was written since the latest sleep."""
        import numpy as np

        new = self.writes[self.rested :]
        ids = {id(write) for write in new}
        keys = {one.key for write, one in zip(self.holding, self.lessons, strict=True) if id(write) in ids}
        rows = np.unique(np.concatenate([np.empty(0, np.int64), *(write.rows for write in new)]))
        return Awake(frozenset(keys), rows)

    @cached_property
    def holding(self) -> tuple[OwnedRows, ...]:
        """The writes whose lessons hold, in order."""
        return holding(self.writes)

    @cached_property
    def lessons(self) -> tuple[Lesson, ...]:
        """The lessons that hold, in the order of writing."""
        return self.source.of(self.holding)

    def learned_by(self) -> dict[str, int]:
        """Record -> the run that taught what holds of it."""
        return learned_by(self.writes)

    def owned_rows(self) -> npt.NDArray[np.int64]:
        """Every row some write selected, sorted, int64."""
        import numpy as np

        return np.unique(np.concatenate([np.empty(0, np.int64), *(write.rows for write in self.writes)]))


class KnowledgeReader:
    """Applies the ledger, from a checkpoint where there is one, and keeps each namespace's result until it moves."""

    def __init__(self, ledger: SlotLedger, trainer: SlotTrainer, checkpoint_every: int = CHECKPOINT_EVERY) -> None:
        self._ledger = ledger
        self._trainer = trainer
        self._every = checkpoint_every
        self._cached: dict[str, tuple[int, Knowledge]] = {}

    def current(self, namespace: str) -> Knowledge:
        """The live state; another process's commit is seen. The model answers with it afterwards.

        Raises FingerprintMismatch when the ledger was written for another model, CorruptStore for a damaged file,
        NotRevertible for an entry that does not follow.
        """
        head = self._ledger.head(namespace)
        cached = self._cached.get(namespace)
        if cached is None or cached[0] != head:
            self.check_fingerprint(namespace)
            try:
                state = self.at(namespace, self._ledger.chain(namespace))
            except LedgerMoved:  # between two reads; once more, on what is there now
                head = self._ledger.head(namespace)
                state = self.at(namespace, self._ledger.chain(namespace))
            cached = (head, state)
            self._cached[namespace] = cached
            self._trainer.activate(namespace, cached[1].overlay)
        return cached[1]

    def drop(self, namespace: str) -> None:
        """Read the ledger again at the next call."""
        self._cached.pop(namespace, None)

    def at(self, namespace: str, links: Sequence[LedgerLink]) -> Knowledge:
        """The state after `links`, the first live entries of the namespace. Errors as `current`."""
        return self.knowledge(self.fold(namespace, links), namespace)

    def fold(self, namespace: str, links: Sequence[LedgerLink]) -> Fold:
        """The rows after `links` as arrays, from the newest checkpoint on. Checkpoints passed on the way are kept."""
        start = self._ledger.newest_checkpoint(links)
        wanted = kept_positions(len(links), self._every)
        fold, passed = self._applied(namespace, links, start, wanted, thorough=False)
        overlay = fold.overlay(self._trainer)
        if links and overlay.digest() != links[-1].digest_after:
            raise _does_not_follow(links[-1], "does not lead to the rows it recorded")
        self._save(namespace, passed, len(links))
        return fold

    def verify(self, namespace: str) -> int:
        """Re-derive every live entry's rows from the base, and every checkpoint; returns how many entries there are."""
        links = self._ledger.chain(namespace)
        kept = {checkpoint.entries: checkpoint for checkpoint in self._ledger.checkpoints(namespace)}
        fold, passed = self._applied(namespace, links, None, kept, thorough=True)
        for again in passed:
            if not same_state(again, kept[again.entries]):
                raise CorruptStore(
                    f"the checkpoint of {again.entries} entries of {namespace!r} is not what they lead to",
                    hint="memos ledger compact --rebuild makes it anew", code="ledger.checkpoint",
                )  # fmt: skip
        return fold.entries

    def compact(self, namespace: str, rebuild: bool = False) -> list[int]:
        """Bring the checkpoints to what a ledger of this length keeps; returns the numbers of entries they stand at.

        rebuild: delete those there are first, and make all from the entries.
        """
        links = self._ledger.chain(namespace)
        kept = kept_positions(len(links), self._every)
        if rebuild:
            self._ledger.thin_checkpoints(namespace, ())
        there = {checkpoint.entries for checkpoint in self._ledger.checkpoints(namespace)}
        if kept - there:
            first = min(kept - there)
            start = self._ledger.newest_checkpoint(links[: first - 1])
            _, passed = self._applied(namespace, links, start, kept, thorough=False)
            for checkpoint in passed:
                self._ledger.save_checkpoint(namespace, checkpoint)
        self._ledger.thin_checkpoints(namespace, kept)
        return sorted(checkpoint.entries for checkpoint in self._ledger.checkpoints(namespace))

    def check_fingerprint(self, namespace: str) -> None:
        """Raises FingerprintMismatch when a run with live entries was written into another model."""
        for fingerprint, run_id in self._ledger.fingerprints(namespace).items():
            if fingerprint != self._trainer.fingerprint:
                raise FingerprintMismatch(
                    f"run {run_id} was written into another model ({fingerprint[:12]}) than the one in use "
                    f"({self._trainer.fingerprint[:12]})",
                    hint="use the model it was written into (memos config show model.name), or another --home",
                )

    def _applied(
        self, namespace: str, links: Sequence[LedgerLink], start: Checkpoint | None, wanted: Collection[int], *,
        thorough: bool,
    ) -> tuple[Fold, list[Checkpoint]]:  # fmt: skip
        """Apply what follows `start`; also checkpoints at the `wanted` numbers of entries that were passed."""
        fold = Fold(self._trainer.empty().digest()) if start is None else Fold.resumed(start, links)
        names = chain_names(links)
        passed: list[Checkpoint] = []
        while fold.entries < len(links):
            after = links[fold.entries - 1].seq if fold.entries else 0
            limit = min(READ_AT_ONCE, len(links) - fold.entries)
            some = self._ledger.entries(namespace, after=after, limit=limit)
            if [entry.seq for entry in some] != [link.seq for link in links[fold.entries : fold.entries + limit]]:
                raise LedgerMoved(
                    f"another process is changing what {namespace!r} was taught",
                    hint="run the command again", code="ledger.moved",
                )  # fmt: skip
            for entry in some:
                self._apply(fold, entry, thorough)
                if fold.entries in wanted:
                    passed.append(fold.checkpoint(names[fold.entries - 1]))
        return fold, passed

    def _apply(self, fold: Fold, entry: LedgerEntry, thorough: bool) -> None:
        _require(fold.digest == entry.digest_before, entry, "was written on other rows than are there")
        change = self._ledger.change(entry)
        _require(fold.holds(change), entry, "was written on other bits than are there")
        lesson = None if entry.lesson is None else Lesson.from_json(entry.lesson)
        facts = frozenset() if lesson is None else fact_ids(lesson)
        fold.apply(entry, change, facts)
        if thorough:
            digest = fold.overlay(self._trainer).digest()
            _require(digest == entry.digest_after, entry, "does not lead to the rows it recorded")

    def _save(self, namespace: str, passed: Sequence[Checkpoint], entries: int) -> None:
        # Knowing is worth more than knowing it quickly next time: a folder that cannot be written is read all the same.
        with suppress(StoreBusy, StoreUnwritable):
            saved = [self._ledger.save_checkpoint(namespace, checkpoint) for checkpoint in passed]
            if any(saved) and self._ledger.live_count(namespace) == entries:
                self._ledger.thin_checkpoints(namespace, kept_positions(entries, self._every))

    def knowledge(self, fold: Fold, namespace: str) -> Knowledge:
        """A fold as a value."""
        writes = tuple(
            OwnedRows(one.run_id, one.record_id, one.rows, one.seq, one.facts) for one in fold.writes
        )
        return Knowledge(fold.overlay(self._trainer), writes, Lessons(self._ledger, namespace), fold.rested)


def fact_ids(lesson: Lesson) -> frozenset[int]:
    """Hashes of the (subject, relation) pairs it teaches: the parameters hold one value for each."""
    pairs = {f"{fact.subject.casefold()}\x1f{fact.relation}" for fact in lesson.facts}
    digests = (hashlib.sha256(pair.encode()).digest() for pair in pairs)
    return frozenset(int.from_bytes(digest[:8], "big", signed=True) for digest in digests)


def holding(writes: Sequence[OwnedRows]) -> tuple[OwnedRows, ...]:
    """Those whose lessons hold, in order: one about the same subject and relation replaces the older."""
    newest: dict[int, int] = {}
    kept: dict[int, OwnedRows] = {}
    for position, write in enumerate(writes):
        for fact in write.facts:
            kept.pop(newest.get(fact, -1), None)
            newest[fact] = position
        kept[position] = write
    return tuple(kept.values())


def learned_by(writes: Sequence[OwnedRows]) -> dict[str, int]:
    """Record -> the run that taught what holds of it."""
    return {write.record_id: write.run_id for write in holding(writes)}


def with_lesson(lessons: tuple[Lesson, ...], lesson: Lesson) -> tuple[Lesson, ...]:
    """Newest last; a lesson about the same thing gives way."""
    facts = fact_ids(lesson)
    return (*(other for other in lessons if not facts & fact_ids(other)), lesson)


def _require(holds: bool, entry: LedgerEntry, what: str) -> None:
    if not holds:
        raise _does_not_follow(entry, what)


def _does_not_follow(entry: LedgerEntry | LedgerLink, what: str) -> NotRevertible:
    return NotRevertible(
        f"ledger entry {entry.seq} {what}", hint="restore memos.db and ledger/ from one backup",
        code="ledger.does_not_follow",
    )  # fmt: skip
