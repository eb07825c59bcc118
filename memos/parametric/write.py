"""One lesson into the rows of one overlay: choose rows, then plain gradient steps on them alone.

Knows rows, losses and when to stop. Does not know the ledger or whether the result is accepted; nothing in the model
changes. Sparse memory finetuning (arXiv 2510.15103) with question wordings and self-distilled negatives.

Deterministic: the result depends on the base, the overlay's bits, the lessons, the settings and the seed.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from memos.augmentation import Lesson, Negative, cross_negatives
from memos.errors import ConsolidationError, InputError
from memos.parametric.base import cpu_threads
from memos.parametric.batch import Batch, Example, by_length
from memos.parametric.model import MemoryModel
from memos.parametric.overlay import RowOverlay
from memos.parametric.slots import select_rows, tf_idf

SURE = -0.5
"""Least log-probability of any token in an answer of the base that counts as sure."""


@dataclass(frozen=True)
class WriteSettings:
    """How one lesson is written.

    rows: most rows one write may own; more learn no better and overlap more. rate: step size relative to the squared
    residual RMS of the model, so that one value serves models of different scale; raise it when many writes stop at
    `max_steps`. stop_loss: written when the worst question's mean token loss is below it. settle: steps then still
    taken for negatives that are not yet back at their answer; sleep mends what remains. negatives: prompts that must
    not change; cross_negatives: of those, the same relation asked about other live subjects. replays: questions
    of earlier live lessons trained along. negative_weight: of a negative's loss against a question's.
    """

    rows: int = 256
    rate: float = 60.0
    max_steps: int = 20
    stop_loss: float = 0.2
    settle: int = 4
    questions: int = 12
    negatives: int = 8
    cross_negatives: int = 2
    replays: int = 6
    negative_weight: float = 1.0
    halvings: int = 3
    selector: str = "tfidf"


@dataclass(frozen=True)
class RowWrite:
    """Rows changed: rows int64 (t,), before and after float32 (t, d_value); `overlay` has them in place.

    scores: float32 (t,), why each row was chosen. losses: mean loss at each step. learned: every question trained on
    is answered exactly, free-running.
    """

    rows: Tensor
    before: Tensor
    after: Tensor
    overlay: RowOverlay
    scores: Tensor
    steps: int
    losses: tuple[float, ...]
    learned: bool
    report: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Pair:
    """A prompt and the answer it should give after the write; `weight` of its loss."""

    prompt: str
    answer: str
    weight: float = 1.0
    positive: bool = True


def kept_answers(model: MemoryModel, negatives: Sequence[Negative]) -> list[tuple[Negative, str]]:
    """The negatives, each prompt once, whose answer with the memory off is worth keeping, and that answer.

    Left out are answers without an end, and unsure ones that are not known to be right: they tip over at any change,
    so holding them fast would cost rows and keep nothing.
    """
    unique = list({negative.prompt: negative for negative in negatives}.values())
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
    others = [other for other in live if other.key != lesson.key]
    pairs = [Pair(qa.prompt, qa.answer) for qa in lesson.train[: settings.questions]]
    taught = taught_of([*others, lesson])
    own = [n for n in lesson.negatives if not n.taught(taught)]
    crossing = cross_negatives(lesson, others, model.chat_prompt, rng, settings.cross_negatives)
    own = rng.sample(own, min(len(own), max(0, settings.negatives - len(crossing))))
    pairs += negative_pairs(model, [*own, *crossing], settings.negative_weight)
    replayed = [qa for other in others for qa in other.train]
    for qa in rng.sample(replayed, min(len(replayed), settings.replays)):
        pairs.append(Pair(qa.prompt, qa.answer, settings.negative_weight, positive=False))
    return pairs


def taught_of(lessons: Sequence[Lesson]) -> frozenset[tuple[str, str]]:
    """(subject, relation) of every fact that live lessons teach: never a negative."""
    return frozenset((fact.subject, fact.relation) for lesson in lessons for fact in lesson.facts)


def write_lesson(
    model: MemoryModel,
    overlay: RowOverlay,
    lesson: Lesson,
    live: Sequence[Lesson],
    settings: WriteSettings,
    seed: int,
) -> RowWrite:
    """Learn `lesson` on top of `overlay`. live: the lessons already learned, in commit order.

    Raises InputError for a lesson without questions or too long for the window; ConsolidationError when the loss
    stays not finite or keeps exploding after `halvings` smaller rates. Then nothing has changed.
    """
    if not lesson.train:
        raise InputError(
            f"lesson {lesson.key[:8]} has no questions to learn from",
            hint="keep the record in the token store",
            code="input.empty_lesson",
        )
    with cpu_threads():
        pairs = lesson_pairs(model, lesson, live, settings, seed)
        batches, weights, positive = encode(model, pairs)
        reads = torch.cat([b.reads_of([i for i, p in enumerate(s) if p]) for b, s in zip(batches, positive, strict=True)])
        chosen = select_rows(tf_idf(reads, model.stats), settings.rows)
        before = overlay.gather(chosen.rows)
        for batch in batches:
            batch.write_into(chosen.rows, overlay)
        rate = settings.rate * model.residual_rms**2
        for attempt in range(settings.halvings + 1):
            outcome = _descend(batches, weights, positive, before, rate / 2**attempt, settings)
            if outcome is not None:
                values, losses, learned = outcome
                after = overlay.with_rows(chosen.rows, values)
                return RowWrite(
                    rows=chosen.rows,
                    before=before,
                    after=after.gather(chosen.rows),
                    overlay=after,
                    scores=chosen.scores,
                    steps=len(losses),
                    losses=tuple(losses),
                    learned=learned,
                    report={"rate": rate / 2**attempt, "attempts": attempt + 1, "pairs": len(pairs)},
                )
    raise ConsolidationError(
        f"the loss of lesson {lesson.key[:8]} diverged at every rate down to {rate / 2**settings.halvings:.3g}",
        hint="lower the write rate; nothing was changed",
        code="consolidation.diverged",
    )


def encode(model: MemoryModel, pairs: Sequence[Pair], most: int = 64) -> tuple[list[Batch], list[Tensor], list[list[bool]]]:
    """Pairs as batches of nearly one length, with their loss weights float32 (B,) and whether each is a question."""
    examples = [model.example(pair.prompt, pair.answer) for pair in pairs]
    groups = by_length([example.length for example in examples], most)
    batches = [Batch(model, [examples[i] for i in group]) for group in groups]
    weights = [torch.tensor([pairs[i].weight for i in group]) for group in groups]
    return batches, weights, [[pairs[i].positive for i in group] for group in groups]


def _descend(
    batches: Sequence[Batch],
    weights: Sequence[Tensor],
    positive: Sequence[Sequence[bool]],
    before: Tensor,
    rate: float,
    settings: WriteSettings,
) -> tuple[Tensor, list[float], bool] | None:
    """Plain gradient steps from `before`: (values, losses, learned), or None when the loss diverged.

    No momentum and no weight decay: both move rows for reasons that are not in this lesson.
    """
    values = before.clone().requires_grad_(True)
    total = float(sum(w.sum() for w in weights))
    losses: list[float] = []
    patience = settings.settle
    for _ in range(settings.max_steps):
        gradient = torch.zeros_like(before)
        loss_sum, worst, kept = 0.0, 0.0, True
        for batch, weight, question in zip(batches, weights, positive, strict=True):
            logits = batch.target_logits(values)
            each = batch.example_losses(logits)
            loss = (each * weight).sum() / total
            with torch.no_grad():
                loss_sum += float(loss)
                wanted, right = torch.tensor(question), batch.exact(logits.detach())
                # an inexact answer counts as unlearned however low its mean loss is
                unlearned = torch.where(right, each.detach(), each.detach() + settings.stop_loss)[wanted]
                worst = max([worst, *unlearned.tolist()])
                kept = kept and bool(right[~wanted].all())
            gradient += torch.autograd.grad(loss, values)[0]
        losses.append(loss_sum)
        if not _sound(loss_sum, losses[0]) or not bool(torch.isfinite(gradient).all()):
            return None
        if worst < settings.stop_loss:
            if kept or patience == 0:
                return values.detach(), losses, True
            patience -= 1
        values = (values.detach() - rate * gradient).requires_grad_(True)
    with torch.no_grad():
        answered = [
            bool(b.exact(b.target_logits(values))[torch.tensor(q)].all())
            for b, q in zip(batches, positive, strict=True)
        ]
    return values.detach(), losses, all(answered)


def _sound(loss: float, first: float) -> bool:
    return loss == loss and loss < 3.0 * max(first, 1.0)


__all__ = ["Example", "Pair", "RowWrite", "WriteSettings", "encode", "lesson_pairs", "negative_pairs", "write_lesson"]
