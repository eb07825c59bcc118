"""One lesson into the rows of one overlay: choose rows, then gradient steps on them alone.

Knows rows, losses and when to stop. Does not know the ledger or whether the result is accepted; nothing in the model
changes. Sparse memory finetuning (arXiv 2510.15103) with question wordings and self-distilled negatives.

Deterministic: the result depends on the base, the overlay's bits, the lessons, the settings and the seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from memos.augmentation import Lesson, self_bleu
from memos.errors import ConsolidationError
from memos.parametric.base import cpu_threads
from memos.parametric.model import MemoryModel
from memos.parametric.overlay import RowOverlay
from memos.parametric.pairs import (
    Encoded,
    Pair,
    encode,
    kept_answers,
    lesson_pairs,
    negative_pairs,
    others_of,
    question_pairs,
    require_learnable,
    taught_of,
)
from memos.parametric.recipe import WriteSettings
from memos.parametric.selectors import Accesses, RowSelection, select_rows, selector_named
from memos.parametric.trust_region import TrustRegion
from memos.parametric.writers import RowWriter, writer_for

EXPLODED = 3.0
"""A loss this many times the first one, or the least first one of 1 nat, will not come back."""


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
class _Descent:
    """Where the steps led. `values` float32 (t, d) is None when the loss diverged; the losses say how."""

    values: Tensor | None
    losses: tuple[float, ...]
    learned: bool
    writer: RowWriter
    divergence: float = 0.0


def write_lesson(
    model: MemoryModel,
    overlay: RowOverlay,
    lesson: Lesson,
    live: Sequence[Lesson],
    settings: WriteSettings,
    seed: int,
) -> RowWrite:
    """Learn `lesson` on top of `overlay`. live: the lessons already learned, in commit order.

    Raises InputError for a lesson that this model cannot learn (`require_learnable`); ConsolidationError when the loss
    stays not finite or keeps exploding after `halvings` smaller rates. Then nothing has changed.
    """
    require_learnable(model, lesson, settings)
    with cpu_threads():
        pairs = lesson_pairs(model, lesson, live, settings, seed)
        encoded = encode(model, pairs)
        chosen = _chosen_rows(model, overlay, lesson, live, encoded, settings, seed)
        before = overlay.gather(chosen.rows)
        for batch in encoded.batches:
            batch.write_into(chosen.rows, overlay)
        region = None
        if settings.kl_budget > 0:
            subjects = {fact.subject for fact in lesson.facts}
            region = TrustRegion(model, overlay, chosen.rows, settings.kl_prompts, subjects, seed)
        writer = writer_for(settings, model.residual_rms)
        first_rate, attempts = writer.rate, 1
        made = _descend(encoded, before, writer, region, settings)
        while made.values is None and attempts <= settings.halvings:
            writer, attempts = writer.slower(), attempts + 1
            made = _descend(encoded, before, writer, region, settings)
        if made.values is None:
            raise ConsolidationError(
                f"the loss of lesson {lesson.key[:8]} diverged at every rate from {first_rate:.3g} down to "
                f"{made.writer.rate:.3g}: last from {made.losses[0]:.3g} to {made.losses[-1]:.3g} "
                f"in {len(made.losses)} steps",
                hint="lower consolidation.rate; nothing was changed",
                code="consolidation.diverged",
            )
        after = overlay.with_rows(chosen.rows, made.values)
    report: dict[str, object] = {
        "rate": made.writer.rate,
        "attempts": attempts,
        "pairs": len(pairs),
        "coverage": round(chosen.mass, 4),
        "self_bleu": round(_self_bleu(model, lesson, settings), 4),
    }
    if region is not None:
        report["kl"] = round(made.divergence, 6)
    return RowWrite(
        rows=chosen.rows,
        before=before,
        after=after.gather(chosen.rows),
        overlay=after,
        scores=chosen.scores,
        steps=len(made.losses),
        losses=made.losses,
        learned=made.learned,
        report=report,
    )


def _chosen_rows(
    model: MemoryModel,
    overlay: RowOverlay,
    lesson: Lesson,
    live: Sequence[Lesson],
    encoded: Encoded,
    settings: WriteSettings,
    seed: int,
) -> RowSelection:
    selector = selector_named(settings.selector)
    users = row_users(model, overlay, others_of(lesson, live), settings) if selector.uses_users else None
    accesses = Accesses.of(encoded.question_reads(overlay), model.stats, users, seed)
    return select_rows(selector.scores(accesses), settings.rows, settings.coverage)


def row_users(
    model: MemoryModel, overlay: RowOverlay, lessons: Sequence[Lesson], settings: WriteSettings
) -> Tensor:
    """How many of `lessons` have a question that reads a learned row, for each slot: int64 (N,).

    Rows that only a replaced lesson used have no user: the new value may go where the old one was.
    """
    users = torch.zeros_like(model.stats.df)
    learned = torch.zeros_like(users, dtype=torch.bool)
    learned[overlay.rows] = True
    for lesson in lessons:
        asked = encode(model, question_pairs(lesson, settings))
        read = torch.zeros_like(learned)
        for reads in asked.question_reads(overlay):
            read[reads.reshape(-1)] = True
        users += read & learned
    return users


def _descend(
    encoded: Encoded, before: Tensor, writer: RowWriter, region: TrustRegion | None, settings: WriteSettings
) -> _Descent:
    """Gradient steps from `before` until learned, out of steps, diverged, or held by the trust region."""
    values = before.clone().requires_grad_(True)
    total = float(sum(w.sum() for w in encoded.weights))
    losses: list[float] = []
    patience, halvings, divergence = settings.settle, settings.halvings, 0.0
    for _ in range(settings.max_steps):
        gradient = torch.zeros_like(before)
        loss_sum, worst, kept = 0.0, 0.0, True
        for batch, weight, question in zip(encoded.batches, encoded.weights, encoded.positive, strict=True):
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
            if loss.requires_grad:  # else no position of this batch reads a row that is written
                gradient += torch.autograd.grad(loss, values)[0]
        losses.append(loss_sum)
        if not _sound(loss_sum, losses[0]) or not bool(torch.isfinite(gradient).all()):
            return _Descent(None, tuple(losses), False, writer)
        if worst < settings.stop_loss:
            if kept or patience == 0:
                return _Descent(values.detach(), tuple(losses), True, writer, divergence)
            patience -= 1
        proposal, following = writer.step(values.detach(), gradient)
        if region is not None:
            moved = region.divergence(proposal)
            while moved > settings.kl_budget and halvings > 0:
                writer, halvings = writer.slower(), halvings - 1
                proposal, following = writer.step(values.detach(), gradient)
                moved = region.divergence(proposal)
            if moved > settings.kl_budget:
                break  # as far as the budget reaches
            divergence = moved
        values, writer = proposal.requires_grad_(True), following
    with torch.no_grad():
        answered = [
            bool(b.exact(b.target_logits(values))[torch.tensor(q)].all())
            for b, q in zip(encoded.batches, encoded.positive, strict=True)
        ]
    return _Descent(values.detach(), tuple(losses), all(answered), writer, divergence)


def _sound(loss: float, first: float) -> bool:
    return loss == loss and loss < EXPLODED * max(first, 1.0)


def _self_bleu(model: MemoryModel, lesson: Lesson, settings: WriteSettings) -> float:
    """Of the questions learned from, without what the model's chat form puts around every one of them."""
    before, _, after = model.chat_prompt("\N{BULLET}").partition("\N{BULLET}")
    prompts = [qa.prompt for qa in lesson.train[: settings.questions]]
    return self_bleu([prompt.removeprefix(before).removesuffix(after) for prompt in prompts])


__all__ = [
    "Pair",
    "RowWrite",
    "WriteSettings",
    "kept_answers",
    "lesson_pairs",
    "negative_pairs",
    "row_users",
    "taught_of",
    "write_lesson",
]
