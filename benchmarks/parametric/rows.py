"""Learning into rows of the memory layer: writes one by one, then sleep.

Knows MemoryModel. Does not know the other ways to learn, nor tables.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch

from memos.augmentation import Lesson, content_seed
from memos.parametric.model import MemoryModel
from memos.parametric.overlay import RowOverlay
from memos.parametric.sleep import SleepSettings, sleep
from memos.parametric.write import WriteSettings, write_lesson

from .learned import Learned
from .world import Answerer, Item

MOST_TOKENS = 24


@dataclass(frozen=True)
class Rows:
    """State of the row arms: what a further write builds on."""

    overlay: RowOverlay
    owned: torch.Tensor
    live: tuple[Lesson, ...]


def row_answerer(model: MemoryModel, overlay: RowOverlay | None) -> Answerer:
    """Answers with what `overlay` holds; None asks the base."""

    def answer(items: Sequence[Item]) -> list[str]:
        prompts = [item.prompt for item in items]
        return [g.text for g in model.generate(prompts, namespace=overlay, max_new_tokens=MOST_TOKENS)]

    return answer


def published_settings() -> WriteSettings:
    """Sparse memory finetuning as published (arXiv 2510.15103): TF-IDF rows, plain SGD, the new text alone."""
    return replace(WriteSettings(), selector="tfidf", writer="sgd", negatives=0, cross_negatives=0, replays=0, settle=0)


def learn_rows(
    model: MemoryModel,
    lessons: Sequence[Lesson],
    write: WriteSettings,
    rest: SleepSettings | None,
    start: Rows | None = None,
    every: int | None = None,
) -> Learned:
    """Writes one by one, then sleep unless `rest` is None. A lesson replaces a live one about the same fact.

    every: sleep after so many writes, each time over the rows that are new since the last one, as memos does in use;
    None sleeps once over all rows.
    """
    state = start or Rows(model.empty_overlay(), torch.zeros(0, dtype=torch.int64), ())
    began, written, steps, awake = time.process_time(), 0, [], 0.0
    stages: Any = []
    sleeps: list[float] = []
    size = every or max(1, len(lessons))
    for first in range(0, len(lessons), size):
        overlay, owned, live = state.overlay, state.owned, list(state.live)
        rested = {one.key for one in live} if every is not None else set()
        fresh = torch.zeros(0, dtype=torch.int64)
        woke = time.process_time()
        for lesson in lessons[first : first + size]:
            asked = {(fact.subject, fact.relation) for fact in lesson.facts}
            live = [one for one in live if not asked & {(f.subject, f.relation) for f in one.facts}]
            done = write_lesson(model, overlay, lesson, live, write, content_seed("write", lesson.key) % 2**32)
            overlay, fresh = done.overlay, torch.unique(torch.cat([fresh, done.rows]))
            live.append(lesson)
            written += done.learned
            steps.append(done.steps)
        slept_at = time.process_time()
        awake += slept_at - woke
        owned = torch.unique(torch.cat([owned, fresh]))
        if rest is not None:
            seed = content_seed("sleep", *(one.key for one in live)) % 2**32
            slept = sleep(model, overlay, fresh if rested else owned, live, rest, seed, None, rested)
            overlay, stages = slept.overlay, slept.report["stages"]
            sleeps.append(round(time.process_time() - slept_at, 2))
        state = Rows(overlay, owned, tuple(live))
    report = {
        "seconds_awake": round(awake, 2),
        "seconds_of_sleeps": sleeps,
        "write_steps": sum(steps) / max(1, len(steps)),
        "rows": len(state.overlay),
        "stages": stages,
    }
    return Learned(
        row_answerer(model, state.overlay),
        time.process_time() - began,
        written,
        report,
        state,
        reading=row_answerer(model, None),
    )
