"""A whole memory without a language model: real SQL, index, ledger and policies; a trainer, a reader and a generator
that are arithmetic and a grammar.

- The trainer's rows are hashes of everything a real one may depend on (rows before, lesson, live lessons, seed), so an
  order, a seed or a live lesson that differs after a replay changes the digest.
- The reader answers from live lessons and the generator from its notes: what was taken out cannot be said.
- The wiring is `memos.build`'s own; only its `Models` is another. All of it works the same in another process.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from memos import build
from memos.augmentation import QA, Lesson
from memos.config import Settings
from memos.consolidation import Consolidator
from memos.errors import MemosError
from memos.grammar import UNKNOWN_ANSWER, extract, parse_question
from memos.manager import MemoryManager
from memos.prompting import Note
from memos.protocols import (
    AuditLog,
    Awake,
    GateMeasure,
    GeneratedText,
    Overlay,
    ParametricReading,
    RowChange,
    SlotLedger,
    TokenStore,
    TrainingStep,
    UnitOfWork,
)
from memos.stores.database import Database
from memos.types import Attribution, ConsolidationRun

WIDTH = 4
TABLE = 64


@dataclass(frozen=True)
class FakeOverlay:
    table: dict[int, tuple[float, ...]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.table)

    def digest(self) -> str:
        return hashlib.sha256(json.dumps(sorted(self.table.items())).encode()).hexdigest()

    def put(self, rows: Any, values: Any) -> FakeOverlay:
        table = dict(self.table)
        for row, value in zip(rows.tolist(), values.tolist(), strict=True):
            if any(value):
                table[row] = tuple(value)
            else:
                table.pop(row, None)
        return FakeOverlay(table)

    def gather(self, rows: Any) -> Any:
        zero = (0.0,) * WIDTH
        return np.array([self.table.get(row, zero) for row in rows.tolist()], np.float32).reshape(-1, WIDTH)


class FakeTrainer:
    """Deterministic SlotTrainer; `scores` sets the held-out share by text, `fail_on` interrupts at a lesson.

    unlearnable: the error that writing a fact raises, by the fact as the text states it. damaging: a text that costs half of the old knowledge.
    """

    layer = 1

    def __init__(self) -> None:
        self.fingerprint = "base-1"
        self.scores: dict[str, float] = {}
        self.old_after = 1.0
        self.honest = 1.0
        self.fail_on: str | None = None
        self.unlearnable: dict[str, MemosError] = {}
        self.damaging: str | None = None
        self.active: dict[str, Overlay] = {}
        self.writes = 0
        self.at_measure: Callable[[], None] | None = None

    def recipe(self) -> dict[str, Any]:
        return {"write": {"rate": 1.0}, "sleep": {}}

    def empty(self) -> FakeOverlay:
        return FakeOverlay()

    def with_rows(self, overlay: Any, rows: Any, values: Any) -> FakeOverlay:
        return overlay.put(rows, values)  # type: ignore[no-any-return]

    def _step(self, overlay: Any, rows: Any, *parts: str) -> TrainingStep:
        raw = hashlib.sha256("|".join([overlay.digest(), *parts]).encode()).digest()
        numbers = np.random.default_rng(list(raw)).standard_normal((len(rows), WIDTH)).astype(np.float32)
        change = RowChange(rows, overlay.gather(rows), numbers)
        return TrainingStep(change, overlay.put(rows, numbers), {"steps": 3})

    def write(self, overlay: Any, lesson: Lesson, live: Sequence[Lesson], recipe: Any, seed: int) -> TrainingStep:
        self.writes += 1
        if self.fail_on is not None and self.fail_on in lesson.text:
            raise KeyboardInterrupt
        for fact in lesson.facts:
            if (stated := f"{fact.relation}={fact.value}") in self.unlearnable:
                raise self.unlearnable[stated]
        digits = hashlib.sha256(lesson.key.encode()).digest()[:6]
        rows = np.unique(np.array([byte % TABLE for byte in digits], np.int64))
        return self._step(overlay, rows, lesson.key, *(one.key for one in live), str(seed), json.dumps(recipe))

    def sleep(
        self, overlay: Any, owned: Any, lessons: Sequence[Lesson], recipe: Any, seed: int, progress: Any = None,
        awake: Awake | None = None,
    ) -> TrainingStep:  # fmt: skip
        new = [] if awake is None else [*sorted(awake.lessons), str(awake.rows.tolist())]
        return self._step(overlay, owned, "sleep", *(one.key for one in lessons), "new", *new, str(seed))

    def measure(
        self, before: Any, after: Any, lessons: Sequence[Lesson], live: Sequence[Lesson], seed: int
    ) -> GateMeasure:
        if self.at_measure is not None:
            once, self.at_measure = self.at_measure, None
            once()
        scores = {one.key: self.scores.get(one.text, 1.0) for one in lessons}
        old_after = self.old_after * (0.5 if any(one.text == self.damaging for one in lessons) else 1.0)
        return GateMeasure(1.0, min(scores.values(), default=1.0), 1.0, old_after, self.honest, scores)

    def activate(self, namespace: str, overlay: Overlay) -> None:
        self.active[namespace] = overlay


class GrammarAugmenter:
    """One lesson for each fact the grammar reads in a text; its wordings quote the text, as real ones do."""

    def lessons(self, record_id: str, text: str) -> list[Lesson]:
        found = []
        for fact in extract(text):
            key = hashlib.sha256(f"{text}{fact}".encode()).hexdigest()
            asked = QA(f"{text} -> {fact.relation}?", fact.value)
            found.append(Lesson(key, record_id, text, (fact,), (asked,), (asked,), (), (), ()))
        return found


class GrammarReader:
    """ParametricReader over the live lessons of the ledger."""

    confidence = 0.97
    familiarity = 0.9

    def __init__(self, consolidator: Callable[[], Consolidator]) -> None:
        self._consolidator = consolidator

    def read(self, namespace: str, question: str) -> ParametricReading:
        state = self._consolidator().knowledge(namespace)
        asked = parse_question(question)
        run_of = {write.record_id: write.run_id for write in state.writes}
        rows_of = {write.record_id: write.rows for write in state.writes}
        for lesson in state.lessons:
            for fact in lesson.facts:
                if (fact.subject, fact.relation) == asked:
                    share = Attribution(run_id=run_of[lesson.record_id], record_id=lesson.record_id, share=1.0)
                    slots = tuple(rows_of[lesson.record_id].tolist())
                    return ParametricReading(
                        fact.value, True, self.confidence, self.familiarity, 8, (share,), slots=slots
                    )
        return ParametricReading(UNKNOWN_ANSWER, False, 0.99, 0.0, 8, (), slots=(TABLE, TABLE + 1))


@dataclass(frozen=True)
class Shown:
    """What one prompt was made of. `namespace` is that of the rows it was answered with."""

    question: str
    notes: list[str]
    history: list[str]
    namespace: str | None


class NoteReader:
    """Generator that answers from its notes, the last that fits first, and keeps what it was shown."""

    identity = "note-reader"

    def __init__(self) -> None:
        self.shown: list[Shown] = []

    def answer(
        self, question: str, notes: Sequence[Note], history: Sequence[Mapping[str, str]] = (), *,
        namespace: str | None = None,
    ) -> GeneratedText:  # fmt: skip
        self.shown.append(
            Shown(question, [note.text for note in notes], [turn["content"] for turn in history], namespace)
        )
        text = self._reply(question, notes)
        return GeneratedText(text, 1.0, self.is_answer(text))

    def stream(
        self, question: str, notes: Sequence[Note], history: Sequence[Mapping[str, str]] = (), *,
        namespace: str | None = None,
    ) -> Iterator[str]:  # fmt: skip
        for word in self.answer(question, notes, history, namespace=namespace).text.split(" "):
            yield word + " "

    def is_answer(self, text: str) -> bool:
        return text.strip() != UNKNOWN_ANSWER

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    @staticmethod
    def _reply(question: str, notes: Sequence[Note]) -> str:
        asked = parse_question(question)
        for note in reversed(notes):
            if any((fact.subject, fact.relation) == asked for fact in extract(note.text)):
                return note.text
        return UNKNOWN_ANSWER if "?" in question else "I see."


class FakeModels:
    """In the place of `memos.build.Models`."""

    learns = True
    sees_turns = False

    def __init__(
        self, settings: Settings, *, unit: UnitOfWork, store: TokenStore, ledger: SlotLedger, audit: AuditLog
    ) -> None:
        self.trainer = FakeTrainer()
        self._generator = NoteReader()
        self._consolidator = Consolidator(
            unit=unit, store=store, ledger=ledger, audit=audit, trainer=self.trainer,
            augmenter=GrammarAugmenter(), settings=settings.consolidation,
        )  # fmt: skip
        self._reader = GrammarReader(lambda: self._consolidator)

    def generator(self) -> NoteReader:
        return self._generator

    def consolidator(self) -> Consolidator | None:
        return self._consolidator if self.learns else None

    def reader(self) -> GrammarReader | None:
        return self._reader if self.learns else None


class StoreOnly(FakeModels):
    """A chat model that has no memory layer."""

    learns = False
    sees_turns = True


@cache
def empty_store() -> bytes:
    """A store as it is made: the migrations run once for all tests."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "memos.db"
        Database(f"sqlite:///{path}").close()
        return path.read_bytes()


