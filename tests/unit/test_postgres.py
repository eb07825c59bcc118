"""What only a server can do to a store: locks, lost connections, rights, passwords, bytes in its data folder."""

from __future__ import annotations

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
from memos.stores.audit import SqlAuditLog
from memos.stores.database import Database
from memos.stores.migrations import downgrade, upgrade
from memos.stores.pgvector import EXACT_UP_TO, PgvectorArm
from memos.stores.schema import meta, metadata, vector_changes
from memos.stores.token import SqlTokenStore
from tests.contracts.values import EMBEDDER, record, vector
from tests.servers import postgres, store_url


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    with store_url("postgresql", tmp_path) as found:
        yield found


@pytest.fixture
def db(url: str) -> Iterator[Database]:
    database = Database(url, busy_timeout_ms=200, pool_size=2)
    yield database
    database.close()


def put(database: Database, key: str) -> None:
    with database.write() as connection:
        connection.execute(sa.insert(meta).values(key=key, value="v"))


def keys(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.execute(sa.select(meta.c.key).order_by(meta.c.key)).scalars())


def test_the_migrations_make_the_tables_that_the_code_knows(db: Database) -> None:
    found = sa.MetaData()
    found.reflect(db.engine)
    for table in metadata.sorted_tables:
        if table is vector_changes:  # FAISS catches up by it; pgvector is always there
            assert table.name not in found.tables
            continue
        made = found.tables[table.name]
        assert {column.name: column.nullable for column in made.columns} == {
            column.name: column.nullable for column in table.columns}
        assert {index.name for index in made.indexes} == {index.name for index in table.indexes}
    assert db.check().startswith("test_")


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_migrations_go_down_and_up_again(engine: str, tmp_path: Path) -> None:
    """Nothing of memos' is left below, and what is made again is whole."""
    with postgres().database() if engine == "postgresql" else store_url("sqlite", tmp_path) as url:
        database = Database(url)
        put(database, "before")
        with database.write() as connection:
            downgrade(connection, "base")
        with database.read() as connection:
            assert set(sa.inspect(connection).get_table_names()) == {"alembic_version"}
        with database.write() as connection:
            upgrade(connection)
        assert keys(database) == [] and database.problems() == []
        store = SqlTokenStore(database, tmp_path / "index", EMBEDDER)
        store.add(record("the kettle whistles"), vector("the kettle whistles"))
        assert store.search("ana", "kettles", None, 1)
        database.close()


def test_an_empty_database_is_made_a_store_by_two_processes_at_once(tmp_path: Path) -> None:
    program = "import sys; from memos.stores.database import Database; d = Database(sys.argv[1]); print(d.check()); d.close()"
    with postgres().database(empty=True) as url:
        with pytest.raises(NotFoundError):
            Database(url, create=False)
        running = [subprocess.Popen([sys.executable, "-c", program, url], stdout=subprocess.PIPE, text=True) for _ in range(2)]
        for process in running:
            said, _ = process.communicate(timeout=120)
            assert process.returncode == 0 and "is sound" in said


def test_a_newer_schema_and_anothers_tables_are_refused(tmp_path: Path) -> None:
    with postgres().database() as url:
        database = Database(url)
        with database.write() as connection:
            connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
        database.close()
        with pytest.raises(SchemaTooNew):
            Database(url)
    with postgres().database(empty=True) as url:
        with postgres_connection(url) as connection:
            connection.execute(sa.text("CREATE TABLE records (mine text)"))
        with pytest.raises(CorruptStore, match="did not make"):
            Database(url)


