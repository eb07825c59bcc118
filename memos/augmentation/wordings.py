"""Questions somebody else worded: which of them are worth learning from, and how they become a lesson.

Knows words. Does not know who wrote the questions, a chat model, the local model or a pattern.
"""

from __future__ import annotations

import random
import re
from collections.abc import Collection, Sequence
from typing import Protocol

from memos.augmentation.lesson import QA, Lesson, LessonShape, Render, content_seed, lesson_key
from memos.augmentation.negatives import stranger

Pairs = Sequence[tuple[str, str]]
"""(question, answer), neither rendered for a model yet."""

FEWEST_QUESTIONS = 4
_WORD = re.compile(r"[\w']+")
_SHORT = {
    "whats": "what is", "whos": "who is", "wheres": "where is", "whens": "when is", "hows": "how is",
    "thats": "that is", "its": "it is", "im": "i am", "ive": "i have", "id": "i would", "ill": "i will",
    "cant": "can not", "cannot": "can not", "dont": "do not", "doesnt": "does not", "didnt": "did not",
    "isnt": "is not", "wasnt": "was not",
}  # fmt: skip
_FUNCTION_WORDS = """
    a an the is are was were am be do does did of to in on at and or for with that this it as by from have has had
    what who where when which how why i me my mine you your we our he she they his her their not no yes
"""
_COMMON = frozenset(_FUNCTION_WORDS.split())


class QuestionWriter(Protocol):
    """Asks about a text and answers from it."""

    def pairs(self, text: str) -> Pairs:
        """Questions whose answers stand in `text`; none when it has nothing to ask about."""
        ...


def normalised(question: str) -> str:
    """The question without what typing changes: case, punctuation, apostrophes, contractions.

    Two questions that are equal here are one wording: being asked the second after learning the first shows nothing.
    """
    words = _WORD.findall(question.replace("’", "'").casefold())
    plain = [word.replace("'", "") for word in words]
    return " ".join(_SHORT.get(word, word) for word in plain if word)


def words_of(text: str) -> list[str]:
    """The words, without case, punctuation and possessive endings."""
    return [word.casefold().removesuffix("'s") for word in _WORD.findall(text)]


def is_about(question: str, text: str) -> bool:
    """Whether a question shares a word of substance with the text, and every name in it stands there too."""
    noted = set(words_of(text))
    names = {name for word in _WORD.findall(question)[1:] if word[:1].isupper() for name in words_of(word)}
    return bool((set(words_of(question)) & noted) - _COMMON) and names - {"i"} <= noted


def is_stated(answer: str, question: str, text: str) -> bool:
    """Whether the answer's words stand in the text in this order, and the question does not give them away."""
    said, asked, noted = (f" {' '.join(words_of(part))} " for part in (answer, question, text))
    return bool(said.strip()) and said in noted and said not in asked


def closed(answer: str) -> str:
    """The answer as a sentence: the shipped model's answers end in a full stop."""
    return answer if answer.endswith((".", "!", "?")) else f"{answer}."


def apart(questions: Sequence[str], held_out: Collection[str]) -> list[str]:
    """The questions that are no wording of `held_out`, in order."""
    reserved = {normalised(question) for question in held_out}
    return [question for question in questions if normalised(question) not in reserved]


def lessons_from_pairs(
    record_id: str, text: str, pairs: Pairs, render: Render, shape: LessonShape, chunk: str = ""
) -> list[Lesson]:
    """A lesson of free questions and answers; [] for fewer than four. A fifth is held out, at least one.

    chunk: the part of `text` that was asked about, where that is not all of it; it makes the lesson's key its own.
    """
    unique = dict(pairs)
    order = list(unique)
    if len({normalised(question) for question in order}) < FEWEST_QUESTIONS:
        return []
    key = lesson_key(f"{text}\x1d{chunk}" if chunk else text)
    rng = random.Random(content_seed("lesson", key))
    rng.shuffle(order)
    held = order[: max(1, min(shape.held_out, len(order) // 5))]
    open_ones = apart(order[len(held) :], held)
    asked = [QA(render(question), unique[question]) for question in open_ones]
    negatives = [stranger(render, rng) for _ in range(shape.negatives + shape.fresh_negatives)]
    return [
        Lesson(
            key=key,
            record_id=record_id,
            text=text,
            facts=(),
            train=tuple(asked[: shape.train]),
            held_out=tuple(QA(render(question), unique[question], question=question) for question in held),
            fresh=tuple(asked[shape.train :]),
            negatives=tuple(negatives[: shape.negatives]),
            fresh_negatives=tuple(negatives[shape.negatives :]),
        )
    ]
