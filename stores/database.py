"""One SQL database: opening it, transactions, and the mapping of database errors to errors a caller can act on.

- Writes take the lock first (BEGIN IMMEDIATE) and are re-entrant in a thread; reads take no write lock.
- A new store is built beside its place and linked into it whole, so a store file is never half made. Therefore an
  empty or shortened file is damage, and is refused, never opened as an empty store.
- The schema version is one query; Alembic loads only when there is something to migrate.

Knows connections and files. Knows no table but the one that holds the schema version.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import DBAPIError, DisconnectionError

from memos.errors import (
    ConfigError,
    CorruptStore,
    InputError,
    MemosError,
    NotFoundError,
    SchemaTooNew,
    StoreBusy,
    StoreError,
    StoreUnwritable,
)

SCHEMA_VERSION = "0002"
"""Number of the newest migration in `memos.stores.migrations.versions`."""

HEADER_BYTES = 100
SQLITE_MAGIC = b"SQLite format 3\x00"

RESTORE_HINT = "restore memos.db from a backup; the damaged file was left as it is"
WRITABLE_HINT = "check the folder's permissions and the free space on its disk"

Listener = Callable[[bool], None]
"""Called in the writing thread when its outermost transaction ended; True when it was committed."""


class _ThreadState(threading.local):
    """The open write transaction of one thread."""

    connection: Connection | None = None
    doomed: bool = False


class Database:
    """A SQLite database in WAL mode, opened, checked and migrated.

    `create=False` raises NotFoundError where no store exists yet. Safe to share between threads; each thread has its
    own transaction.
    """

    def __init__(self, url: str, *, busy_timeout_ms: int = 10_000, create: bool = True) -> None:
        self.path = _sqlite_path(url)
        self._busy_timeout_ms = busy_timeout_ms
        self._local = _ThreadState()
        # Threads queue here rather than in SQLite's busy handler, which polls and is not fair.
        self._writer = threading.RLock()
        self._listeners: list[Listener] = []
        if not self.path.exists():
            if not create:
                raise NotFoundError(f"no store at {self.path}", hint="memos init", code="not_found.store")
            self._create()
        _refuse_damaged_file(self.path)
        self.engine = self._engine(self.path)
        try:
            self._bring_schema_up_to_date()
        except BaseException:
            self.engine.dispose()
            raise

    # --- transactions ------------------------------------------------------------------------------------------------

    @contextmanager
    def begin(self) -> Iterator[None]:
        """One write transaction; an inner one joins the outer. Leaving by an exception rolls all of it back."""
        with self.write():
            yield

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """The connection of this thread's write transaction, opened if there is none.

        An inner block that fails after it changed something dooms the whole: were the outer block to catch the error
        and go on, it would commit half of the inner one.
        """
        if self._local.connection is not None:
            connection = self._local.connection
            before = _changes(connection)
            try:
                with self._translated():
                    yield connection
            except BaseException:
                # Ctrl-C within a statement leaves the connection invalid: it cannot be asked what it changed.
                self._local.doomed = self._local.doomed or connection.invalidated or _changes(connection) != before
                raise
            return
        if not self._writer.acquire(timeout=self._busy_timeout_ms / 1000):
            raise StoreBusy("another thread holds the write lock", hint="try again, or raise store.busy_timeout_ms")
        try:
            with self._translated():
                yield from self._outermost()
        finally:
            self._writer.release()

    def _outermost(self) -> Iterator[Connection]:
        committed = False
        with self.engine.connect() as pooled:
            connection = pooled.execution_options(memos_write=True)
            transaction = connection.begin()
            self._local.connection, self._local.doomed = connection, False
            try:
                yield connection
                if self._local.doomed:
                    raise StoreError(
                        "part of this transaction failed, so none of it was kept",
                        hint="let the first error pass, or do the failing part in a transaction of its own",
                    )
                transaction.commit()
                committed = True
            finally:
                self._local.connection = None
                if not committed:
                    with suppress(DBAPIError):  # the error that ended the transaction is the one to report
                        transaction.rollback()
                for listener in self._listeners:
                    listener(committed)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent view without a write lock; within a write transaction, its own connection."""
        with self._translated():
            if self._local.connection is not None:
                yield self._local.connection
                return
            with self.engine.connect() as connection, connection.begin():
                yield connection

    @property
    def writing(self) -> bool:
        """Whether this thread has a write transaction open."""
        return self._local.connection is not None

    def on_end(self, listener: Listener) -> None:
        """Be told of the end of every outermost write transaction."""
        self._listeners.append(listener)

    # --- upkeep ------------------------------------------------------------------------------------------------------

    def vacuum(self) -> None:
        """Rewrite the file without freed pages and empty the write-ahead log, so that erased bytes are gone."""
        if self.writing:
            raise StoreError("a vacuum cannot run inside a transaction")
        with self._translated(), self._writer, self.engine.connect() as pooled:
            connection = pooled.execution_options(memos_autocommit=True)
            connection.exec_driver_sql("VACUUM")
            blocked = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar()
            if blocked:
                raise StoreBusy("the write-ahead log is in use, so erased bytes may remain in it",
                                hint="close other memos processes on this store and run it again")

    def problems(self) -> list[str]:
        """What SQLite finds wrong with the file's structure and its foreign keys; empty when sound."""
        with self.read() as connection:
            found = [str(line) for line in connection.exec_driver_sql("PRAGMA integrity_check(20)").scalars()]
            found = [] if found == ["ok"] else found
            dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        return found + [f"{row[0]} row {row[1]} points to a missing {row[2]}" for row in dangling]

    def check(self) -> str:
        """One line about a sound database; raises CorruptStore naming the first fault."""
        found = self.problems()
        if found:
            raise CorruptStore(f"{self.path}: {found[0]}", hint=RESTORE_HINT)
        return f"{self.path.name} is sound, schema {SCHEMA_VERSION}"

    def close(self) -> None:
        """Close every connection. The last one to close folds the write-ahead log into the file."""
        self.engine.dispose()

    # --- opening -----------------------------------------------------------------------------------------------------

    def _engine(self, path: Path) -> Engine:
        engine = sa.create_engine(
            f"sqlite:///{path}",
            connect_args={"timeout": self._busy_timeout_ms / 1000, "check_same_thread": False},
            pool_size=8, max_overflow=-1,
        )
        event.listen(engine, "connect", _configure)
        event.listen(engine, "begin", _begin)
        return engine

    def _create(self) -> None:
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
                with self._translated():
                    with engine.connect() as pooled:
                        connection = pooled.execution_options(memos_autocommit=True)
                        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
                    with engine.connect() as pooled:
                        connection = pooled.execution_options(memos_write=True)
                        with connection.begin():
                            _migrate(connection)
            finally:
                engine.dispose()
            with suppress(FileExistsError):
                _link(half_made, self.path)
        finally:
            for leftover in self.path.parent.glob(f"{half_made.name}*"):
                leftover.unlink(missing_ok=True)

    def _bring_schema_up_to_date(self) -> None:
        with self.read() as connection:
            version = _schema_version(connection, self.path)
        if version == SCHEMA_VERSION:
            return
        with self.write() as connection:
            # Another process may have migrated while this one waited for the lock.
            if _schema_version(connection, self.path) != SCHEMA_VERSION:
                _migrate(connection)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except MemosError:
            raise
        except DBAPIError as error:
            mapped = _mapped(error.orig, self.path)
            if mapped is None:
                raise
            raise mapped from error
        except sqlite3.Error as error:
            mapped = _mapped(error, self.path)
            if mapped is None:
                raise
            raise mapped from error
        except DisconnectionError as error:
            raise StoreError(f"the connection to {self.path} was lost", hint="try again") from error
        except OverflowError as error:
            raise InputError("a number is too large for the store", hint="integers are 64 bits wide") from error


