"""A store in one SQLite file: making it, opening it in WAL mode, vacuum, integrity, what its errors mean.

- Writes take the lock first (BEGIN IMMEDIATE).
- A new store is built beside its place and linked into it whole, so a store file is never half made. Therefore an
  empty or shortened file is damage, and is refused, never opened as an empty store.

Knows files and result codes. Knows no table.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

from memos.errors import CorruptStore, InputError, MemosError, NotFoundError, StoreBusy, StoreUnwritable
from memos.types import StoredBytes

HEADER_BYTES = 100
SQLITE_MAGIC = b"SQLite format 3\x00"

RESTORE_HINT = "restore memos.db from a backup; the damaged file was left as it is"
WRITABLE_HINT = "check the folder's permissions and the free space on its disk"


class Sqlite:
    """The engine of one file."""

    restore_hint = RESTORE_HINT
    failure_ends_transaction = False

    def __init__(self, path: Path, busy_timeout_ms: int) -> None:
        self.path = path
        self.name = str(path)
        self._busy_timeout_ms = busy_timeout_ms
        self._file: tuple[int, int] | None = None

    def prepare(self, create: bool, migrate: Callable[[Connection], None]) -> None:
        if not self.path.exists():
            if not create:
                raise NotFoundError(f"no store at {self.path}", hint="memos init", code="not_found.store")
            self._create(migrate)
        _refuse_damaged_file(self.path)

    def connect(self) -> Engine:
        self._file = self._identity()
        return self._engine(self.path)

    def reading(self, engine: Engine) -> Engine:
        return engine  # any transaction in WAL mode is one moment

    def present(self, engine: Engine) -> None:
        """An open connection would go on reading a deleted file as if nothing had happened."""
        found = self._identity()
        if found is None:
            raise NotFoundError(f"the store at {self.path} is gone", hint="put it back, or memos init",
                                code="not_found.store")
        if found != self._file:
            engine.dispose()
            _refuse_damaged_file(self.path)
            self._file = found

    def _identity(self) -> tuple[int, int] | None:
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def has_schema(self, connection: Connection) -> bool:
        if not connection.exec_driver_sql("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").scalar():
            raise CorruptStore(f"{self.path} is a database of another program, or was made by none",
                               hint="name another file in store.url, or " + RESTORE_HINT)
        return True

    def changes(self, connection: Connection) -> int:
        return int(connection.connection.driver_connection.total_changes)  # type: ignore[union-attr]

    def vacuum(self, engine: Engine) -> None:
        with engine.connect() as pooled:
            connection = pooled.execution_options(memos_autocommit=True)
            connection.exec_driver_sql("VACUUM")
            blocked = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar()
            if blocked:
                raise StoreBusy("the write-ahead log is in use, so erased bytes may remain in it",
                                hint="close other memos processes on this store and run it again")

    def problems(self, connection: Connection) -> list[str]:
        found = [str(line) for line in connection.exec_driver_sql("PRAGMA integrity_check(20)").scalars()]
        found = [] if found == ["ok"] else found
        dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        return found + [f"{row[0]} row {row[1]} points to a missing {row[2]}" for row in dangling]

    def stored_bytes(self, connection: Connection) -> StoredBytes:
        return StoredBytes(places=tuple(
            self.path.with_name(self.path.name + ending) for ending in ("", "-wal", "-shm", "-journal")))

    def mapped(self, error: BaseException | None) -> MemosError | None:
        """By SQLite's primary result code."""
        code = getattr(error, "sqlite_errorcode", None)
        if code is None:
            return None
        primary = code & 0xFF
        if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return StoreBusy(f"another process holds {self.path}", hint="try again, or raise store.busy_timeout_ms")
        if primary == sqlite3.SQLITE_FULL:
            return StoreUnwritable("the disk is full; nothing of this transaction was kept",
                                   hint="free some space and try again")
        if primary in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH):
            return StoreUnwritable(f"{self.path} cannot be written: {error}", hint=WRITABLE_HINT)
        if primary == sqlite3.SQLITE_IOERR:
            return StoreUnwritable(f"reading or writing {self.path} failed: {error}", hint=WRITABLE_HINT)
        if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            return CorruptStore(f"{self.path} is damaged: {error}", hint=RESTORE_HINT)
        if primary == sqlite3.SQLITE_TOOBIG:
            return InputError("a text is too large for the store", hint="split it")
        return None

    # --- making and connecting ---------------------------------------------------------------------------------------

    def _engine(self, path: Path) -> Engine:
        engine = sa.create_engine(
            f"sqlite:///{path}",
            connect_args={"timeout": self._busy_timeout_ms / 1000, "check_same_thread": False},
            pool_size=8, max_overflow=-1,
        )
        event.listen(engine, "connect", _configure)
        event.listen(engine, "begin", _begin)
        return engine

    def _create(self, migrate: Callable[[Connection], None]) -> None:
        """Build the store beside its place and link it in whole; when another process was faster, its store stands."""
        half_made = self.path.with_name(f"{self.path.name}.new-{os.getpid()}-{threading.get_ident()}")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(half_made, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except OSError as error:
            raise StoreUnwritable(f"cannot create a store in {self.path.parent}: {error.strerror}",
                                  hint=WRITABLE_HINT) from None
        try:
            engine = self._engine(half_made)
            try:
                with engine.connect() as pooled:
                    connection = pooled.execution_options(memos_autocommit=True)
                    connection.exec_driver_sql("PRAGMA journal_mode=WAL")
                with engine.connect() as pooled:
                    connection = pooled.execution_options(memos_write=True)
                    with connection.begin():
                        migrate(connection)
            finally:
                engine.dispose()
            with suppress(FileExistsError):
                _link(half_made, self.path)
        finally:
            for leftover in self.path.parent.glob(f"{half_made.name}*"):
                leftover.unlink(missing_ok=True)


def _configure(connection: Any, _record: Any) -> None:
    # SQLAlchemy's "begin" event opens transactions; the driver must not open its own.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.execute("PRAGMA temp_store=MEMORY")  # a vacuum must not leave texts in a temporary file
    cursor.execute("PRAGMA cache_size=-32768")
    cursor.execute("PRAGMA wal_autocheckpoint=16000")  # every 64 MB: a checkpoint waits for the disk, and writes a page once however often it changed
    cursor.close()


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("memos_autocommit"):
        return
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("memos_write") else "BEGIN")


