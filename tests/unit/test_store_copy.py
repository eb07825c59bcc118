"""`memos store copy`: a whole store into another database, of either engine, bit for bit or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa

from memos.errors import ChainBroken, CorruptStore, InputError, NotFoundError
from memos.stores import copying
from memos.stores.audit import SqlAuditLog
from memos.stores.copying import COPIED, copy_store
from memos.stores.database import Database
from memos.stores.token import SqlTokenStore
from memos.types import FactKey, RecordState
from tests.contracts.values import EMBEDDER, decision, experience, record, turn, vector
from tests.servers import ENGINES, store_url

WAYS = [(one, other) for one in ENGINES for other in ENGINES]


@pytest.fixture(params=WAYS, ids="-".join)
def urls(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    with ExitStack() as stack:
        source, target = request.param
        yield stack.enter_context(store_url(source, tmp_path / "a")), stack.enter_context(store_url(target, tmp_path / "b"))


def filled(url: str, folder: Path) -> None:
    database = Database(url)
    store, log = SqlTokenStore(database, folder / "index", EMBEDDER), SqlAuditLog(database)
    for number in range(5):
        text = f"Ana's {number}th cat — the «Miso» 🐈 one"
        said = experience(text, source=turn(number, actor="Ana"), metadata={"z": 0.1 + 0.2, "a": [1, None, "é"]})
        with database.begin():
            store.add_experience(said, decision(said))
            store.add(
                record(text, importance=1 / 3, fact=FactKey(subject="Ana", attribute="cat", value="Miso"), metadata=said.metadata),
                vector(text), vector(f"before {text}"),
            )
            log.append(namespace="ana", kind="observe", subject=said.id, payload={"n": number, "x": 1e-7}, actor="t")
    first, *_, last = store.list("ana", newest_first=False)
    store.set_state("ana", first.id, RecordState.PAUSED, "for a while")
    store.purge("ana", [last.id])  # its key must not be given again
    store.close()
    database.close()


def rows(url: str) -> dict[str, list[tuple[object, ...]]]:
    database = Database(url)
    with database.read() as connection:
        found = {table.name: [tuple(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key.columns))]
                 for table in COPIED}
    database.close()
    return found


def test_every_row_arrives_and_the_copy_works_on(urls: tuple[str, str], tmp_path: Path) -> None:
    source, target = urls
    filled(source, tmp_path)
    before = rows(source)
    report = copy_store(source, target)
    assert rows(source) == before == rows(target)
    assert report.rows == {name: len(found) for name, found in before.items()} and report.rows["records"] == 4

    database = Database(target)
    store, log = SqlTokenStore(database, tmp_path / "copied", EMBEDDER), SqlAuditLog(database)
    assert log.verify() == 5
    assert "4 records" in store.check_index() or "vectors" in store.check_index()
    hits = store.search("ana", "which cat is called Miso", vector("which cat is called Miso"), 9)
    assert len(hits) == 3 and {"lexical", "dense"} <= hits[0].parts.keys()
    log.append(namespace="ana", kind="observe", subject="x", payload={}, actor="t")
    assert log.verify() == 6
    known = max(row[0] for row in before["records"])  # type: ignore[type-var]
    store.add(record("one more"), None)
    with database.read() as connection:
        newest = connection.execute(sa.text("SELECT max(key) FROM records")).scalar_one()
    assert newest == known + 2, "the key of a purged record was given again"
    database.close()


def test_a_target_that_holds_something_is_left_as_it_is(urls: tuple[str, str], tmp_path: Path) -> None:
    source, target = urls
    filled(source, tmp_path)
    filled(target, tmp_path)
    before = rows(target)
    with pytest.raises(InputError, match="is not empty") as caught:
        copy_store(source, target)
    assert caught.value.code == "store.not_empty" and rows(target) == before


@pytest.mark.parametrize("engine", ENGINES)
def test_what_comes_back_changed_is_not_kept(engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(f"sqlite:///{tmp_path}/a.db", tmp_path)
    honest = copying._pages
    seen: list[str] = []

    def forgetful(connection: sa.Connection, table: sa.Table) -> Iterator[list[dict[str, object]]]:
        seen.append(table.name)
        for page in honest(connection, table):
            yield page[:-1] if table.name == "records" and seen.count("records") == 2 else page

    with store_url(engine, tmp_path / "b") as target:
        monkeypatch.setattr(copying, "_pages", forgetful)
        with pytest.raises(CorruptStore, match="gives back records otherwise"):
            copy_store(f"sqlite:///{tmp_path}/a.db", target)
        assert not any(rows(target).values())


def test_a_source_that_is_missing_or_was_tampered_with_is_not_copied(tmp_path: Path) -> None:
    target = f"sqlite:///{tmp_path}/b.db"
    with pytest.raises(NotFoundError):
        copy_store(f"sqlite:///{tmp_path}/none.db", target)
    source = f"sqlite:///{tmp_path}/a.db"
    filled(source, tmp_path)
    database = Database(source)
    with database.write() as connection:
        connection.execute(sa.text("DELETE FROM audit_events WHERE seq = 5"))
    database.close()
    with pytest.raises(ChainBroken):
        copy_store(source, target)
    assert not (tmp_path / "b.db").exists()
