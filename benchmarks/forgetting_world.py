"""Facts to learn and the examination of whoever learned them. Knows no model.

Every item is asked free-running and counts only when the greedy answer is the wanted text, exactly. Nothing examined
was trained on: questions are drawn outside of each lesson's `train` and `fresh`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from memos import grammar
from memos.augmentation import Lesson, TemplateAugmenter, content_seed, dated, unrelated_notes
from memos.grammar import UNKNOWN_ANSWER, USER, Fact, Wording, answer_text
from memos.grammar.values import sample_person, sample_value

Answerer = Callable[[Sequence[str]], list[str]]
"""Rendered prompts to greedy answers."""


@dataclass(frozen=True)
class Item:
    """One question of an examination; `group` is the column it counts in."""

    group: str
    prompt: str
    answer: str


@dataclass(frozen=True)
class World:
    """Facts with their lessons, what is examined afterwards, and updates of some of them."""

    name: str
    seed: int
    lessons: tuple[Lesson, ...]
    items: tuple[Item, ...]
    updates: tuple[Lesson, ...]
    update_items: tuple[Item, ...]


@dataclass
class Scores:
    """Share of exact answers per group."""

    right: dict[str, int] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)

    def share(self, group: str) -> float:
        return self.right.get(group, 0) / max(1, self.asked.get(group, 0))

    def as_dict(self) -> dict[str, float]:
        return {group: round(self.share(group), 4) for group in self.asked}


def examine(items: Sequence[Item], answer: Answerer) -> Scores:
    scores = Scores()
    for item, said in zip(items, answer([item.prompt for item in items]), strict=True):
        scores.asked[item.group] = scores.asked.get(item.group, 0) + 1
        scores.right[item.group] = scores.right.get(item.group, 0) + (said == item.answer)
    return scores


def make_world(name: str, count: int, seed: int, augmenter: TemplateAugmenter, *, user_only: bool) -> World:
    """`count` facts with distinct (subject, relation), every second value spelled at random."""
    rng = random.Random(content_seed("world", name, str(seed)))
    facts = _facts(rng, count, user_only=user_only)
    lessons = tuple(_lesson(augmenter, fact, rng, i) for i, (fact, _) in enumerate(facts))
    renew = rng.sample(range(count), 5)
    updates, update_items = [], []
    for i in renew:
        fact, _ = facts[i]
        value = fact.value
        while value == fact.value:
            value = sample_value(grammar.RELATIONS[fact.relation].kind, rng, rng.random() < 0.5)
        lesson = _lesson(augmenter, Fact(fact.subject, fact.relation, value), rng, count + i)
        updates.append(lesson)
        for prompt in _asked(augmenter, lesson, fact, rng, 4):
            update_items.append(Item("update_new", prompt, answer_text(lesson.facts[0])))
            update_items.append(Item("update_old", prompt, answer_text(fact)))
    taught = {(fact.subject, fact.relation) for fact, _ in facts}
    items: list[Item] = []
    for (fact, novel), lesson in zip(facts, lessons, strict=True):
        answer = answer_text(fact)
        for prompt in _asked(augmenter, lesson, fact, rng, 4):
            items.append(Item("known", prompt, answer))
            if novel:
                items.append(Item("novel", prompt, answer))
        for wording in (Wording.UNSEEN_CORE, Wording.UNSEEN_FRAME):
            for prompt in _asked(augmenter, lesson, fact, rng, 3, wording):
                items.append(Item(str(wording.value), prompt, answer))
        (question,) = _asked(augmenter, lesson, fact, rng, 1, rendered=False)
        items.append(Item("behind_notes", augmenter.render(question, unrelated_notes(fact, rng)), answer))
    items += _reading(augmenter, [fact for fact, _ in facts], rng)
    items += _honesty(augmenter, [fact for fact, _ in facts], taught, rng)
    items += _old(augmenter, taught, rng, 120)
    return World(name, seed, lessons, tuple(items), tuple(updates), tuple(update_items))


def _facts(rng: random.Random, count: int, *, user_only: bool) -> list[tuple[Fact, bool]]:
    taken = {(fact.subject, fact.relation) for fact in grammar.OLD_FACTS}
    people = [sample_person(rng, i % 2 == 0) for i in range(max(4, count // 4))]
    facts: list[tuple[Fact, bool]] = []
    while len(facts) < count:
        subject = USER if user_only or rng.random() < 0.35 else rng.choice(people)
        relation = rng.choice(grammar.relations_of(subject))
        if (subject, relation) in taken:
            continue
        taken.add((subject, relation))
        novel = len(facts) % 2 == 0
        facts.append((grammar.sample_fact(rng, subject, relation, novel), novel))
    return facts


def _lesson(augmenter: TemplateAugmenter, fact: Fact, rng: random.Random, number: int) -> Lesson:
    return augmenter.teach(f"r{number}", rng.choice(grammar.statements(fact)), fact)


def _asked(
    augmenter: TemplateAugmenter,
    lesson: Lesson,
    fact: Fact,
    rng: random.Random,
    count: int,
    wording: Wording = Wording.KNOWN,
    *,
    rendered: bool = True,
) -> list[str]:
    """Questions for `fact` that its lesson neither trains on nor keeps for sleep."""
    seen = {qa.prompt for qa in (*lesson.train, *lesson.fresh)}
    pool = [q for q in grammar.questions(fact.subject, fact.relation, wording) if augmenter.render(q) not in seen]
    chosen = rng.sample(pool, min(count, len(pool)))
    return [augmenter.render(q) for q in chosen] if rendered else chosen


def _reading(augmenter: TemplateAugmenter, facts: Sequence[Fact], rng: random.Random) -> list[Item]:
    """Reading what nobody taught, and reading a note that contradicts what was taught."""
    items = []
    for i in range(60):
        told = grammar.sample_fact(rng, novel=i % 2 == 0)
        group = "reading"
        if i % 3 == 0:
            taught = rng.choice(facts)
            kind = grammar.RELATIONS[taught.relation].kind
            told = Fact(taught.subject, taught.relation, sample_value(kind, rng, i % 2 == 0))
            group = "reading_contradiction"
        notes = unrelated_notes(told, rng)[: i % 4]
        notes.insert(rng.randrange(len(notes) + 1), dated(rng.choice(grammar.statements(told)), rng))
        question = rng.choice(grammar.questions(told.subject, told.relation))
        items.append(Item(group, augmenter.render(question, notes), answer_text(told)))
    return items


def _honesty(
    augmenter: TemplateAugmenter, facts: Sequence[Fact], taught: set[tuple[str, str]], rng: random.Random
) -> list[Item]:
    """Other relations of the subjects taught, and the relations taught of other people."""
    known = taught | {(fact.subject, fact.relation) for fact in grammar.OLD_FACTS}
    items = []
    subjects = sorted({fact.subject for fact in facts})
    for subject in subjects:
        others = [r for r in grammar.relations_of(subject) if (subject, r) not in known]
        for relation in rng.sample(others, min(len(others), max(3, 45 // len(subjects)))):
            for question in rng.sample(grammar.questions(subject, relation), 2):
                items.append(Item("honest_untaught", augmenter.render(question), UNKNOWN_ANSWER))
    for fact in facts:
        relation = fact.relation if fact.relation in grammar.relations_of("x") else ""
        for _ in range(3):
            person = sample_person(rng, rng.random() < 0.5)
            asked = relation or rng.choice(grammar.relations_of(person))
            if (person, asked) not in known:
                question = rng.choice(grammar.questions(person, asked))
                items.append(Item("honest_other", augmenter.render(question), UNKNOWN_ANSWER))
        crossing = rng.choice(subjects)
        if relation and (crossing, relation) not in known:
            question = rng.choice(grammar.questions(crossing, relation))
            items.append(Item("honest_crossing", augmenter.render(question), UNKNOWN_ANSWER))
    return items


def _old(
    augmenter: TemplateAugmenter, taught: set[tuple[str, str]], rng: random.Random, count: int
) -> list[Item]:
    chosen = rng.sample([f for f in grammar.OLD_FACTS if (f.subject, f.relation) not in taught], count)
    return [
        Item("old", augmenter.render(rng.choice(grammar.questions(f.subject, f.relation))), answer_text(f))
        for f in chosen
    ]
