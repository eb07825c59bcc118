"""Fitting a memory layer to any causal language model, and measuring whether facts can be learned into it.

    text -> for each candidate layer: whitening and slot statistics, a few facts at several rates
         -> the best layer -> the rate, by the same probe -> many facts, sleep -> accepted or refused, with figures

Knows models and figures. Does not know settings files or where a report is kept. The base's weights are never written,
and a memory layer that was tried is taken off again.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from memos.acceptance import Bar, Figures, Trial
from memos.config import ConsolidationSettings
from memos.errors import InputError
from memos.parametric.attach import find_blocks
from memos.parametric.background import default_background
from memos.parametric.chat import ChatFormat
from memos.parametric.layer import MemoryConfig
from memos.parametric.model import MemoryModel
from memos.parametric.probing import ProbeSize, person_lessons, probe, require_window
from memos.parametric.recipe import WriteSettings
from memos.protocols import Progress
from memos.types import JsonDict

PROBE_FACTS = 5
COARSE = (0.25, 1.0, 4.0)
"""Rates at which each layer is probed, as multiples of the configured one: layers differ in what rate suits them."""
FINE = (0.5, 1.0, 2.0)
"""Rates tried at the chosen layer, as multiples of its best coarse one."""
DEPTHS = (0.0, 0.125, 0.25, 0.5)
"""Candidate layers by depth. The earlier the layer, the better wordings never seen; beyond the middle none won."""
LEAST_TEXTS, MOST_TEXTS, WORDS = 32, 2000, 60


@dataclass(frozen=True)
class AdaptPlan:
    """What to measure. layer, rate: None chooses by probe. texts: None takes generated text. facts: of the gate.

    bar: what acceptance asks for. memory: shape of the layer; its own `layer` is not looked at. write: how facts are
    written; rates are probed around its own.
    """

    memory: MemoryConfig
    write: WriteSettings
    bar: Bar
    layer: int | None = None
    rate: float | None = None
    texts: Sequence[str] | None = None
    facts: int = 50
    seed: int = 0


@dataclass(frozen=True)
class Adapted:
    """The outcome. `model` has the chosen layer on it. reasons: why it is not accepted; none where it is."""

    model: MemoryModel
    write: WriteSettings
    figures: Figures | None
    reasons: tuple[str, ...]
    layers: tuple[Trial, ...]
    rates: tuple[Trial, ...]
    documents: int
    settings: JsonDict
    seconds: float


def bar_of(settings: ConsolidationSettings) -> Bar:
    """Acceptance asks of the whole what the gate of every run asks of its records."""
    return Bar(held_out=settings.gate_held_out, old=settings.gate_old, honest=settings.gate_honest)


def rate_name(write: WriteSettings) -> Literal["rate", "adam_rate"]:
    """The setting that says how far the writer steps."""
    return "adam_rate" if write.writer == "adam" else "rate"


def rate_of(write: WriteSettings) -> float:
    return write.adam_rate if write.writer == "adam" else write.rate


def at_rate(write: WriteSettings, rate: float) -> WriteSettings:
    return replace(write, adam_rate=rate) if write.writer == "adam" else replace(write, rate=rate)


def adapt(lm: Any, tokenizer: Any, plan: AdaptPlan, progress: Progress | None = None) -> Adapted:
    """Choose layer and rate, write `plan.facts` generated facts, and judge.

    lm, tokenizer: a transformers causal LM and its tokenizer; no weight is changed. Deterministic but for seconds.
    Raises ModelError for a model that memory cannot be attached to, InputError for too little text or too small a window.
    """
    began = time.perf_counter()
    layers: list[Trial] = []
    write = plan.write if plan.rate is None else at_rate(plan.write, plan.rate)
    candidates = [plan.layer] if plan.layer is not None else candidate_layers(len(find_blocks(lm)))
    layer = candidates[0]
    if len(candidates) > 1:
        factors = COARSE if plan.rate is None else (1.0,)
        for number, candidate in enumerate(candidates):
            with _attached(lm, tokenizer, plan, candidate) as model:
                shown = _named(progress, f"layer {candidate} ({number + 1} of {len(candidates)}):")
                layers += probe_rates(model, write, [rate_of(write) * f for f in factors], plan, shown)
        best = best_trial(layers, plan.bar)
        layer, write = best.layer, at_rate(write, best.rate)
    model = _attach(lm, tokenizer, plan, layer)
    return adapt_attached(model, replace(plan, write=write), progress, tuple(layers), began)


def adapt_attached(
    model: MemoryModel, plan: AdaptPlan, progress: Progress | None = None, layers: tuple[Trial, ...] = (),
    began: float | None = None,
) -> Adapted:  # fmt: skip
    """The same with layer and addresses as they are: the rate and the gate alone. layers: what was probed before."""
    began = time.perf_counter() if began is None else began
    write, rates = plan.write, []
    lessons = person_lessons(model, plan.facts, plan.seed)
    require_window(model, lessons)
    if plan.rate is None:
        factors = FINE if layers else COARSE
        tried = [rate_of(write) * factor for factor in factors]
        rates = probe_rates(model, write, tried, plan, _named(progress, "rate:"))
        write = at_rate(write, best_trial(rates, plan.bar).rate)
    else:
        write = at_rate(write, plan.rate)
    figures, note = probe(model, lessons, write, ProbeSize(plan.facts), plan.seed, _named(progress, "gate:"))
    return Adapted(
        model=model, write=write, figures=figures, reasons=shortfalls(figures, plan.bar, note), layers=layers,
        rates=tuple(rates), documents=model.stats.documents, settings=asdict(write),
        seconds=round(time.perf_counter() - began, 1),
    )  # fmt: skip


def shortfalls(figures: Figures | None, bar: Bar, note: str = "") -> tuple[str, ...]:
    """Why figures do not reach the bar, each with both numbers; none where they do."""
    if figures is None:
        return (f"no fact could be written ({note})" if note else "no fact could be written",)
    found = []
    if figures.held_out < bar.held_out:
        failed = f", {figures.failed} of {figures.facts} could not be written ({note})" if figures.failed else ""
        found.append(
            f"{figures.held_out:.2f} of held-out wordings were learned (at least {bar.held_out:.2f}){failed}"
        )
    if figures.kept < 1 - bar.old:
        found.append(f"{figures.kept:.2f} of old answers were kept (at least {1 - bar.old:.2f})")
    if figures.honest_sure and figures.honest < bar.honest:
        found.append(
            f"{figures.honest:.2f} of untaught questions were answered as before (at least {bar.honest:.2f})"
        )
    if figures.leaked > 1 - bar.honest:
        found.append(
            f"{figures.leaked:.2f} of untaught questions got a value taught about something else "
            f"(at most {1 - bar.honest:.2f})"
        )
    return tuple(found)


def candidate_layers(blocks: int) -> list[int]:
    """Blocks worth probing in a model of `blocks`, the first two always where there are two."""
    return sorted({min(1, blocks - 1), *(int(depth * blocks) for depth in DEPTHS)})


def probe_rates(
    model: MemoryModel, write: WriteSettings, rates: Sequence[float], plan: AdaptPlan, progress: Progress | None
) -> list[Trial]:
    """PROBE_FACTS facts at each rate, without sleep: a write that needs mending is seen for what it is."""
    lessons = person_lessons(model, PROBE_FACTS, plan.seed + 1)  # not the facts of the gate
    require_window(model, lessons)
    size = ProbeSize(PROBE_FACTS, old=40, untaught=8, sleep=False)
    trials = []
    for rate in rates:
        began = time.perf_counter()
        shown = _named(progress, f"rate {rate:g}")
        figures, note = probe(model, lessons, at_rate(write, rate), size, plan.seed, shown)
        trials.append(
            Trial(
                layer=model.config.layer, rate=rate, figures=figures, note=note,
                seconds=round(time.perf_counter() - began, 1),
            )
        )  # fmt: skip
    return trials


def best_trial(trials: Sequence[Trial], bar: Bar) -> Trial:
    """The most wordings learned among trials that do no damage; else the least bad. The first of equals wins."""

    def merit(trial: Trial) -> tuple[float, float]:
        made = trial.figures
        if made is None:
            return (-1.0, 0.0)
        honest = min(made.honest, 1 - made.leaked) if made.honest_sure else 1 - made.leaked
        unharmed = min(1.0, honest / max(bar.honest, 1e-9)) * min(1.0, made.kept / max(1 - bar.old, 1e-9))
        return (made.held_out * unharmed, unharmed)

    return max(trials, key=merit)


def documents_of(texts: Sequence[str], chat: ChatFormat) -> list[str]:
    """User text as background: paragraphs cut to at most WORDS words, each rendered as something the model is told.

    At most MOST_TEXTS, evenly spaced. Raises InputError when fewer than LEAST_TEXTS are left.
    """
    pieces = []
    for text in texts:
        for paragraph in text.split("\n\n"):
            words = paragraph.split()
            pieces += [" ".join(words[at : at + WORDS]) for at in range(0, len(words), WORDS)]
    fitting = _fitting([chat.statement(piece) for piece in pieces], chat)
    if len(fitting) < LEAST_TEXTS:
        raise InputError(
            f"the text gives {len(fitting)} passages that fit the model's window; {LEAST_TEXTS} are the least",
            hint="give more text, or leave --text out: generated text is used then",
            code="input.background",
        )
    step = max(1.0, len(fitting) / MOST_TEXTS)
    return [fitting[int(i * step)] for i in range(min(len(fitting), MOST_TEXTS))]


def _fitting(prompts: Sequence[str], chat: ChatFormat) -> list[str]:
    def fits(prompt: str) -> bool:
        return 0 < len(chat.tokenizer(prompt, add_special_tokens=False)["input_ids"]) <= chat.window

    return [prompt for prompt in prompts if fits(prompt)]


def _background(chat: ChatFormat, plan: AdaptPlan) -> list[str]:
    if plan.texts is not None:
        return documents_of(plan.texts, chat)
    generated = default_background(chat)
    fitting = _fitting(generated, chat)
    if len(fitting) < len(generated) // 2:  # those behind notes, a quarter, may be too long
        raise InputError(
            f"the model's window of {chat.window} tokens is too small: {len(fitting)} of {len(generated)} generated "
            "prompts fit it",
            hint="use a model with a larger window",
            code="input.window",
        )
    return fitting


def _attach(lm: Any, tokenizer: Any, plan: AdaptPlan, layer: int) -> MemoryModel:
    """The memory of `plan` at `layer`, measured."""
    window = int(getattr(lm.config, "max_position_embeddings", None) or 2048)
    texts = _background(ChatFormat(tokenizer, window), plan)
    shape = replace(plan.memory, layer=layer, layers=())
    return MemoryModel.attach(lm, tokenizer, config=shape, background=texts)


@contextmanager
def _attached(lm: Any, tokenizer: Any, plan: AdaptPlan, layer: int) -> Iterator[MemoryModel]:
    model = _attach(lm, tokenizer, plan, layer)
    try:
        yield model
    finally:
        model.detach()


def _named(progress: Progress | None, name: str) -> Progress | None:
    return None if progress is None else lambda done, total, what: progress(done, total, f"{name} {what}")
