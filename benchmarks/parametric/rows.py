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

from .halfway import OFTEN, Counters, Halfway
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
    halfway: Halfway | None = None,
) -> Learned:
    """Writes one by one, then sleep unless `rest` is None. A lesson replaces a live one about the same fact.

    every: sleep after so many writes, each time over the rows that are new since the last one, as memos does in use;
    None sleeps once over all rows. halfway: where a stopped run is taken up again; the result is the same bits.
    """
    state, none = start or Rows(model.empty_overlay(), torch.zeros(0, dtype=torch.int64), ()), torch.zeros(0, dtype=torch.int64)
    halfway = halfway or Halfway()
    overlay, owned, fresh, count = halfway.load() or (state.overlay, state.owned, none, Counters())
    size = every or max(1, len(lessons))
    live, rested = list(state.live), set[str]()
    stages: Any = []
    for number, lesson in enumerate(lessons):
        if every is not None and number % size == 0:
            rested = {one.key for one in live}
        live = [one for one in live if not _about(one) & _about(lesson)]
        began = time.process_time()
        if number >= count.done:
            made = write_lesson(model, overlay, lesson, live, write, content_seed("write", lesson.key) % 2**32)
            overlay, fresh = made.overlay, torch.unique(torch.cat([fresh, made.rows]))
            count.written += made.learned
            count.steps.append(made.steps)
        live.append(lesson)
        if number < count.done:
            continue
        slept_at = time.process_time()
        count.awake += slept_at - began
        last = number + 1 == len(lessons)
        if (number + 1) % size == 0 or last:
            owned = torch.unique(torch.cat([owned, fresh]))
            if rest is not None:
                seed = content_seed("sleep", *(one.key for one in live)) % 2**32
                slept = sleep(model, overlay, fresh if rested else owned, live, rest, seed, None, rested)
                overlay, stages = slept.overlay, slept.report["stages"]
                count.sleeps.append(round(time.process_time() - slept_at, 2))
            fresh = none
        count.seconds += time.process_time() - began
        count.done = number + 1
        if (number + 1) % OFTEN == 0 and not last:
            halfway.save(overlay, owned, fresh, count)
    report = {
        "seconds_awake": round(count.awake, 2),
        "seconds_of_sleeps": count.sleeps,
        "write_steps": sum(count.steps) / max(1, len(count.steps)),
        "rows": len(overlay),
        "stages": stages,
    }
    return Learned(
        row_answerer(model, overlay),
        count.seconds,
        count.written,
        report,
        Rows(overlay, owned, tuple(live)),
        reading=row_answerer(model, None),
    )


def _about(lesson: Lesson) -> set[tuple[str, str]]:
    return {(fact.subject, fact.relation) for fact in lesson.facts}
