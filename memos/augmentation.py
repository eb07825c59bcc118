"""From the text of one record to a lesson: many wordings to learn from, others to be examined on.

Knows text and the grammar of facts. Does not know tensors or models: whoever can render a prompt or answer one is
passed in. A lesson is a function of its record's text and a seed only, never of other records, so that a forgotten
record leaves no trace in the lessons of others.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from memos.errors import InputError


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
class LessonFact:
    """What a lesson teaches: subject, relation, value."""

    subject: str
    relation: str
    value: str


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
    facts: tuple[LessonFact, ...]
    train: tuple[QA, ...]
    held_out: tuple[QA, ...]
    fresh: tuple[QA, ...]
    negatives: tuple[Negative, ...]
    fresh_negatives: tuple[Negative, ...]

    def to_json(self) -> str:
        """One JSON object, keys sorted: equal lessons are equal texts."""
        return json.dumps(_plain(self), sort_keys=True, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Lesson:
        """Read what `to_json` wrote. Raises InputError on anything else."""
        try:
            raw = json.loads(text)
            return cls(
                key=str(raw["key"]),
                record_id=str(raw["record_id"]),
                text=str(raw["text"]),
                facts=tuple(LessonFact(**fact) for fact in raw["facts"]),
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


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    return value


def lesson_key(text: str) -> str:
    """Content hash of a record's text, the identity of its lesson."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def cross_negatives(
    lesson: Lesson, others: Sequence[Lesson], render: Render, rng: random.Random, count: int
) -> list[Negative]:
    """The relations of `lesson` asked about the subjects of `others`, where nobody taught them: leaks go there."""
    return []


Ask = Callable[[Sequence[str]], Sequence[str]]
