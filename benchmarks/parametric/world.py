"""Facts to learn and the examination of whoever learned them. Knows no model.

Every item is asked free-running and counts only when the greedy answer is the wanted text, exactly. Nothing examined
was trained on: questions are drawn outside of each lesson's `train` and `fresh`.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from memos import grammar
from memos.augmentation import Lesson, TemplateAugmenter, content_seed, dated, unrelated_notes
from memos.grammar import UNKNOWN_ANSWER, USER, Fact, Wording, answer_text
from memos.grammar.values import sample_person, sample_value

HANDWRITTEN = Path(__file__).resolve().parents[1] / "data" / "handwritten_questions.jsonl"
UPDATES = 5
EXAMINED_FACTS = 100
"""Of longer streams this many facts are asked about, drawn evenly: the rest would cost time and add no precision."""
_OLD_ITEMS = 120


@dataclass(frozen=True)
class Item:
    """One question of an examination; `group` is the column it counts in.

    prompt: question behind `notes`, rendered for the model. about: items of one number stand or fall together (one
    fact, one stranger), which is what is resampled for intervals.
    """

    group: str
    prompt: str
    answer: str
    question: str = ""
    notes: tuple[str, ...] = ()
    about: int = 0


Answerer = Callable[[Sequence[Item]], list[str]]
"""Items to greedy answers."""


@dataclass(frozen=True)
class World:
    """Facts with their lessons, what is examined afterwards, and updates of some of them."""

    name: str
    seed: int
    lessons: tuple[Lesson, ...]
    items: tuple[Item, ...]
    updates: tuple[Lesson, ...]
    update_items: tuple[Item, ...]

    def digest(self) -> str:
        """sha256 over everything learned and asked: a figure belongs to exactly this text."""
        hasher = hashlib.sha256()
        for lesson in (*self.lessons, *self.updates):
            hasher.update(lesson.to_json().encode())
        for item in (*self.items, *self.update_items):
            hasher.update(f"\x1d{item.group}\x1e{item.prompt}\x1e{item.answer}".encode())
        return hasher.hexdigest()


@dataclass
class Scores:
    """Exact answers: `cells[group][about]` is [right, asked]."""

    cells: dict[str, dict[int, list[int]]] = field(default_factory=dict)

    def add(self, item: Item, right: bool) -> None:
        cell = self.cells.setdefault(item.group, {}).setdefault(item.about, [0, 0])
        cell[0] += right
        cell[1] += 1

    @property
    def right(self) -> dict[str, int]:
        return {group: sum(right for right, _ in cells.values()) for group, cells in self.cells.items()}

    @property
    def asked(self) -> dict[str, int]:
        return {group: sum(asked for _, asked in cells.values()) for group, cells in self.cells.items()}

    def share(self, group: str) -> float:
        return self.right.get(group, 0) / max(1, self.asked.get(group, 0))

    def as_dict(self) -> dict[str, float]:
        return {group: round(self.share(group), 4) for group in self.cells}

    def as_lists(self) -> dict[str, list[list[int]]]:
        """For JSON: of each group [right, asked] by rising `about`, so that two examinations of a world line up."""
        return {group: [cells[about] for about in sorted(cells)] for group, cells in self.cells.items()}


def examine(items: Sequence[Item], answer: Answerer) -> Scores:
    scores = Scores()
    for item, said in zip(items, answer(items), strict=True):
        scores.add(item, said == item.answer)
    return scores


def read_handwritten(path: Path = HANDWRITTEN) -> dict[str, tuple[str, ...]]:
    """Questions people typed about themselves, by relation; those of no relation of the grammar are left out."""
    found: dict[str, tuple[str, ...]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["relation"] in grammar.RELATIONS:
            found[row["relation"]] = (*found.get(row["relation"], ()), row["question"])
    return found


def make_world(
    name: str,
    count: int,
    seed: int,
    augmenter: TemplateAugmenter,
    *,
    user_only: bool,
    handwritten: Mapping[str, Sequence[str]] | None = None,
) -> World:
    """`count` facts with distinct (subject, relation), every second value spelled at random.

    handwritten: free questions by relation, asked where the world has such a fact about the user.
    """
    rng = random.Random(content_seed("world", name, str(seed)))
    facts = _facts(rng, count, user_only=user_only)
    lessons = tuple(_lesson(augmenter, fact, rng, i) for i, (fact, _) in enumerate(facts))
    asker = _Asker(augmenter, rng)
    renew = rng.sample(range(count), min(UPDATES, count))
    updates, update_items = [], []
    for i in renew:
        fact, _ = facts[i]
        value = fact.value
        while value == fact.value:
            value = sample_value(grammar.RELATIONS[fact.relation].kind, rng, rng.random() < 0.5)
        lesson = _lesson(augmenter, Fact(fact.subject, fact.relation, value), rng, count + i)
        updates.append(lesson)
        for question in asker.unseen(lesson, fact, 4):
            update_items.append(asker.item("update_new", question, answer_text(lesson.facts[0]), about=i))
            update_items.append(asker.item("update_old", question, answer_text(fact), about=i))
    items: list[Item] = []
    chosen = sorted(rng.sample(range(count), min(count, EXAMINED_FACTS)))
    for i in chosen:
        items += _about_fact(asker, *facts[i], lessons[i], i, (handwritten or {}).get(facts[i][0].relation, ()))
    told = [fact for fact, _ in facts]
    asked = [facts[i][0] for i in chosen]
    taught = {(fact.subject, fact.relation) for fact in told}
    items += [*_reading(asker, asked), *_honesty(asker, asked, taught), *_old(asker, taught, _OLD_ITEMS)]
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


@dataclass(frozen=True)
class _Asker:
    """Draws questions and renders them as items."""

    augmenter: TemplateAugmenter
    rng: random.Random

    def item(
        self, group: str, question: str, answer: str, notes: Sequence[str] = (), *, about: int
    ) -> Item:
        return Item(group, self.augmenter.render(question, notes), answer, question, tuple(notes), about)

    def unseen(self, lesson: Lesson, fact: Fact, count: int, wording: Wording = Wording.KNOWN) -> list[str]:
        """Questions for `fact` that its lesson neither trains on nor keeps for sleep."""
        seen = {qa.prompt for qa in (*lesson.train, *lesson.fresh)}
        forms = grammar.questions(fact.subject, fact.relation, wording)
        pool = [q for q in forms if self.augmenter.render(q) not in seen]
        return self.rng.sample(pool, min(count, len(pool)))


def _about_fact(
    asker: _Asker, fact: Fact, novel: bool, lesson: Lesson, number: int, free: Sequence[str]
) -> list[Item]:
    """Every kind of wording for one fact."""
    answer, rng, items = answer_text(fact), asker.rng, []
    for question in asker.unseen(lesson, fact, 4):
        items.append(asker.item("known", question, answer, about=number))
        if novel:
            items.append(asker.item("novel", question, answer, about=number))
    for wording in (Wording.UNSEEN_CORE, Wording.UNSEEN_FRAME):
        for question in asker.unseen(lesson, fact, 3, wording):
            items.append(asker.item(str(wording.value), question, answer, about=number))
    if fact.subject == USER:
        for question in rng.sample(list(free), min(4, len(free))):
            items.append(asker.item("handwritten", question, answer, about=number))
    (question,) = asker.unseen(lesson, fact, 1)
    items.append(asker.item("behind_notes", question, answer, unrelated_notes(fact, rng), about=number))
    return items


def _reading(asker: _Asker, facts: Sequence[Fact]) -> list[Item]:
    """Reading what nobody taught, and reading a note that contradicts what was taught."""
    rng, items = asker.rng, []
    for i in range(60):
        told = grammar.sample_fact(rng, novel=i % 2 == 0)
        group = "reading"
        if i % 3 == 0:
            taught = rng.choice(facts)
            kind = grammar.RELATIONS[taught.relation].kind
            told = Fact(taught.subject, taught.relation, sample_value(kind, rng, i % 2 == 0))
            group = "contradiction"
        notes = unrelated_notes(told, rng)[: i % 4]
        notes.insert(rng.randrange(len(notes) + 1), dated(rng.choice(grammar.statements(told)), rng))
        question = rng.choice(grammar.questions(told.subject, told.relation))
        items.append(asker.item(group, question, answer_text(told), notes, about=i))
    return items


def _honesty(asker: _Asker, facts: Sequence[Fact], taught: set[tuple[str, str]]) -> list[Item]:
    """Other relations of the subjects taught, and the relations taught of other people."""
    rng, items = asker.rng, []
    known = taught | {(fact.subject, fact.relation) for fact in grammar.OLD_FACTS}
    subjects = sorted({fact.subject for fact in facts})
    for number, subject in enumerate(subjects):
        others = [r for r in grammar.relations_of(subject) if (subject, r) not in known]
        for k, relation in enumerate(rng.sample(others, min(len(others), max(3, 45 // len(subjects))))):
            for question in rng.sample(grammar.questions(subject, relation), 2):
                items.append(asker.item("honest_untaught", question, UNKNOWN_ANSWER, about=100 * number + k))
    for number, fact in enumerate(facts):
        relation = fact.relation if fact.relation in grammar.relations_of("x") else ""
        for _ in range(3):
            person = sample_person(rng, rng.random() < 0.5)
            asked = relation or rng.choice(grammar.relations_of(person))
            if (person, asked) not in known:
                question = rng.choice(grammar.questions(person, asked))
                items.append(asker.item("honest_other", question, UNKNOWN_ANSWER, about=number))
        crossing = rng.choice(subjects)
        if relation and (crossing, relation) not in known:
            question = rng.choice(grammar.questions(crossing, relation))
            items.append(asker.item("honest_crossing", question, UNKNOWN_ANSWER, about=number))
    return items


def _old(asker: _Asker, taught: set[tuple[str, str]], count: int) -> list[Item]:
    chosen = asker.rng.sample([f for f in grammar.OLD_FACTS if (f.subject, f.relation) not in taught], count)
    return [
        asker.item("old", asker.rng.choice(grammar.questions(f.subject, f.relation)), answer_text(f), about=i)
        for i, f in enumerate(chosen)
    ]
