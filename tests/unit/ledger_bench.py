"""A consolidator over a real database and ledger, with texts such as "dog=Rex" for records. Used by the ledger's tests."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from memos.augmentation import Lesson
from memos.config import ConsolidationSettings
from memos.consolidation import Consolidator
from memos.errors import NotFoundError
from memos.grammar import Fact
from memos.ledger_reports import MergeReport, OnConflict
from memos.merging import Adoption
from memos.stores.audit import SqlAuditLog
from memos.stores.database import Database
from memos.stores.parametric import SqlSlotLedger
from memos.types import Candidate, ConsolidationPlan, MemoryRecord, utc_now
from tests.unit.fakes import FakeTrainer


@cache
def _empty_store() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "memos.db"
        Database(f"sqlite:///{path}").close()
        return path.read_bytes()


class FakeAugmenter:
    """ "dog=Rex" states one fact; anything without "=" states none."""

    def lessons(self, record_id: str, text: str) -> list[Lesson]:
        found = []
        for part in text.split(";"):
            name, sign, value = part.partition("=")
            if sign:
                fact = Fact("user", name, value)
                key = hashlib.sha256(f"{text}{part}".encode()).hexdigest()
                found.append(Lesson(key, record_id, text, (fact,), (), (), (), (), ()))
        return found


class FakeStore:
    """Just the marks and texts that consolidation touches."""

    def __init__(self) -> None:
        self.learned: dict[str, int | None] = {}
        self.texts: dict[str, str] = {}

    def mark_learned(self, namespace: str, record_ids: Sequence[str], run_id: int | None) -> None:
        self.learned.update(dict.fromkeys(record_ids, run_id))

    def get(self, namespace: str, record_id: str) -> MemoryRecord:
        if record_id not in self.texts:
            raise NotFoundError(f"no record {record_id}")
        now = utc_now()
        return MemoryRecord(
            id=record_id, namespace=namespace, text=self.texts[record_id], occurred_at=now, observed_at=now, valid_from=now
        )


class Bench:
    """`checkpoint_every` small puts checkpoints into short histories."""

    def __init__(self, folder: Path, *, checkpoint_every: int = 64, **gate: float) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "memos.db").exists():
            (folder / "memos.db").write_bytes(_empty_store())
        self.database = Database(f"sqlite:///{folder / 'memos.db'}")
        self.ledger = SqlSlotLedger(self.database, folder / "ledger")
        self.audit = SqlAuditLog(self.database)
        self.store, self.trainer = FakeStore(), FakeTrainer()
        self.gate = ConsolidationSettings(**gate)
        self.every = checkpoint_every
        self.worker = self.fresh()

    def fresh(self) -> Consolidator:
        """As another process would open it."""
        return Consolidator(
            unit=self.database, store=self.store, ledger=self.ledger, audit=self.audit, trainer=self.trainer,  # type: ignore[arg-type]
            augmenter=FakeAugmenter(), settings=self.gate, checkpoint_every=self.every,
        )  # fmt: skip

    def plan(self, *texts: str, namespace: str = "ana") -> ConsolidationPlan:
        chosen = []
        for text in texts:
            self.store.texts[self.record(text)] = text
            chosen.append(Candidate(record_id=self.record(text), text=text, score=1.0, reason="test"))
        return ConsolidationPlan(namespace=namespace, policy="test", chosen=tuple(chosen))

    def learn(self, *texts: str, namespace: str = "ana") -> Any:
        return self.worker.consolidate(self.plan(*texts, namespace=namespace), "tester")

    def forget(self, *texts: str, namespace: str = "ana") -> None:
        """The ledger's half of a forget."""
        records = [self.record(text) for text in texts]
        seqs = [entry.seq for one in records for entry in self.ledger.entries(namespace, live=None, record_id=one)]
        self.worker.remove_records(namespace, records, "tester")
        if seqs:
            self.ledger.erase(namespace, records, min(seqs))
        self.ledger.sweep()

    def merge(
        self, source: str | Path, into: str = "ana", on_conflict: OnConflict = OnConflict.REFUSE
    ) -> MergeReport:
        """From a namespace or a file; records keep their ids."""
        bundle = self.ledger.read_bundle(source) if isinstance(source, Path) else self.worker.bundle(source)
        texts = {entry.lesson.record_id: entry.lesson.text for entry in bundle.entries if entry.lesson is not None}
        self.store.texts.update(texts)
        return self.worker.merge(into, bundle, on_conflict, Adoption({one: one for one in texts}, lambda: None), "tester")

    def export(self, path: Path, namespace: str = "ana") -> Path:
        self.ledger.write_bundle(path, self.worker.bundle(namespace))
        return path

    def record(self, text: str) -> str:
        return f"m:{hashlib.sha256(text.encode()).hexdigest()[:6]}"

    def digest(self, namespace: str = "ana") -> str:
        return self.fresh().knowledge(namespace).overlay.digest()

    def taught(self, namespace: str = "ana") -> list[str]:
        return [lesson.text for lesson in self.fresh().knowledge(namespace).lessons]

    def close(self) -> None:
        self.database.close()
