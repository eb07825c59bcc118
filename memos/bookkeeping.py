"""One transaction for every change of what a namespace's model knows: entries, runs, marks on records, audit event.

Nothing is trained or read from files here. A change is refused when the ledger moved since it was computed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from memos.errors import ConsolidationError, NotFoundError
from memos.knowledge import Knowledge, KnowledgeReader
from memos.learning import Draft
from memos.protocols import AuditLog, LedgerLink, SlotLedger, TokenStore, UnitOfWork
from memos.types import ConsolidationRun, JsonDict, MemoryRecord, RunStatus


@dataclass(frozen=True)
class Change:
    """What leaves the live ledger and what joins it. `head` is the ledger's when this was computed.

    `before` maps records to the runs whose lessons of them held: it can be had where rows are damaged.
    """

    namespace: str
    head: int
    before: Mapping[str, int]
    digest_before: str
    after: Knowledge
    retired: Sequence[LedgerLink] = ()
    drafts: Sequence[Draft] = ()
    run: ConsolidationRun | None = None
    kind: str = "consolidate"
    subject: str = ""
    payload: JsonDict = field(default_factory=dict)


class Bookkeeper:
    """Commits changes."""

    def __init__(
        self, *, unit: UnitOfWork, store: TokenStore, ledger: SlotLedger, audit: AuditLog, reader: KnowledgeReader
    ) -> None:
        self._unit = unit
        self._store = store
        self._ledger = ledger
        self._audit = audit
        self._reader = reader

    def commit(self, change: Change, actor: str, check: Callable[[], None] | None = None) -> None:
        """All of it or nothing. `check` runs inside the transaction and may refuse by raising.

        Raises ConsolidationError when another process wrote to the ledger meanwhile.
        """
        namespace = change.namespace
        with self._unit.begin():
            if self._ledger.head(namespace) != change.head:
                raise ConsolidationError(
                    f"another process wrote to the parameters of {namespace!r} meanwhile",
                    hint="run the command again", code="consolidation.conflict",
                )  # fmt: skip
            if check is not None:
                check()
            self._ledger.retire(namespace, [link.seq for link in change.retired])
            seqs = [self._ledger.append(draft.entry, draft.change).seq for draft in change.drafts]
            if change.run is not None:
                self._ledger.set_run(change.run)
            self._close_runs(namespace, {link.run_id for link in change.retired}, actor)
            self._mark_learned(change)
            self._audit.append(
                namespace=namespace, kind=change.kind, subject=change.subject, actor=actor,
                payload={**change.payload, "entries": seqs, "digest_before": change.digest_before,
                         "digest_after": change.after.overlay.digest()},
            )  # fmt: skip
        self._reader.drop(namespace)
        self._reader.current(namespace)

    def open_run(self, run: ConsolidationRun) -> ConsolidationRun:
        return self._ledger.new_run(run)

    def reject(self, run: ConsolidationRun, actor: str) -> None:
        """Put on record that a run changed nothing."""
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

    def record(self, namespace: str, record_id: str) -> MemoryRecord | None:
        """None for one that is gone: the ledger keeps the ids of records that were forgotten."""
        try:
            return self._store.get(namespace, record_id)
        except NotFoundError:
            return None

    def _close_runs(self, namespace: str, run_ids: Iterable[int], actor: str) -> None:
        """Bring the runs' rows in line with the entries that are live now."""
        wanted = set(run_ids)
        live: dict[int, list[LedgerLink]] = {}
        for link in self._ledger.chain(namespace) if wanted else ():
            if link.run_id in wanted:
                live.setdefault(link.run_id, []).append(link)
        for run_id in sorted(wanted):
            left = live.get(run_id)
            if not left:
                update: dict[str, object] = {"status": RunStatus.REVERTED, "reason": f"taken back by {actor}"}
            else:
                update = {
                    "record_ids": tuple(dict.fromkeys(link.record_id for link in left if link.record_id)),
                    "digest_before": left[0].digest_before, "digest_after": left[-1].digest_after,
                }  # fmt: skip
            self._ledger.set_run(self._ledger.run(namespace, run_id).model_copy(update=update))

    def _mark_learned(self, change: Change) -> None:
        """Bring `learned_by` in line with the lessons that hold now. An edit of a record clears its mark by itself."""
        before, after = change.before, change.after.learned_by()
        changed = [one for one in {**before, **after} if before.get(one) != after.get(one)]
        said = {write.record_id: write for write in change.after.holding}
        marks: dict[int | None, list[str]] = {}
        for record_id in sorted(changed):
            record = self.record(change.namespace, record_id)
            if record is None:
                continue
            write = said.get(record_id)
            # An edited record does not say any more what was learned of it.
            says = write is not None and change.after.source.of([write])[0].text == record.text
            marks.setdefault(after.get(record_id) if says else None, []).append(record_id)
        for run_id, record_ids in marks.items():
            self._store.mark_learned(change.namespace, record_ids, run_id)
