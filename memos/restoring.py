"""restore: records of an archive come back as they were, once; what is here already stays as it is.

Not observed anew: times, states, history and links are the archive's. But a text from outside meets the same checks as at the
door, secrets are taken out of it and of its history, and approvals do not travel
(docs/adr/0012-an-archive-restores-records.md). Knows archived records; not the file they came from.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import overload

from memos.config import Settings
from memos.embedding import in_context
from memos.errors import NotFoundError
from memos.intake import BATCH, batched, check_text
from memos.naming import names_in
from memos.protocols import AuditLog, ContextBuffer, Embedder, Progress, RoutingPolicy, TokenStore, UnitOfWork
from memos.types import (
    Action,
    ArchivedRecord,
    Experience,
    ImportReport,
    MemoryRecord,
    Origin,
    RecordState,
    Revision,
    RoutingDecision,
    text_hash,
)

MOST_SESSIONS = 1_000
"""Sessions whose last turn is remembered while an archive comes in."""


class Restorer:
    """Restores into one namespace."""

    def __init__(
        self,
        *,
        namespace: str,
        unit: UnitOfWork,
        store: TokenStore,
        context: ContextBuffer,
        audit: AuditLog,
        embedder: Embedder,
        policy: RoutingPolicy,
        settings: Settings,
        actor: str,
    ) -> None:
        self._namespace = namespace
        self._unit = unit
        self._store = store
        self._context = context
        self._audit = audit
        self._embedder = embedder
        self._policy = policy
        self._settings = settings
        self._actor = actor

    def restore(self, archived: Iterable[ArchivedRecord], source: str, progress: Progress | None, total: int) -> ImportReport:
        """Records of an archive of the namespace `source`, in batches; what is here already is left as it is."""
        actions: Counter[str] = Counter()
        said: dict[str, str] = {}
        done = 0
        for batch in batched(archived, BATCH):
            actions.update(self._restore_batch(batch, source, said))
            done += len(batch)
            if progress is not None:
                progress(done, total, "restored")
        return ImportReport(observed=done, by_action=dict(actions))

    def restore_links(self, archived: Iterable[ArchivedRecord], source: str) -> None:
        """The links of restored records, once all of them are here."""
        for batch in batched(archived, BATCH):
            with self._unit.begin():
                for one in batch:
                    here = self._id(one.record.id, source)
                    links = [link.model_copy(update={"target": self._id(link.target, source)}) for link in one.links]
                    with suppress(NotFoundError):  # it was dropped, or stands under another id
                        if links:
                            self._store.restore_links(self._namespace, here, links)

    def _restore_batch(self, batch: Sequence[ArchivedRecord], source: str, said: dict[str, str]) -> list[str]:
        """The action taken for each. `said`: the text last restored of each session, for what stands in its context."""
        taken: list[str] = []
        fresh: dict[str, tuple[MemoryRecord, tuple[Revision, ...], Experience, str | None]] = {}
        for one in batch:
            restored = self._restored(one, source)
            if restored is None:
                taken.append(Action.DROP.value)
                continue
            record, history, experience = restored
            if record.id in fresh or self._is_here(record):
                taken.append(Action.NOOP.value)
                continue
            session = record.source.session
            fresh[record.id] = record, history, experience, said.get(session) if session else None
            if session:
                said.pop(session, None)
                said[session] = record.text
                if len(said) > MOST_SESSIONS:
                    del said[next(iter(said))]
            taken.append(Action.ADD.value)
        if not fresh:
            return taken
        texts = [record.text for record, *_ in fresh.values()]
        vectors = self._embedder.embed(texts + [in_context(record.text, before) for record, _, _, before in fresh.values()])
        with self._unit.begin():
            for place, (record, history, experience, _) in enumerate(fresh.values()):
                self._store.add_experience(experience, RoutingDecision(
                    experience_id=experience.id, action=Action.ADD, reason="restored from an archive", policy="archive@2",
                    fact=record.fact,
                ))  # fmt: skip
                self._store.restore(record, history, vectors[place], vectors[len(fresh) + place])
                self._store.connect(
                    self._namespace, record.id, names_in(record.text, fact=record.fact, actor=record.source.actor), ()
                )
                if record.source.session is not None:
                    self._context.append(experience)
            self._audit.append(
                namespace=self._namespace, kind="restore", subject="records", actor=self._actor,
                payload={"records": list(fresh)},
            )  # fmt: skip
        return taken

    def _restored(self, one: ArchivedRecord, source: str) -> tuple[MemoryRecord, tuple[Revision, ...], Experience] | None:
        """The record as it may be kept here; None where it holds a secret and the setting is to drop those."""
        told = one.record
        check_text(told.text, self._settings.store.max_text_chars)
        experience = Experience(
            id=self._id(told.experience_id or f"x:{told.id.partition(':')[2]}", source), namespace=self._namespace,
            text=told.text, origin=told.origin, source=told.source, occurred_at=told.occurred_at,
            observed_at=told.observed_at, metadata=told.metadata,
        )  # fmt: skip
        text, secrets = self._policy.prepare(experience)
        if secrets and self._settings.routing.secrets == "drop":
            return None
        if text != told.text:
            experience = experience.model_copy(update={"text": text})
        record = told.model_copy(update={
            "id": self._id(told.id, source), "namespace": self._namespace, "text": text, "experience_id": experience.id,
            "approved": told.origin is Origin.USER, "learned_by": None,
            "supersedes": self._id(told.supersedes, source), "superseded_by": self._id(told.superseded_by, source),
            "derived_from": tuple(self._id(origin, source) for origin in told.derived_from),
            "revision": one.history[-1].revision if one.history else told.revision,
        })  # fmt: skip
        history = tuple(
            past.model_copy(update={"text": self._policy.prepare(experience.model_copy(update={"text": past.text})).text})
            for past in one.history
        )
        return record, history, experience

    def _is_here(self, record: MemoryRecord) -> bool:
        """By its id; or by its words, where what it says holds already."""
        try:
            self._store.get(self._namespace, record.id)
            return True
        except NotFoundError:
            pass
        if record.state is not RecordState.ACTIVE:
            return False
        known = self._store.find_exact(self._namespace, text_hash(record.text))
        return known is not None and known.source.actor == record.source.actor and known.occurred_at == record.occurred_at

    @overload
    def _id(self, told: str, source: str) -> str: ...

    @overload
    def _id(self, told: None, source: str) -> None: ...

    def _id(self, told: str | None, source: str) -> str | None:
        """The id here of what has the id `told` in the namespace `source`: always the same."""
        if told is None or source == self._namespace:
            return told
        kind, _, _ = told.partition(":")
        digest = hashlib.sha256(json.dumps([self._namespace, source, told]).encode()).hexdigest()
        return f"{kind}:{digest[:12]}"
