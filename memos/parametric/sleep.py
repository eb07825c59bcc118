"""Joint refinement of all rows that live writes own: what keeps the model honest as writes pile up.

Knows lessons, leaks and stages. Does not know the ledger; nothing in the model changes.

Writes come one by one and each sees little of the others; their leaks give another subject's value for the same
relation. Asleep, every live fact, fresh wordings of it and fresh prompts that must not change are trained together,
in stages, until prompts that were never trained on stop leaking. Still only rows change.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Generic, Self, TypeVar

import torch
from torch import Tensor

from memos import grammar
from memos.augmentation import Lesson, Negative, asking, cross_negatives
from memos.errors import ConsolidationError
from memos.parametric.base import cpu_threads
from memos.parametric.batch import Batch, by_length
from memos.parametric.model import MemoryModel
from memos.parametric.overlay import RowOverlay
from memos.parametric.recipe import read_recipe
from memos.parametric.write import Pair, RowWrite, negative_pairs, taught_of

T = TypeVar("T")
Progress = Callable[[int, int, str], None]
_BETAS, _EPSILON = (0.9, 0.99), 1e-8
_EARLIER: Mapping[str, Any] = MappingProxyType({"plain": 0.0, "rehearsed": None, "rehearsed_share": 1.0, "old_a_lesson": 0})
"""What a recipe that does not name a setting was made with. These never change, whatever the defaults become."""


@dataclass(frozen=True)
class SleepSettings:
    """How live rows are refined.

    step: Adam's step relative to the residual RMS of the model. fresh: questions a lesson adds to its `train` in each
    stage, never the same ones twice while they last. negatives, cross_negatives: fresh prompts a lesson adds that must
    not change. old: prompts about what the base knows, in each stage, or `old_a_lesson` for each lesson that is new, if
    those are more: the more rows move, the more of it is at risk. enough: share of prompts never trained on that may
    still leak, and of fresh questions that may still be missed, for the sleep to end before `stages`.
    leak_weight: how much more a prompt counts that leaked after the stage before. easy, easy_loss: of the prompts
    whose loss is below `easy_loss` before a stage, this share is trained on; the rest would cost time and teach little.
    plain: share of the prompts drawn here that is asked in the plainest wording, in which the model is mostly asked.
    rehearsed: how many lessons that were refined before are rehearsed, with `rehearsed_share` of the prompts, beside
    those written since, while of the rest the plainest question alone is watched; None refines all of them again, at a cost
    that grows with their number.
    """

    stages: int = 3
    epochs: int = 3
    batch: int = 24
    step: float = 0.035
    fresh: int = 10
    behind_notes: int = 0
    negatives: int = 24
    cross_negatives: int = 4
    old: int = 160
    old_a_lesson: int = 14
    examined: int = 6
    enough: float = 0.02
    leak_weight: float = 4.0
    easy: float = 0.3
    easy_loss: float = 0.05
    evenness: float = 1.0
    plain: float = 0.7
    rehearsed: int | None = 32
    rehearsed_share: float = 0.25

    @classmethod
    def from_recipe(cls, recipe: Mapping[str, Any]) -> Self:
        """The settings an entry of the ledger was made with.

        Raises NotRevertible for a setting that this version does not know: without it the bits would be others.
        """
        return read_recipe(cls, {**_EARLIER, **recipe})


@dataclass(frozen=True)
class StageReport:
    """One stage: loss of its first and last pass, then shares on prompts it was not trained on."""

    first_loss: float
    last_loss: float
    leaked: float
    missed: float
    pairs: int
    trained: int


def sleep(
    model: MemoryModel,
    overlay: RowOverlay,
    owned_rows: Tensor,
    lessons: Sequence[Lesson],
    settings: SleepSettings,
    seed: int,
    progress: Progress | None = None,
    rested: Collection[str] = (),
) -> RowWrite:
    """Refine `owned_rows` int64 (R,) over the live `lessons`, given in commit order.

    rested: keys of the lessons that an earlier sleep refined; a few of them are rehearsed, so that the cost depends on
    what is new. Raises ConsolidationError when the loss stops being finite; then nothing has changed.
    """
    rows = torch.unique(owned_rows.to(torch.int64))
    before = overlay.gather(rows)
    if not len(rows) or not lessons:
        return RowWrite(rows, before, before, overlay, torch.zeros(len(rows)), 0, (), True, {"stages": []})
    with cpu_threads():
        values, reports, losses, steps = before, [], [], 0
        leaked: list[Pair] = []
        material = _Material(model, lessons, settings, seed, rested)
        for stage in range(settings.stages):
            if progress is not None:
                progress(stage, settings.stages, "sleep")
            rng = random.Random(seed + stage)
            pairs = [*material.training(), *leaked]
            current = overlay.with_rows(rows, values)
            work = _worth_training(_Study.encoded(model, pairs, settings.batch), current, settings, rng)
            for batch in work.batches:
                batch.write_into(rows, overlay)
            values, passes, taken = _refine(work, values, settings, model.residual_rms, rng)
            steps += taken
            losses += passes
            examined = material.examination()
            answers = _Study.encoded(model, examined, settings.batch).answers(overlay.with_rows(rows, values))
            wrong = [pair for pair, (right, _) in zip(examined, answers, strict=True) if not right]
            questions = sum(pair.positive for pair in examined)
            missed = sum(pair.positive for pair in wrong)
            report = StageReport(
                first_loss=passes[0],
                last_loss=passes[-1],
                leaked=(len(wrong) - missed) / max(1, len(examined) - questions),
                missed=missed / max(1, questions),
                pairs=len(pairs),
                trained=sum(len(group) for group in work.groups),
            )
            reports.append(report)
            if max(report.leaked, report.missed) <= settings.enough:
                break
            leaked = [Pair(p.prompt, p.answer, settings.leak_weight, p.positive) for p in wrong]
        after = overlay.with_rows(rows, values)
    return RowWrite(
        rows=rows,
        before=before,
        after=after.gather(rows),
        overlay=after,
        scores=torch.zeros(len(rows)),
        steps=steps,
        losses=tuple(losses),
        learned=reports[-1].missed <= settings.enough,
        report={"stages": [vars(r) for r in reports]},
    )


class _Material:
    """Pairs for each stage, none examined in a stage that was trained on before it."""

    def __init__(
        self, model: MemoryModel, live: Sequence[Lesson], settings: SleepSettings, seed: int, rested: Collection[str]
    ) -> None:  # fmt: skip
        self._model, self._live, self._settings = model, live, settings
        self._rng = random.Random(seed)
        self._taught = taught_of(live)
        again = [one for one in live if one.key in rested] if settings.rehearsed is not None else []
        chosen = {one.key for one in self._rng.sample(again, min(len(again), settings.rehearsed or 0))}
        left_out = {one.key for one in again} - chosen
        lessons = [one for one in live if one.key not in left_out]
        # one question each: what new rows take from an old lesson shows, and is trained back, before it is lost
        self._watched = [Pair(one.train[0].prompt, one.train[0].answer) for one in again if one.key in left_out and one.train]
        self._lessons = lessons
        self._shares = [settings.rehearsed_share if one.key in chosen else 1.0 for one in lessons]
        self._fresh = [_Rotation([q for q in one.fresh if q.kind != "behind_notes"], self._rng) for one in lessons]
        self._behind = [_Rotation([q for q in one.fresh if q.kind == "behind_notes"], self._rng) for one in lessons]
        self._negatives = [
            _Rotation([n for n in one.fresh_negatives if not n.taught(self._taught)], self._rng) for one in lessons
        ]

    def training(self) -> list[Pair]:
        settings, pairs, negatives = self._settings, [], []
        for i, (lesson, share) in enumerate(zip(self._lessons, self._shares, strict=True)):
            asked = [
                *lesson.train[: _part(len(lesson.train), share)],
                *self._fresh[i].take(_part(settings.fresh, share)),
                *self._behind[i].take(_part(settings.behind_notes, share)),
            ]
            pairs += [Pair(qa.prompt, qa.answer) for qa in asked]
            negatives += self._negatives[i].take(_part(settings.negatives, share))
            negatives += self._crossing(lesson, _part(settings.cross_negatives, share))
        new = sum(share == 1.0 for share in self._shares)
        pairs += self._watched
        negatives += self._old(max(settings.old, settings.old_a_lesson * new))
        return pairs + negative_pairs(self._model, negatives, 1.0)

    def examination(self) -> list[Pair]:
        settings, pairs, negatives = self._settings, [], []
        for i, (lesson, share) in enumerate(zip(self._lessons, self._shares, strict=True)):
            questions = self._fresh[i].take(_part(max(2, settings.examined // 2), share))
            pairs += [Pair(qa.prompt, qa.answer) for qa in questions]
            negatives += self._negatives[i].take(_part(settings.examined, share))
            negatives += self._crossing(lesson, _part(2, share))
        pairs += self._watched
        return pairs + negative_pairs(self._model, negatives, 1.0)

    def _crossing(self, lesson: Lesson, count: int) -> list[Negative]:
        others = [other for other in self._live if other.key != lesson.key]
        return cross_negatives(lesson, others, self._model.chat_prompt, self._rng, count, self._settings.plain)

    def _old(self, count: int) -> list[Negative]:
        chosen = self._rng.sample(grammar.OLD_FACTS, min(count, len(grammar.OLD_FACTS)))
        made = [
            asking(f.subject, f.relation, self._model.chat_prompt, self._rng, "old", self._settings.plain, noise=0.0)
            for f in chosen
        ]
        return [negative for negative in made if not negative.taught(self._taught)]


def _part(count: int, share: float) -> int:
    """That share of a count, rounded up: what is rehearsed at all is rehearsed with everything it has."""
    return math.ceil(count * share)


class _Rotation(Generic[T]):
    """Takes items in a shuffled order, all of them before any twice."""

    def __init__(self, items: Sequence[T], rng: random.Random) -> None:
        self._items = list(items)
        rng.shuffle(self._items)
        self._at = 0

    def take(self, count: int) -> list[T]:
        if not self._items:
            return []
        taken = [self._items[(self._at + i) % len(self._items)] for i in range(min(count, len(self._items)))]
        self._at += len(taken)
        return taken


@dataclass(frozen=True)
class _Study:
    """Pairs as batches; `groups[g]` are the pairs of `batches[g]`, in its order."""

    batches: tuple[Batch, ...]
    groups: tuple[tuple[Pair, ...], ...]
    order: tuple[int, ...]

    @classmethod
    def encoded(cls, model: MemoryModel, pairs: Sequence[Pair], most: int) -> _Study:
        examples = [model.example(pair.prompt, pair.answer) for pair in pairs]
        cut = by_length([example.length for example in examples], most)
        batches = tuple(Batch(model, [examples[i] for i in group]) for group in cut)
        return cls(batches, tuple(tuple(pairs[i] for i in group) for group in cut), tuple(i for g in cut for i in g))

    @torch.no_grad()
    def answers(self, current: RowOverlay) -> list[tuple[bool, float]]:
        """For each pair, in the order given, whether greedy decoding gives its answer, and its mean token loss."""
        flat: list[tuple[bool, float]] = []
        for batch in self.batches:
            logits = batch.target_logits(overlay=current)
            flat += zip(batch.exact(logits).tolist(), batch.example_losses(logits).tolist(), strict=True)
        found = dict(zip(self.order, flat, strict=True))
        return [found[i] for i in range(len(flat))]


def _worth_training(
    study: _Study, current: RowOverlay, settings: SleepSettings, rng: random.Random
) -> _Study:
    """All pairs that are wrong or not safe yet, and a share of the others so that they stay right."""
    answers = study.answers(current)
    places = [(g, i) for g, group in enumerate(study.groups) for i in range(len(group))]
    kept = []
    for place, pair in zip(places, study.order, strict=True):
        right, loss = answers[pair]
        if not right or loss > settings.easy_loss or rng.random() < settings.easy:
            kept.append(place)
    kept = kept or places
    cut = by_length([study.batches[g].examples[i].length for g, i in kept], settings.batch)
    batches, groups = [], []
    for group in cut:
        chosen: dict[int, list[int]] = {}
        for g, i in (kept[j] for j in group):
            chosen.setdefault(g, []).append(i)
        batches.append(Batch.joined([(study.batches[g], picked) for g, picked in chosen.items()]))
        groups.append(tuple(study.groups[g][i] for g, picked in chosen.items() for i in picked))
    return _Study(tuple(batches), tuple(groups), tuple(range(len(kept))))


def _refine(
    work: _Study, start: Tensor, settings: SleepSettings, rms: float, rng: random.Random
) -> tuple[Tensor, list[float], int]:
    """Adam on the rows from `start`, the step falling in the second half: (values, loss per pass, steps)."""
    weights = [torch.tensor([pair.weight for pair in group]) for group in work.groups]
    count = len(work.batches)
    values = start.clone().requires_grad_(True)
    mean, square = torch.zeros_like(start), torch.zeros_like(start)
    total = settings.epochs * count
    passes: list[float] = []
    for step, i in enumerate(_order(count, settings.epochs, rng)):
        batch = work.batches[i]
        loss = (batch.example_losses(batch.target_logits(values)) * weights[i]).sum() / weights[i].sum()
        if not loss.requires_grad:  # no position of this batch reads a row that is refined
            loss = loss + 0.0 * values.sum()
        (gradient,) = torch.autograd.grad(loss, values)
        if not bool(torch.isfinite(gradient).all()):
            raise ConsolidationError(
                f"sleep diverged at step {step} of {total}, loss {float(loss.detach()):.3g}",
                hint="lower the sleep step; nothing was changed",
                code="consolidation.diverged",
            )
        if step % count == 0:
            passes.append(0.0)
        passes[-1] += float(loss.detach()) / count
        mean.lerp_(gradient, 1 - _BETAS[0])
        square.lerp_(gradient.square(), 1 - _BETAS[1])
        rate = settings.step * rms * min(1.0, 2 * (1 - step / total))
        debiased = mean / (1 - _BETAS[0] ** (step + 1))
        scale = (square / (1 - _BETAS[1] ** (step + 1))).sqrt()
        floor = settings.evenness * scale.square().mean().sqrt() + _EPSILON
        values = (values.detach() - rate * debiased / (scale + floor)).requires_grad_(True)
    return values.detach(), passes, total


def _order(count: int, epochs: int, rng: random.Random) -> Iterator[int]:
    for _ in range(epochs):
        order = list(range(count))
        rng.shuffle(order)
        yield from order