def postgres_connection(url: str) -> sa.Connection:
    return sa.create_engine(url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT").connect()


def test_one_writer_at_a_time_and_the_other_is_told(url: str, db: Database) -> None:
    other = Database(url, busy_timeout_ms=50)
    with db.begin():
        with pytest.raises(StoreBusy) as caught:
            put(other, "x")
        assert caught.value.hint
        assert keys(other) == []  # readers never wait
    put(other, "y")
    assert keys(db) == ["y"]
    other.close()


def test_a_reader_sees_one_moment(db: Database) -> None:
    with db.read() as connection:
        before = connection.execute(sa.select(sa.func.count()).select_from(meta)).scalar_one()
        writer = threading.Thread(target=put, args=(db, "late"))
        writer.start()
        writer.join()
        assert connection.execute(sa.select(sa.func.count()).select_from(meta)).scalar_one() == before
    with pytest.raises(StoreUnwritable), db.engine.connect() as raw, db._translated():
        raw.execution_options(postgresql_readonly=True).execute(sa.insert(meta).values(key="a", value="b"))


def test_half_of_an_inner_transaction_is_never_committed(db: Database) -> None:
    with pytest.raises(StoreError, match="part of this transaction failed"), db.begin():
        put(db, "outer")
        try:
            with db.begin():
                put(db, "inner")
                raise ZeroDivisionError
        except ZeroDivisionError:
            pass
    with db.begin():  # an inner failure that changed nothing is no harm
        put(db, "outer")
        try:
            with db.begin():
                raise ZeroDivisionError
        except ZeroDivisionError:
            pass
    assert keys(db) == ["outer"]


def test_every_connection_in_use_is_busy_and_not_a_wait_for_ever(url: str) -> None:
    small = Database(url, busy_timeout_ms=100, pool_size=1)
    held = [small.engine.connect() for _ in range(2)]
    with pytest.raises(StoreBusy, match="in use"):
        keys(small)
    for connection in held:
        connection.close()
    assert keys(small) == []
    small.close()


def test_a_connection_that_the_server_ended_is_replaced(url: str, db: Database) -> None:
    assert keys(db) == []
    with postgres_connection(url) as other:
        other.execute(sa.text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"))
    assert keys(db) == []


def test_no_message_holds_the_password(tmp_path: Path) -> None:
    for url in ("postgresql+psycopg://ana:geheim@127.0.0.1:9/x", "postgresql://ana@127.0.0.1:9/x?password=geheim"):
        with pytest.raises(StoreError) as caught:
            Database(url)
        assert caught.value.code == "store.unreachable"
        assert "geheim" not in f"{caught.value} {caught.value.hint} {caught.value.as_dict()}"
    missing = postgres().url("no_such_database")
    with pytest.raises(ConfigError, match="does not exist"):
        Database(missing)


def test_without_the_driver_the_hint_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ConfigError, match="psycopg") as caught:
        Database("postgresql://localhost/x")
    assert "memos-memory[postgres]" in caught.value.hint


def test_numbers_and_texts_the_server_cannot_hold_are_an_input_error(db: Database) -> None:
    with pytest.raises(InputError), db.write() as connection:
        connection.execute(sa.text("SELECT CAST(:n AS bigint)"), {"n": 10**30})


def test_a_user_without_rights_is_told(url: str) -> None:
    postgres().run("DROP ROLE IF EXISTS reader")
    postgres().run("CREATE ROLE reader LOGIN")
    with postgres_connection(url) as connection:
        connection.execute(sa.text("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader"))
    theirs = Database(url.replace("postgres:@", "reader:@"))
    assert keys(theirs) == []
    with pytest.raises(StoreUnwritable) as caught:
        put(theirs, "x")
    assert "CREATE" in caught.value.hint
    assert theirs.stored_bytes().places == ()
    assert "not seen gone" in theirs.stored_bytes().limits[0]
    theirs.close()
    with postgres_connection(url) as connection:
        connection.execute(sa.text("DROP OWNED BY reader"))
    postgres().run("DROP ROLE reader")


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
    running = [subprocess.Popen([sys.executable, "-c", WRITER, url, who]) for who in ("one", "two")]
    assert [process.wait(timeout=120) for process in running] == [0, 0]
    assert SqlAuditLog(db).verify() == 160
    assert len({event.subject for event in SqlAuditLog(db).events()}) == 160


def test_a_large_namespace_is_searched_through_the_index_and_conditions_still_hold(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("memos.stores.pgvector.EXACT_UP_TO", 50)
    assert EXACT_UP_TO > 50
    store = SqlTokenStore(db, tmp_path / "index", EMBEDDER)
    with db.begin():
        for number in range(120):
            store.add(record(f"note {number} about item {number % 7}"), vector(f"note {number} about item {number % 7}"))
        store.add(record("a note of Bob's", "bob"), vector("a note of Bob's"))
    asked = vector("note 3 about item 3")
    exact = [near.record.text for near in store.neighbours("ana", asked, 5)]
    assert store.rebuild_index() == 121
    arm = PgvectorArm(db, EMBEDDER)
    with db.read() as connection:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        question = arm.asked(connection, "ana", asked)
        found = question.nearest("dense", 5)
        first = next(iter(found))
        plan = str(connection.exec_driver_sql(
            f"EXPLAIN SELECT key FROM embeddings ORDER BY (vector::vector({len(asked)})) <#> '{asked.tolist()}'::vector LIMIT 5"
        ).fetchall())
        without = question.nearest("dense", 5, excluded=[first])
        only = question.nearest("dense", 5, allowed=[first])
    assert "embeddings_hnsw_vector" in plan
    assert [near.record.text for near in store.neighbours("ana", asked, 5)] == exact and len(found) == 5
    assert first not in without and list(only) == [first]
    assert list(found.values()) == sorted(found.values(), reverse=True)


def test_postings_that_disagree_are_found_and_made_anew(db: Database, tmp_path: Path) -> None:
    from memos.errors import IndexStale

    store = SqlTokenStore(db, tmp_path / "index", EMBEDDER)
    store.add(record("the kettle whistles"), vector("the kettle whistles"))
    with db.write() as connection:
        connection.exec_driver_sql("DELETE FROM word_postings WHERE lexeme = 'kettl'")
    with pytest.raises(IndexStale):
        store.check_index()
    assert store.search("ana", "kettles", None, 1) == []
    store.rebuild_index()
    assert store.check_index().startswith("words in step")
    assert len(store.search("ana", "kettles", None, 1)) == 1


def test_a_purge_leaves_no_byte_in_the_servers_folder(tmp_path: Path) -> None:
    from memos.forgetting import search_bytes

    secret = "Zanzirex lives behind the waterfall"
    with postgres().database() as url:
        database = Database(url)
        store = SqlTokenStore(database, tmp_path / "index", EMBEDDER)
        store.add(kept := record(secret), vector(secret))
        store.add(record("something else"), vector("something else"))
        places = database.stored_bytes().places
        with postgres_connection(url) as connection:
            connection.execute(sa.text("CHECKPOINT"))
        assert any(search_bytes(place, [secret.encode()])[1] for place in places)
        assert {place.name for place in places} >= {"pg_wal"}
        store.purge("ana", [kept.id])
        store.compact()
        left = [name for place in places for name in search_bytes(place, [secret.encode(), b"zanzirex"])[1]]
        assert left == []
        assert store.search("ana", "something", None, 1)
        database.close()
