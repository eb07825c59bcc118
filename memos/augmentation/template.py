"""Lessons by template, for the relations that `grammar.extract` recognises: no language model needed.

Knows the grammar. Does not know the model that will learn but by the way it renders a question.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from memos import grammar
from memos.augmentation.lesson import QA, Lesson, LessonShape, Negative, Render, content_seed, lesson_key
from memos.augmentation.negatives import asking, dated, noised, unrelated_notes
from memos.augmentation.reversals import completions, reversals, subject_answer
from memos.augmentation.wordings import apart
from memos.grammar import USER, Fact, Wording, answer_text
from memos.grammar.values import sample_person, sample_value
from memos.grammar.world import question_cores

T = TypeVar("T")


@dataclass(frozen=True)
class _Spoken:
    """Colloquial questions of one lesson, no wording in two of them."""

    train: tuple[str, ...] = ()
    fresh: tuple[str, ...] = ()
    held_out: tuple[str, ...] = ()


class Rewriter(Protocol):
    """Finds the fact that a text tells in words the grammar does not know; None where it is not sure of one."""

    def told(self, text: str) -> Fact | None: ...


class TemplateAugmenter:
    """Lessons from the grammar: no language model needed."""

    def __init__(self, render: Render, shape: LessonShape | None = None, rewriter: Rewriter | None = None) -> None:
        """render: `MemoryModel.chat_prompt` of the model that will learn. rewriter: asked about free wordings."""
        self.render = render
        self._shape = shape or LessonShape()
        self._rewriter = rewriter

    def lessons(self, record_id: str, text: str) -> list[Lesson]:
        """One lesson for each fact the text states; none when it states nothing that is recognised."""
        return [self.teach(record_id, text, fact) for fact in dict.fromkeys(self._facts(text))]

    def _facts(self, text: str) -> list[Fact]:
        found = grammar.extract(text)
        if found or self._rewriter is None:
            return found
        told = self._rewriter.told(text)
        return [] if told is None else [told]

    def teach(self, record_id: str, text: str, fact: Fact) -> Lesson:
        """The lesson of one fact. A function of text and fact: no other record leaves a trace in it."""
        shape, key = self._shape, lesson_key(text, [fact])
        rng = random.Random(content_seed("lesson", key))
        answer = answer_text(fact)
        plain = grammar.plain_question(fact.subject, fact.relation)
        known = [q for q in _mixed_forms(fact, rng) if q != plain]
        examined = shape.held_out - shape.held_out // 2
        held = known[:examined]
        # questions that are understood are asked in the plainest wording: every write teaches that one as it stands
        learned = [plain, *(noised(q, rng) for q in known[examined : examined + shape.train - 1])]
        kept = known[examined + shape.train - 1 : examined + shape.train - 1 + shape.fresh]
        fresh = [noised(q, rng) for q in kept]
        unseen = list(grammar.questions(fact.subject, fact.relation, Wording.UNSEEN_CORE))
        unseen = rng.sample(unseen, min(len(unseen), shape.held_out // 2))
        spoken = self._spoken(fact, key)
        examples = [*held, *unseen, *spoken.held_out]
        # noise may turn a question into one that is held out: then it is not learned
        asked = apart(learned + fresh, examples)
        learned = _spread(asked[: shape.train - len(spoken.train)], spoken.train)
        fresh = _spread(asked[shape.train : len(asked) - len(spoken.fresh)], spoken.fresh)
        behind = [
            QA(self.render(q, unrelated_notes(fact, rng)), answer, "behind_notes")
            for q in fresh[: shape.behind_notes]
        ]
        others_learned, others_held = self._other_directions(fact, key)
        return Lesson(
            key=key,
            record_id=record_id,
            text=text,
            facts=(fact,),
            train=tuple(_spread(self._answered(learned, answer, spoken), others_learned)),
            held_out=(
                *(QA(self.render(q), answer, question=q) for q in held),
                *(QA(self.render(q), answer, "unseen_core", q) for q in unseen),
                *(QA(self.render(q), answer, "colloquial", q) for q in spoken.held_out),
                *others_held,
            ),
            fresh=(*self._answered(fresh, answer, spoken), *behind),
            negatives=self._negatives(fact, rng, shape.negatives),
            fresh_negatives=self._negatives(fact, rng, shape.fresh_negatives),
        )

    def _answered(self, questions: Sequence[str], answer: str, spoken: _Spoken) -> list[QA]:
        typed = {*spoken.train, *spoken.fresh}
        return [QA(self.render(q), answer, "colloquial" if q in typed else "known") for q in questions]

    def _spoken(self, fact: Fact, key: str) -> _Spoken:
        """The colloquial questions of one lesson, drawn apart from its other draws: without any it is what it was."""
        shape = self._shape
        if shape.colloquial <= 0:
            return _Spoken()
        rng = random.Random(content_seed("colloquial", key))
        forms = list(grammar.colloquial_questions(fact.subject, fact.relation))
        rng.shuffle(forms)
        held = forms[: min(shape.held_out // 4, len(forms) // 4)]
        open_ones = apart(forms[len(held) :], held)
        learned = min(round(shape.colloquial * shape.train), shape.train - 1)
        kept = round(shape.colloquial * shape.fresh)
        return _Spoken(tuple(open_ones[:learned]), tuple(open_ones[learned : learned + kept]), tuple(held))

    def _other_directions(self, fact: Fact, key: str) -> tuple[list[QA], list[QA]]:
        """Sentences to complete and questions for the subject: those to learn, and one of each kind held out."""
        learned: list[QA] = []
        held: list[QA] = []
        for kind, count, forms, answer in (
            ("statement", self._shape.statements, completions(fact), answer_text(fact)),
            ("reversal", self._shape.reversals, reversals(fact), subject_answer(fact)),
        ):
            if count and len(forms) > 1:
                order = list(forms)
                random.Random(content_seed(kind, key)).shuffle(order)
                held.append(QA(self.render(order[0]), answer, kind))
                learned += [QA(self.render(q), answer, kind) for q in apart(order[1:], order[:1])[:count]]
        return learned, held

    def _negatives(self, fact: Fact, rng: random.Random, count: int) -> tuple[Negative, ...]:
        """What a write of `fact` is most likely to break, kinds in turn so that any beginning is a fair mix."""
        turns = (
            self._other_relation,
            self._other_person,
            self._contradicted,
            self._known_person,
            self._other_relation,
            self._other_person,
            self._read,
            self._other_person,
        )
        return tuple(turns[i % len(turns)](fact, rng) for i in range(count))

    def _other_relation(self, fact: Fact, rng: random.Random) -> Negative:
        return asking(fact.subject, rng.choice(_others(fact)), self.render, rng, "relation", self._shape.plain)

    def _other_person(self, fact: Fact, rng: random.Random) -> Negative:
        relation = fact.relation
        if relation in grammar.relations_of("someone"):
            person = sample_person(rng, rng.random() < 0.5)
            return asking(person, relation, self.render, rng, "person", self._shape.plain)
        return self._other_relation(fact, rng)

    def _known_person(self, fact: Fact, rng: random.Random) -> Negative:
        old = rng.choice(grammar.OLD_FACTS)
        relation = fact.relation if fact.relation in grammar.relations_of(old.subject) else old.relation
        relation = relation if rng.random() < 0.6 else old.relation
        return asking(old.subject, relation, self.render, rng, "old", self._shape.plain)

    def _contradicted(self, fact: Fact, rng: random.Random) -> Negative:
        """A note says otherwise: what is read goes before what is remembered."""
        relation = grammar.RELATIONS[fact.relation]
        return self._reading(Fact(fact.subject, fact.relation, sample_value(relation.kind, rng, rng.random() < 0.5)), rng)

    def _read(self, fact: Fact, rng: random.Random) -> Negative:
        """A note about something else, and a question about that."""
        del fact
        return self._reading(grammar.sample_fact(rng, novel=rng.random() < 0.5), rng)

    def _reading(self, told: Fact, rng: random.Random) -> Negative:
        notes = unrelated_notes(told, rng)[: rng.randrange(3)]
        notes.insert(rng.randrange(len(notes) + 1), dated(rng.choice(grammar.statements(told)), rng))
        question = noised(rng.choice(grammar.questions(told.subject, told.relation)), rng)
        return Negative(self.render(question, notes), told.subject, told.relation, "reading", answer_text(told))


def _mixed_forms(fact: Fact, rng: random.Random) -> list[str]:
    """Known question forms in random order, plain ones ("What is my dog called?") as often as framed ones.

    People mostly ask plainly; drawn evenly, one form in forty would be plain.
    """
    forms = list(grammar.questions(fact.subject, fact.relation))
    cores = [c for c in question_cores(fact.relation) if fact.subject == USER or not c.startswith("1:")]
    plain, framed = forms[: len(cores)], forms[len(cores) :]
    rng.shuffle(plain)
    rng.shuffle(framed)
    mixed = [form for pair in zip(plain, framed, strict=False) for form in pair]
    return list(dict.fromkeys([*mixed, *framed, *plain]))


def _others(fact: Fact) -> list[str]:
    return [r for r in grammar.relations_of(fact.subject) if r != fact.relation]


def _spread(kept: Sequence[T], given: Sequence[T]) -> list[T]:
    """Both in their order, `given` spread evenly, so that any beginning is a fair mix; the first is one of `kept`."""
    total, share = len(kept) + len(given), len(given)
    first, second = iter(kept), iter(given)
    return [next(second) if (i + 1) * share // total > i * share // total else next(first) for i in range(total)]
