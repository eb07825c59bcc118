"""How a question is put to a model: as it stands, or as memos puts it.

memos asks the parameters in the plainest wording, which the base finds for a free one (`memos.parametric.plain`), and reads
notes with the rows left out: what they do not answer is asked of the parameters without them. Every arm is asked both
ways. Knows who answers; not how anything was learned.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from memos.grammar import UNKNOWN_ANSWER
from memos.parametric.model import MemoryModel
from memos.parametric.plain import PlainWords

from .world import Answerer, Item


class PlainAsking:
    """Puts questions as memos does; what the base makes of each is kept, for it never changes."""

    def __init__(self, model: MemoryModel) -> None:
        self._words = PlainWords(model)
        self._put: dict[str, str] = {}

    def through(self, answer: Answerer, reading: Answerer | None = None) -> Answerer:
        """answer: asked without notes. reading: who reads notes first; None where that is no other."""
        read = reading or answer

        def asked(items: Sequence[Item]) -> list[str]:
            said = [""] * len(items)
            behind = [i for i, item in enumerate(items) if item.notes]
            for i, text in zip(behind, read([items[i] for i in behind]), strict=True):
                said[i] = text
            left = [i for i, text in enumerate(said) if text in ("", UNKNOWN_ANSWER)]
            plain = [replace(items[i], prompt=self._prompt(items[i].question), notes=()) for i in left]
            for i, text in zip(left, answer(plain), strict=True):
                said[i] = text
            return said

        return asked

    def _prompt(self, question: str) -> str:
        if question not in self._put:
            self._put[question] = self._words.prompt(question)
        return self._put[question]