def _link(source: Path, target: Path) -> None:
    """Put `source` at `target` unless something is there; raises FileExistsError then."""
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if target.exists():
            raise FileExistsError(target) from None
        source.rename(target)


def _refuse_damaged_file(path: Path) -> None:
    """A cheap look at the header: wrong magic, or fewer bytes than the pages it counts."""
    try:
        with path.open("rb") as file:
            header = file.read(HEADER_BYTES)
            size = os.fstat(file.fileno()).st_size
    except OSError as error:
        raise StoreUnwritable(f"cannot read {path}: {error.strerror}", hint=WRITABLE_HINT) from None
    if len(header) < HEADER_BYTES or not header.startswith(SQLITE_MAGIC):
        raise CorruptStore(f"{path} is not a memos store: it holds {size} bytes and no SQLite header",
                           hint=RESTORE_HINT)
    page_size = int.from_bytes(header[16:18], "big")
    page_size = 65536 if page_size == 1 else page_size
    expected = page_size * int.from_bytes(header[28:32], "big")
    log = path.with_name(path.name + "-wal")
    # With a write-ahead log present, a checkpoint that was cut short may still be repaired from it by SQLite.
    if size < expected and not (log.exists() and log.stat().st_size):
        raise CorruptStore(f"{path} was cut short: {size} of {expected} bytes", hint=RESTORE_HINT)
