"""The slot ledger: what was written to the parameters, in order, with the rows before and after every change.

SQL holds one row a run and one row a ledger entry; the tensors of an entry lie beside it in
`ledger/<sha256>.safetensors`, named by their content. A file is written and synced before the row that names it is
committed: a crash leaves at most a file without a row, which `sweep` removes. Knows no model: what the rows mean is
`memos.parametric`'s business, when to write them `memos.consolidation`'s.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa

from memos.bundles import LedgerBundle
from memos.checkpoints import Checkpoint, chain_names
from memos.errors import CorruptStore, NotFoundError
from memos.protocols import LedgerEntry, LedgerLink, RowChange
from memos.stores import ledger_file
from memos.stores.checkpoints import CheckpointFolder
from memos.stores.database import Database
from memos.stores.ledger_rows import entry_columns, read_entry, read_run, run_columns
from memos.stores.schema import ledger_entries, runs
from memos.stores.sealed import SUFFIX, write_whole
from memos.types import ConsolidationRun, EntryKind

RETIRED_AT_ONCE = 500
"""Parameters of one statement: SQLite takes a limited number of them."""


class SqlSlotLedger:
    """SlotLedger over the shared database and a folder of safetensors files."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._folder = folder
        self._checkpoints = CheckpointFolder(folder / "checkpoints")

    # --- runs ---------------------------------------------------------------------------------------------------------

    def new_run(self, run: ConsolidationRun) -> ConsolidationRun:
        with self._database.write() as connection:
            result = connection.execute(sa.insert(runs).values(**run_columns(run)))
            key = result.inserted_primary_key
            assert key is not None
            return run.model_copy(update={"id": int(key[0])})

    def set_run(self, run: ConsolidationRun) -> None:
        with self._database.write() as connection:
            connection.execute(
                sa.update(runs)
                .where(runs.c.id == run.id, runs.c.namespace == run.namespace)
                .values(**run_columns(run))
            )

    def runs(self, namespace: str, *, limit: int | None = None) -> list[ConsolidationRun]:
        """Newest first."""
        query = sa.select(runs).where(runs.c.namespace == namespace).order_by(runs.c.id.desc()).limit(limit)
        with self._database.read() as connection:
            return [read_run(row) for row in connection.execute(query)]

    def run(self, namespace: str, run_id: int) -> ConsolidationRun:
        query = sa.select(runs).where(runs.c.namespace == namespace, runs.c.id == run_id)
        with self._database.read() as connection:
            row = connection.execute(query).first()
        if row is None:
            raise NotFoundError(f"no run {run_id} in namespace {namespace!r}", hint="memos runs", code="run.not_found")
        return read_run(row)

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
            result = connection.execute(sa.insert(ledger_entries).values(**entry_columns(stored)))
            key = result.inserted_primary_key
            assert key is not None
            return replace(stored, seq=int(key[0]))

    def retire(self, namespace: str, seqs: Sequence[int]) -> None:
        with self._database.write() as connection:
            for start in range(0, len(seqs), RETIRED_AT_ONCE):
                some = list(seqs[start : start + RETIRED_AT_ONCE])
                connection.execute(
                    sa.update(ledger_entries)
                    .where(ledger_entries.c.namespace == namespace, ledger_entries.c.seq.in_(some))
                    .values(live=False)
                )

    def chain(self, namespace: str) -> list[LedgerLink]:
        table = ledger_entries.c
        query = sa.select(
            table.seq, table.hash, table.run_id, table.record_id, table.kind, table.digest_before, table.digest_after
        )
        with self._database.read() as connection:
            rows = connection.execute(query.where(*_live(namespace)).order_by(table.seq)).all()
        return [LedgerLink(row[0], row[1], row[2], row[3], EntryKind(row[4]), row[5], row[6]) for row in rows]

    def live_count(self, namespace: str) -> int:
        query = sa.select(sa.func.count()).select_from(ledger_entries).where(*_live(namespace))
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())

    def fingerprints(self, namespace: str) -> dict[str, int]:
        query = (
            sa.select(runs.c.fingerprint, sa.func.min(runs.c.id))
            .where(runs.c.id.in_(sa.select(ledger_entries.c.run_id).where(*_live(namespace))))
            .group_by(runs.c.fingerprint)
        )
        with self._database.read() as connection:
            return {fingerprint: int(run_id) for fingerprint, run_id in connection.execute(query)}

    def entries(
        self,
        namespace: str,
        *,
        live: bool | None = True,
        run_id: int | None = None,
        record_id: str | None = None,
        after: int = 0,
        limit: int | None = None,
    ) -> list[LedgerEntry]:
        """In the order they were written; `live=None` gives retired ones too."""
        query = sa.select(ledger_entries).where(
            ledger_entries.c.namespace == namespace, ledger_entries.c.seq > after
        )
        if live is not None:
            query = query.where(ledger_entries.c.live.is_(live))
        if run_id is not None:
            query = query.where(ledger_entries.c.run_id == run_id)
        if record_id is not None:
            query = query.where(ledger_entries.c.record_id == record_id)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(ledger_entries.c.seq).limit(limit))
            return [read_entry(row) for row in rows]

    def lessons(self, namespace: str, seqs: Sequence[int]) -> dict[int, str]:
        found: dict[int, str] = {}
        with self._database.read() as connection:
            for start in range(0, len(seqs), RETIRED_AT_ONCE):
                # as text: to read it twice, once here and once as a lesson, takes longer than the query
                query = sa.select(ledger_entries.c.seq, sa.cast(ledger_entries.c.lesson, sa.Text)).where(
                    ledger_entries.c.namespace == namespace,
                    ledger_entries.c.seq.in_(list(seqs[start : start + RETIRED_AT_ONCE])),
                    ledger_entries.c.lesson.is_not(None),
                )
                found |= {int(seq): str(lesson) for seq, lesson in connection.execute(query)}
        return found

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
            spaces = connection.execute(sa.select(ledger_entries.c.namespace).distinct()).scalars()
            alive = {name for space in list(spaces) for name in chain_names(self.chain(space))}
            swept += self._checkpoints.sweep(alive)
        return swept

    def bytes(self, namespace: str) -> int:
        """Bytes on disk of the files this namespace's entries name."""
        query = sa.select(ledger_entries.c.file).where(
            ledger_entries.c.namespace == namespace, ledger_entries.c.file != ""
        )
        with self._database.read() as connection:
            names = set(connection.execute(query).scalars())
        files = sum(path.stat().st_size for name in names if (path := self._path(name)).exists())
        there = self._checkpoints.names()
        return files + (self._checkpoints.bytes(there & {*chain_names(self.chain(namespace))}) if there else 0)

    def write_bundle(self, path: Path, bundle: LedgerBundle) -> str:
        return ledger_file.write_bundle(path, bundle)

    def read_bundle(self, path: Path) -> LedgerBundle:
        return ledger_file.read_bundle(path)

    # --- checkpoints --------------------------------------------------------------------------------------------------

    def newest_checkpoint(self, links: Sequence[LedgerLink]) -> Checkpoint | None:
        there = self._checkpoints.names()
        names = chain_names(links) if there else []
        for entries in range(len(names), 0, -1):
            if names[entries - 1] in there:
                checkpoint = self._checkpoints.load(names[entries - 1])
                if checkpoint is not None and _stands_for(checkpoint, links[:entries]):
                    return checkpoint
        return None

    def checkpoints(self, namespace: str) -> list[Checkpoint]:
        there = self._checkpoints.names()
        links = self.chain(namespace)
        found = []
        for entries, name in enumerate(chain_names(links), 1):
            if name in there:
                checkpoint = self._checkpoints.load(name)
                if checkpoint is None or not _stands_for(checkpoint, links[:entries]):
                    self._checkpoints.remove([name])
                    raise CorruptStore(
                        f"the checkpoint of {entries} entries of {namespace!r} was damaged, and is deleted",
                        hint="memos ledger compact makes it anew from the entries", code="ledger.checkpoint",
                    )  # fmt: skip
                found.append(checkpoint)
        return found

    def save_checkpoint(self, namespace: str, checkpoint: Checkpoint) -> bool:
        # Under the write lock: else one that another process has just made meaningless, by a forget, would come back.
        with self._database.write():
            names = chain_names(self.chain(namespace)[: checkpoint.entries])
            if len(names) != checkpoint.entries or names[-1] != checkpoint.name:
                return False
            self._checkpoints.save(checkpoint)
            return True

    def thin_checkpoints(self, namespace: str, kept: Collection[int]) -> int:
        with self._database.write():
            names = chain_names(self.chain(namespace))
            there = self._checkpoints.names()
            return self._checkpoints.remove(
                [name for entries, name in enumerate(names, 1) if name in there and entries not in kept]
            )

    # --- files --------------------------------------------------------------------------------------------------------

    def _path(self, digest: str) -> Path:
        return self._folder / f"{digest}{SUFFIX}"

    def _write_file(self, change: RowChange) -> str:
        from safetensors.numpy import save

        content = save({"rows": change.rows, "before": change.before, "after": change.after})
        digest = hashlib.sha256(content).hexdigest()
        if not self._path(digest).exists():
            write_whole(self._path(digest), content)
        return digest


def _live(namespace: str) -> tuple[sa.ColumnElement[bool], ...]:
    return ledger_entries.c.namespace == namespace, ledger_entries.c.live.is_(True)


def _stands_for(checkpoint: Checkpoint, links: Sequence[LedgerLink]) -> bool:
    return checkpoint.entries == len(links) and checkpoint.digest == links[-1].digest_after
