"""The world that pretraining knows: its people, the facts about them, and how any fact is put into words.

Pure functions of their arguments; the old people and facts are drawn once from a fixed seed, so every process
sees the same ones.
"""

from __future__ import annotations

import random
from functools import lru_cache

from memos.errors import InputError
from memos.grammar import framing
from memos.grammar.colloquial import COLLOQUIAL
from memos.grammar.composing import (
    QuestionForms,
    capitalised,
    fill,
    question_templates,
    statement_template,
)
from memos.grammar.facts import USER, Fact, Wording
from memos.grammar.relations import RELATIONS, Relation
from memos.grammar.values import FIRST_NAMES, LAST_NAMES, sample_person, sample_value

OLD_FACTS_PER_PERSON = 12
_OLD_SEED = 20_260
_REQUESTS = ("Call ", "Please ", "Keep ", "Say ", "Mark ", "Address ")


def relation_named(name: str) -> Relation:
    """The relation called `name`; InputError if there is none."""
    relation = RELATIONS.get(name)
    if relation is None:
        raise InputError(f"unknown relation {name!r}", hint=f"one of: {', '.join(RELATIONS)}")
    return relation


def relations_of(subject: str) -> tuple[str, ...]:
    """The relations that can hold of `subject`, in the order of RELATIONS."""
    return tuple(r.name for r in RELATIONS.values() if subject == USER or not r.first_person_only)


def checked_relation(subject: str, name: str) -> Relation:
    """The relation called `name`, which can hold of `subject`; InputError for anything else."""
    relation = relation_named(name)
    if not subject.strip():
        raise InputError("a fact needs a subject", hint="pass USER or a person's name")
    if relation.first_person_only and subject != USER:
        raise InputError(
            f"{relation.name!r} is only known of the user, not of {subject}", hint="pass subject=USER"
        )
    return relation


def statement_cores(relation: str, wording: Wording = Wording.KNOWN) -> tuple[str, ...]:
    """The cores that state `relation` in `wording`; KNOWN ones for UNSEEN_FRAME, which holds out frames only."""
    found = relation_named(relation)
    return found.unseen_statement_cores if wording is Wording.UNSEEN_CORE else found.statement_cores


def question_cores(relation: str, wording: Wording = Wording.KNOWN) -> tuple[str, ...]:
    """The cores that ask for `relation` in `wording`; KNOWN ones for UNSEEN_FRAME, which holds out frames only."""
    found = relation_named(relation)
    return found.unseen_question_cores if wording is Wording.UNSEEN_CORE else found.question_cores


def frame_suits(frame: str, core: str) -> bool:
    """Whether a statement core can stand in `frame`: a request can not follow "that"."""
    return not ("that {S}" in frame and core.startswith(_REQUESTS))


def framed_statement(frame: str, clause: str, subject: str, value: str) -> str:
    """`clause` in `frame`, its first letter lowered where the frame begins the sentence and the word allows it."""
    if frame.startswith("{S}"):
        return (
            capitalised(frame.replace("{S}", clause))
            if not clause.startswith(value)
            else frame.replace("{S}", clause)
        )
    keeps_case = clause.startswith(("I ", "I'", subject, value))
    inner = clause if keeps_case else clause[:1].lower() + clause[1:]
    return frame.replace("{S}", inner)


def framed_question(frame: str, forms: QuestionForms) -> str | None:
    """`forms` in `frame`; None if the frame needs a form that the core has not."""
    slot, clause = {
        "D": ("{D}", forms.direct),
        "E": ("{E}", forms.embedded),
        "N": ("{N}", forms.noun),
    }["D" if "{D}" in frame else "E" if "{E}" in frame else "N"]
    return None if clause is None else capitalised(frame.replace(slot, clause))


