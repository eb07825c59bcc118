"""Texts, metadata and files that somebody made to break a store: kept word for word or refused with a reason, never half."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from memos.errors import InputError, MemosError
from memos.interchange import read_drafts
from memos.types import Draft
from tests.unit.fakes import Memory

KEPT = {
    "emoji": "Ana loves 👩‍👩‍👧‍👦 and 🏳️‍🌈 flags.",
    "right to left": "דנה גרה בתל אביב ו\u202eאוהבת תה\u202c.",
    "combining": "Zoe\u0308 lives in Z\u0075\u0308rich.",
    "sql": "Ana said '); DROP TABLE records; -- and \"left\".",
    "fts": 'The note is NEAR("a" b) AND text:* OR ^start.',
    "markup": "Ana wrote [bold red]<script>alert(1)</script>[/] \x1b[31mred.",
}


@pytest.mark.parametrize("name", KEPT)
def test_an_odd_text_is_kept_word_for_word_and_found(memory: Memory, name: str) -> None:
    text = KEPT[name]
    record = memory.manager.observe(text).record
    assert record is not None
    assert memory.manager.get(record.id).text == text
    assert [hit.record.id for hit in memory.manager.recall(text).hits] == [record.id]


def deep(levels: int) -> dict[str, object]:
    value: dict[str, object] = {}
    for _ in range(levels):
        value = {"a": value}
    return value


def test_metadata_that_is_too_deep_is_refused_and_nothing_changes(memory: Memory) -> None:
    with pytest.raises(MemosError):
        memory.manager.observe("Ana lives in Lyon.", metadata=deep(100_000))
    assert memory.manager.list() == []
    assert memory.manager.observe("Ana lives in Lyon.", metadata=deep(20)).record


@pytest.mark.parametrize(
    "bad",
    [
        {"memory": "Ana likes tea", "metadata": {"a": "half \ud800"}},
        {"memory": "Ana likes tea", "metadata": {"a": "nul \x00"}},
        {"memory": "Ana likes \ud800"},
        {"memory": "Ana likes \x00"},
    ],
    ids=["surrogate in metadata", "NUL in metadata", "surrogate", "NUL"],
)  # fmt: skip
def test_a_file_with_characters_that_no_store_can_keep_is_refused(memory: Memory, tmp_path: Path, bad: dict[str, object]) -> None:
    path = tmp_path / "mem0.json"
    path.write_text(json.dumps([{"memory": "Ben likes coffee"}, bad]), "utf-8")
    with pytest.raises(InputError) as caught:
        memory.manager.observe_many(read_drafts(path))
    assert caught.value.hint
    assert memory.manager.list() == []


def test_a_text_of_ten_megabytes_is_refused_with_the_limit(memory: Memory) -> None:
    with pytest.raises(InputError) as caught:
        memory.manager.observe("word " * 2_000_000)
    assert caught.value.code == "input.too_long" and "10,000,000" in caught.value.message
    assert memory.manager.observe_many([Draft(text="Ana lives in Lyon.")]).by_action == {"ADD": 1}
