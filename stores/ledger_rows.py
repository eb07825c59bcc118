"""The ledger's values as SQL rows, and back. A row whose hash does not fit what it says is refused when it is read.

Knows columns. Knows no query and no file.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from memos.errors import CorruptStore
from memos.protocols import LedgerEntry
from memos.types import ConsolidationRun, EntryKind, GateReport, RunStatus


def run_columns(run: ConsolidationRun) -> dict[str, Any]:
    return {
        "namespace": run.namespace,
        "status": run.status.value,
        "created_at": run.created_at,
        "fingerprint": run.fingerprint,
        "seed": run.seed,
        "record_ids": list(run.record_ids),
        "rejected_ids": list(run.rejected_ids),
        "gate": None if run.gate is None else run.gate.model_dump(mode="json"),
        "rows": run.rows,
        "seconds": run.seconds,
        "digest_before": run.digest_before,
        "digest_after": run.digest_after,
        "reason": run.reason,
    }


def read_run(row: Any) -> ConsolidationRun:
    return ConsolidationRun(
        id=row.id,
        namespace=row.namespace,
        status=RunStatus(row.status),
        created_at=row.created_at,
        fingerprint=row.fingerprint,
        seed=row.seed,
        record_ids=tuple(row.record_ids),
        rejected_ids=tuple(row.rejected_ids),
        gate=None if row.gate is None else GateReport.model_validate(row.gate),
        rows=row.rows,
        seconds=row.seconds,
        digest_before=row.digest_before,
        digest_after=row.digest_after,
        reason=row.reason,
    )


def entry_columns(entry: LedgerEntry) -> dict[str, Any]:
    columns = {
        "run_id": entry.run_id,
        "namespace": entry.namespace,
        "kind": entry.kind.value,
        "record_id": entry.record_id,
        "lesson": None if entry.lesson is None else json.loads(entry.lesson),
        "layer": entry.layer,
        "file": entry.file,
        "rows": entry.rows,
        "seed": str(entry.seed),
        "settings": entry.settings,
        "report": entry.report,
        "digest_before": entry.digest_before,
        "digest_after": entry.digest_after,
        "live": entry.live,
    }
    return {**columns, "hash": entry_hash(entry)}


def entry_hash(entry: LedgerEntry) -> str:
    """sha256 of what an entry did. Lesson and report are left out: `forget` may erase them and the hash still holds."""
    header = [
        entry.run_id, entry.namespace, entry.kind.value, entry.record_id, entry.layer, entry.rows, str(entry.seed),
        entry.settings, entry.digest_before, entry.digest_after,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(header, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def read_entry(row: Any) -> LedgerEntry:
    entry = LedgerEntry(
        seq=row.seq,
        run_id=row.run_id,
        namespace=row.namespace,
        kind=EntryKind(row.kind),
        record_id=row.record_id,
        lesson=None if row.lesson is None else json.dumps(row.lesson, sort_keys=True, ensure_ascii=False),
        layer=row.layer,
        file=row.file,
        rows=row.rows,
        seed=int(row.seed),
        settings=row.settings,
        report=row.report,
        digest_before=row.digest_before,
        digest_after=row.digest_after,
        live=bool(row.live),
    )
    if entry_hash(entry) != row.hash:
        raise CorruptStore(
            f"ledger entry {row.seq} was changed after it was written",
            hint="restore memos.db from a backup",
            code="ledger.entry_changed",
        )
    return entry
