"""The hand-written test items: well formed, even over the relations, answerable, and not the grammar's wordings."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from memos.grammar import RELATIONS, USER, Wording, parse_question, questions, relations_of

DATA = Path(__file__).resolve().parents[2] / "benchmarks" / "data"
LOOSE = "loose"
"""Facts outside the relations, asked in free words; only the questions have some."""

FILES = {
    # file: (the field that tells the fact, fewest items, fewest items of a relation)
    "handwritten_questions.jsonl": ("note", 300, 10),
    "handwritten_statements.jsonl": ("statement", 150, 5),
}

ASKED_AS_THE_GRAMMAR_ASKS = {
    "cat's name",
    "how old am i",
    "my birthplace",
    "my brother's name",
    "what am i into",
    "what am i studying",
    "what car do i have",
    "what colour does edda like most",
    "what do i do for work",
    "what does fergus drive",
    "what does nils do for a living",
    "what does thea do for fun",
    "what instrument do i play",
    "what instrument does ottilie play",
    "what language am i learning",
    "what should i call my dog",
    "where do i live",
    "where does ines prado come from",
    "where was i born",
    "who do i report to",
}
"""People also ask plainly: the items that happen to be a wording of the grammar. No other may be one."""


def items_of(file: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in (DATA / file).read_text(encoding="utf-8").splitlines()]


def bare(question: str) -> str:
    return question.casefold().strip().rstrip("?.!").rstrip()


def subjects_of(item: dict[str, str]) -> set[str]:
    """The speaker, and the person whom the note begins with if the question names that person too."""
    words = re.match(r"(?:[A-Z]\w*\s?)*", item["note"])
    names = words.group().split() if words else []
    found = {" ".join(names[:count]) for count in range(1, len(names) + 1)}
    return {USER} | {name for name in found if name in item["question"]}


@pytest.mark.parametrize("file", FILES)
def test_every_line_is_an_answerable_item(file: str) -> None:
    told = FILES[file][0]
    for item in items_of(file):
        assert list(item) == ["relation", told, "question", "answer"], item
        assert all(isinstance(text, str) and text and text == text.strip() for text in item.values()), item
        assert item["relation"] in RELATIONS or (item["relation"] == LOOSE and told == "note"), item
        assert item["answer"] in item[told], item
        assert item["answer"] not in item["question"], item


@pytest.mark.parametrize("file", FILES)
def test_there_are_enough_items_of_every_relation(file: str) -> None:
    _, fewest, fewest_each = FILES[file]
    counts = Counter(item["relation"] for item in items_of(file))
    assert counts.total() >= fewest
    assert {name: counts[name] for name in RELATIONS if counts[name] < fewest_each} == {}


@pytest.mark.parametrize("file", FILES)
def test_no_item_is_there_twice(file: str) -> None:
    told = FILES[file][0]
    items = items_of(file)
    for field in {told, "question"} if told == "note" else {told}:
        counts = Counter(bare(item[field]) for item in items)
        assert [text for text, count in counts.items() if count > 1] == []


def test_free_questions_are_not_the_grammar_s_own() -> None:
    same = set()
    for item in items_of("handwritten_questions.jsonl"):
        for subject in subjects_of(item):
            if item["relation"] in relations_of(subject):
                own = {bare(q) for wording in Wording for q in questions(subject, item["relation"], wording)}
                same |= {bare(item["question"])} & own
    leaked = same - ASKED_AS_THE_GRAMMAR_ASKS
    assert not leaked, f"take these wordings out of the grammar, they are test items: {sorted(leaked)}"


def test_statements_are_asked_about_in_a_wording_of_the_grammar() -> None:
    for item in items_of("handwritten_statements.jsonl"):
        read = parse_question(item["question"])
        assert read is not None and read[1] == item["relation"], item