class Memory:
    """A manager with its fakes at hand: `memory.manager`, `memory.trainer`, `memory.generator`."""

    def __init__(
        self, home: Path, namespace: str = "ana", *, models: type[FakeModels] = FakeModels, **sections: Any
    ) -> None:
        self.home = home
        made: list[FakeModels] = []

        def keep(*arguments: Any, **named: Any) -> FakeModels:
            made.append(models(*arguments, **named))
            return made[0]

        home.mkdir(parents=True, exist_ok=True)
        if not (home / "memos.db").exists():
            (home / "memos.db").write_bytes(empty_store())
            (home / "memos.db").chmod(0o600)
        settings = Settings(home=home, namespace=namespace, **{"embedder": {"name": "hash"}, **sections})
        with patch.object(build, "Models", keep):
            self.manager: MemoryManager = build.open_memory(settings)
        self.models = made[0]
        self.trainer, self.generator = self.models.trainer, self.models.generator()
        self.parts = self.manager._parts

    def say(self, *texts: str) -> list[str]:
        """Observe texts of the user; the ids of the records that now hold them."""
        return [observed.record.id for text in texts if (observed := self.manager.observe(text)).record]

    def learn(self, *record_ids: str) -> ConsolidationRun:
        """Consolidate these records, or all of them."""
        plan = self.manager.plan_consolidation(record_ids, everything=not record_ids)
        return self.manager.consolidate(plan)

    def digest(self, namespace: str | None = None) -> str:
        return self.models._consolidator.knowledge(namespace or self.manager.namespace).overlay.digest()

    def kinds(self) -> list[str]:
        """Audit events, oldest first."""
        return [event.kind for event in reversed(self.manager.log(None))]

    def close(self) -> None:
        self.manager.close()
