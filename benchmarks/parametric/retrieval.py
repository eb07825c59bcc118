"""Learning nothing: statements in the token store, and the nearest ones before the model as notes.

Knows memos as its users do: observe and recall in a folder of its own. The model that reads is the same one.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from memos import open_memory
from memos.augmentation import Lesson
from memos.manager import MemoryManager
from memos.parametric.model import MemoryModel
from memos.prompting import Note, note_line

from .learned import Learned, Setting
from .rows import MOST_TOKENS
from .world import Answerer, Item

_FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Notes:
    """State of the retrieval arm: an open memory in a temporary folder, and how many texts it was told."""

    memory: MemoryManager
    folder: tempfile.TemporaryDirectory[str]
    told: int = 0

    def close(self) -> None:
        self.memory.close()
        self.folder.cleanup()


def learn_notes(
    model: MemoryModel, lessons: Sequence[Lesson], setting: Setting, start: Notes | None = None
) -> Learned:
    """Observe the text of each lesson, a day apart; answers recall `setting.rate` notes. No weight changes."""
    began = time.process_time()
    if start is None:
        folder = tempfile.TemporaryDirectory(prefix="memos-notes-")
        start = Notes(open_memory(home=Path(folder.name), namespace="benchmark"), folder)
    for lesson in lessons:
        start.memory.observe(lesson.text, occurred_at=_FIRST_DAY + timedelta(days=start.told))
        start.told += 1
    seconds = time.process_time() - began
    answer = _note_answerer(model, start.memory, int(setting.rate))
    return Learned(answer, seconds, len(lessons), {}, start, plain=False, close=start.close)


def _note_answerer(model: MemoryModel, memory: MemoryManager, count: int) -> Answerer:
    def answer(items: Sequence[Item]) -> list[str]:
        prompts = []
        for item in items:
            found = [hit.record for hit in memory.recall(item.question, k=count).hits]
            notes = [note_line(Note(r.text, r.occurred_at)) for r in sorted(found, key=lambda r: r.occurred_at or _FIRST_DAY)]
            # what stands in the conversation comes last, where the newest note is expected
            prompts.append(model.chat_prompt(item.question, [*notes, *item.notes]))
        return [g.text for g in model.generate(prompts, namespace=None, max_new_tokens=MOST_TOKENS)]

    return answer
