"""Colloquial wordings: every relation, the slots each needs, none held out, none of the hand-written test items."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import pytest

from memos.errors import InputError
from memos.grammar import (
    RELATIONS,
    USER,
    Fact,
    Wording,
    colloquial_questions,
    colloquial_statements,
    plain_question,
    plain_statement,
    questions,
    read_plain_question,
    read_plain_statement,
    sample_fact,
    statements,
)
from memos.grammar.colloquial import COLLOQUIAL
from memos.grammar.framing import UNSEEN_QUESTION_FRAMES, UNSEEN_STATEMENT_FRAMES

DATA = Path(__file__).resolve().parents[2] / "benchmarks" / "data"
PERSON = "Mira Okafor"


def bare(text: str) -> str:
    return re.sub(r"[^a-z0-9 ]", "", text.lower()).strip()


@pytest.mark.parametrize("relation", list(RELATIONS))
def test_wordings_have_their_slots_and_none_twice(relation: str) -> None:
    found = COLLOQUIAL[relation]
    assert min(len(found.asked), len(found.told)) >= 40
    assert all(told.count("{x}") == 1 for told in (*found.told, *found.told_of))
    assert all("{s}" in of for of in (*found.asked_of, *found.told_of))
    assert not any("{" in asked for asked in found.asked)
    assert bool(found.asked_of) == bool(found.told_of) == (not RELATIONS[relation].first_person_only)
    for group in (found.asked, found.asked_of, found.told, found.told_of):
        assert len({line.casefold() for line in group}) == len(group)


def test_filled_wordings_keep_no_slot_and_name_whom_they_are_about() -> None:
    for relation, found in RELATIONS.items():
        for subject in (USER,) if found.first_person_only else (USER, PERSON, "my neighbour"):
            fact = Fact(subject, relation, "Zq")
            wordings = (*colloquial_questions(subject, relation), *colloquial_statements(fact))
            assert wordings and not any(re.search(r"\{[sxa]\}", wording) for wording in wordings)
            if subject != USER:
                assert all(subject.casefold() in wording.casefold() for wording in wordings)


def test_held_out_frames_are_not_among_them() -> None:
    spoken = " | ".join(
        line.casefold() for c in COLLOQUIAL.values() for line in (*c.asked, *c.asked_of, *c.told, *c.told_of)
    )
    for frame in (*UNSEEN_QUESTION_FRAMES, *UNSEEN_STATEMENT_FRAMES):
        fixed = max(re.split(r"\{.\}", frame), key=len).strip(" ,:.?").casefold()
        if len(fixed) > 12:
            assert fixed not in spoken, frame


def test_held_out_cores_are_not_among_them() -> None:
    for relation in RELATIONS:
        held = {bare(q) for q in questions(USER, relation, Wording.UNSEEN_CORE)}
        assert not held & {bare(q) for q in colloquial_questions(USER, relation)}
        fact = Fact(USER, relation, "Zq")
        told = {bare(s) for s in statements(fact, Wording.UNSEEN_CORE)}
        assert not told & {bare(s) for s in colloquial_statements(fact)}


def test_no_hand_written_test_item_is_among_them() -> None:
    asked = {bare(q) for relation in RELATIONS for q in colloquial_questions(USER, relation)}
    for line in (DATA / "handwritten_questions.jsonl").read_text(encoding="utf-8").splitlines():
        assert bare(json.loads(line)["question"]) not in asked
    for line in (DATA / "handwritten_statements.jsonl").read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        if item["relation"] in RELATIONS:
            told = colloquial_statements(Fact(USER, item["relation"], item["answer"]))
            assert bare(item["statement"]) not in {bare(statement) for statement in told}


def test_the_plain_wording_is_read_back_exactly() -> None:
    rng = random.Random(4)
    for relation, found in RELATIONS.items():
        for subject in (USER,) if found.first_person_only else (USER, PERSON, "my neighbour", "Dr. O'Neill"):
            assert read_plain_question(plain_question(subject, relation)) == (subject, relation)
            assert plain_question(subject, relation) in questions(subject, relation)
            for novel in (False, True):
                fact = sample_fact(rng, subject, relation, novel)
                assert read_plain_statement(plain_statement(fact)) == fact
                assert plain_statement(fact) in statements(fact)


@pytest.mark.parametrize("text", ["", "Nothing.", "I do not know yet.", "What is my dog called", "Where do I", "My dog is called ."])
def test_what_is_no_plain_wording_is_not_read(text: str) -> None:
    assert read_plain_question(text) is None
    assert read_plain_statement(text) is None


def test_what_only_the_user_has_is_refused_of_others() -> None:
    for call in (
        lambda: colloquial_questions(PERSON, "name"),
        lambda: colloquial_statements(Fact(PERSON, "name", "Ann")),
        lambda: plain_question(PERSON, "name"),
        lambda: plain_statement(Fact(PERSON, "name", "Ann")),
        lambda: colloquial_questions(USER, "no such relation"),
    ):
        with pytest.raises(InputError):
            call()
