"""Questions that the local model writes itself, for texts in which no template is recognised.

Knows a model by two methods. Does not know its memory: it is used with the memory off.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from memos.augmentation.lesson import Lesson, LessonShape
from memos.augmentation.wordings import is_about, is_stated, lessons_from_pairs
from memos.grammar.plain import QUESTION_REQUEST

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


class LocalModel(Protocol):
    """What `ModelAugmenter` needs of a `MemoryModel`."""

    def chat_prompt(self, question: str, notes: Sequence[str] = ()) -> str: ...

    def generate(self, prompts: Sequence[str], *, namespace: None, max_new_tokens: int = 32) -> Sequence[Any]: ...


class ModelAugmenter:
    """Lessons that the local model writes itself.

    It asks questions about the note in several ways, each is phrased as people do, and answered from the note. Kept
    are questions that share a word of substance with the note and whose answer stands in the note, word for word, but
    not in the question.
    """

    def __init__(self, model: LocalModel, shape: LessonShape | None = None, request: str = QUESTION_REQUEST) -> None:
        """model: a `MemoryModel`, used with its memory off. request: the turn that makes it write a question."""
        self._model = model
        self._shape = shape or LessonShape()
        self._request = request

    def pairs(self, text: str) -> list[tuple[str, str]]:
        """Questions that the model can answer with `text` before it, and its answers."""
        asked = [self._model.chat_prompt(self._request.format(note=form.format(note=text))) for form in _REQUESTS]
        made = self._model.generate(asked, namespace=None, max_new_tokens=32)
        written = list(dict.fromkeys(g.text for g in made if g.finished and is_about(g.text, text)))
        questions = list(dict.fromkeys(form for question in written for form in _phrased(question)))
        if not questions:
            return []
        read = [self._model.chat_prompt(question, [text]) for question in questions]
        answers = self._model.generate(read, namespace=None, max_new_tokens=24)
        return [
            (question, answer.text)
            for question, answer in zip(questions, answers, strict=True)
            if answer.finished and is_stated(answer.text, question, text)
        ]

    def lessons(self, record_id: str, text: str) -> list[Lesson]:
        """One lesson, or none when fewer than four different questions pass."""
        return lessons_from_pairs(record_id, text, self.pairs(text), self._model.chat_prompt, self._shape)


def _phrased(question: str) -> list[str]:
    """The question itself and in frames that fit any direct question: a small model writes few of its own."""
    if not question.endswith("?"):
        return [question]
    inner = question if question.startswith("I ") else question[:1].lower() + question[1:]
    return [question, inner, *(frame.format(inner) for frame in _DIRECT_FRAMES)]
