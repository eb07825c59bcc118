"""Which rate to write a model at: five generated facts at several rates, on overlays that are thrown away.

Knows writes and the gate. Does not know where a setting is kept; the model and its namespaces stay as they are.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from memos import grammar
from memos.augmentation import Lesson, LessonShape, TemplateAugmenter, content_seed
from memos.errors import ConsolidationError
from memos.grammar import Fact
from memos.grammar.values import sample_person
from memos.parametric.gate import GateSettings, probe_gate
from memos.parametric.model import MemoryModel
from memos.parametric.recipe import WriteSettings
from memos.parametric.write import write_lesson
from memos.protocols import GateMeasure, Progress

FACTS = 5
STEPS_APART = (0.25, 0.5, 1.0, 2.0, 4.0)
"""Rates tried, as multiples of the one in the settings."""


@dataclass(frozen=True)
class Bounds:
    """What a rate must show: least share of held-out wordings learned, of untaught questions answered as before, and
    the largest share of old knowledge that may go."""

    learned: float = 0.8
    honest: float = 0.9
    old_loss: float = 0.05


@dataclass(frozen=True)
class RateTrial:
    """One rate: what the gate measured after all facts, mean steps of a write, CPU-bound seconds, why it will not do.

    `measure` is None where the writes were refused; `refused` is "" for a rate that is within the bounds.
    """

    rate: float
    measure: GateMeasure | None
    written: int
    steps: float
    seconds: float
    refused: str


@dataclass(frozen=True)
class RateReport:
    """All trials, by rising rate, and the rate chosen: the largest within the bounds, None where there is none.

    `setting` is the name of what was tuned: `rate` for the writer sgd, `adam_rate` for adam.
    """

    setting: str
    trials: tuple[RateTrial, ...]
    chosen: float | None
    reason: str

    def applied(self, settings: WriteSettings) -> WriteSettings:
        """The settings with the chosen rate. Raises ConsolidationError where none was within the bounds."""
        if self.chosen is None:
            raise ConsolidationError(
                f"no rate teaches this model: {self.reason}",
                hint="leave its facts in the token store, or try another memory.layer",
                code="consolidation.no_rate",
            )
        return replace(settings, **{self.setting: self.chosen})  # type: ignore[arg-type]


def tune_rate(
    model: MemoryModel,
    settings: WriteSettings | None = None,
    *,
    rates: Sequence[float] = (),
    facts: int = FACTS,
    bounds: Bounds | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> RateReport:
    """Write `facts` generated facts at each rate and pick the largest rate that learns and does not leak.

    The largest, because a write that has to stop at its last step is the commonest failure and a larger rate takes
    fewer steps. rates: none takes multiples of the settings' own. Deterministic in model, settings and seed, but for
    `seconds`. Raises InputError when the model cannot hold even one of the generated questions.
    """
    settings, bounds = settings or WriteSettings(), bounds or Bounds()
    setting = "adam_rate" if settings.writer == "adam" else "rate"
    own = settings.adam_rate if settings.writer == "adam" else settings.rate
    lessons = probe_lessons(model, facts, seed)
    trials: list[RateTrial] = []
    tried = sorted(rates or [own * factor for factor in STEPS_APART])
    for done, rate in enumerate(tried):
        if progress is not None:
            progress(done, len(tried), f"{len(lessons)} facts at {setting} {rate:g}")
        trials.append(_trial(model, lessons, replace(settings, **{setting: rate}), rate, bounds, seed))  # type: ignore[arg-type]
    fit = [trial for trial in trials if not trial.refused]
    if fit:
        return RateReport(setting, tuple(trials), fit[-1].rate, f"{len(fit)} of {len(trials)} rates are within the bounds")
    return RateReport(setting, tuple(trials), None, "; ".join(f"{trial.rate:g}: {trial.refused}" for trial in trials))


def probe_lessons(model: MemoryModel, count: int, seed: int) -> list[Lesson]:
    """Lessons about people who do not exist, every second value spelled at random, no two of one relation."""
    rng = random.Random(content_seed("probe", str(seed)))
    augmenter = TemplateAugmenter(model.chat_prompt, LessonShape(fresh=0, behind_notes=0, fresh_negatives=12))
    relations = rng.sample(grammar.relations_of("somebody"), count)
    lessons = []
    for i, relation in enumerate(relations):
        fact: Fact = grammar.sample_fact(rng, sample_person(rng, True), relation, novel=i % 2 == 0)
        lessons.append(augmenter.teach(f"probe-{i}", rng.choice(grammar.statements(fact)), fact))
    return lessons


def _trial(
    model: MemoryModel, lessons: Sequence[Lesson], settings: WriteSettings, rate: float, bounds: Bounds, seed: int
) -> RateTrial:
    empty = model.empty_overlay()
    overlay, written, steps, began = empty, 0, 0, time.process_time()
    try:
        for i, lesson in enumerate(lessons):
            made = write_lesson(model, overlay, lesson, lessons[:i], settings, seed + i)
            overlay, written, steps = made.overlay, written + made.learned, steps + made.steps
    except ConsolidationError as error:
        return RateTrial(rate, None, written, 0.0, time.process_time() - began, error.message)
    measure = probe_gate(model, empty, overlay, lessons, lessons, GateSettings(), seed)
    return RateTrial(
        rate, measure, written, steps / max(1, len(lessons)), time.process_time() - began, _shortfall(measure, bounds)
    )


def _shortfall(measure: GateMeasure, bounds: Bounds) -> str:
    """Why a measure is outside the bounds; "" where it is not."""
    loss = measure.old_before - measure.old_after
    if measure.held_out < bounds.learned:
        return f"learned {measure.held_out:.2f} of held-out wordings (at least {bounds.learned:.2f})"
    if measure.honest < bounds.honest:
        return f"honest on {measure.honest:.2f} of untaught questions (at least {bounds.honest:.2f})"
    if loss > bounds.old_loss:
        return f"old knowledge fell by {loss:.2f} (at most {bounds.old_loss:.2f})"
    return ""


__all__ = ["Bounds", "RateReport", "RateTrial", "probe_lessons", "tune_rate"]
