"""From the text of one record to a lesson: many wordings to learn from, others to be examined on.

Knows text and the grammar of facts. Does not know tensors or models: whoever can render a prompt or answer one is
passed in. A lesson is a function of its record's text and a seed only, never of other records, so that a forgotten
record leaves no trace in the lessons of others.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Protocol

from memos import grammar
from memos.errors import InputError
from memos.grammar import UNKNOWN_ANSWER, USER, Fact, Wording, answer_text
from memos.grammar.noise import vary
from memos.grammar.values import sample_person, sample_value


class Render(Protocol):
    """Renders a question, with notes before it, as the prompt text of one language model."""

    def __call__(self, question: str, notes: Sequence[str] = ()) -> str: ...


@dataclass(frozen=True)
class QA:
    """A rendered prompt and the answer wanted. kind: how the question is worded ("known", "unseen_core", ...)."""

    prompt: str
    answer: str
    kind: str = "known"


@dataclass(frozen=True)
class Negative:
    """A prompt whose answer a write must not change. `subject` and `relation` say what it asks about, where known.

    kind "reading" marks prompts whose notes answer them: those stay negatives even when the fact is taught.
    """

    prompt: str
    subject: str = ""
    relation: str = ""
    kind: str = "other"

    def taught(self, pairs: Collection[tuple[str, str]]) -> bool:
        """Whether it asks for something that a live lesson teaches, and so must change."""
        return self.kind != "reading" and (self.subject, self.relation) in pairs


@dataclass(frozen=True)
class Lesson:
    """Everything needed to write one record, and to write it again.

    key: sha256 of the record's text. train: questions learned from. held_out: wordings never trained on, for the
    gate. fresh: questions kept for sleep. negatives and fresh_negatives: prompts that must not change, for the write
    and for sleep.
    """

    key: str
    record_id: str
    text: str
    facts: tuple[Fact, ...]
    train: tuple[QA, ...]
    held_out: tuple[QA, ...]
    fresh: tuple[QA, ...]
    negatives: tuple[Negative, ...]
    fresh_negatives: tuple[Negative, ...]

    def to_json(self) -> str:
        """One JSON object, keys sorted: equal lessons are equal texts."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Lesson:
        """Read what `to_json` wrote. Raises InputError on anything else."""
        try:
            raw = json.loads(text)
            return cls(
                key=str(raw["key"]),
                record_id=str(raw["record_id"]),
                text=str(raw["text"]),
                facts=tuple(Fact(**fact) for fact in raw["facts"]),
                train=tuple(QA(**qa) for qa in raw["train"]),
                held_out=tuple(QA(**qa) for qa in raw["held_out"]),
                fresh=tuple(QA(**qa) for qa in raw["fresh"]),
                negatives=tuple(Negative(**n) for n in raw["negatives"]),
                fresh_negatives=tuple(Negative(**n) for n in raw["fresh_negatives"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(
                f"a stored lesson cannot be read: {error}", hint="memos verify", code="input.lesson"
            ) from error


def lesson_key(text: str, facts: Sequence[Fact] = ()) -> str:
    """Content hash of a record's text and of the facts that this lesson takes from it: the lesson's identity."""
    parts = [text, *(f"{fact.subject}\x1f{fact.relation}\x1f{fact.value}" for fact in facts)]
    return hashlib.sha256("\x1e".join(parts).encode("utf-8")).hexdigest()


def content_seed(*parts: str) -> int:
    """A seed that depends on content only, so that equal content is taught alike in every process."""
    return int.from_bytes(hashlib.sha256("\x1e".join(parts).encode("utf-8")).digest()[:8], "big")



def cross_negatives(
    lesson: Lesson, others: Sequence[Lesson], render: Render, rng: random.Random, count: int
) -> list[Negative]:
    """The relations of `lesson` asked about the subjects of `others`, where nobody taught them: leaks go there.

    At most `count`, in an order that `rng` decides.
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
    return [_asking(subject, relation, render, rng, "cross") for subject, relation in chosen]


def _asking(subject: str, relation: str, render: Render, rng: random.Random, kind: str) -> Negative:
    question = _noised(rng.choice(grammar.questions(subject, relation)), rng)
    return Negative(render(question), subject, relation, kind)


def _noised(text: str, rng: random.Random, value: str = "") -> str:
    return vary(text, rng, value) if rng.random() < NOISED else text


NOISED = 0.28
"""Share of questions typed carelessly, as in the text that the shipped model was trained on."""


@dataclass(frozen=True)
class LessonShape:
    """How many wordings a lesson holds. Fewer than 12 in `train` and unseen wordings suffer first."""

    train: int = 12
    fresh: int = 48
    held_out: int = 8
    behind_notes: int = 4
    negatives: int = 24
    fresh_negatives: int = 64


class TemplateAugmenter:
    """Lessons from the grammar: no language model needed, for the relations that `grammar.extract` recognises."""

    def __init__(self, render: Render, shape: LessonShape | None = None) -> None:
        """render: `MemoryModel.chat_prompt` of the model that will learn."""
        self._render = render
        self._shape = shape or LessonShape()

    def lessons(self, record_id: str, text: str) -> list[Lesson]:
        """One lesson for each fact the text states; none when it states nothing that is recognised."""
        return [self.teach(record_id, text, fact) for fact in dict.fromkeys(grammar.extract(text))]

    def teach(self, record_id: str, text: str, fact: Fact) -> Lesson:
        """The lesson of one fact. A function of text and fact: no other record leaves a trace in it."""
        shape, key = self._shape, lesson_key(text, [fact])
        rng = random.Random(content_seed("lesson", key))
        answer = answer_text(fact)
        known = list(grammar.questions(fact.subject, fact.relation))
        rng.shuffle(known)
        examined = shape.held_out - shape.held_out // 2
        held = known[:examined]
        learned = [_noised(q, rng) for q in known[examined : examined + shape.train]]
        kept = known[examined + shape.train : examined + shape.train + shape.fresh]
        fresh = [_noised(q, rng) for q in kept]
        unseen = list(grammar.questions(fact.subject, fact.relation, Wording.UNSEEN_CORE))
        unseen = rng.sample(unseen, min(len(unseen), shape.held_out // 2))
        behind = [
            QA(self._render(q, unrelated_notes(fact, rng)), answer, "behind_notes")
            for q in fresh[: shape.behind_notes]
        ]
        return Lesson(
            key=key,
            record_id=record_id,
            text=text,
            facts=(fact,),
            train=tuple(QA(self._render(q), answer) for q in learned),
            held_out=(
                *(QA(self._render(q), answer) for q in held),
                *(QA(self._render(q), answer, "unseen_core") for q in unseen),
            ),
            fresh=(*(QA(self._render(q), answer) for q in fresh), *behind),
            negatives=self._negatives(fact, rng, shape.negatives),
            fresh_negatives=self._negatives(fact, rng, shape.fresh_negatives),
        )

    def _negatives(self, fact: Fact, rng: random.Random, count: int) -> tuple[Negative, ...]:
        """What a write of `fact` is most likely to break, kinds in turn so that any beginning is a fair mix."""
        made: list[Negative] = []
        others = [r for r in grammar.relations_of(fact.subject) if r != fact.relation]
        rng.shuffle(others)
        while len(made) < count:
            turn = len(made)
            if turn % 4 == 0:
                made.append(_asking(fact.subject, others[turn // 4 % len(others)], self._render, rng, "relation"))
            elif turn % 4 in (1, 3):
                made.append(self._other_person(fact, rng))
            elif turn % 8 == 2:
                made.append(self._reading(fact, rng))
            else:
                made.append(self._known_person(fact, rng))
        return tuple(made)

    def _other_person(self, fact: Fact, rng: random.Random) -> Negative:
        relation = fact.relation
        if relation in grammar.relations_of("someone"):
            person = sample_person(rng, rng.random() < 0.5)
            return _asking(person, relation, self._render, rng, "person")
        return _asking(fact.subject, rng.choice(_others(fact)), self._render, rng, "relation")

    def _known_person(self, fact: Fact, rng: random.Random) -> Negative:
        old = rng.choice(grammar.OLD_FACTS)
        relation = fact.relation if fact.relation in grammar.relations_of(old.subject) else old.relation
        return _asking(old.subject, relation if rng.random() < 0.6 else old.relation, self._render, rng, "old")

    def _reading(self, fact: Fact, rng: random.Random) -> Negative:
        """A note says otherwise: what is read goes before what is remembered."""
        relation = grammar.RELATIONS[fact.relation]
        told = Fact(fact.subject, fact.relation, sample_value(relation.kind, rng, rng.random() < 0.5))
        notes = unrelated_notes(fact, rng)[: rng.randrange(3)]
        notes.insert(rng.randrange(len(notes) + 1), dated(rng.choice(grammar.statements(told)), rng))
        question = _noised(rng.choice(grammar.questions(fact.subject, fact.relation)), rng)
        return Negative(self._render(question, notes), fact.subject, fact.relation, "reading")


def _others(fact: Fact) -> list[str]:
    return [r for r in grammar.relations_of(fact.subject) if r != fact.relation]


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


__all__ = [
    "QA",
    "UNKNOWN_ANSWER",
    "USER",
    "Lesson",
    "LessonShape",
    "Negative",
    "TemplateAugmenter",
    "content_seed",
    "cross_negatives",
    "dated",
    "lesson_key",
    "unrelated_notes",
]
