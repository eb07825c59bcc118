"""memos audit: read what is kept page by page, have each record judged, and carry out the remedy that was chosen.

The cost is bounded: at most `most` of the newest active records are read, each with a look into the index of texts, of
facts and of vectors; nothing is compared with everything. What is a fault is the policy's to say. Knows the store, the
policy and the log by their protocols.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

from memos.errors import NotFoundError
from memos.protocols import AuditLog, HygienePolicy, KeptView, Progress, TokenStore, UnitOfWork
from memos.types import (
    Finding,
    FindingKind,
    Hygiene,
    MemoryRecord,
    RecordState,
    Remedy,
    text_hash,
)

PAGE = 256
MOST = 5_000
"""Records examined unless the caller says otherwise."""
NEAREST = 5


class Hygienist:
    """Examines and mends the records of one namespace."""

    def __init__(self, *, namespace: str, unit: UnitOfWork, store: TokenStore, audit: AuditLog, policy: HygienePolicy,
                 actor: str) -> None:
        self._namespace = namespace
        self._unit = unit
        self._store = store
        self._audit = audit
        self._policy = policy
        self._actor = actor

    def examine(self, now: datetime, *, kinds: frozenset[FindingKind], most: int, progress: Progress | None) -> Hygiene:
        """Every fault of these kinds (of all, where none are named), most pressing kind first. Changes nothing."""
        total = self._store.counts(self._namespace).active
        examined = list(self._newest(most))
        same: dict[str, list[MemoryRecord]] = {}
        for record in examined:
            same.setdefault(text_hash(record.text), []).append(record)
        vectors = not kinds or bool(kinds & {FindingKind.NEAR_DUPLICATE, FindingKind.RECALL_LOOP})
        found: list[Finding] = []
        for done, record in enumerate(examined, start=1):
            found += self._policy.examine(self._view(record, same[text_hash(record.text)], vectors, now))
            if progress is not None and done % PAGE == 0:
                progress(done, len(examined), "examined")
        found += [
            Finding(kind=FindingKind.ORPHANED_LINK, record_ids=(one,), beside=gone, remedy=Remedy.UNLINK,
                    evidence=f"names {gone}, which is not there")
            for one, gone in self._store.dangling(self._namespace)
        ]  # fmt: skip
        order = list(FindingKind)
        return Hygiene(
            namespace=self._namespace, examined=len(examined), records=total,
            findings=tuple(sorted(
                (one.model_copy(update={"command": _command(one)}) for one in found if not kinds or one.kind in kinds),
                key=lambda one: order.index(one.kind),
            )),
        )  # fmt: skip

    def mend(self, finding: Finding, remedy: Remedy) -> None:
        """Carry out a remedy other than FORGET, with its event, in one transaction."""
        with self._unit.begin():
            for record_id in finding.record_ids:
                if remedy is Remedy.UNLINK:
                    self._store.unlink(self._namespace, [record_id])
                    continue
                reason = f"audit: {finding.kind.value}"
                if remedy is Remedy.MERGE and finding.beside is not None:
                    reason += f", counted with {finding.beside}"
                    self._count(record_id, finding.beside)
                self._store.set_state(self._namespace, record_id, RecordState.PAUSED, reason)
            self._audit.append(
                namespace=self._namespace, kind="mend", subject=finding.record_ids[0], actor=self._actor,
                payload={"records": list(finding.record_ids), "finding": finding.kind.value, "remedy": remedy.value,
                         "beside": finding.beside},
            )  # fmt: skip

    def _count(self, record_id: str, keeper: str) -> None:
        record = self._store.get(self._namespace, record_id)
        if record.experience_id is None:
            return
        with suppress(NotFoundError):  # erased: then there is nothing left to count
            experience = self._store.experience(self._namespace, record.experience_id)
            self._store.merge(self._namespace, keeper, experience, f"audit: the same as {record_id}")

    def _newest(self, most: int) -> Iterator[MemoryRecord]:
        read = 0
        while read < most and (page := self._store.list(
            self._namespace, states=(RecordState.ACTIVE,), limit=min(PAGE, most - read), offset=read
        )):
            yield from page
            read += len(page)

    def _view(self, record: MemoryRecord, same: list[MemoryRecord], vectors: bool, now: datetime) -> KeptView:
        fact = record.fact
        rivals = self._store.find_fact(self._namespace, fact.subject, fact.attribute) if fact else []
        return KeptView(
            record=record, same=[one for one in same if one.id != record.id],
            near=self._store.kin(self._namespace, record.id, NEAREST) if vectors else (),
            same_fact=[one for one in rivals if one.id != record.id], now=now,
        )  # fmt: skip


def _command(finding: Finding) -> str:
    ids = " ".join(finding.record_ids)
    if finding.remedy in (Remedy.PAUSE, Remedy.FORGET):
        return f"memos {finding.remedy.value} {ids}"
    return f"memos audit --fix {finding.kind.value}"