def _sqlite_path(url: str) -> Path:
    try:
        parsed = make_url(url)
    except sa.exc.ArgumentError:
        raise ConfigError(f"store.url {url!r} is not a database URL", hint="sqlite:///path/to/memos.db") from None
    if parsed.get_backend_name() != "sqlite":
        raise ConfigError(f"this version keeps memories in SQLite, not in {parsed.get_backend_name()}",
                          hint="leave store.url empty, or sqlite:///path/to/memos.db")
    if not parsed.database or parsed.database == ":memory:" or parsed.query:
        raise ConfigError("a store needs a file: threads and processes share it",
                          hint="leave store.url empty, or sqlite:///path/to/memos.db")
    return Path(parsed.database)


def _configure(connection: Any, _record: Any) -> None:
    # SQLAlchemy's "begin" event opens transactions; the driver must not open its own.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.execute("PRAGMA temp_store=MEMORY")  # a vacuum must not leave texts in a temporary file
    cursor.execute("PRAGMA cache_size=-32768")
    cursor.execute("PRAGMA wal_autocheckpoint=4000")  # every 16 MB: a checkpoint waits for the disk
    cursor.close()


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("memos_autocommit"):
        return
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("memos_write") else "BEGIN")


def _changes(connection: Connection) -> int:
    return int(connection.connection.driver_connection.total_changes)  # type: ignore[union-attr]


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


def _schema_version(connection: Connection, path: Path) -> str:
    """Number of the migration the store was left at. Raises when a newer memos or another program made it."""
    if not connection.exec_driver_sql("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").scalar():
        raise CorruptStore(f"{path} is a database of another program, or was made by none",
                           hint="name another file in store.url, or " + RESTORE_HINT)
    version = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    if not isinstance(version, str) or not version.isdigit():
        raise CorruptStore(f"{path} names no schema version", hint=RESTORE_HINT)
    if int(version) > int(SCHEMA_VERSION):
        raise SchemaTooNew(
            f"{path} has schema {version}; this memos knows up to {SCHEMA_VERSION}",
            hint="pip install --upgrade memos-memory",
        )
    return version


def _migrate(connection: Connection) -> None:
    from memos.stores.migrations import upgrade

    upgrade(connection)


def _mapped(error: BaseException | None, path: Path) -> MemosError | None:
    """The error a caller can act on, by SQLite's primary result code; None for what only a bug can cause."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None
    primary = code & 0xFF
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreBusy(f"another process holds {path}", hint="try again, or raise store.busy_timeout_ms")
    if primary == sqlite3.SQLITE_FULL:
        return StoreUnwritable("the disk is full; nothing of this transaction was kept",
                               hint="free some space and try again")
    if primary in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH):
        return StoreUnwritable(f"{path} cannot be written: {error}", hint=WRITABLE_HINT)
    if primary == sqlite3.SQLITE_IOERR:
        return StoreUnwritable(f"reading or writing {path} failed: {error}", hint=WRITABLE_HINT)
    if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return CorruptStore(f"{path} is damaged: {error}", hint=RESTORE_HINT)
    if primary == sqlite3.SQLITE_TOOBIG:
        return InputError("a text is too large for the store", hint="split it")
    return None
