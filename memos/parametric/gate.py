"""What a consolidation must show before it is committed: free-running answers, compared word for word.

Knows prompts and answers. Does not know what is good enough: the policy decides on these numbers.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from memos import grammar
from memos.augmentation import Lesson, Negative
from memos.grammar import answer_text
from memos.parametric.base import cpu_threads
from memos.parametric.model import MemoryModel, Reading
from memos.parametric.overlay import RowOverlay
from memos.parametric.plain import PlainWords
from memos.parametric.write import kept_answers, taught_of
from memos.protocols import GateMeasure

T = TypeVar("T")


@dataclass(frozen=True)
class GateSettings:
    """How much is asked. old: prompts about what the base knows; learned, negatives: prompts per lesson."""

    old: int = 60
    learned: int = 4
    negatives: int = 6
    max_new_tokens: int = 24


def share_right(
    model: MemoryModel, prompts: Sequence[str], answers: Sequence[str], reading: Reading, max_new_tokens: int = 24
) -> list[bool]:
    """Whether each greedy answer is the wanted text, exactly. A prompt that comes more than once is answered once."""
    unique = list(dict.fromkeys(prompts))
    made = model.generate(unique, namespace=reading, max_new_tokens=max_new_tokens)
    said = {prompt: generation.text for prompt, generation in zip(unique, made, strict=True)}
    return [said[prompt] == answer for prompt, answer in zip(prompts, answers, strict=True)]


def probe_gate(
    model: MemoryModel,
    before: RowOverlay,
    after: RowOverlay,
    lessons: Sequence[Lesson],
    live: Sequence[Lesson],
    settings: GateSettings,
    seed: int,
) -> GateMeasure:
    """Measure `lessons` under `after`, and what must not change under `before` and `after`.

    live: every lesson that holds afterwards, so that nothing taught counts as a leak. Held-out questions are asked as
    users' questions are, in plain words where they are understood, and once more as they stand. Old knowledge and honesty are
    shares of prompts that get the base's own answer. Shares are 1.0 where nothing could be asked.
    """
    rng = random.Random(seed)
    taught = taught_of([*live, *lessons])
    with cpu_threads():
        held = [(one.key, qa) for one in lessons for qa in one.held_out]
        words, wanted = PlainWords(model), [qa.answer for _, qa in held]
        put = [words.prompt(qa.question) if qa.question else qa.prompt for _, qa in held]
        held_right = share_right(model, put, wanted, after, settings.max_new_tokens)
        raw_right = share_right(model, [qa.prompt for _, qa in held], wanted, after, settings.max_new_tokens)
        learned = [qa for one in lessons for qa in one.train[: settings.learned]]
        learned_right = share_right(
            model, [qa.prompt for qa in learned], [qa.answer for qa in learned], after, settings.max_new_tokens
        )
        old = [f for f in grammar.OLD_FACTS if (f.subject, f.relation) not in taught]
        chosen = rng.sample(old, min(len(old), settings.old))
        old_asked = [
            Negative(model.chat_prompt(rng.choice(grammar.questions(f.subject, f.relation))), expected=answer_text(f))
            for f in chosen
        ]
        open_asked = [
            negative
            for one in lessons
            for negative in _some([n for n in one.fresh_negatives if not n.taught(taught)], settings.negatives, rng)
        ]
        old_prompts, old_wanted = _unzipped(kept_answers(model, old_asked))
        open_prompts, open_wanted = _unzipped(kept_answers(model, open_asked))
        old_before = share_right(model, old_prompts, old_wanted, before, settings.max_new_tokens)
        old_after = share_right(model, old_prompts, old_wanted, after, settings.max_new_tokens)
        honest = share_right(model, open_prompts, open_wanted, after, settings.max_new_tokens)
    per_lesson = {
        one.key: _share([ok for (key, _), ok in zip(held, held_right, strict=True) if key == one.key])
        for one in lessons
    }
    return GateMeasure(
        learned=_share(learned_right),
        held_out=_share(held_right),
        as_they_stand=_share(raw_right),
        old_before=_share(old_before),
        old_after=_share(old_after),
        honest=_share(honest),
        per_lesson=per_lesson,
    )


def _some(items: Sequence[T], count: int, rng: random.Random) -> list[T]:
    return rng.sample(list(items), min(len(items), count))


def _unzipped(kept: Sequence[tuple[Negative, str]]) -> tuple[list[str], list[str]]:
    return [negative.prompt for negative, _ in kept], [answer for _, answer in kept]


def _share(answers: Sequence[bool]) -> float:
    return sum(answers) / len(answers) if answers else 1.0
