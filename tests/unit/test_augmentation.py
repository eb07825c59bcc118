"""Lessons: enough wordings, kept apart, the same every time, and nothing taught among the negatives."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from memos.augmentation import (
    FirstOf,
    LangChainAugmenter,
    Lesson,
    LessonShape,
    ModelAugmenter,
    TemplateAugmenter,
    cross_negatives,
    lesson_key,
    normalised,
    template,
)
from memos.errors import InputError, ModelError
from memos.grammar import (
    RELATIONS,
    USER,
    Fact,
    Wording,
    colloquial_questions,
    plain_question,
    questions,
    relations_of,
    sample_fact,
    statements,
)


def plain(question: str, notes: Sequence[str] = ()) -> str:
    return "".join(f"[{note}]" for note in notes) + question


AUGMENTER = TemplateAugmenter(plain)
SOME = [sample_fact(random.Random(i), novel=i % 2 == 0) for i in range(12)]


def lesson_of(fact: Fact) -> Lesson:
    return AUGMENTER.teach("r1", statements(fact)[0], fact)


@pytest.mark.parametrize("fact", SOME, ids=lambda fact: f"{fact.subject}-{fact.relation}")
def test_a_lesson_has_wordings_enough_and_keeps_its_examination_apart(fact: Fact) -> None:
    lesson, shape = lesson_of(fact), LessonShape()
    learned = {qa.prompt for qa in (*lesson.train, *lesson.fresh)}
    assert len({qa.prompt for qa in lesson.train}) == shape.train >= 8
    assert len(lesson.fresh) >= shape.train
    assert not {normalised(qa.prompt) for qa in lesson.held_out} & {normalised(prompt) for prompt in learned}
    unseen = set(questions(fact.subject, fact.relation, Wording.UNSEEN_CORE))
    assert not learned & unseen
    assert {qa.prompt for qa in lesson.held_out if qa.kind == "unseen_core"} <= unseen
    assert {qa.answer for qa in (*lesson.train, *lesson.held_out)} == {fact.value.rstrip(".") + "."}


@pytest.mark.parametrize("fact", SOME, ids=lambda fact: f"{fact.subject}-{fact.relation}")
def test_a_share_of_the_questions_is_as_people_type_and_others_of_them_are_held_out(fact: Fact) -> None:
    shape = LessonShape(train=12, fresh=84, colloquial=0.34)
    lesson = TemplateAugmenter(plain, shape).teach("r1", statements(fact)[0], fact)
    typed = set(colloquial_questions(fact.subject, fact.relation))
    learned = [qa for qa in lesson.train if qa.kind == "colloquial"]
    assert len(lesson.train) == 12 and len(learned) == 4 and {qa.prompt for qa in learned} <= typed
    assert sum(qa.kind == "colloquial" for qa in lesson.train[:6]) == 2  # any beginning is a fair mix
    assert lesson.train[0].prompt == plain_question(fact.subject, fact.relation)
    held = [qa for qa in lesson.held_out if qa.kind == "colloquial"]
    assert len(held) == 2 and {qa.prompt for qa in held} <= typed
    assert sum(qa.kind == "colloquial" for qa in lesson.fresh) >= 12


def test_a_question_that_noise_turns_into_a_held_out_one_is_not_learned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(template, "noised", lambda question, rng: "what does my dog answer to")
    fact = Fact(USER, "dog_name", "Rex")
    everything = LessonShape(held_out=200, colloquial=0)
    lesson = TemplateAugmenter(plain, everything).teach("r1", "x", fact)
    learned = {normalised(qa.prompt) for qa in (*lesson.train, *lesson.fresh)}
    held = {normalised(qa.prompt) for qa in lesson.held_out}
    assert not learned & held
    monkeypatch.setattr(template, "noised", lambda question, rng: lesson.held_out[0].prompt.upper())
    again = TemplateAugmenter(plain, everything).teach("r1", "x", fact)
    assert [qa.prompt for qa in (*again.train, *again.fresh) if qa.kind == "known"] == [plain_question(USER, "dog_name")]


def test_without_colloquial_questions_there_are_none() -> None:
    lesson = TemplateAugmenter(plain, LessonShape(colloquial=0)).teach("r1", "x", SOME[0])
    assert not any(qa.kind == "colloquial" for qa in (*lesson.train, *lesson.held_out, *lesson.fresh))
    assert lesson.train[0].prompt == plain_question(SOME[0].subject, SOME[0].relation)


@pytest.mark.parametrize("relation", RELATIONS)
def test_sentences_to_complete_and_questions_for_the_subject(relation: str) -> None:
    subject = USER if RELATIONS[relation].first_person_only else "Ada Nowak"
    fact = Fact(subject, relation, "Zorvo")
    lesson = TemplateAugmenter(plain, LessonShape(train=12, statements=2, reversals=2)).teach("r1", "x", fact)
    by_kind = {kind: [qa for qa in lesson.train if qa.kind == kind] for kind in ("statement", "reversal")}
    assert [len(found) for found in by_kind.values()] == [2, 2] and len(lesson.train) == 16
    assert {qa.answer for qa in by_kind["statement"]} == {"Zorvo."}
    assert all("Zorvo" not in qa.prompt for qa in by_kind["statement"])
    assert {qa.answer for qa in by_kind["reversal"]} == {"You." if subject == USER else "Ada Nowak."}
    assert all("Zorvo" in qa.prompt and subject not in qa.prompt for qa in by_kind["reversal"])
    assert {qa.kind for qa in lesson.held_out} >= {"statement", "reversal"}
    assert {qa.kind for qa in lesson.train[:12]} >= {"statement", "reversal"}  # a write sees the first twelve


@pytest.mark.parametrize("relation", RELATIONS)
def test_every_relation_can_be_taught(relation: str) -> None:
    subject = USER if RELATIONS[relation].first_person_only else "Ada Nowak"
    lesson = lesson_of(Fact(subject, relation, "Zorvo"))
    assert lesson.train and lesson.held_out and lesson.negatives


def test_negatives_cover_what_leaks() -> None:
    fact = Fact(USER, "dog_name" if "dog_name" in RELATIONS else relations_of("x")[0], "Biscuit")
    lesson = lesson_of(fact)
    kinds = {negative.kind for negative in (*lesson.negatives, *lesson.fresh_negatives)}
    assert {"relation", "person", "reading", "old"} <= kinds
    for negative in lesson.fresh_negatives:
        if negative.kind != "reading":
            assert (negative.subject, negative.relation) != (fact.subject, fact.relation)
        else:
            assert negative.prompt.startswith("[") and fact.value not in negative.prompt


def test_what_is_taught_is_not_a_negative_but_a_note_that_says_otherwise_is() -> None:
    lesson = lesson_of(SOME[0])
    taught = {(n.subject, n.relation) for n in lesson.fresh_negatives}
    assert all(n.taught(taught) == (n.kind != "reading") for n in lesson.fresh_negatives)


def test_crossing_negatives_ask_about_others_only_where_nobody_taught_them() -> None:
    relation, other = relations_of("Ada")[:2]
    mine = lesson_of(Fact("Ada Nowak", relation, "Zorvo"))
    taught = lesson_of(Fact("Ben Okoro", relation, "Plim"))
    open_one = lesson_of(Fact("Cid Marsh", other, "Quex"))
    found = cross_negatives(mine, [taught, open_one], plain, random.Random(0), 9)
    assert {(n.subject, n.relation) for n in found} == {("Cid Marsh", relation)}


def test_a_lesson_is_a_function_of_its_text() -> None:
    lesson = lesson_of(SOME[0])
    assert lesson_of(SOME[0]) == lesson
    code = (
        "import sys; sys.path.insert(0, 'tests/unit'); import test_augmentation as t;"
        "print(t.lesson_key(t.lesson_of(t.SOME[0]).to_json()))"
    )
    there = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert there.stdout.strip() == lesson_key(lesson.to_json())


def test_lessons_go_through_json_and_damage_is_seen() -> None:
    lesson = lesson_of(SOME[1])
    assert Lesson.from_json(lesson.to_json()) == lesson
    for broken in ("{", "[]", "{}", json.dumps(json.loads(lesson.to_json()) | {"train": [{"x": 1}]})):
        with pytest.raises(InputError, match="cannot be read"):
            Lesson.from_json(broken)


def test_this_module_does_not_load_torch() -> None:
    code = "import sys, memos.augmentation; print('torch' in sys.modules, 'langchain_core' in sys.modules)"
    there = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert there.stdout.split() == ["False", "False"]


@dataclass(frozen=True)
class Said:
    text: str
    finished: bool = True


class Parrot:
    """Writes a question whose number depends on the request, and answers "oak" or nonsense."""

    def __init__(self, questions: Sequence[str], answer: str) -> None:
        self.questions, self.answer = questions, answer

    def chat_prompt(self, question: str, notes: Sequence[str] = ()) -> str:
        return plain(question, notes)

    def generate(self, prompts: Sequence[str], *, namespace: None, max_new_tokens: int = 32) -> list[Said]:
        if prompts[0].startswith("["):
            return [Said(self.answer) for _ in prompts]
        return [Said(self.questions[i % len(self.questions)]) for i, _ in enumerate(prompts)]


NOTE = "The old table in the hall is made of oak."
ASKED = [f"{word} what is the table made of?" for word in ("So", "And", "Well", "Hey", "Now", "Please")]


def test_a_model_keeps_questions_it_can_answer_from_the_note() -> None:
    (lesson,) = ModelAugmenter(Parrot(ASKED, "Oak.")).lessons("r", NOTE)
    asked = {qa.prompt for qa in (*lesson.train, *lesson.held_out, *lesson.fresh)}
    assert {normalised(q) for q in ASKED} <= {normalised(q) for q in asked} and len(asked) > 2 * len(ASKED)
    assert lesson.held_out and lesson.facts == () and len(lesson.negatives) == LessonShape().negatives


@pytest.mark.parametrize(
    ("questions", "answer"),
    [
        (ASKED, "Steel."),
        (["What is it?"], "Oak."),
        ([f"{w} is the table of oak?" for w in ("So", "And", "Well", "Hey")], "Oak."),
        (["The table is made of what"], "Oak."),
        (["What is the table of Mira made of?"], "Oak."),
    ],
    ids=["not in the note", "names nothing", "gives it away", "too few", "names another"],
)
def test_a_model_drops_questions_that_teach_nothing(questions: list[str], answer: str) -> None:
    assert ModelAugmenter(Parrot(questions, answer)).lessons("r", NOTE) == []


class Chat:
    def __init__(self, reply: str) -> None:
        self.reply = reply

    def invoke(self, input: str) -> Any:
        assert NOTE in input
        return type("Message", (), {"content": self.reply})()


def test_a_chat_model_writes_a_lesson() -> None:
    reply = "Sure:\n" + json.dumps([{"question": q, "answer": "oak"} for q in ASKED])
    (lesson,) = LangChainAugmenter(Chat(reply), plain).lessons("r", NOTE)
    assert {qa.answer for qa in lesson.train} == {"oak."}
    with pytest.raises(ModelError, match="JSON"):
        LangChainAugmenter(Chat("I can not do that."), plain).lessons("r", NOTE)


def test_a_real_langchain_model_fits() -> None:
    fake = pytest.importorskip("langchain_core.language_models.fake_chat_models")
    reply = json.dumps([{"question": q, "answer": "oak"} for q in ASKED])
    chat = fake.FakeListChatModel(responses=[reply])
    assert len(LangChainAugmenter(chat, plain).lessons("r", NOTE)) == 1


def test_the_first_augmenter_that_finds_anything_is_taken() -> None:
    none, some = ModelAugmenter(Parrot(ASKED, "Steel.")), ModelAugmenter(Parrot(ASKED, "Oak."))
    assert FirstOf(none, some).lessons("r", NOTE) == some.lessons("r", NOTE)
    assert FirstOf(none).lessons("r", NOTE) == []
