"""Prompts that a write must not change: about other people, other relations, and notes that are to be read.

Knows the grammar's world. Does not know the answers a model gives to them.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from memos import grammar
from memos.augmentation.lesson import Lesson, Negative, Render
from memos.grammar import UNKNOWN_ANSWER, USER, Fact, answer_text
from memos.grammar.noise import vary
from memos.grammar.values import sample_person

NOISED = 0.28
"""Share of questions typed carelessly, as in the text that the shipped model was trained on."""
_OLD_ANSWERS = {(fact.subject, fact.relation): answer_text(fact) for fact in grammar.OLD_FACTS}


def cross_negatives(
    lesson: Lesson, others: Sequence[Lesson], render: Render, rng: random.Random, count: int, plain: float = 0.0
) -> list[Negative]:
    """The relations of `lesson` asked about the subjects of `others`, where nobody taught them: leaks go there.

    plain: share of them in the plainest wording. At most `count`, in an order that `rng` decides.
    """
    taught = {(fact.subject, fact.relation) for other in (*others, lesson) for fact in other.facts}
    subjects = dict.fromkeys(fact.subject for other in others for fact in other.facts)
    open_pairs = [
        (subject, fact.relation)
        for fact in lesson.facts
        for subject in subjects
        if (subject, fact.relation) not in taught and fact.relation in grammar.relations_of(subject)
    ]
    chosen = rng.sample(open_pairs, min(count, len(open_pairs)))
    return [asking(subject, relation, render, rng, "cross", plain) for subject, relation in chosen]


def asking(
    subject: str, relation: str, render: Render, rng: random.Random, kind: str, plain: float = 0.0,
    noise: float = NOISED,
) -> Negative:  # fmt: skip
    """A question that a write must not change the answer to; `plain` is the chance of its plainest wording."""
    if plain and rng.random() < plain:
        question = grammar.plain_question(subject, relation)
    else:
        question = rng.choice(grammar.questions(subject, relation))
        question = vary(question, rng) if noise and rng.random() < noise else question
    return Negative(render(question), subject, relation, kind, _OLD_ANSWERS.get((subject, relation), UNKNOWN_ANSWER))


def noised(text: str, rng: random.Random, value: str = "") -> str:
    return vary(text, rng, value) if rng.random() < NOISED else text


def stranger(render: Render, rng: random.Random) -> Negative:
    """A question about somebody or something that no free text is likely to teach."""
    subject = USER if rng.random() < 0.3 else sample_person(rng, rng.random() < 0.5)
    return asking(subject, rng.choice(grammar.relations_of(subject)), render, rng, "person")


def dated(text: str, rng: random.Random) -> str:
    """A note as recall shows it: its day before it."""
    return f"[2026-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}] {text}"


def unrelated_notes(fact: Fact, rng: random.Random) -> list[str]:
    """Two to four notes that do not answer a question about `fact`."""
    notes: list[str] = []
    wanted = rng.randrange(2, 5)
    while len(notes) < wanted:
        told = grammar.sample_fact(rng)
        if (told.subject, told.relation) != (fact.subject, fact.relation):
            notes.append(dated(rng.choice(grammar.statements(told)), rng))
    return notes
