"""The slot ledger: what was written to the parameters, in order, with the rows before and after every change.

SQL holds one row a run and one row a ledger entry; the tensors of an entry lie beside it in
`ledger/<sha256>.safetensors`, named by their content. A file is written and synced before the row that names it is
committed: a crash leaves at most a file without a row, which `sweep` removes. Knows no model: what the rows mean is
`memos.parametric`'s business, when to write them `memos.consolidation`'s.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from memos.errors import CorruptStore, NotFoundError, StoreUnwritable
from memos.protocols import LedgerEntry, RowChange
from memos.stores.database import Database
from memos.stores.schema import ledger_entries, runs
from memos.stores.vectors import sync_folder
from memos.types import ConsolidationRun, EntryKind, GateReport, RunStatus

SUFFIX = ".safetensors"


class SqlSlotLedger:
    """SlotLedger over the shared database and a folder of safetensors files."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._folder = folder

    # --- runs ---------------------------------------------------------------------------------------------------------

    def new_run(self, run: ConsolidationRun) -> ConsolidationRun:
        with self._database.write() as connection:
            result = connection.execute(sa.insert(runs).values(**_run_columns(run)))
            key = result.inserted_primary_key
            assert key is not None
            return run.model_copy(update={"id": int(key[0])})

    def set_run(self, run: ConsolidationRun) -> None:
        with self._database.write() as connection:
            connection.execute(
                sa.update(runs)
                .where(runs.c.id == run.id, runs.c.namespace == run.namespace)
                .values(**_run_columns(run))
            )

    def runs(self, namespace: str, *, limit: int | None = None) -> list[ConsolidationRun]:
        """Newest first."""
        query = sa.select(runs).where(runs.c.namespace == namespace).order_by(runs.c.id.desc()).limit(limit)
        with self._database.read() as connection:
            return [_run(row) for row in connection.execute(query)]

    def run(self, namespace: str, run_id: int) -> ConsolidationRun:
        query = sa.select(runs).where(runs.c.namespace == namespace, runs.c.id == run_id)
        with self._database.read() as connection:
            row = connection.execute(query).first()
        if row is None:
            raise NotFoundError(f"no run {run_id} in namespace {namespace!r}", hint="memos runs", code="run.not_found")
        return _run(row)

    # --- entries ------------------------------------------------------------------------------------------------------

    def head(self, namespace: str) -> int:
        """Changes with every append and every retirement, so that a cached state can be trusted or dropped."""
        query = sa.select(
            sa.func.coalesce(sa.func.max(ledger_entries.c.seq), 0),
            sa.func.coalesce(sa.func.sum(sa.case((ledger_entries.c.live, 0), else_=1)), 0),
        ).where(ledger_entries.c.namespace == namespace)
        with self._database.read() as connection:
            last, retired = connection.execute(query).one()
        return int(last) + int(retired)

    def append(self, entry: LedgerEntry, change: RowChange) -> LedgerEntry:
        # The lock before the file: else another process's sweep takes a file whose row is not committed yet.
        with self._database.write() as connection:
            stored = replace(entry, file=self._write_file(change), rows=len(change.rows))
            result = connection.execute(sa.insert(ledger_entries).values(**_entry_columns(stored)))
            key = result.inserted_primary_key
            assert key is not None
            return replace(stored, seq=int(key[0]))

    def retire(self, namespace: str, seqs: Sequence[int]) -> None:
        with self._database.write() as connection:
            connection.execute(
                sa.update(ledger_entries)
                .where(ledger_entries.c.namespace == namespace, ledger_entries.c.seq.in_(list(seqs)))
                .values(live=False)
            )

    def entries(
        self,
        namespace: str,
        *,
        live: bool | None = True,
        run_id: int | None = None,
        record_id: str | None = None,
    ) -> list[LedgerEntry]:
        """In the order they were written; `live=None` gives retired ones too."""
        query = sa.select(ledger_entries).where(ledger_entries.c.namespace == namespace)
        if live is not None:
            query = query.where(ledger_entries.c.live.is_(live))
        if run_id is not None:
            query = query.where(ledger_entries.c.run_id == run_id)
        if record_id is not None:
            query = query.where(ledger_entries.c.record_id == record_id)
        with self._database.read() as connection:
            return [_entry(row) for row in connection.execute(query.order_by(ledger_entries.c.seq))]

    def change(self, entry: LedgerEntry) -> RowChange:
        from safetensors.numpy import load

        if not entry.file:
            raise NotFoundError(
                f"the rows of ledger entry {entry.seq} were erased by forget", hint="memos log", code="ledger.erased"
            )
        path = self._path(entry.file)
        try:
            content = path.read_bytes()
        except OSError as error:
            what = "is missing" if isinstance(error, FileNotFoundError) else f"cannot be read: {error.strerror}"
            raise CorruptStore(
                f"ledger file {path.name} of run {entry.run_id} {what}",
                hint="restore it from a backup, or memos forget the records of the run",
                code="ledger.missing_file",
            ) from None
        if hashlib.sha256(content).hexdigest() != entry.file:
            raise CorruptStore(
                f"ledger file {path.name} of run {entry.run_id} is truncated or was changed",
                hint="restore it from a backup, or memos forget the records of the run",
                code="ledger.corrupt_file",
            )
        tensors = load(content)
        return RowChange(tensors["rows"], tensors["before"], tensors["after"])

    def erase(self, namespace: str, record_ids: Sequence[str], from_seq: int) -> dict[str, int]:
        """Files go after the commit that stops naming them: see `sweep`, which the caller runs next."""
        mine = ledger_entries.c.namespace == namespace
        with self._database.write() as connection:
            lessons = connection.execute(
                sa.update(ledger_entries)
                .where(mine, ledger_entries.c.record_id.in_(list(record_ids)), ledger_entries.c.lesson.is_not(None))
                .values(lesson=None, report={})
            )
            files = connection.execute(
                sa.update(ledger_entries)
                .where(
                    mine,
                    ledger_entries.c.live.is_(False),
                    ledger_entries.c.seq >= from_seq,
                    ledger_entries.c.file != "",
                )
                .values(file="")
            )
        return {"lessons": lessons.rowcount, "ledger tensors": files.rowcount}

    def sweep(self) -> int:
        swept = 0
        with self._database.write() as connection:
            named = set(connection.execute(sa.select(ledger_entries.c.file).distinct()).scalars())
            for path in self._folder.glob("*"):
                if path.suffix == ".tmp" or (path.suffix == SUFFIX and path.stem not in named):
                    path.unlink(missing_ok=True)
                    swept += 1
        return swept

    def bytes(self, namespace: str) -> int:
        """Bytes on disk of the files this namespace's entries name."""
        query = sa.select(ledger_entries.c.file).where(
            ledger_entries.c.namespace == namespace, ledger_entries.c.file != ""
        )
        with self._database.read() as connection:
            names = set(connection.execute(query).scalars())
        return sum(path.stat().st_size for name in names if (path := self._path(name)).exists())

    # --- files --------------------------------------------------------------------------------------------------------

    def _path(self, digest: str) -> Path:
        return self._folder / f"{digest}{SUFFIX}"

    def _write_file(self, change: RowChange) -> str:
        from safetensors.numpy import save

        content = save({"rows": change.rows, "before": change.before, "after": change.after})
        digest = hashlib.sha256(content).hexdigest()
        path = self._path(digest)
        if path.exists():
            return digest
        temporary = path.with_suffix(f".{os.getpid()}.tmp")
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as handle:
                handle.write(content)
                handle.flush()
                os.fsync(handle.fileno())
            temporary.replace(path)
            sync_folder(self._folder)
        except OSError as error:
            with suppress(OSError):
                temporary.unlink()
            raise StoreUnwritable(
                f"ledger folder {self._folder.name}/ cannot be written: {error.strerror}",
                hint="free space or mend its permissions; nothing was changed",
                code="ledger.unwritable",
            ) from None
        return digest


def _run_columns(run: ConsolidationRun) -> dict[str, Any]:
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


def _run(row: Any) -> ConsolidationRun:
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


def _entry_columns(entry: LedgerEntry) -> dict[str, Any]:
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


def _entry(row: Any) -> LedgerEntry:
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
