"""A whole store from one database into another, of either engine: every row as it is, or nothing.

One snapshot of the source is read in pages and written in one transaction of the target. Before that is committed, every
table of the target is read back, and count and sha256 of its rows must be the source's. Ids, times, vectors and the hashes
of the audit chain are the same bit for bit, so `memos verify` says of the copy what it says of the source. What is derived
(lexical and vector index) the target makes for itself.

The tensors of the ledger are files beside the database, in the home folder, and are not touched. Knows every table by the
schema, and none by name but those that are not copied.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from memos.errors import CorruptStore, InputError
from memos.stores.audit import SqlAuditLog
from memos.stores.database import Database
from memos.stores.schema import metadata, vector_changes
from memos.types import StoreCopy

if TYPE_CHECKING:
    from memos.protocols import Progress

PAGE = 1_000
COPIED = tuple(table for table in metadata.sorted_tables if table is not vector_changes)
"""In an order in which nothing points to what is not there yet."""


def copy_store(source_url: str, target_url: str, progress: Progress | None = None) -> StoreCopy:
    """Raises NotFoundError without a source, ChainBroken when its audit chain does not hold, InputError for a target
    that holds something."""
    source = Database(source_url, create=False)
    try:
        # The numbers that tell a cut-off end of the chain are made anew in the target: it must be whole before.
        SqlAuditLog(source).verify()
        target = Database(target_url)
        try:
            return _copied(source, target, progress)
        finally:
            target.close()
    finally:
        source.close()


def _copied(source: Database, target: Database, progress: Progress | None) -> StoreCopy:
    rows: dict[str, int] = {}
    digests: dict[str, str] = {}
    with source.read() as reading, target.write() as writing:
        full = [table.name for table in COPIED if writing.execute(sa.select(table).limit(1)).first() is not None]
        if full:
            raise InputError(f"{target.name} is not empty: it has rows in {', '.join(sorted(full))}",
                             hint="copy into a new file or a new database", code="store.not_empty")
        total = sum(_count(reading, table) for table in COPIED)
        for table in COPIED:
            seen = _Digest()
            for page in _pages(reading, table):
                seen.add(page)
                writing.execute(sa.insert(table), page)
                if progress:
                    progress(sum(rows.values()) + seen.rows, total, table.name)
            rows[table.name], digests[table.name] = seen.rows, seen.hexdigest()
            _set_counter(writing, table, _counter(reading, table))
        for table in COPIED:
            kept = _Digest()
            for page in _pages(writing, table):
                kept.add(page)
            if (kept.rows, kept.hexdigest()) != (rows[table.name], digests[table.name]):
                raise CorruptStore(
                    f"{target.name} gives back {table.name} otherwise than it was written; nothing was kept",
                    hint="see that nothing else writes to the target, and look at its disk and its version",
                )
    if target.dialect == "postgresql":
        from memos.stores.pgvector import PgvectorArm

        PgvectorArm(target, None).rebuild([target.name], progress)
    return StoreCopy(source=source.name, target=target.name, rows=rows, digests=digests)


def _pages(connection: Connection, table: sa.Table) -> Iterator[list[dict[str, Any]]]:
    """All rows in the order of the primary key, some at a time."""
    query = sa.select(table).order_by(*table.primary_key.columns).execution_options(yield_per=PAGE)
    for page in connection.execute(query).mappings().partitions():
        yield [dict(row) for row in page]


def _count(connection: Connection, table: sa.Table) -> int:
    return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


class _Digest:
    """sha256 over rows in order, each as the JSON of its values."""

    def __init__(self) -> None:
        self.rows = 0
        self._hash = hashlib.sha256()

    def add(self, page: list[dict[str, Any]]) -> None:
        for row in page:
            self._hash.update(json.dumps(list(row.values()), default=_plain, separators=(",", ":")).encode())
            self._hash.update(b"\n")
        self.rows += len(page)

    def hexdigest(self) -> str:
        return self._hash.hexdigest()


def _plain(value: Any) -> str:
    return value.hex() if isinstance(value, bytes) else str(value.isoformat())


# --- the numbers that keys were last given: a key that a purged row had is given to no other -----------------------------


def _counter(connection: Connection, table: sa.Table) -> int:
    column = table.autoincrement_column
    if column is None or not table.dialect_options["sqlite"].get("autoincrement"):
        return 0
    if connection.dialect.name == "sqlite":
        found = connection.execute(
            sa.text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": table.name}).scalar()
    else:
        found = connection.execute(
            sa.text("SELECT pg_sequence_last_value(CAST(pg_get_serial_sequence(:name, :column) AS regclass))"),
            {"name": table.name, "column": column.name}).scalar()
    # The log names its own numbers: a sequence knows nothing of them.
    highest = connection.execute(sa.select(sa.func.max(column))).scalar()
    return max(int(found or 0), int(highest or 0))


def _set_counter(connection: Connection, table: sa.Table, last: int) -> None:
    column = table.autoincrement_column
    if not last or column is None:
        return
    if connection.dialect.name == "sqlite":
        known = connection.execute(
            sa.text("UPDATE sqlite_sequence SET seq = :last WHERE name = :name"), {"last": last, "name": table.name})
        if not known.rowcount:
            connection.execute(
                sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"),
                {"last": last, "name": table.name})
        return
    connection.execute(
        sa.text("SELECT setval(CAST(pg_get_serial_sequence(:name, :column) AS regclass), :last)"),
        {"name": table.name, "column": column.name, "last": last})
