"""A store in a PostgreSQL database: connections, the one write lock, what its errors mean, vacuum and where bytes lie.

- A write transaction takes one advisory lock before anything else, so there is one writer in the database at a time, as
  in SQLite: the audit chain is one line of hashes, and what a writer reads is what it writes upon. READ COMMITTED is
  therefore enough for it, and no write ever fails because another one was faster.
- A read is one REPEATABLE READ snapshot, read only.
- Needs the extension pgvector. Takes the psycopg 3 driver, whichever way the URL spells PostgreSQL.

Two stores in one database (by `search_path`) share the lock and nothing else. Knows SQLSTATE codes. Knows no table but
by asking the catalogue.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, Engine

from memos.errors import (
    ConfigError,
    CorruptStore,
    InputError,
    MemosError,
    StoreBusy,
    StoreError,
    StoreUnwritable,
)
from memos.types import StoredBytes

WRITE_LOCK = 0x6D656D6F73
"""Key of the advisory lock: "memos"."""
OLDEST = 160000
INSTALL_HINT = "pip install 'memos-memory[postgres]'"
EXTENSION_HINT = "install pgvector on the server; then its owner runs: CREATE EXTENSION vector"
RESTORE_HINT = "restore the database from a backup of the server"
OUT_OF_REACH = (
    "replicas, backups and archived write-ahead log of the server: its operator must let them expire",
    "segments of the log that the server keeps to write over: gone at once with wal_recycle = off",
)

_WRITER = "SELECT set_config('lock_timeout', '{timeout}ms', true), pg_advisory_xact_lock({key})"
_MINE = """SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = current_schema() AND c.relkind = 'r' ORDER BY c.relname"""


class Postgres:
    """The engine of one database on a server."""

    restore_hint = RESTORE_HINT
    failure_ends_transaction = True

    def __init__(self, url: URL, busy_timeout_ms: int, pool_size: int) -> None:
        self._url = url.set(drivername="postgresql+psycopg")
        host = url.host or next(iter(url.normalized_query.get("host", ())), "localhost")
        port = f":{url.port}" if url.port else ""
        self.name = f"postgresql://{url.username + '@' if url.username else ''}{host}{port}/{url.database or ''}"
        self._busy_timeout_ms, self._pool_size = busy_timeout_ms, pool_size

    def prepare(self, create: bool, migrate: Callable[[Connection], None]) -> None:
        """The server keeps the files; the tables are made in a transaction, when the version is asked for."""
        try:
            import pgvector  # noqa: F401
            import psycopg  # noqa: F401
        except ImportError as error:
            raise ConfigError(f"{self.name} needs the package {error.name}", hint=INSTALL_HINT,
                              code="config.no_driver") from None

    def connect(self) -> Engine:
        engine = sa.create_engine(
            self._url, pool_size=self._pool_size, max_overflow=self._pool_size, pool_pre_ping=True,
            pool_timeout=max(self._busy_timeout_ms, 1000) / 1000, isolation_level="READ COMMITTED",
        )
        writer = _WRITER.format(timeout=max(self._busy_timeout_ms, 1), key=WRITE_LOCK)

        @event.listens_for(engine, "begin")
        def take_lock(connection: Connection) -> None:
            if connection.get_execution_options().get("memos_write"):
                connection.exec_driver_sql(writer)

        @event.listens_for(engine, "after_cursor_execute")
        def count(connection: Connection, cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.lstrip().startswith(("SELECT", "WITH", "(SELECT", "(WITH")):
                connection.info["memos_changes"] = connection.info.get("memos_changes", 0) + max(cursor.rowcount, 0)

        return engine

    def reading(self, engine: Engine) -> Engine:
        return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    def has_schema(self, connection: Connection) -> bool:
        version: int = connection.connection.driver_connection.info.server_version  # type: ignore[union-attr]
        if version < OLDEST:
            raise ConfigError(f"{self.name} runs PostgreSQL {version // 10000}; memos needs 16 or newer",
                              hint="upgrade the server", code="config.old_server")
        if connection.exec_driver_sql("SELECT to_regclass('alembic_version')").scalar() is not None:
            return True
        theirs = set(connection.exec_driver_sql(_MINE).scalars()) & {"records", "experiences", "audit_events", "meta"}
        if theirs:
            raise CorruptStore(
                f"{self.name} holds a table {sorted(theirs)[0]!r} that memos did not make",
                hint="give memos a database, or a schema (?options=-csearch_path=NAME), of its own",
            )
        return False

    def present(self, engine: Engine) -> None:
        """A server that is gone says so at the next statement."""

    def changes(self, connection: Connection) -> int:
        return int(connection.info.get("memos_changes", 0))

    def mapped(self, error: BaseException | None) -> MemosError | None:
        """By SQLSTATE; see the appendix "PostgreSQL Error Codes" of its manual."""
        import psycopg

        if not isinstance(error, psycopg.Error):
            return None
        state = error.sqlstate or ""
        said = str(error).strip().split("\n")[0]
        if state in ("55P03", "40001", "40P01", "57014"):
            return StoreBusy(f"another process holds {self.name}", hint="try again, or raise store.busy_timeout_ms")
        if state == "53300":
            return StoreBusy(f"{self.name} takes no more connections",
                             hint="lower store.pool_size, or raise max_connections on the server")
        if state == "53100":
            return StoreUnwritable("the server's disk is full; nothing of this transaction was kept",
                                   hint="free some space there and try again")
        if "extension" in said and "vector" in said:
            return StoreError(f"{self.name} has no pgvector: {said}", hint=EXTENSION_HINT, code="store.no_pgvector")
        if state in ("25006", "42501"):
            return StoreUnwritable(f"{self.name} cannot be written: {said}",
                                   hint="give the user CREATE on the schema, and a server that is not a standby")
        if state[:2] == "58":
            return StoreUnwritable(f"the server could not read or write its files: {said}", hint="see the server's log")
        if state in ("XX001", "XX002"):
            return CorruptStore(f"{self.name} is damaged: {said}", hint=RESTORE_HINT)
        if state[:2] in ("22", "54"):
            return InputError(f"the store cannot hold this: {said}", hint="shorten or mend the value")
        if state[:2] == "28" or state == "3D000" or "authentication" in said or ("does not exist" in said and not state):
            return ConfigError(f"{self.name} refused the connection: {said}",
                               hint="check user, password and database in store.url (createdb NAME makes one)",
                               code="config.store_refused")
        if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
            return StoreError(f"{self.name} cannot be reached: {said}",
                              hint="is the server running, and are host and port in store.url right?",
                              code="store.unreachable")
        return None

    def vacuum(self, engine: Engine) -> None:
        """Rewrite every table without its dead rows, then write everything out. Holds each table for as long."""
        with engine.connect() as pooled:
            connection = pooled.execution_options(isolation_level="AUTOCOMMIT")
            for table in connection.exec_driver_sql(_MINE).scalars().all():
                connection.exec_driver_sql(f'VACUUM (FULL, ANALYZE) "{table}"')
            if _may_checkpoint(connection):
                # The log's older segments are of no more use to the server after this, and it may drop them.
                connection.exec_driver_sql("SELECT pg_switch_wal()")
                connection.exec_driver_sql("CHECKPOINT")

    def problems(self, connection: Connection) -> list[str]:
        """Every row of every table is read whole, which meets a page with a wrong checksum; invalid indexes are named."""
        found = [
            f"index {name} is invalid" for name in connection.exec_driver_sql(
                "SELECT indexrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
                " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = current_schema() AND NOT i.indisvalid"
            ).scalars()
        ]
        for table in connection.exec_driver_sql(_MINE).scalars().all():
            connection.exec_driver_sql(f'SELECT sum(length(one::text)) FROM "{table}" AS one').scalar()
        return found

    def stored_bytes(self, connection: Connection) -> StoredBytes:
        folder = _data_folder(connection)
        if folder is None:
            return StoredBytes(limits=(f"the files of {self.name} are not readable here: its rows are gone, not seen gone",
                                       *OUT_OF_REACH))
        own = connection.exec_driver_sql("SELECT oid FROM pg_database WHERE datname = current_database()").scalar_one()
        return StoredBytes(places=(folder / "base" / str(own), folder / "pg_wal", folder / "log"), limits=OUT_OF_REACH)


def _may_checkpoint(connection: Connection) -> bool:
    """pg_switch_wal and CHECKPOINT are for superusers, and for those who were granted both."""
    return bool(connection.exec_driver_sql(
        "SELECT rolsuper OR (pg_has_role(rolname, 'pg_checkpoint', 'member')"
        " AND has_function_privilege('pg_switch_wal()', 'execute')) FROM pg_roles WHERE rolname = current_user"
    ).scalar())


def _data_folder(connection: Connection) -> Path | None:
    """The server's data folder, where this process runs on its machine and may read it."""
    found = connection.exec_driver_sql("SELECT current_setting('data_directory', true)").scalar() if bool(
        connection.exec_driver_sql("SELECT pg_has_role(current_user, 'pg_read_all_settings', 'member')").scalar()
    ) else None
    if not found:
        return None
    folder = Path(found)
    # Another machine may have a folder of this name: ours names the process that serves this very connection.
    postmaster = connection.exec_driver_sql("SELECT extract(epoch FROM pg_postmaster_start_time())::bigint").scalar_one()
    try:
        lines = (folder / "postmaster.pid").read_text().split("\n")
    except OSError:
        return None
    same = lines[2].isdigit() and abs(int(lines[2]) - int(postmaster)) <= 2
    return folder if same and os.access(folder / "base", os.R_OK | os.X_OK) else None
