"""A bounded lexical search: words that very many texts hold give way to rarer ones, and never the other way round."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from memos.stores import lexical
from memos.stores.database import Database
from memos.stores.filters import Eq
from memos.stores.token import SqlTokenStore
from tests.contracts.values import Clock, record


@pytest.fixture(params=["alone", "with others"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SqlTokenStore]:
    monkeypatch.setattr(lexical, "MOST_WEIGHED", 10)
    database = Database(f"sqlite:///{tmp_path}/memos.db")
    made = SqlTokenStore(database, tmp_path / "index", clock=Clock())
    if request.param == "with others":
        made.add(record("Bob keeps bees", "bob"), None)
    for number in range(40):
        made.add(record(f"bees in garden number {number}", metadata={"odd": number % 2}), None)
    made.add(record("a wolf in the garden"), None)
    yield made
    database.close()


def found(store: SqlTokenStore, query: str, k: int = 50) -> list[str]:
    return [hit.record.text for hit in store.search("ana", query, None, k)]


def test_a_word_that_many_hold_is_left_out_beside_a_rarer_one(store: SqlTokenStore) -> None:
    assert found(store, "garden bees wolf") == ["a wolf in the garden"]
    assert set(found(store, "wolf 17")) == {"a wolf in the garden", "bees in garden number 17"}


def test_a_word_that_many_hold_is_looked_for_when_there_is_no_other(store: SqlTokenStore) -> None:
    assert len(found(store, "bees")) >= 10
    assert "bees in garden number 39" in found(store, "bees nothing-like-it")
    assert found(store, "nothing-like-it") == []


def test_under_a_filter_every_word_counts(store: SqlTokenStore) -> None:
    hits = store.search("ana", "bees wolf", None, 50, where=Eq("metadata.odd", 1))
    assert len(hits) == 20
