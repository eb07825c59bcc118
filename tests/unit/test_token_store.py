"""The SQL token store where it differs from its contract: bytes on disk, the derived index, other processes, damage."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from memos.errors import EmbedderMismatch, IndexStale, InputError, NotFoundError, StoreUnwritable
from memos.stores import dense as dense_module, recall as recall_module
from memos.stores.database import Database
from memos.stores.schema import records
from memos.stores.token import SqlTokenStore
from memos.types import Action, RecordState, text_hash
from tests.contracts.values import EMBEDDER, START, Clock, decision, experience, record, turn, vector


class Home:
    """A home folder and the stores opened on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.index = folder / "index"
        self.databases: list[Database] = []

    def open(self, embedder: Any = EMBEDDER) -> SqlTokenStore:
        self.databases.append(Database(f"sqlite:///{self.folder}/memos.db"))
        return SqlTokenStore(self.databases[-1], self.index, embedder, clock=Clock())

    def holding(self, needle: str) -> list[str]:
        return [str(file.relative_to(self.folder)) for file in sorted(self.folder.rglob("*"))
                if file.is_file() and needle.encode() in file.read_bytes()]

    def close(self) -> None:
        for database in self.databases:
            database.close()
        self.databases.clear()


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    made = Home(tmp_path / "home")
    yield made
    made.close()


def put(store: SqlTokenStore, text: str, namespace: str = "ana", **fields: Any) -> str:
    kept = record(text, namespace, **fields)
    store.add(kept, vector(text))
    return kept.id


def texts(store: SqlTokenStore, query: str, **more: Any) -> list[str]:
    return [hit.record.text for hit in store.search("ana", query, vector(query), 5, **more)]


# --- erasing ----------------------------------------------------------------------------------------------------------


