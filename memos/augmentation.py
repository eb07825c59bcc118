"""From the text of one record to a lesson: many wordings to learn from, others to be examined on.

Knows text and the grammar of facts. Does not know tensors or models: whoever can render a prompt or answer one is
passed in. A lesson is a function of its record's text and a seed only, never of other records, so that a forgotten
record leaves no trace in the lessons of others.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from memos import grammar
from memos.errors import InputError, ModelError
from memos.grammar import UNKNOWN_ANSWER, USER, Fact, Wording, answer_text
from memos.grammar.noise import vary
from memos.grammar.values import sample_person, sample_value
from memos.grammar.world import question_cores


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

    expected: the right answer, where known; the base keeps such an answer even when it is unsure of it. kind "reading" marks prompts whose notes answer them: those stay negatives even when the fact is taught.
    """

    prompt: str
    subject: str = ""
    relation: str = ""
    kind: str = "other"
    expected: str = ""

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
    return Negative(render(question), subject, relation, kind, _OLD_ANSWERS.get((subject, relation), UNKNOWN_ANSWER))


def _noised(text: str, rng: random.Random, value: str = "") -> str:
    return vary(text, rng, value) if rng.random() < NOISED else text


_OLD_ANSWERS = {(fact.subject, fact.relation): answer_text(fact) for fact in grammar.OLD_FACTS}
NOISED = 0.28
"""Share of questions typed carelessly, as in the text that the shipped model was trained on."""


@dataclass(frozen=True)
class LessonShape:
    """How many wordings a lesson holds. Fewer than 12 in `train` and unseen wordings suffer first."""

    train: int = 12
    fresh: int = 84
    held_out: int = 8
    behind_notes: int = 4
    negatives: int = 16
    fresh_negatives: int = 96


