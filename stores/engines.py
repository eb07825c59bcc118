"""What a database engine must do for `Database`: one class for SQLite, one for PostgreSQL, and the choice by URL.

Everything above this line is SQL that both speak. Knows no table.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine, make_url

from memos.errors import ConfigError, MemosError

if TYPE_CHECKING:
    from memos.types import StoredBytes

EXAMPLE = "sqlite:///path/to/memos.db, or postgresql+psycopg://user@host/database"


class Backend(Protocol):
    """One engine, at one place."""

    name: str
    """Where the store lies, for messages: a path, or host and database. Never a password."""
    restore_hint: str
    failure_ends_transaction: bool
    """Whether a statement that failed leaves the transaction it failed in of no use."""

    def prepare(self, create: bool, migrate: Callable[[Connection], None]) -> None:
        """Refuse what cannot be a store. Make the file where one is needed, and its tables by `migrate`; NotFoundError
        when `create` is off."""

    def connect(self) -> Engine:
        """Connections on which `begin` of a write transaction takes the one write lock."""

    def reading(self, engine: Engine) -> Engine:
        """The same connections for reads: one moment of the store, and no change to it."""

    def has_schema(self, connection: Connection) -> bool:
        """Whether migrations ever ran here. Raises CorruptStore for a database of another program."""

    def present(self, engine: Engine) -> None:
        """Raise NotFoundError when what was opened is gone; turn to what took its place, if anything did."""

    def changes(self, connection: Connection) -> int:
        """A count that grows with every row that this connection changed."""

    def mapped(self, error: BaseException | None) -> MemosError | None:
        """The error a caller can act on; None for what only a bug can cause."""

    def vacuum(self, engine: Engine) -> None:
        """Rewrite what holds freed rows."""

    def problems(self, connection: Connection) -> list[str]:
        """What is wrong with the structure; empty when sound."""

    def stored_bytes(self, connection: Connection) -> StoredBytes:
        """Where the bytes lie, and which copies of them nothing here can reach."""


def backend_for(url: str, *, busy_timeout_ms: int, pool_size: int) -> Backend:
    """Raises ConfigError for a URL of neither engine. The URL is not repeated: it may hold a password."""
    try:
        parsed = make_url(url)
    except sa.exc.ArgumentError:
        raise ConfigError("store.url is not a database URL", hint=EXAMPLE, code="config.store_url") from None
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        from memos.stores.sqlite import Sqlite

        return Sqlite(_sqlite_path(parsed), busy_timeout_ms)
    if backend in ("postgresql", "postgres"):
        from memos.stores.postgres import Postgres

        return Postgres(parsed, busy_timeout_ms, pool_size)
    raise ConfigError(f"memories are kept in SQLite or PostgreSQL, not in {backend}", hint=EXAMPLE,
                      code="config.store_url")


def _sqlite_path(url: URL) -> Path:
    if not url.database or url.database == ":memory:" or url.query:
        raise ConfigError("a store needs a file: threads and processes share it",
                          hint="leave store.url empty, or sqlite:///path/to/memos.db", code="config.store_url")
    return Path(url.database)