def test_after_a_purge_no_byte_of_it_is_on_disk(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    store = home.open()
    for number in range(200):
        put(store, f"an ordinary note, number {number}", source=turn(number))
    said = experience("my password is zanzibarquux", metadata={"where": "xylophonequux"})
    one = record("my password is zanzibarquux", experience_id=said.id, metadata={"where": "xylophonequux"})
    store.add_experience(said, decision(said, reason="new: zanzibarquux"))
    store.add(one, vector(one.text), vector("before\nmy password is zanzibarquux"))
    store.update("ana", one.id, text="my password is wolframquux", vector=vector("my password is wolframquux"), reason="it was zanzibarquux")
    assert texts(store, "password")[0] == "my password is wolframquux"
    store.rebuild_index()
    erased_vector = vector("my password is wolframquux").tobytes()
    words = ("zanzibarquux", "xylophonequux", "wolframquux", "zanzibar", "wolfram")
    assert all(home.holding(word) for word in words)
    assert any(erased_vector in file.read_bytes() for file in home.index.iterdir())
    store.purge("ana", [one.id])
    assert not any(erased_vector in file.read_bytes() for file in home.index.iterdir())
    store.compact()
    assert [home.holding(word) for word in words] == [[]] * len(words)
    assert not any(erased_vector in file.read_bytes() for file in home.folder.rglob("*") if file.is_file())
    assert store.check_index() == "words in step; 200 vectors in 1 namespaces"
    assert texts(store, "ordinary note number 7")


def test_words_added_and_erased_in_one_transaction_leave_no_trace(home: Home) -> None:
    store = home.open()
    database = home.databases[0]
    with database.begin():
        store.purge("ana", [put(store, "the secret is zanzibarquux")])
    store.compact()
    assert home.holding("zanzibar") == []


def test_other_namespaces_keep_the_same_words(home: Home) -> None:
    store = home.open()
    one, other = put(store, "the gate code is 90210"), put(store, "the gate code is 90210", "bob")
    assert store.contains_text("gate code is 90210")
    store.purge("ana", [one])
    assert store.contains_text("gate code is 90210")
    store.purge("bob", [other])
    assert not store.contains_text("gate code is 90210")


# --- the derived index ------------------------------------------------------------------------------------------------


def test_another_opening_sees_what_was_added_updated_and_purged(home: Home) -> None:
    one, two = home.open(), home.open()
    first = put(one, "Ana keeps bees")
    assert texts(two, "who keeps bees") == ["Ana keeps bees"]
    one.update("ana", first, text="Ana keeps goats", vector=vector("Ana keeps goats"), reason="")
    assert two.neighbours("ana", vector("Ana keeps goats"), 1)[0].cosine == pytest.approx(1.0)
    one.purge("ana", [first])
    assert two.neighbours("ana", vector("Ana keeps goats"), 1) == []


def files(home: Home) -> list[Path]:
    return sorted(home.index.glob("*.vectors"))


@pytest.mark.parametrize("harm", ["cut", "gone", "other history", "short"])
def test_an_index_in_doubt_is_made_anew_from_sql(home: Home, harm: str) -> None:
    store = home.open()
    for number in range(20):
        put(store, f"bees number {number}")
    assert store.rebuild_index() == 20
    expected = store.neighbours("ana", vector("bees number 7"), 3)
    home.close()
    (file,) = files(home)
    match harm:
        case "cut":
            file.write_bytes(file.read_bytes()[:-50])
        case "gone":
            file.unlink()
        case "other history":
            database = Database(f"sqlite:///{home.folder}/memos.db")
            with database.write() as connection:
                connection.exec_driver_sql("UPDATE vector_changes SET token = randomblob(8)")
            database.close()
        case "short":
            store = home.open()
            index = store._dense._partitions
            store.neighbours("ana", vector("x"), 1)
            partition = index["ana"].indexes["dense"]
            partition.remove([3])
            partition.save(partition.sequence)
            home.close()
    again = home.open()
    assert again.neighbours("ana", vector("bees number 7"), 3) == expected
    assert len(again.neighbours("ana", vector("bees"), 50)) == 20


def test_doctor_says_that_a_saved_index_is_damaged_and_rebuild_mends_it(home: Home) -> None:
    store = home.open()
    put(store, "Ana keeps bees")
    store.rebuild_index()
    files(home)[0].write_bytes(b"not an index")
    with pytest.raises(IndexStale) as caught:
        store.check_index()
    assert "--rebuild" in caught.value.hint
    store.rebuild_index()
    assert "1 vectors" in store.check_index()


def test_doctor_says_that_the_words_are_out_of_step(home: Home) -> None:
    store = home.open()
    put(store, "Ana keeps bees")
    with home.databases[0].write() as connection:
        connection.exec_driver_sql("INSERT INTO records_fts(records_fts) VALUES ('delete-all')")
    with pytest.raises(IndexStale):
        store.check_index()
    store.rebuild_index()
    assert store.check_index()
    assert texts(store, "bees") == ["Ana keeps bees"]


def test_what_was_rolled_back_is_in_no_index(home: Home) -> None:
    store = home.open()
    put(store, "Ana keeps bees")
    with pytest.raises(ZeroDivisionError), home.databases[0].begin():
        put(store, "Ana keeps goats")
        assert store.neighbours("ana", vector("Ana keeps goats"), 1)[0].cosine == pytest.approx(1.0)
        raise ZeroDivisionError
    put(store, "Ana keeps geese")  # takes the change number that was rolled back
    assert {near.record.text for near in store.neighbours("ana", vector("Ana keeps goats"), 5)} == {
        "Ana keeps bees", "Ana keeps geese"}


def test_files_are_saved_once_enough_has_changed(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dense_module, "SAVE_AFTER", 10)
    store = home.open()
    for number in range(9):
        put(store, f"bees {number}")
    texts(store, "bees")
    assert files(home) == []
    put(store, "bees 9")
    texts(store, "bees")
    assert len(files(home)) == 1


def test_a_search_is_answered_though_the_index_cannot_be_saved(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dense_module, "SAVE_AFTER", 1)
    store = home.open()
    put(store, "Ana keeps bees")

    def fail(*_anything: object) -> None:
        raise StoreUnwritable("read-only")

    monkeypatch.setattr("memos.stores.vectors.FaissIndex.save", fail)
    assert texts(store, "bees") == ["Ana keeps bees"]


def test_an_erased_vector_does_not_stay_in_a_file_that_cannot_be_replaced(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    store = home.open()
    one = put(store, "Ana keeps bees")
    put(store, "Ana keeps goats")
    store.rebuild_index()

    def fail(*_anything: object) -> None:
        raise StoreUnwritable("read-only")

    monkeypatch.setattr("memos.stores.vectors.FaissIndex.save", fail)
    store.purge("ana", [one])
    assert files(home) == []


def test_leftovers_of_a_crash_are_swept(home: Home) -> None:
    store = home.open()
    put(store, "Ana keeps bees")
    store.rebuild_index()
    (home.index / "0123.dense.vectors.77.tmp").write_bytes(b"half")
    store.compact()
    assert len(list(home.index.iterdir())) == 1


# --- embedders --------------------------------------------------------------------------------------------------------


class Other:
    identity = "other@1"
    dimension = EMBEDDER.dimension
    embed = EMBEDDER.embed


def test_another_embedder_is_refused_where_vectors_matter_only(home: Home) -> None:
    home.open().add(record("Ana keeps bees"), vector("Ana keeps bees"))
    other = home.open(Other())
    for ask in (lambda: other.add(record("x"), vector("x")), lambda: texts(other, "bees"),
                lambda: other.neighbours("ana", vector("bees"), 1)):
        with pytest.raises(EmbedderMismatch, match=r"hash/.*other@1") as caught:
            ask()
        assert caught.value.hint
    assert [hit.record.text for hit in other.search("ana", "bees", None, 5)] == ["Ana keeps bees"]
    assert len(other.list("ana")) == 1


def test_an_identity_that_was_rolled_back_binds_nobody(home: Home) -> None:
    store = home.open()
    with pytest.raises(ZeroDivisionError), home.databases[0].begin():
        put(store, "x")
        raise ZeroDivisionError
    home.open(Other()).add(record("y"), vector("y"))
    with pytest.raises(EmbedderMismatch):
        put(store, "z")


def test_a_store_without_an_embedder_keeps_words_and_refuses_vectors(home: Home) -> None:
    store = home.open(None)
    store.add(record("Ana keeps bees"), None)
    assert [hit.record.text for hit in store.search("ana", "bees", None, 5)] == ["Ana keeps bees"]
    with pytest.raises(InputError):
        store.search("ana", "bees", vector("bees"), 5)


# --- odd input --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", [
    '"', "AND OR NOT", "NEAR(a b)", "text:bees", "bees*", "^bees", "(", "scope : 1", "'; DROP TABLE records; --", "-", "%",
    "{actor text} : bees", "🐝", "²", "ﷺ", "a" * 5000, "bees " * 5000, "\u0301", "x\u200dy", "ß STRASSE", "\n\t",
])
def test_no_query_is_read_as_syntax(home: Home, query: str) -> None:
    store = home.open()
    put(store, "Ana keeps bees")
    put(store, "Bob keeps bees", "bob")
    assert set(texts(store, query)) <= {"Ana keeps bees"}
    assert {hit.record.namespace for hit in store.search("ana", query, None, 5)} <= {"ana"}


