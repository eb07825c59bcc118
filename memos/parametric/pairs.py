"""What a write trains on: questions with their answers, and prompts that keep the answer they have.

Knows lessons and what the base says to a prompt. Does not know rows or steps.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from memos.augmentation import Lesson, Negative, cross_negatives
from memos.errors import InputError
from memos.parametric.batch import Batch, by_length
from memos.parametric.model import MemoryModel
from memos.parametric.overlay import RowOverlay
from memos.parametric.recipe import WriteSettings

SURE = -0.5
"""Least log-probability of any token in an answer of the base that counts as sure."""
_ANSWER_ROOM = 24


@dataclass(frozen=True)
class Pair:
    """A prompt and the answer it should give after the write; `weight` of its loss."""

    prompt: str
    answer: str
    weight: float = 1.0
    positive: bool = True


@dataclass(frozen=True)
class Encoded:
    """Pairs as batches of nearly one length. weights: float32 (B,) a batch; positive: whether each is a question."""

    batches: tuple[Batch, ...]
    weights: tuple[Tensor, ...]
    positive: tuple[tuple[bool, ...], ...]

    def question_reads(self, overlay: RowOverlay) -> list[Tensor]:
        """For each question int64 (P, R), the slots it and its answer read; later memory layers as `overlay` has it."""
        found = []
        for batch, asked in zip(self.batches, self.positive, strict=True):
            slots = batch.reads(overlay).slots  # (B·T, R)
            by_example = slots.view(*batch.mask.shape, slots.shape[-1])
            found += [by_example[i][batch.mask[i].bool()] for i, question in enumerate(asked) if question]
        return found


def encode(model: MemoryModel, pairs: Sequence[Pair], most: int = 64) -> Encoded:
    """Tokens, cached prefixes and addresses of `pairs`, at most `most` a batch."""
    examples = [model.example(pair.prompt, pair.answer) for pair in pairs]
    groups = by_length([example.length for example in examples], most)
    return Encoded(
        tuple(Batch(model, [examples[i] for i in group]) for group in groups),
        tuple(torch.tensor([pairs[i].weight for i in group]) for group in groups),
        tuple(tuple(pairs[i].positive for i in group) for group in groups),
    )


def kept_answers(model: MemoryModel, negatives: Sequence[Negative]) -> list[tuple[Negative, str]]:
    """The negatives, each prompt once, whose answer with the memory off is worth keeping, and that answer.

    Left out are answers without an end, and unsure ones that are not known to be right: they tip over at any change,
    so holding them fast would cost rows and keep nothing. So are prompts too long to be answered at all.
    """
    unique = list({negative.prompt: negative for negative in negatives if _fits(model, negative.prompt)}.values())
    said = model.base_answers([negative.prompt for negative in unique])
    return [
        (negative, answer.text)
        for negative, answer in zip(unique, said, strict=True)
        if answer.finished and answer.text and (answer.min_logprob > SURE or answer.text == negative.expected)
    ]


def negative_pairs(model: MemoryModel, negatives: Sequence[Negative], weight: float) -> list[Pair]:
    """Self-distilled: each prompt keeps the answer it gets with the memory off."""
    return [Pair(n.prompt, answer, weight, positive=False) for n, answer in kept_answers(model, negatives)]


def lesson_pairs(
    model: MemoryModel, lesson: Lesson, live: Sequence[Lesson], settings: WriteSettings, seed: int
) -> list[Pair]:
    """Everything one write trains on, in a fixed order."""
    rng = random.Random(seed)
    others = others_of(lesson, live)
    pairs = question_pairs(lesson, settings)
    taught = taught_of([*others, lesson])
    own = [n for n in lesson.negatives if not n.taught(taught)]
    crossing = cross_negatives(lesson, others, model.chat_prompt, rng, settings.cross_negatives, settings.plain)
    own = rng.sample(own, min(len(own), max(0, settings.negatives - len(crossing))))
    pairs += negative_pairs(model, [*own, *crossing], settings.negative_weight)
    replayed = [qa for other in others for qa in other.train]
    for qa in rng.sample(replayed, min(len(replayed), settings.replays)):
        pairs.append(Pair(qa.prompt, qa.answer, settings.negative_weight, positive=False))
    return pairs


def question_pairs(lesson: Lesson, settings: WriteSettings) -> list[Pair]:
    """The questions a write of `lesson` learns from."""
    return [Pair(qa.prompt, qa.answer) for qa in lesson.train[: settings.questions]]


def others_of(lesson: Lesson, live: Sequence[Lesson]) -> list[Lesson]:
    """The live lessons but this one."""
    return [other for other in live if other.key != lesson.key]


def taught_of(lessons: Sequence[Lesson]) -> frozenset[tuple[str, str]]:
    """(subject, relation) of every fact that live lessons teach: never a negative."""
    return frozenset((fact.subject, fact.relation) for lesson in lessons for fact in lesson.facts)


def require_learnable(model: MemoryModel, lesson: Lesson, settings: WriteSettings) -> None:
    """Raises InputError for a lesson that this model cannot learn however its rows are set.

    Without questions; with one longer than the window; or with an answer that the tokenizer does not give back, or
    splits otherwise behind its prompt than alone: generation would never spell what was trained.
    """
    in_store = f"keep record {lesson.record_id} in the token store"
    if not lesson.train:
        raise InputError(
            f"lesson {lesson.key[:8]} has no questions to learn from", hint=in_store, code="input.empty_lesson"
        )
    for qa in lesson.train[: settings.questions]:
        target = model.chat.target_ids(qa.answer)
        try:
            model.chat.prompt_ids(qa.prompt, len(target))
        except InputError as error:
            if error.code != "input.too_long":
                raise
            raise InputError(
                f"lesson {lesson.key[:8]} does not fit: {error.message}", hint=in_store, code="input.too_long"
            ) from error
        spelled = model.chat.decode(target)
        if spelled != qa.answer.strip():
            raise InputError(
                f"this model's tokenizer spells the answer {qa.answer!r} as {spelled!r}, so it can never give it",
                hint=in_store,
                code="input.unspellable",
            )
        if not model.chat.splits_alike(qa.prompt, qa.answer):
            raise InputError(
                f"this model's tokenizer splits {qa.answer!r} otherwise behind its question than alone",
                hint="use a tokenizer with a chat template that ends the prompt with a marker of its own; " + in_store,
                code="input.split_differently",
            )


def _fits(model: MemoryModel, prompt: str) -> bool:
    try:
        model.chat.prompt_ids(prompt, _ANSWER_ROOM)
    except InputError as error:
        if error.code != "input.too_long":
            raise
        return False
    return True
