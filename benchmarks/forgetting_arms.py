"""The ways to learn that are compared: each takes a world and gives back who answers afterwards.

Knows models and training loops. Does not know tables or targets. Baselines see the same questions in the same order,
one fact after another, on a copy of the same base; with `negatives` also the same prompts that must not change.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
import torch.nn.functional as F
from forgetting_world import Answerer

from memos.augmentation import Lesson, content_seed
from memos.parametric import decode
from memos.parametric.batch import pad_right
from memos.parametric.model import MemoryModel
from memos.parametric.overlay import RowOverlay
from memos.parametric.sleep import SleepSettings, sleep
from memos.parametric.write import Pair, WriteSettings, lesson_pairs, write_lesson

STEPS = 20
STOP_LOSS = 0.2
LORA_RANK = 8


@dataclass(frozen=True)
class Learned:
    """What an arm leaves behind. seconds: CPU time of learning, one thread. written: facts its own loop calls learned."""

    answer: Answerer
    seconds: float
    written: int
    report: dict[str, Any]
    state: Any = None


@dataclass(frozen=True)
class Rows:
    """State of the row arms: what a further write builds on."""

    overlay: RowOverlay
    owned: torch.Tensor
    live: tuple[Lesson, ...]


def row_answerer(model: MemoryModel, overlay: RowOverlay | None) -> Answerer:
    def answer(prompts: Sequence[str]) -> list[str]:
        return [g.text for g in model.generate(prompts, namespace=overlay, max_new_tokens=24)]

    return answer


def learn_rows(
    model: MemoryModel,
    lessons: Sequence[Lesson],
    write: WriteSettings,
    rest: SleepSettings | None,
    start: Rows | None = None,
) -> Learned:
    """Writes one by one, then sleep unless `rest` is None. A lesson replaces a live one about the same fact."""
    state = start or Rows(RowOverlay.empty(model.config.d_model), torch.zeros(0, dtype=torch.int64), ())
    overlay, owned, live = state.overlay, state.owned, list(state.live)
    began, written, steps = time.process_time(), 0, []
    for lesson in lessons:
        asked = {(fact.subject, fact.relation) for fact in lesson.facts}
        live = [one for one in live if not asked & {(f.subject, f.relation) for f in one.facts}]
        done = write_lesson(model, overlay, lesson, live, write, content_seed("write", lesson.key) % 2**32)
        overlay, owned = done.overlay, torch.cat([owned, done.rows]).unique()
        live.append(lesson)
        written += done.learned
        steps.append(done.steps)
    awake = time.process_time() - began
    stages: Any = []
    if rest is not None:
        seed = content_seed("sleep", *(one.key for one in live)) % 2**32
        slept = sleep(model, overlay, owned, live, rest, seed)
        overlay, stages = slept.overlay, slept.report["stages"]
    report = {
        "seconds_awake": round(awake, 2),
        "write_steps": sum(steps) / max(1, len(steps)),
        "rows": len(overlay),
        "stages": stages,
    }
    seconds = time.process_time() - began
    return Learned(row_answerer(model, overlay), seconds, written, report, Rows(overlay, owned, tuple(live)))


@dataclass(frozen=True)
class Weights:
    """State of the weight arms: a trained copy and its optimiser."""

    lm: Any
    optimiser: torch.optim.Optimizer


def learn_weights(
    model: MemoryModel, lessons: Sequence[Lesson], kind: str, rate: float, *, negatives: bool, start: Any = None
) -> Learned:
    """kind "full" or "lora" (peft), AdamW at `rate`; a fact is left once its questions' loss is low, or after STEPS."""
    state = start or _fresh(model, kind, rate)
    began, written, live = time.process_time(), 0, []
    count = 12 if negatives else 0
    settings = replace(WriteSettings(), negatives=count, cross_negatives=4 if negatives else 0)
    for lesson in lessons:
        pairs = lesson_pairs(model, lesson, live, settings, content_seed("write", lesson.key) % 2**32)
        written += _fit(model, state, pairs)
        live.append(lesson)
    state.lm.eval()
    seconds = time.process_time() - began
    return Learned(_weight_answerer(model, state.lm), seconds, written, {"rate": rate}, state)