def test_a_long_text_and_every_script_come_back_unchanged(home: Home) -> None:
    store = home.open()
    for text in ("ü" * 200_000, "مرحبا بالعالم", "🐈‍⬛🏳️‍🌈", "a\u0000b".replace("\u0000", "\u2400"), "line\r\nline", "\ufeffx"):
        assert store.get("ana", put(store, text)).text == text


def test_rarity_is_reckoned_within_the_namespace(home: Home) -> None:
    store = home.open()
    for number in range(30):
        store.add(record(f"Ana said thing {number}", "ana"), None)
        store.add(record(f"zebra thing {number}", "bob"), None)
    store.add(record("the zebra crossing", "ana"), None)
    (first, *_rest) = store.search("ana", "Ana zebra", None, 5)
    assert first.record.text == "the zebra crossing"
    assert len(store.search("ana", "Ana", None, 5)) == 5


# --- many at once -----------------------------------------------------------------------------------------------------

WORKER = """
import sys
from pathlib import Path
from tests.unit.test_token_store import hammer
hammer(Path(sys.argv[1]), sys.argv[2])
"""


def hammer(folder: Path, who: str) -> None:
    """Eight threads that add and search; run by two processes at once."""
    home = Home(folder)
    store = home.open()

    def work(thread: int) -> None:
        for number in range(5):
            text = f"{who}{thread} saw item {number}"
            kept = record(text, id=f"m:{who}{thread}{number}")
            store.add(kept, vector(text))
            assert store.neighbours("ana", vector(text), 1)[0].record.text == text
            assert text in texts(store, text)

    failures: list[BaseException] = []

    def guarded(thread: int) -> None:
        try:
            work(thread)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(number,)) for number in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    home.close()
    if failures:
        raise failures[0]