def statements(fact: Fact, wording: Wording = Wording.KNOWN) -> tuple[str, ...]:
    """Every form that states `fact`, in a fixed order, without noise.

    Raises InputError for an unknown relation, an empty subject, or a relation that only the user has.
    """
    checked_relation(fact.subject, fact.relation)
    frames = (
        framing.UNSEEN_STATEMENT_FRAMES if wording is Wording.UNSEEN_FRAME else framing.KNOWN_STATEMENT_FRAMES
    )
    third = fact.subject != USER
    forms: dict[str, None] = {}
    for frame in frames:
        for core in statement_cores(fact.relation, wording):
            template = statement_template(core, third)
            if template is not None and frame_suits(frame, core):
                clause = fill(template, fact.subject, fact.value)
                forms[framed_statement(frame, clause, fact.subject, fact.value)] = None
    return tuple(forms)


@lru_cache(maxsize=4096)
def questions(subject: str, relation: str, wording: Wording = Wording.KNOWN) -> tuple[str, ...]:
    """Every form that asks for `relation` of `subject`, in a fixed order, without noise.

    Raises InputError for an unknown relation, an empty subject, or a relation that only the user has.
    """
    checked_relation(subject, relation)
    frames = (
        framing.UNSEEN_QUESTION_FRAMES if wording is Wording.UNSEEN_FRAME else framing.KNOWN_QUESTION_FRAMES
    )
    third = subject != USER
    forms: dict[str, None] = {}
    for frame in frames:
        for core in question_cores(relation, wording):
            templates = question_templates(core, third)
            if templates is None:
                continue
            text = framed_question(frame, templates)
            if text is not None:
                forms[fill(text, subject)] = None
    return tuple(forms)


def colloquial_questions(subject: str, relation: str) -> tuple[str, ...]:
    """Hand-written free wordings that ask for `relation` of `subject`. Raises InputError like `questions`."""
    checked_relation(subject, relation)
    found = COLLOQUIAL[relation]
    return tuple(_spoken(t, subject) for t in (found.asked if subject == USER else found.asked_of))


def colloquial_statements(fact: Fact) -> tuple[str, ...]:
    """Hand-written free wordings that state `fact`. Raises InputError like `statements`."""
    checked_relation(fact.subject, fact.relation)
    found = COLLOQUIAL[fact.relation]
    return tuple(
        _spoken(t, fact.subject, fact.value) for t in (found.told if fact.subject == USER else found.told_of)
    )


def _spoken(template: str, subject: str, value: str = "") -> str:
    """A free wording about `subject`; its first letter stays as written unless the subject begins it."""
    text = fill(template, subject, value)
    return capitalised(text) if template.startswith("{s}") else text


def sample_fact(
    rng: random.Random, subject: str | None = None, relation: str | None = None, novel: bool = False
) -> Fact:
    """A fact drawn from the world; what is given is kept, the rest is drawn.

    With `novel` the value, and a drawn person's name, are spelled at random and stand in no list. A drawn subject
    is the user half of the time. Raises InputError like `statements`.
    """
    if subject is None:
        user_only = relation is not None and relation_named(relation).first_person_only
        subject = USER if user_only or rng.random() < 0.5 else sample_person(rng, novel)
    if relation is None:
        relation = rng.choice(relations_of(subject))
    found = checked_relation(subject, relation)
    return Fact(subject, relation, sample_value(found.kind, rng, novel))


def _old_people() -> tuple[str, ...]:
    rng = random.Random(_OLD_SEED)
    return tuple(
        f"{first} {last}"
        for first, last in zip(rng.sample(FIRST_NAMES[:60], 48), rng.sample(LAST_NAMES[:60], 48), strict=True)
    )


def _old_facts() -> tuple[Fact, ...]:
    rng = random.Random(_OLD_SEED + 1)
    return tuple(
        sample_fact(rng, person, relation)
        for person in OLD_PEOPLE
        for relation in rng.sample(relations_of(person), OLD_FACTS_PER_PERSON)
    )


OLD_PEOPLE: tuple[str, ...] = _old_people()
"""The fixed people that pretraining teaches."""
OLD_FACTS: tuple[Fact, ...] = _old_facts()
"""Everything that is known of OLD_PEOPLE; their other relations are unknown on purpose."""