def _fresh(model: MemoryModel, kind: str, rate: float) -> Weights:
    lm = type(model.lm)(model.lm.config)  # a fresh object: the base carries hooks and must stay as it is
    lm.load_state_dict(model.lm.state_dict())
    for parameter in lm.parameters():
        parameter.requires_grad_(False)
    if kind == "lora":
        from peft import LoraConfig, get_peft_model

        targets = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
        torch.manual_seed(0)
        get_peft_model(lm, LoraConfig(r=LORA_RANK, lora_alpha=2 * LORA_RANK, target_modules=targets))
        parameters = [p for name, p in lm.named_parameters() if "lora_" in name]
    else:
        parameters = list(lm.parameters())
    for parameter in parameters:
        parameter.requires_grad_(True)
    return Weights(lm, torch.optim.AdamW(parameters, lr=rate, weight_decay=0.0))


def _fit(model: MemoryModel, state: Weights, pairs: Sequence[Pair]) -> bool:
    """Train on one fact's pairs together until its questions are learned; True when they are."""
    examples = [model.example(pair.prompt, pair.answer) for pair in pairs]
    width = max(e.length for e in examples) - 1
    ids, mask = pad_right([(*e.prompt, *e.target[:-1]) for e in examples], width)
    labels = torch.full_like(ids, -100)
    for i, example in enumerate(examples):
        start = len(example.prompt) - 1
        labels[i, start : start + len(example.target)] = torch.tensor(example.target)
    question = torch.tensor([pair.positive for pair in pairs])
    wanted = labels != -100
    for _ in range(STEPS):
        hidden = state.lm.base_model(input_ids=ids, attention_mask=mask, use_cache=False).last_hidden_state
        logits = state.lm.get_output_embeddings()(hidden[wanted]).float()
        each = F.cross_entropy(logits, labels[wanted], reduction="none")
        owner = wanted.nonzero()[:, 0]
        losses = torch.zeros(len(pairs)).index_add(0, owner, each) / wanted.sum(1)
        if float(losses.detach()[question].max()) < STOP_LOSS:
            return True
        state.optimiser.zero_grad()
        losses.mean().backward()
        state.optimiser.step()
    return False


def _weight_answerer(model: MemoryModel, lm: Any) -> Answerer:
    def to_logits(hidden: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = lm.get_output_embeddings()(hidden).float()
        return logits

    def answer(prompts: Sequence[str]) -> list[str]:
        ids = [model.chat.prompt_ids(prompt) for prompt in prompts]
        said = [""] * len(prompts)
        for group in decode.groups([len(i) for i in ids]):
            rows: list[list[int]] = [[] for _ in group]
            for step in decode.greedy_steps(lm.base_model, to_logits, [ids[i] for i in group], 24):
                for row, token in zip(rows, step.ids.tolist(), strict=False):
                    if not row or row[-1] not in model.chat.stop_ids:
                        row.append(token)
                if all(row[-1] in model.chat.stop_ids for row in rows):
                    break
            for i, row in zip(group, rows, strict=True):
                said[i] = model.chat.decode(row)
        return said

    return answer


def paper_settings() -> WriteSettings:
    """Sparse memory finetuning as published: TF-IDF rows, plain SGD, the new text alone."""
    return replace(WriteSettings(), negatives=0, cross_negatives=0, settle=0)


ROW_ARMS = ("memos", "awake", "paper")
WEIGHT_ARMS = ("full", "full+negatives", "lora", "lora+negatives")
RATES = {"full": (1e-5, 3e-5, 1e-4, 3e-4), "lora": (1e-4, 3e-4, 1e-3, 3e-3)}


def learn(model: MemoryModel, lessons: Sequence[Lesson], arm: str, rate: float, start: Any = None) -> Learned:
    """Learn `lessons` by the arm of that name; `start` is the state of an earlier call to build on.

    Weight arms go on training their copy in place, so examine the earlier result first.
    """
    if arm in ROW_ARMS:
        write = paper_settings() if arm == "paper" else WriteSettings()
        return learn_rows(model, lessons, write, SleepSettings() if arm == "memos" else None, start)
    kind, _, with_negatives = arm.partition("+")
    return learn_weights(model, lessons, kind, rate, negatives=bool(with_negatives), start=start)