def test_two_processes_of_eight_threads_write_and_search(home: Home) -> None:
    store = home.open()
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    processes = [
        subprocess.Popen([sys.executable, "-c", WORKER, str(home.folder), who], env=environment, stderr=subprocess.PIPE, text=True)
        for who in ("p", "q")
    ]
    for process in processes:
        _, errors = process.communicate(timeout=200)
        assert process.returncode == 0, errors
    assert store.counts("ana").records == 80
    assert len(store.neighbours("ana", vector("saw item"), 200)) == 80
    assert store.check_index() == "words in step; 80 vectors in 1 namespaces"


# --- any order of operations -------------------------------------------------------------------------------------------

WORDS = st.sampled_from(["bees", "goats", "Porto", "Lisbon", "tea", "cello"])


class StoreMachine(RuleBasedStateMachine):
    """Random operations on the store beside a plain model of what must be there."""

    folder: Path
    count = 0

    def __init__(self) -> None:
        super().__init__()
        StoreMachine.count += 1
        self.namespace = f"n{StoreMachine.count}"  # a fresh namespace an example: making a database costs more
        self.clock = Clock()
        self.store = SqlTokenStore(_shared_database(self.folder), self.folder / "index", EMBEDDER, clock=self.clock)
        self.texts: dict[str, str] = {}
        self.states: dict[str, RecordState] = {}

    def any_id(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from(sorted(self.texts)))

    def new(self, words: list[str]) -> Any:
        made = record(" ".join(words), self.namespace, at=self.clock.forward(seconds=1))
        self.texts[made.id], self.states[made.id] = made.text, RecordState.ACTIVE
        return made

    @rule(words=st.lists(WORDS, min_size=1, max_size=4), embedded=st.booleans())
    def add(self, words: list[str], embedded: bool) -> None:
        made = self.new(words)
        self.store.add(made, vector(made.text) if embedded else None)

    @precondition(lambda self: self.texts)
    @rule(data=st.data(), words=st.lists(WORDS, min_size=1, max_size=4))
    def update(self, data: st.DataObject, words: list[str]) -> None:
        one = self.any_id(data)
        self.texts[one] = " ".join(words)
        self.store.update(self.namespace, one, text=self.texts[one], vector=vector(self.texts[one]), reason="")

    @precondition(lambda self: self.texts)
    @rule(data=st.data(), words=st.lists(WORDS, min_size=1, max_size=4))
    def supersede(self, data: st.DataObject, words: list[str]) -> None:
        old = self.any_id(data)
        made = self.new(words)
        self.store.supersede(self.namespace, old, made, self.clock(), "", vector(made.text))
        self.states[old] = RecordState.SUPERSEDED

    @precondition(lambda self: self.texts)
    @rule(data=st.data(), state=st.sampled_from([RecordState.PAUSED, RecordState.ACTIVE]))
    def set_state(self, data: st.DataObject, state: RecordState) -> None:
        one = self.any_id(data)
        self.store.set_state(self.namespace, one, state, "")
        self.states[one] = state
        kept = self.store.get(self.namespace, one)
        if kept.valid_to is not None:  # paused after it was superseded: its validity stays closed
            self.states[one] = RecordState.SUPERSEDED

    @precondition(lambda self: self.texts)
    @rule(data=st.data())
    def purge(self, data: st.DataObject) -> None:
        one = self.any_id(data)
        self.store.purge(self.namespace, [one])
        del self.texts[one], self.states[one]
        with pytest.raises(NotFoundError):
            self.store.get(self.namespace, one)

    @invariant()
    def everything_agrees(self) -> None:
        kept = {one.id: one.text for one in self.store.list(self.namespace, limit=1000)}
        assert kept == self.texts
        active = {one for one, state in self.states.items() if state is RecordState.ACTIVE}
        for word in ("bees", "Porto"):
            expected = {one for one in active if word in self.texts[one].split()}
            found = {hit.record.id for hit in self.store.search(self.namespace, word, None, 1000)}
            assert found == expected
            near = {hit.record.id for hit in self.store.search(self.namespace, word, vector(word), 1000)}
            assert expected <= near <= active
        assert {near.record.id for near in self.store.neighbours(self.namespace, vector("bees"), 1000)} <= active
        for text in set(self.texts.values()):
            exact = self.store.find_exact(self.namespace, text_hash(text))
            assert (exact is None) == (not any(self.texts[one] == text for one in active))


