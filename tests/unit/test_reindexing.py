"""Moving a store to another embedder: cut short, written to meanwhile, read by others, and purged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from memos.embedding import HashEmbedder
from memos.errors import EmbedderMismatch, InputError
from memos.stores import reindexing
from memos.stores.database import Database
from memos.stores.token import SqlTokenStore
from tests.contracts.values import EMBEDDER, START, Clock, decision, experience, record, turn, vector
from tests.servers import ENGINES, store_url


class Other:
    """Another embedder, of another size. `at` is called before each batch, with its number."""

    identity = "other@1"
    dimension = 64

    def __init__(self, at: Callable[[int], None] = lambda _: None) -> None:
        self.batches, self.texts, self._at = 0, 0, at

    def embed(self, texts: Sequence[str]) -> Any:
        self.batches += 1
        self._at(self.batches)
        self.texts += len(texts)
        return self.made(texts)

    def made(self, texts: Sequence[str]) -> Any:
        folded = HashEmbedder().embed(texts).reshape(len(texts), -1, self.dimension).sum(1)
        return folded / np.linalg.norm(folded, axis=1, keepdims=True)


class Cut(Exception):
    pass


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with store_url(request.param, tmp_path / "home") as made:
        yield made


@pytest.fixture
def databases(url: str) -> Iterator[Callable[[], Database]]:
    opened: list[Database] = []

    def make() -> Database:
        opened.append(Database(url))
        return opened[-1]

    yield make
    for database in opened:
        database.close()


@pytest.fixture
def old(databases: Callable[[], Database], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SqlTokenStore:
    monkeypatch.setattr(reindexing, "_WANTED", reindexing._WANTED.limit(4))
    monkeypatch.setattr(reindexing, "PAGE", 4)
    store = SqlTokenStore(databases(), tmp_path / "index", EMBEDDER, clock=Clock())
    for number in range(10):
        said = experience(f"bees in garden {number}", source=turn(number))
        store.add_experience(said, decision(said))
        kept = record(said.text, source=said.source, experience_id=said.id)
        store.add(kept, vector(kept.text), vector(f"before\n{kept.text}"))
    return store


@pytest.fixture
def opened(databases: Callable[[], Database], tmp_path: Path) -> Callable[[Other], SqlTokenStore]:
    return lambda embedder: SqlTokenStore(databases(), tmp_path / "index", embedder, clock=Clock())


def nearest(store: SqlTokenStore, text: str, embedder: Any) -> tuple[str, float]:
    (near,) = store.neighbours("ana", (embedder.made if isinstance(embedder, Other) else embedder.embed)([text])[0], 1)
    return near.record.text, round(near.cosine, 4)


def test_every_text_is_embedded_again_and_the_old_embedder_is_told(
    old: SqlTokenStore, opened: Callable[[Other], SqlTokenStore]
) -> None:
    other, switched = Other(), []
    new = opened(other)
    with pytest.raises(EmbedderMismatch) as told:
        new.neighbours("ana", other.made(["x"])[0], 1)
    assert nearest(old, "bees in garden 3", EMBEDDER) == ("bees in garden 3", 1.0)
    assert "memos reindex" in told.value.hint
    assert new.reindex(on_switch=lambda: switched.append(True)) == 10
    assert switched == [True]
    assert nearest(new, "bees in garden 3", other) == ("bees in garden 3", 1.0)
    hits = new.search("ana", "garden", other.made(["garden"])[0], 10)
    assert len(hits) == 10 and all("context" in hit.parts for hit in hits)
    with pytest.raises(EmbedderMismatch):  # it had used the store before: what it knew of it holds no longer
        nearest(old, "bees in garden 3", EMBEDDER)
    with pytest.raises(EmbedderMismatch):
        old.add(record("late"), vector("late"))
    assert new.reindex() == 0
    assert "10 vectors" in new.check_index()


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_a_run_that_was_cut_short_goes_on_and_the_old_vectors_serve(
    old: SqlTokenStore, opened: Callable[[Other], SqlTokenStore], cut: int
) -> None:
    def at(batch: int) -> None:
        if batch == cut:
            raise Cut

    with pytest.raises(Cut):
        opened(Other(at)).reindex()
    assert nearest(old, "bees in garden 9", EMBEDDER) == ("bees in garden 9", 1.0)
    again = Other()
    new = opened(again)
    assert new.reindex() == 10 - 4 * (cut - 1)
    assert nearest(new, "bees in garden 9", again) == ("bees in garden 9", 1.0)


def test_what_is_written_meanwhile_is_caught_up_with(
    old: SqlTokenStore, opened: Callable[[Other], SqlTokenStore]
) -> None:
    ids = [one.id for one in old.list("ana", newest_first=False)]

    def at(batch: int) -> None:
        if batch == 2:
            old.add(record("a wolf came"), vector("a wolf came"))
            old.update("ana", ids[0], text="bees in the wood", vector=vector("bees in the wood"), reason="moved")
            old.purge("ana", [ids[1], ids[6]])

    other = Other(at)
    new = opened(other)
    new.reindex()
    assert nearest(new, "a wolf came", other) == ("a wolf came", 1.0)
    assert nearest(new, "bees in the wood", other) == ("bees in the wood", 1.0)
    assert len(new.neighbours("ana", other.made(["bees"])[0], 50)) == 9
    assert "9 vectors" in new.check_index()


def test_a_purge_reaches_vectors_that_do_not_serve_yet(
    old: SqlTokenStore, opened: Callable[[Other], SqlTokenStore], tmp_path: Path
) -> None:
    def at(batch: int) -> None:
        if batch == 3:
            raise Cut

    other = Other(at)
    with pytest.raises(Cut):
        opened(other).reindex()
    first = old.list("ana", newest_first=False)[0]
    erased = other.made([first.text])[0].tobytes()
    old.purge("ana", [first.id])
    old.compact()
    assert not any(erased in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())


def test_a_third_embedder_starts_anew_and_texts_without_vectors_get_them(
    old: SqlTokenStore, opened: Callable[[Other], SqlTokenStore]
) -> None:
    def at(batch: int) -> None:
        if batch == 2:
            raise Cut

    with pytest.raises(Cut):
        opened(Other(at)).reindex()
    old.add(record("no vector yet", at=START), None)
    third = Other()
    third.identity = "third@1"
    new = opened(third)
    assert new.reindex() == 11
    assert nearest(new, "no vector yet", third) == ("no vector yet", 1.0)


def test_without_an_embedder_there_is_nothing_to_move_to(databases: Callable[[], Database], tmp_path: Path) -> None:
    with pytest.raises(InputError):
        SqlTokenStore(databases(), tmp_path / "index").reindex()
