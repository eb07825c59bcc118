"""What one record teaches: questions to learn from, others to be examined on, prompts that must not change.

Values only: knows no grammar, no model, no way to make a wording. A lesson is a function of its record's text and a
seed, never of other records, so that a forgotten record leaves no trace in the lessons of others.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Protocol

from memos.errors import InputError
from memos.grammar import Fact


class Render(Protocol):
    """Renders a question, with notes before it, as the prompt text of one language model."""

    def __call__(self, question: str, notes: Sequence[str] = ()) -> str: ...


@dataclass(frozen=True)
class QA:
    """A rendered prompt and the answer wanted. kind: how the question is worded ("known", "unseen_core", ...).

    question: the question in the prompt, of what is kept for the examination: it is asked there as users ask.
    """

    prompt: str
    answer: str
    kind: str = "known"
    question: str = ""


@dataclass(frozen=True)
class Negative:
    """A prompt whose answer a write must not change. `subject` and `relation` say what it asks about, where known.

    expected: the right answer, where known; the base keeps such an answer even when it is unsure of it. kind "reading"
    marks prompts whose notes answer them: those stay negatives even when the fact is taught.
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


@dataclass(frozen=True)
class LessonShape:
    """How many wordings a lesson holds. With few in `train`, wordings that nobody puts plainly suffer first.

    colloquial: share of `train` and `fresh` that is asked as people type, where the grammar has such wordings; as many
    as `held_out` // 4 more are kept for the gate. statements, reversals: how many sentences with the value left open,
    and how many questions from the value back to its subject, are mixed into `train`; each keeps one for the gate.
    plain: share of the negatives in the plainest wording, in which the model is mostly asked.
    """

    train: int = 8
    fresh: int = 40
    held_out: int = 8
    behind_notes: int = 4
    negatives: int = 16
    fresh_negatives: int = 96
    colloquial: float = 0.33
    statements: int = 0
    reversals: int = 0
    plain: float = 0.7


class Augmenter(Protocol):
    """Turns a record's text into lessons; none where it finds nothing to learn."""

    def lessons(self, record_id: str, text: str) -> Sequence[Lesson]: ...


class FirstOf:
    """The lessons of the first augmenter that finds any."""

    def __init__(self, *augmenters: Augmenter) -> None:
        self._augmenters = augmenters

    def lessons(self, record_id: str, text: str) -> Sequence[Lesson]:
        """Asks each in turn."""
        return next((found for one in self._augmenters if (found := one.lessons(record_id, text))), [])