_databases: list[Database] = []


def _shared_database(folder: Path) -> Database:
    if not _databases:
        _databases.append(Database(f"sqlite:///{folder}/memos.db"))
    return _databases[0]


def test_any_order_of_operations(tmp_path_factory: pytest.TempPathFactory) -> None:
    StoreMachine.folder = tmp_path_factory.mktemp("machine")
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(StoreMachine, settings=settings(max_examples=20, stateful_step_count=12, deadline=None))


def test_a_failed_write_leaves_nothing_behind(home: Home) -> None:
    store = home.open()
    said = experience("Ana keeps bees")
    with pytest.raises(InputError), home.databases[0].begin():
        store.add_experience(said, decision(said))
        store.add(record("Ana keeps bees", experience_id=said.id), vector("x")[:3])
    assert store.list("ana") == [] and store.experiences("ana") == [] and store.decisions("ana") == []


def test_late_news_of_the_past_is_born_superseded(home: Home) -> None:
    store = home.open()
    newer = put(store, "Ana lives in Lisbon", at=START)
    older = put(store, "Ana lives in Porto", at=START - timedelta(days=30))
    store.supersede("ana", older, store.get("ana", newer), START, "arrived late")
    assert texts(store, "Ana lives") == ["Ana lives in Lisbon"]
    assert texts(store, "Ana lives", as_of=START - timedelta(days=3)) == ["Ana lives in Porto"]
    assert store.get("ana", newer).supersedes == older


def test_updates_count_as_sightings_of_the_target_when_purged(home: Home) -> None:
    store = home.open()
    one = put(store, "Ana keeps bees")
    said = experience("Ana keeps bees and goats")
    store.add_experience(said, decision(said, Action.UPDATE, target=one))
    store.purge("ana", [one])
    with pytest.raises(NotFoundError):
        store.experience("ana", said.id)


def test_keys_are_never_given_twice(home: Home) -> None:
    store = home.open()
    one = put(store, "first")
    store.purge("ana", [one])
    put(store, "second")
    with home.databases[0].read() as connection:
        assert connection.execute(sa.select(sa.func.max(records.c.key))).scalar() == 2


def test_what_does_not_hold_is_found_by_small_indexes(home: Home) -> None:
    home.open()
    query = str(recall_module._NOT_CURRENT.compile(dialect=home.databases[0].engine.dialect))
    with home.databases[0].read() as connection:
        plan = str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", ("ana", "ana", 0)).fetchall())
    assert "records_not_active" in plan and "records_that_end" in plan
