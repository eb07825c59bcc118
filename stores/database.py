"""One SQL database: transactions, the schema's version, and errors that a caller can act on.

- Writes take the lock first and are re-entrant in a thread; reads take no write lock and see one moment.
- There is one writer at a time in the whole store, whichever engine keeps it: the audit chain is one line of hashes.
- The schema version is one query; Alembic loads only when there is something to migrate.

What differs between engines is in `sqlite.py` and `postgres.py`. Knows no table but the one that holds the schema
version.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection
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
)
from memos.stores.engines import backend_for
from memos.types import StoredBytes

SCHEMA_VERSION = "0004"
"""Number of the newest migration in `memos.stores.migrations.versions`."""

Listener = Callable[[bool], None]
"""Called in the writing thread when its outermost transaction ended; True when it was committed."""


class _ThreadState(threading.local):
    """The open write transaction of one thread."""

    connection: Connection | None = None
    doomed: bool = False


class Database:
    """A database in SQLite or PostgreSQL, opened, checked and migrated.

    `create=False` raises NotFoundError where no store exists yet. Safe to share between threads; each thread has its
    own transaction.
    """

    def __init__(
        self, url: str, *, busy_timeout_ms: int = 10_000, create: bool = True, pool_size: int = 8
    ) -> None:
        self.backend = backend_for(url, busy_timeout_ms=busy_timeout_ms, pool_size=pool_size)
        self._busy_timeout_ms = busy_timeout_ms
        self._local = _ThreadState()
        # Threads queue here rather than at the engine's lock: SQLite's is polled and not fair, PostgreSQL's would hold
        # a connection for each that waits.
        self._writer = threading.RLock()
        self._listeners: list[Listener] = []
        with self._translated():
            self.backend.prepare(create, lambda connection: _migrate(connection))
        self.engine = self.backend.connect()
        self._reader = self.backend.reading(self.engine)
        try:
            self._bring_schema_up_to_date(create)
        except BaseException:
            self.engine.dispose()
            raise

    @property
    def name(self) -> str:
        """Where the store lies, for people: a path, or host and database. Never a password."""
        return self.backend.name

    @property
    def dialect(self) -> str:
        """The engine's name: "sqlite" or "postgresql"."""
        return self.engine.dialect.name

    @property
    def short_name(self) -> str:
        return self.backend.name.rpartition("/")[2]

    @property
    def path(self) -> Path:
        """The store's file. Raises ConfigError for a store on a server."""
        path: Path | None = getattr(self.backend, "path", None)
        if path is None:
            raise ConfigError(f"{self.name} is a database on a server, not a file", hint="memos store copy makes a file of it")
        return path

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
            before = self.backend.changes(connection)
            try:
                with self._translated():
                    yield connection
            except BaseException as error:
                # Ctrl-C within a statement leaves the connection invalid: it cannot be asked what it changed.
                self._local.doomed = (
                    self._local.doomed or connection.invalidated or self.backend.changes(connection) != before
                    or (self.backend.failure_ends_transaction and _of_database(error))
                )
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
            with self._reader.connect() as connection, connection.begin():
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
        """Rewrite what holds freed rows, and empty the write-ahead log where that is ours, so that erased bytes are gone."""
        if self.writing:
            raise StoreError("a vacuum cannot run inside a transaction")
        with self._translated(), self._writer:
            self.backend.vacuum(self.engine)

    def problems(self) -> list[str]:
        """What the engine finds wrong with the structure and the foreign keys; empty when sound."""
        with self.read() as connection:
            return self.backend.problems(connection)

    def check(self) -> str:
        """One line about a sound database; raises CorruptStore naming the first fault."""
        found = self.problems()
        if found:
            raise CorruptStore(f"{self.name}: {found[0]}", hint=self.backend.restore_hint)
        return f"{self.short_name} is sound, schema {SCHEMA_VERSION}"

    def stored_bytes(self) -> StoredBytes:
        """Where the bytes of the store lie, and which copies of them nothing here can reach."""
        with self.read() as connection:
            return self.backend.stored_bytes(connection)

    def present(self) -> None:
        """Raise NotFoundError when the store that was opened is gone."""
        self.backend.present(self.engine)

    def close(self) -> None:
        """Close every connection. The last one to close folds the write-ahead log into the file."""
        self.engine.dispose()

    # --- opening -----------------------------------------------------------------------------------------------------

    def _bring_schema_up_to_date(self, create: bool) -> None:
        with self.read() as connection:
            version = self._schema_version(connection)
        if version == SCHEMA_VERSION:
            return
        if version is None and not create:
            raise NotFoundError(f"no store at {self.name}", hint="memos init", code="not_found.store")
        with self.write() as connection:
            # Another process may have migrated while this one waited for the lock.
            if self._schema_version(connection) != SCHEMA_VERSION:
                _migrate(connection)

    def _schema_version(self, connection: Connection) -> str | None:
        """Number of the migration the store was left at; None where none ever ran. Raises when a newer memos or another
        program made it."""
        if not self.backend.has_schema(connection):
            return None
        version = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        if not isinstance(version, str) or not version.isdigit():
            raise CorruptStore(f"{self.name} names no schema version of memos", hint=self.backend.restore_hint)
        if int(version) > int(SCHEMA_VERSION):
            raise SchemaTooNew(
                f"{self.name} has schema {version}; this memos knows up to {SCHEMA_VERSION}",
                hint="pip install --upgrade memos-memory",
            )
        return version

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except MemosError:
            raise
        except DBAPIError as error:
            mapped = self.backend.mapped(error.orig)
            if mapped is None:
                raise
            raise mapped from error
        except sa.exc.TimeoutError as error:
            raise StoreBusy(f"every connection to {self.name} is in use",
                            hint="try again, or raise store.pool_size") from error
        except DisconnectionError as error:
            raise StoreError(f"the connection to {self.name} was lost", hint="try again") from error
        except OverflowError as error:
            raise InputError("a number is too large for the store", hint="integers are 64 bits wide") from error
        except Exception as error:
            mapped = self.backend.mapped(error)
            if mapped is None:
                raise
            raise mapped from error


def _of_database(error: BaseException) -> bool:
    """Whether a statement failed, as itself or mapped."""
    return isinstance(error, DBAPIError) or isinstance(error.__cause__, DBAPIError)


def _migrate(connection: Connection) -> None:
    from memos.stores.migrations import upgrade

    upgrade(connection)
