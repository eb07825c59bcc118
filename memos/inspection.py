"""status, why, verify, doctor: what the manager can tell about itself. Changes nothing, except `doctor` when asked to.

`status` and the stories of records and runs read SQL and ledger files only; no model, no index is loaded for them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from memos import housekeeping
from memos.acceptance import Acceptance, Verdict
from memos.answering import Answerer
from memos.config import Settings
from memos.consolidation import Consolidator
from memos.errors import CorruptStore, MemosError, NotFoundError
from memos.protocols import (
    AuditLog,
    LedgerEntry,
    ParametricReader,
    Progress,
    SlotLedger,
    TokenStore,
)
from memos.types import (
    Answer,
    AnswerStory,
    Check,
    EntryKind,
    RecordStory,
    RunStatus,
    RunStory,
    SlotWrite,
    Status,
    Tier,
    TierStatus,
    WriteStory,
)

if TYPE_CHECKING:
    from memos.stores.database import Database

MOST_MOVED = 8
"""Slots listed for one write; a write owns hundreds."""


class Inspector:
    """Looks at one namespace."""

    def __init__(
        self,
        *,
        namespace: str,
        settings: Settings,
        store: TokenStore,
        ledger: SlotLedger,
        audit: AuditLog,
        acceptance: Acceptance | None = None,
    ) -> None:
        """acceptance: None where the model has no parameters to write."""
        self._acceptance = acceptance
        self._namespace = namespace
        self._settings = settings
        self._store = store
        self._ledger = ledger
        self._audit = audit

    # --- status -------------------------------------------------------------------------------------------------------

    def status(self, context_turns: int, context_bytes: int) -> Status:
        counts = self._store.counts(self._namespace)
        runs = self._ledger.runs(self._namespace)
        live = self._ledger.entries(self._namespace)
        learned = {entry.record_id for entry in live if entry.kind is EntryKind.WRITE}
        lively = len({entry.run_id for entry in live})
        events, verdict = self._audit.events(limit=1), self.verdict()
        tiers = (
            TierStatus(tier=Tier.CONTEXT, count=context_turns, bytes=context_bytes, detail="turns in open sessions"),
            TierStatus(tier=Tier.TOKEN, count=counts.active, bytes=counts.bytes, detail="active records"),
            TierStatus(
                tier=Tier.PARAMETRIC, count=len(learned), bytes=self._ledger.bytes(self._namespace),
                detail=f"records learned in {lively} live run{'' if lively == 1 else 's'}",
            ),
        )  # fmt: skip
        return Status(
            home=str(self._settings.home), namespace=self._namespace, namespaces=tuple(self._store.namespaces()),
            tiers=tiers, superseded=counts.superseded, paused=counts.paused, model=self._settings.model.name,
            chat_model=self._settings.model.chat_shown, embedder=self._settings.embedder.name,
            last_run=runs[0] if runs else None, audit_events=self._audit.last_sequence(),
            chain_head=events[0].hash if events else "", writes=verdict.state,
            writes_reason=verdict.reason,
        )  # fmt: skip

    def verdict(self) -> Verdict:
        """Whether the configured model may be written into, from files alone."""
        if self._acceptance is None:
            return Verdict(state="none", reason=f"{self._settings.model.chat_shown} has no parameters that memos can write")
        return self._acceptance.verdict()

    # --- why ----------------------------------------------------------------------------------------------------------

    def record_story(self, record_id: str) -> RecordStory:
        record = self._store.get(self._namespace, record_id)
        experience = None
        if record.experience_id is not None:
            try:
                experience = self._store.experience(self._namespace, record.experience_id)
            except NotFoundError:
                experience = None
        entries = self._ledger.entries(self._namespace, live=None, record_id=record_id)
        return RecordStory(
            links=self._store.links(self._namespace, record_id),
            record=record, experience=experience, history=tuple(self._store.history(self._namespace, record_id)),
            decisions=tuple(self._store.decisions(self._namespace, record_id=record_id)),
            writes=tuple(self._write_story(entry) for entry in entries),
        )  # fmt: skip

    def run_story(self, run_id: int) -> RunStory:
        run = self._ledger.run(self._namespace, run_id)
        live = self._ledger.entries(self._namespace, run_id=run_id)
        entries = live or self._ledger.entries(self._namespace, live=None, run_id=run_id)
        return RunStory(run=run, writes=tuple(self._write_story(entry) for entry in entries))

    def _write_story(self, entry: LedgerEntry) -> WriteStory:
        lesson = json.loads(entry.lesson or "{}")
        return WriteStory(
            seq=entry.seq, run_id=entry.run_id, kind=entry.kind, record_id=entry.record_id,
            text=str(lesson.get("text", "")), layer=entry.layer, rows=entry.rows, slots=self._most_moved(entry),
            wordings=len(lesson.get("train", ())), held_out=len(lesson.get("held_out", ())), live=entry.live,
            report=entry.report,
        )  # fmt: skip

    def _most_moved(self, entry: LedgerEntry) -> tuple[SlotWrite, ...]:
        if not entry.file:
            return ()
        import numpy as np

        change = self._ledger.change(entry)
        moved = np.linalg.norm(change.after - change.before, axis=1)
        order = np.argsort(-moved, kind="stable")[:MOST_MOVED]
        scores = entry.report.get("scores") or []
        return tuple(
            SlotWrite(
                run_id=entry.run_id, layer=entry.layer, slot=int(change.rows[i]), delta_norm=float(moved[i]),
                score=float(scores[i]) if i < len(scores) else 0.0,
            )
            for i in order
        )  # fmt: skip

    def answer_story(self, question: str, answerer: Answerer, reader: ParametricReader | None) -> AnswerStory:
        """Answer the question again, and say what the parameters read on the way."""
        answer: Answer = answerer.answer(question)
        if reader is None:
            return AnswerStory(question=question, answer=answer)
        reading = reader.read(self._namespace, question)
        found = []
        for attribution in reading.attributions:
            try:
                found.append(self._store.get(self._namespace, attribution.record_id))
            except NotFoundError:
                continue
        return AnswerStory(
            question=question, answer=answer, slots_read=reading.slots_read, owned_share=reading.familiarity,
            attributions=reading.attributions, records=tuple(found),
        )  # fmt: skip

    # --- verify and doctor --------------------------------------------------------------------------------------------

    def verify(self, consolidator: Callable[[], Consolidator | None]) -> list[Check]:
        """Re-derive the audit chain and, where something was learned, every ledger hash. Failures are lines, not errors:
        one broken part must not hide the state of the others."""
        checks = [_check("audit chain", lambda: f"{self._audit.verify()} events follow from one another")]
        try:
            learned = [one for one in self._store.namespaces() if self._ledger.head(one)]
        except MemosError as error:
            return [*checks, Check(name="ledger", ok=False, detail=error.message, hint=error.hint)]
        for namespace in learned:
            checks.append(_check(f"ledger of {namespace}", lambda ns=namespace: self._verified(ns, consolidator)))  # type: ignore[misc]
        return checks

    def _verified(self, namespace: str, consolidator: Callable[[], Consolidator | None]) -> str:
        if not self._ledger.entries(namespace):
            return "nothing is live"
        worker = consolidator()
        if worker is None:
            files = [self._ledger.change(entry) for entry in self._ledger.entries(namespace)]
            return f"{len(files)} files match their names (rows not re-derived: no memory layer is configured)"
        return f"{worker.verify(namespace)} entries re-derived, rows equal bit for bit"

    def doctor(
        self,
        database: Database,
        consolidator: Callable[[], Consolidator | None],
        *,
        link_older: Callable[[], int],
        rebuild: bool,
        progress: Progress | None,
    ) -> list[Check]:
        """Database, folder, index, model, files without rows, runs left open. `rebuild` re-derives what is derived and mends."""
        home = self._settings.home
        checks = [
            _check("database", lambda: _database_line(database)),
            _check("access", lambda: housekeeping.access(home, mend=rebuild)),
            _check("disk", lambda: housekeeping.room(home)),
            _check("leftovers", lambda: housekeeping.leftovers(home, mend=rebuild)),
        ]
        if rebuild:
            checks.append(_check("index rebuilt", lambda: f"{self._store.rebuild_index(progress)} vectors"))
            checks.append(_check("links", lambda: f"{link_older()} records in which no name was noted read again"))
            checks.append(_check("files without a row", lambda: f"{self._ledger.sweep()} removed"))
        else:
            checks.append(_check("index", self._store.check_index))
        checks.append(_check("model", lambda: self._model_line(consolidator)))
        checks.append(_check("writes to parameters", lambda: self._verdict_line(consolidator)))
        checks.append(_check("runs", self._runs_line))
        return checks + self.verify(consolidator)

    def _model_line(self, consolidator: Callable[[], Consolidator | None]) -> str:
        worker = consolidator()
        if worker is None:
            return f"{self._settings.model.chat_shown} answers from the store; nothing is written to parameters"
        state = worker.knowledge(self._namespace)
        return f"{self._settings.model.name}: {len(state.overlay)} rows learned over a read-only base"

    def _verdict_line(self, consolidator: Callable[[], Consolidator | None]) -> str:
        """A model that was refused, or never measured, is a choice and no damage; one that changed since is."""
        verdict = self.verdict()
        worker = consolidator() if verdict.state == "accepted" else None
        if worker is not None:
            worker.permit()
        return f"{verdict.state}: {verdict.reason}"

    def _runs_line(self) -> str:
        left = [run.id for run in self._ledger.runs(self._namespace) if run.status is RunStatus.PLANNED]
        if not left:
            return "none was left unfinished"
        return f"never finished, or running now: {', '.join(map(str, left))}; none of their rows were committed"


def _database_line(database: Database) -> str:
    found = database.problems()
    if found:
        raise CorruptStore("; ".join(found[:3]), hint=database.backend.restore_hint)
    return f"{database.short_name} passes its integrity check"


def _check(name: str, probe: Callable[[], str]) -> Check:
    try:
        return Check(name=name, ok=True, detail=probe())
    except MemosError as error:
        return Check(name=name, ok=False, detail=error.message, hint=error.hint)
