"""Opening, transactions and every way a database can be unusable."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from memos.errors import (
    ConfigError,
    CorruptStore,
    InputError,
    NotFoundError,
    SchemaTooNew,
    StoreBusy,
    StoreError,
    StoreUnwritable,
)
from memos.stores import database as module
from memos.stores.audit import SqlAuditLog
from memos.stores.database import Database
from memos.stores.migrations import scripts
from memos.stores.schema import meta, metadata


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/home/memos.db"


@pytest.fixture
def db(url: str) -> Iterator[Database]:
    database = Database(url, busy_timeout_ms=200)
    yield database
    database.close()


def put(database: Database, key: str, value: str = "v") -> None:
    with database.write() as connection:
        connection.execute(sa.insert(meta).values(key=key, value=value))


def keys(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.execute(sa.select(meta.c.key).order_by(meta.c.key)).scalars())


def test_a_new_store_is_private_and_set_up_as_promised(db: Database) -> None:
    assert stat.S_IMODE(db.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(db.path.parent.stat().st_mode) == 0o700
    with db.read() as connection:
        settings = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                    for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")}
    assert settings == {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1, "secure_delete": 1}
    assert db.check().startswith("memos.db is sound")


def test_the_migrations_make_the_tables_that_the_code_knows(db: Database) -> None:
    found = sa.MetaData()
    found.reflect(db.engine)
    for table in metadata.sorted_tables:
        assert {column.name: column.nullable for column in found.tables[table.name].columns} == {
            column.name: column.nullable for column in table.columns}
        assert {index.name for index in found.tables[table.name].indexes} == {index.name for index in table.indexes}
        assert [column.name for column in found.tables[table.name].primary_key] == [
            column.name for column in table.primary_key]
    assert scripts()[1].get_current_head() == module.SCHEMA_VERSION


def test_opening_loads_nothing_heavy(url: str) -> None:
    Database(url).close()
    program = (
        "import sys; from memos.stores.database import Database; from memos.stores.token import SqlTokenStore;"
        "from memos.stores.audit import SqlAuditLog; from pathlib import Path; from memos.embedding import minilm;"
        f"d = Database({url!r}); s = SqlTokenStore(d, Path('unused'), minilm()); a = SqlAuditLog(d);"
        "s.list('ana'); s.counts('ana'); a.events(); s.namespaces();"
        "print(sorted({'faiss', 'torch', 'numpy', 'alembic', 'transformers'} & sys.modules.keys()))"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True,
                            env={**os.environ, "PYTHONPATH": os.getcwd()})
    assert result.stdout.strip() == "[]"


def test_inner_transactions_join_and_a_failure_rolls_all_back(db: Database) -> None:
    with db.begin():
        put(db, "a")
        with db.begin():
            put(db, "b")
    with pytest.raises(ZeroDivisionError), db.begin():
        put(db, "c")
        raise ZeroDivisionError
    assert keys(db) == ["a", "b"]


def test_half_of_an_inner_transaction_is_never_committed(db: Database) -> None:
    with pytest.raises(StoreError, match="part of this transaction failed"), db.begin():
        put(db, "outer")
        try:
            with db.begin():
                put(db, "inner")
                raise ZeroDivisionError
        except ZeroDivisionError:
            pass
    assert keys(db) == []
    with db.begin():  # an inner failure that changed nothing is no harm
        put(db, "outer")
        try:
            with db.begin():
                raise ZeroDivisionError
        except ZeroDivisionError:
            pass
    assert keys(db) == ["outer"]


def test_listeners_hear_how_it_ended(db: Database) -> None:
    heard: list[bool] = []
    db.on_end(heard.append)
    put(db, "a")
    with pytest.raises(ZeroDivisionError), db.begin():
        raise ZeroDivisionError
    assert heard == [True, False]


def test_readers_see_what_was_committed_and_writers_their_own(db: Database) -> None:
    seen: list[list[str]] = []
    with db.begin():
        put(db, "mine")
        other = threading.Thread(target=lambda: seen.append(keys(db)))
        other.start()
        other.join()
        seen.append(keys(db))
    assert seen == [[], ["mine"]]


def test_a_second_writer_is_told_that_the_store_is_busy(url: str, db: Database) -> None:
    other = Database(url, busy_timeout_ms=20)
    with db.begin():
        with pytest.raises(StoreBusy) as caught:
            put(other, "x")
        assert caught.value.hint
        errors: list[BaseException] = []

        def in_a_thread() -> None:
            try:
                put(db, "y")
            except StoreBusy as error:
                errors.append(error)

        thread = threading.Thread(target=in_a_thread)
        thread.start()
        thread.join()
        assert len(errors) == 1
    put(other, "x")
    other.close()


@pytest.mark.parametrize("keep", [0, 50, 5000])
def test_a_shortened_file_is_refused_and_left_alone(url: str, db: Database, keep: int) -> None:
    db.close()
    content = db.path.read_bytes()[:keep]
    db.path.write_bytes(content)
    with pytest.raises(CorruptStore) as caught:
        Database(url)
    assert "backup" in caught.value.hint
    assert db.path.read_bytes() == content


def test_damage_in_the_middle_is_loud(url: str, db: Database) -> None:
    with db.begin():
        for number in range(300):
            put(db, f"key {number}", "x" * 200)
    db.close()
    content = bytearray(db.path.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    db.path.write_bytes(bytes(content))
    with pytest.raises(CorruptStore):
        database = Database(url)
        keys(database)


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    with pytest.raises(CorruptStore, match="another program"):
        Database(f"sqlite:///{path}")


@pytest.mark.parametrize(("version", "error"), [("9999", SchemaTooNew), ("what", CorruptStore)])
def test_a_schema_from_the_future_is_refused(url: str, db: Database, version: str, error: type[StoreError]) -> None:
    with db.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = ?", (version,))
    with pytest.raises(error) as caught:
        Database(url)
    assert caught.value.hint


def test_an_older_schema_is_migrated_on_opening(url: str, db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    migrated: list[str] = []
    monkeypatch.setattr(module, "SCHEMA_VERSION", "9000")
    monkeypatch.setattr(module, "_migrate", lambda connection: migrated.append("once"))
    Database(url).close()
    assert migrated == ["once"]


def test_a_store_that_is_not_there_is_not_made_unasked(url: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        Database(url, create=False)
    assert caught.value.hint == "memos init"


@pytest.mark.parametrize("url", ["mysql://root:geheim@localhost/x", "sqlite://", "sqlite:///:memory:", "not a url"])
def test_urls_it_cannot_use_are_a_configuration_error(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Database(url)
    assert "geheim" not in f"{caught.value} {caught.value.hint}"


def test_a_read_only_database_is_unwritable(db: Database) -> None:
    sa.event.listen(db.engine, "connect", lambda raw, _record: raw.execute("PRAGMA query_only=ON"))
    db.engine.dispose()
    with pytest.raises(StoreUnwritable) as caught:
        put(db, "a")
    assert "permissions" in caught.value.hint
    assert keys(db) == []


def test_a_folder_that_cannot_be_made_is_unwritable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StoreUnwritable) as caught:
        Database(f"sqlite:///{tmp_path}/file/home/memos.db")
    assert caught.value.hint


def test_a_full_disk_keeps_what_was_committed(db: Database) -> None:
    put(db, "before")
    with db.read() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    sa.event.listen(db.engine, "connect", lambda raw, _record: raw.execute(f"PRAGMA max_page_count={pages}"))
    db.engine.dispose()
    with pytest.raises(StoreUnwritable, match="full"):
        put(db, "big", "x" * 1_000_000)
    assert keys(db) == ["before"]


def test_numbers_too_wide_are_an_input_error(db: Database) -> None:
    with pytest.raises(InputError), db.write() as connection:
        connection.exec_driver_sql("SELECT ?", (10**30,))


def test_a_half_made_store_never_shows(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_connection: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(module, "_migrate", fail)
        with pytest.raises(KeyboardInterrupt):
            Database(url)
    assert list((tmp_path / "home").iterdir()) == []
    Database(url).close()


def test_two_that_create_at_once_share_one_store(url: str) -> None:
    opened: list[Database] = []
    threads = [threading.Thread(target=lambda: opened.append(Database(url))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, database in enumerate(opened):
        put(database, f"k{number}")
    assert keys(opened[0]) == ["k0", "k1", "k2", "k3"]
    assert [file.name for file in opened[0].path.parent.iterdir() if ".new-" in file.name] == []
    for database in opened:
        database.close()


WRITER = """
import sys, threading
from memos.stores.audit import SqlAuditLog
from memos.stores.database import Database
url, who = sys.argv[1:]
database = Database(url, busy_timeout_ms=60_000)
log = SqlAuditLog(database)
def work(thread):
    for number in range(10):
        with database.begin():
            log.append(namespace="a", kind="k", subject=f"{who}.{thread}.{number}", payload={"n": number}, actor="t")
threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
[t.start() for t in threads]; [t.join() for t in threads]
"""


def test_two_processes_of_eight_threads_lose_nothing(url: str, db: Database) -> None:
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    processes = [
        subprocess.Popen([sys.executable, "-c", WRITER, url, who], env=environment, stderr=subprocess.PIPE, text=True)
        for who in ("p", "q")
    ]
    for process in processes:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
        assert "Error" not in errors
    log = SqlAuditLog(db)
    assert log.verify() == 160
    assert len({event.subject for event in log.events()}) == 160


def test_links_kept_in_records_move_to_their_table(tmp_path: Path) -> None:
    from alembic.runtime.migration import MigrationContext

    from memos.stores.migrations import upgrade

    engine = sa.create_engine(f"sqlite:///{tmp_path}/old.db")
    with engine.begin() as connection:
        upgrade(connection, "0001")
        columns = [column["name"] for column in sa.inspect(connection).get_columns("records")]
        base = dict.fromkeys(columns, 0) | {
            "namespace": "ana", "scope": "1", "tier": "token", "state": "active", "origin": "user", "metadata": "{}",
            "derived_from": "[]", "links": "[]", "text": "t", "text_hash": "h", "change": "ADD", "reason": "",
            "supersedes": None, "superseded_by": None,
        }
        for key, more in ((1, {}), (2, {"supersedes": "m:1", "links": '[["similar", "m:1"], ["odd", "m:1"]]'}),
                          (3, {"derived_from": '["m:1", "m:gone"]', "supersedes": "m:4"}), (4, {"namespace": "bob"})):
            row = base | {"key": key, "id": f"m:{key}"} | more
            connection.execute(sa.text(
                f"INSERT INTO records ({', '.join(columns)}) VALUES ({', '.join(f':{name}' for name in columns)})"), row)
        upgrade(connection)
        moved = connection.execute(sa.text("SELECT from_key, to_key, kind FROM links ORDER BY 1, 2, 3")).all()
        assert MigrationContext.configure(connection).get_current_revision() == module.SCHEMA_VERSION
        assert "links" not in [column["name"] for column in sa.inspect(connection).get_columns("records")]
    assert moved == [(2, 1, "similar"), (2, 1, "supersedes"), (3, 1, "derived-from")]
