"""From a text of many sentences to lessons: facts by the grammar, the rest in chunks by whoever can ask about them.

Knows sentences. Does not know who writes the questions.
"""

from __future__ import annotations

from collections.abc import Sequence

from memos import grammar
from memos.augmentation.cloze import sentences
from memos.augmentation.lesson import Lesson, LessonShape, Render
from memos.augmentation.template import TemplateAugmenter
from memos.augmentation.wordings import QuestionWriter, lessons_from_pairs

CHUNK_WORDS = 60
"""A lesson is a dozen questions: a longer piece of text holds more than they can ask for."""


class DocumentAugmenter:
    """A lesson for each fact that the grammar recognises, and one for each chunk of the sentences it does not.

    A short text is one chunk. Every lesson carries the whole text of its record, by which it is known to hold still.
    """

    def __init__(
        self, facts: TemplateAugmenter, writer: QuestionWriter, shape: LessonShape | None = None,
        chunk_words: int = CHUNK_WORDS,
    ) -> None:  # fmt: skip
        """writer: asks about a chunk. chunk_words: most words of a chunk, unless one sentence is longer."""
        self._facts, self._writer, self._shape = facts, writer, shape or LessonShape()
        self._render: Render = facts.render
        self._chunk_words = chunk_words

    def lessons(self, record_id: str, text: str) -> list[Lesson]:
        """All lessons of a text; none when nothing in it can be asked for. Raises what the writer raises."""
        found = self._facts.lessons(record_id, text)
        parts = sentences(text)
        if found and len(parts) == 1:
            return found
        rest = [part for part in parts if not grammar.extract(part)]
        for chunk in chunks(rest, self._chunk_words):
            part = "" if chunk == text else chunk
            found += lessons_from_pairs(record_id, text, self._writer.pairs(chunk), self._render, self._shape, part)
        return found


def chunks(parts: Sequence[str], most_words: int = CHUNK_WORDS) -> list[str]:
    """Whole sentences joined up to `most_words` a chunk, in order; a longer sentence stands alone."""
    made: list[list[str]] = []
    size = 0
    for part in parts:
        words = len(part.split())
        if not made or size + words > most_words:
            made.append([])
            size = 0
        made[-1].append(part)
        size += words
    return [" ".join(chunk) for chunk in made]