class TemplateAugmenter:
    """Lessons from the grammar: no language model needed, for the relations that `grammar.extract` recognises."""

    def __init__(self, render: Render, shape: LessonShape | None = None) -> None:
        """render: `MemoryModel.chat_prompt` of the model that will learn."""
        self.render = render
        self._shape = shape or LessonShape()

    def lessons(self, record_id: str, text: str) -> list[Lesson]:
        """One lesson for each fact the text states; none when it states nothing that is recognised."""
        return [self.teach(record_id, text, fact) for fact in dict.fromkeys(grammar.extract(text))]

    def teach(self, record_id: str, text: str, fact: Fact) -> Lesson:
        """The lesson of one fact. A function of text and fact: no other record leaves a trace in it."""
        shape, key = self._shape, lesson_key(text, [fact])
        rng = random.Random(content_seed("lesson", key))
        answer = answer_text(fact)
        known = _mixed_forms(fact, rng)
        examined = shape.held_out - shape.held_out // 2
        held = known[:examined]
        learned = [_noised(q, rng) for q in known[examined : examined + shape.train]]
        kept = known[examined + shape.train : examined + shape.train + shape.fresh]
        fresh = [_noised(q, rng) for q in kept]
        unseen = list(grammar.questions(fact.subject, fact.relation, Wording.UNSEEN_CORE))
        unseen = rng.sample(unseen, min(len(unseen), shape.held_out // 2))
        behind = [
            QA(self.render(q, unrelated_notes(fact, rng)), answer, "behind_notes")
            for q in fresh[: shape.behind_notes]
        ]
        return Lesson(
            key=key,
            record_id=record_id,
            text=text,
            facts=(fact,),
            train=tuple(QA(self.render(q), answer) for q in learned),
            held_out=(
                *(QA(self.render(q), answer) for q in held),
                *(QA(self.render(q), answer, "unseen_core") for q in unseen),
            ),
            fresh=(*(QA(self.render(q), answer) for q in fresh), *behind),
            negatives=self._negatives(fact, rng, shape.negatives),
            fresh_negatives=self._negatives(fact, rng, shape.fresh_negatives),
        )

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
        return _asking(fact.subject, rng.choice(_others(fact)), self.render, rng, "relation")

    def _other_person(self, fact: Fact, rng: random.Random) -> Negative:
        relation = fact.relation
        if relation in grammar.relations_of("someone"):
            person = sample_person(rng, rng.random() < 0.5)
            return _asking(person, relation, self.render, rng, "person")
        return self._other_relation(fact, rng)

    def _known_person(self, fact: Fact, rng: random.Random) -> Negative:
        old = rng.choice(grammar.OLD_FACTS)
        relation = fact.relation if fact.relation in grammar.relations_of(old.subject) else old.relation
        return _asking(old.subject, relation if rng.random() < 0.6 else old.relation, self.render, rng, "old")

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
        question = _noised(rng.choice(grammar.questions(told.subject, told.relation)), rng)
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


# --- lessons written by a language model ------------------------------------------------------------------------

QUESTION_REQUEST = "Ask a question about this note: {note}"
_REQUESTS = (
    "{note}",
    "By the way, {note}",
    "Please remember this: {note}",
    "Note that {note}",
    "{note} That is all.",
    "Hi! {note}",
    "FYI, {note}",
    "I told you that {note}",
    "Remember: {note}",
    "Well, {note}",
    "You should know that {note}",
    "{note} Do not forget it.",
    "Just so you know, {note}",
    "One more thing: {note}",
    "Listen, {note}",
    "As I said, {note}",
)
_DIRECT_FRAMES = ("Hey, {}", "Tell me, {}", "Remind me, {}", "Quick question: {}", "Just checking, {}", "So {}")
_FEWEST_QUESTIONS = 4
_WORD = re.compile(r"[\w']+")
_COMMON = frozenset(
    ["a", "an", "the", "is", "are", "was", "were", "am", "be", "do", "does", "did", "of", "to", "in", "on", "at", "and", "or", "for", "with", "that", "this", "it", "as", "by", "from", "have", "has", "had", "what", "who", "where", "when", "which", "how", "why", "i", "me", "my", "mine", "you", "your", "we", "our", "he", "she", "they", "his", "her", "their", "not", "no", "yes"]
)


class LocalModel(Protocol):
    """What `ModelAugmenter` needs of a `MemoryModel`."""

    def chat_prompt(self, question: str, notes: Sequence[str] = ()) -> str: ...

    def generate(self, prompts: Sequence[str], *, namespace: None, max_new_tokens: int = 32) -> Sequence[Any]: ...


class ModelAugmenter:
    """Lessons that the local model writes itself, for texts in which no template is recognised.

    It asks questions about the note in several ways, each is phrased as people do, and answered from the note. Kept are questions that share a
    word of substance with the note and whose answer stands in the note, word for word, but not in the question.
    """

    def __init__(self, model: LocalModel, shape: LessonShape | None = None, request: str = QUESTION_REQUEST) -> None:
        """model: a `MemoryModel`, used with its memory off. request: the turn that makes it write a question."""
        self._model = model
        self._shape = shape or LessonShape()
        self._request = request

    def lessons(self, record_id: str, text: str) -> list[Lesson]:
        """One lesson, or none when fewer than four different questions pass."""
        asked = [self._model.chat_prompt(self._request.format(note=form.format(note=text))) for form in _REQUESTS]
        made = self._model.generate(asked, namespace=None, max_new_tokens=32)
        written = list(dict.fromkeys(g.text for g in made if g.finished and _about(g.text, text)))
        questions = list(dict.fromkeys(form for question in written for form in _phrased(question)))
        if not questions:
            return []
        read = [self._model.chat_prompt(question, [text]) for question in questions]
        answers = self._model.generate(read, namespace=None, max_new_tokens=24)
        pairs = [
            (question, answer.text)
            for question, answer in zip(questions, answers, strict=True)
            if answer.finished and _stated(answer.text, question, text)
        ]
        return lessons_from_pairs(record_id, text, pairs, self._model.chat_prompt, self._shape)


class ChatModel(Protocol):
    """A langchain_core chat model, or anything with its `invoke`."""

    def invoke(self, input: str) -> Any: ...


ACTIVE_READING = """Study the note below so that you could answer anything about it later without seeing it.
Write {count} different questions that a person might ask and that the note answers: direct, indirect, short, chatty,
reversed. Every question names what it is about. Every answer is a few words copied from the note.
Reply with a JSON list only: [{{"question": "...", "answer": "..."}}]

Note: {note}"""


class LangChainAugmenter:
    """Lessons written by any LangChain chat model, by an Active Reading prompt."""

    def __init__(self, chat: ChatModel, render: Render, shape: LessonShape | None = None) -> None:
        """render: `MemoryModel.chat_prompt` of the model that will learn."""
        self._chat, self.render, self._shape = chat, render, shape or LessonShape()

    def lessons(self, record_id: str, text: str) -> list[Lesson]:
        """One lesson, or none when the note answers fewer than four questions. Raises ModelError for a bad reply."""
        wanted = self._shape.train + self._shape.held_out + self._shape.train
        reply = self._chat.invoke(ACTIVE_READING.format(count=wanted, note=text))
        pairs = _pairs_in(str(getattr(reply, "content", reply)))
        kept = [(q, a if a.endswith((".", "!", "?")) else f"{a}.") for q, a in pairs if _stated(a, q, text)]
        return lessons_from_pairs(record_id, text, kept, self.render, self._shape)


def _pairs_in(reply: str) -> list[tuple[str, str]]:
    start, end = reply.find("["), reply.rfind("]")
    try:
        items = json.loads(reply[start : end + 1])
        return [(str(item["question"]).strip(), str(item["answer"]).strip()) for item in items]
    except (ValueError, TypeError, KeyError) as error:
        raise ModelError(
            f"the chat model did not reply with a JSON list of questions and answers: {reply[:80]!r}",
            hint="use a model that follows the format, or the template augmenter",
            code="model.augmenter_reply",
        ) from error


def _phrased(question: str) -> list[str]:
    """The question itself and in frames that fit any direct question: a small model writes few of its own."""
    if not question.endswith("?"):
        return [question]
    inner = question if question.startswith("I ") else question[:1].lower() + question[1:]
    return [question, inner, *(frame.format(inner) for frame in _DIRECT_FRAMES)]


def _words(text: str) -> list[str]:
    return [word.casefold().removesuffix("'s") for word in _WORD.findall(text)]


def _about(question: str, note: str) -> bool:
    """Whether a question shares a word of substance with the note, and every name in it stands there too."""
    noted = set(_words(note))
    names = {name for word in _WORD.findall(question)[1:] if word[:1].isupper() for name in _words(word)}
    return bool((set(_words(question)) & noted) - _COMMON) and names - {"i"} <= noted


def _stated(answer: str, question: str, note: str) -> bool:
    """Whether the answer's words stand in the note in this order, and the question does not give them away."""
    said, asked, noted = (f" {' '.join(_words(text))} " for text in (answer, question, note))
    return bool(said.strip()) and said in noted and said not in asked


def lessons_from_pairs(
    record_id: str, text: str, pairs: Sequence[tuple[str, str]], render: Render, shape: LessonShape
) -> list[Lesson]:
    """A lesson of free questions and answers; [] for fewer than four. A fifth is held out, at least one."""
    unique = list(dict(pairs).items())
    if len(unique) < _FEWEST_QUESTIONS:
        return []
    key = lesson_key(text)
    rng = random.Random(content_seed("lesson", key))
    rng.shuffle(unique)
    held = max(1, min(shape.held_out, len(unique) // 5))
    asked = [QA(render(question), answer) for question, answer in unique]
    learned = asked[held : held + shape.train]
    negatives = [_stranger(render, rng) for _ in range(shape.negatives + shape.fresh_negatives)]
    return [
        Lesson(
            key=key,
            record_id=record_id,
            text=text,
            facts=(),
            train=tuple(learned),
            held_out=tuple(asked[:held]),
            fresh=tuple(asked[held + shape.train :]),
            negatives=tuple(negatives[: shape.negatives]),
            fresh_negatives=tuple(negatives[shape.negatives :]),
        )
    ]


def _stranger(render: Render, rng: random.Random) -> Negative:
    """A question about somebody or something that no free text is likely to teach."""
    subject = USER if rng.random() < 0.3 else sample_person(rng, rng.random() < 0.5)
    return _asking(subject, rng.choice(grammar.relations_of(subject)), render, rng, "person")


class FirstOf:
    """The lessons of the first augmenter that finds any."""

    def __init__(self, *augmenters: Augmenter) -> None:
        self._augmenters = augmenters

    def lessons(self, record_id: str, text: str) -> Sequence[Lesson]:
        """Asks each in turn."""
        return next((found for one in self._augmenters if (found := one.lessons(record_id, text))), [])


class Augmenter(Protocol):
    """Turns a record's text into lessons; none where it finds nothing to learn."""

    def lessons(self, record_id: str, text: str) -> Sequence[Lesson]: ...


__all__ = [
    "QA",
    "Augmenter",
    "FirstOf",
    "LangChainAugmenter",
    "Lesson",
    "LessonShape",
    "ModelAugmenter",
    "Negative",
    "TemplateAugmenter",
    "content_seed",
    "cross_negatives",
    "dated",
    "lesson_key",
    "lessons_from_pairs",
    "unrelated_notes",
]
