"""Learning into the weights of a copy of the language model: all of them, LoRA, or all of them held by EWC.

Knows training loops. Does not know rows, worlds or tables. Every arm sees the same questions in the same order, one
fact after another, and stops a fact by the rule that row writes stop by.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import torch
import torch.nn.functional as F

from memos import grammar
from memos.augmentation import Lesson, Negative, content_seed, cross_negatives
from memos.errors import ModelError
from memos.grammar import answer_text
from memos.parametric import decode
from memos.parametric.background import default_background
from memos.parametric.batch import Example, by_length, pad_right
from memos.parametric.model import MemoryModel
from memos.parametric.pairs import Pair, lesson_pairs, negative_pairs, taught_of
from memos.parametric.sleep import SleepSettings
from memos.parametric.write import WriteSettings

from .learned import Learned, Setting
from .rows import MOST_TOKENS
from .world import Answerer, Item

STEPS = WriteSettings().max_steps
STOP_LOSS = WriteSettings().stop_loss
LORA_RANK = 8
LORA_TARGETS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
OLD_REPLAYS = 8
FISHER_EXAMPLES = 160
_BATCH = 64

Beside = Literal["nothing", "replay", "negatives"]


@dataclass(frozen=True)
class WeightArm:
    """kind: which weights move. beside: what is trained along with a fact's questions.

    `replay` takes questions of earlier facts and old facts with their right answers; `negatives` is exactly what a row
    write of memos is given: earlier questions, and prompts that keep the answer of the base. asleep: after the last
    fact all of them are refined together on the material, and by the settings, of memos' sleep.
    """

    kind: Literal["full", "lora"]
    beside: Beside = "nothing"
    ewc: bool = False
    asleep: bool = False


@dataclass
class Weights:
    """State of the weight arms: a trained copy, its optimiser, what was learned, and what EWC holds."""

    lm: Any
    optimiser: torch.optim.Optimizer
    live: list[Lesson]
    anchors: list[tuple[torch.nn.Parameter, torch.Tensor, torch.Tensor]]


def learn_weights(
    model: MemoryModel, lessons: Sequence[Lesson], arm: WeightArm, setting: Setting, start: Weights | None = None
) -> Learned:
    """AdamW at `setting.rate`; a fact is left once its questions' loss is low, or after STEPS.

    Goes on training `start` in place, so examine an earlier result first.
    """
    began, written = time.process_time(), 0
    state = start or fresh(model, arm, setting.rate)
    steps: list[int] = []
    for lesson in lessons:
        seed = content_seed("write", lesson.key) % 2**32
        asked = {(fact.subject, fact.relation) for fact in lesson.facts}
        state.live = [one for one in state.live if not asked & {(f.subject, f.relation) for f in one.facts}]
        pairs = pairs_for(model, lesson, state.live, arm.beside, seed)
        learned, taken = _fit(model, state, pairs, setting.strength)
        written, steps = written + learned, [*steps, taken]
        state.live.append(lesson)
    if arm.asleep:
        _rest(model, state, setting.rate, content_seed("sleep", *(one.key for one in state.live)) % 2**32)
    state.lm.eval()
    seconds = time.process_time() - began
    report = {"write_steps": sum(steps) / max(1, len(steps))}
    return Learned(weight_answerer(model, state.lm), seconds, written, report, state)


def pairs_for(
    model: MemoryModel, lesson: Lesson, live: Sequence[Lesson], beside: Beside, seed: int
) -> list[Pair]:
    """The pairs one fact is trained on, its questions first."""
    settings = WriteSettings()
    if beside == "negatives":
        return lesson_pairs(model, lesson, live, settings, seed)
    alone = replace(settings, negatives=0, cross_negatives=0, replays=settings.replays if beside == "replay" else 0)
    pairs = lesson_pairs(model, lesson, live, alone, seed)
    if beside == "replay":
        rng = random.Random(seed)
        taught = {(fact.subject, fact.relation) for one in (*live, lesson) for fact in one.facts}
        old = [fact for fact in grammar.OLD_FACTS if (fact.subject, fact.relation) not in taught]
        for fact in rng.sample(old, OLD_REPLAYS):
            question = rng.choice(grammar.questions(fact.subject, fact.relation))
            pairs.append(Pair(model.chat_prompt(question), answer_text(fact), positive=False))
    return pairs


def fresh(model: MemoryModel, arm: WeightArm, rate: float) -> Weights:
    """A copy of the base with nothing learned, its optimiser, and for EWC what it is held to."""
    lm: Any = type(model.lm)(model.lm.config)  # a fresh object: the base carries hooks and must stay as it is
    lm.load_state_dict(model.lm.state_dict())
    lm.requires_grad_(False)
    if arm.kind == "lora":
        from peft import LoraConfig, get_peft_model

        torch.manual_seed(0)
        get_peft_model(lm, LoraConfig(r=LORA_RANK, lora_alpha=2 * LORA_RANK, target_modules=LORA_TARGETS))
        parameters = [p for name, p in lm.named_parameters() if "lora_" in name]
    else:
        parameters = list(lm.parameters())
    for parameter in parameters:
        parameter.requires_grad_(True)
    anchors = fisher(model, lm, parameters) if arm.ewc else []
    return Weights(lm, torch.optim.AdamW(parameters, lr=rate, weight_decay=0.0), [], anchors)


def fisher(
    model: MemoryModel, lm: Any, parameters: Sequence[torch.nn.Parameter]
) -> list[tuple[torch.nn.Parameter, torch.Tensor, torch.Tensor]]:
    """(parameter, its value now, its diagonal Fisher information), as EWC holds old knowledge (arXiv 1612.00796).

    Squared gradients of the base's own answers to background prompts, scaled to mean 1 over all weights so that one
    range of penalties serves any model. Raises ModelError for a model that is sure of nothing.
    """
    prompts = default_background(model.chat, FISHER_EXAMPLES)
    pairs = negative_pairs(model, [Negative(prompt) for prompt in prompts], 1.0)
    if not pairs:
        raise ModelError(
            "this model is sure of no answer, so there is nothing for EWC to hold",
            hint="leave the arm ewc out",
            code="model.no_old_knowledge",
        )
    sums = [torch.zeros_like(p) for p in parameters]
    for pair in pairs:
        (group,) = _groups(model, [pair])
        gradients = torch.autograd.grad(group.losses(lm).sum(), parameters)
        for total, gradient in zip(sums, gradients, strict=True):
            total += gradient.square()
    mean = sum(float(total.sum()) for total in sums) / sum(total.numel() for total in sums)
    return [(p, p.detach().clone(), total / mean) for p, total in zip(parameters, sums, strict=True)]


@dataclass(frozen=True)
class _Group:
    """Pairs of nearly one length as tensors; `question[i]` says whether pair i decides when to stop."""

    ids: torch.Tensor
    mask: torch.Tensor
    labels: torch.Tensor
    question: torch.Tensor

    def losses(self, lm: Any) -> torch.Tensor:
        """Mean cross-entropy of each pair over its answer tokens, float32 (B,)."""
        wanted = self.labels != -100
        hidden = lm.base_model(input_ids=self.ids, attention_mask=self.mask, use_cache=False).last_hidden_state
        logits = lm.get_output_embeddings()(hidden[wanted]).float()
        each = F.cross_entropy(logits, self.labels[wanted], reduction="none")
        return torch.zeros(len(self.ids)).index_add(0, wanted.nonzero()[:, 0], each) / wanted.sum(1)


def _groups(model: MemoryModel, pairs: Sequence[Pair], most: int = _BATCH) -> list[_Group]:
    examples = [model.example(pair.prompt, pair.answer) for pair in pairs]
    cut = by_length([example.length for example in examples], most)
    return [_group([examples[i] for i in group], [pairs[i].positive for i in group]) for group in cut]


def _group(examples: Sequence[Example], question: Sequence[bool]) -> _Group:
    width = max(example.length for example in examples) - 1
    ids, mask = pad_right([(*e.prompt, *e.target[:-1]) for e in examples], width)
    labels = torch.full_like(ids, -100)
    for i, example in enumerate(examples):
        start = len(example.prompt) - 1
        labels[i, start : start + len(example.target)] = torch.tensor(example.target)
    return _Group(ids, mask, labels, torch.tensor(question))


def _fit(model: MemoryModel, state: Weights, pairs: Sequence[Pair], strength: float) -> tuple[bool, int]:
    """Train on one fact's pairs together until its questions are learned: (whether they are, steps taken)."""
    groups = _groups(model, pairs)
    for step in range(STEPS):
        state.optimiser.zero_grad()
        worst = 0.0
        for group in groups:
            losses = group.losses(state.lm)
            if bool(group.question.any()):
                worst = max(worst, float(losses.detach()[group.question].max()))
            torch.autograd.backward(losses.sum() / len(pairs))
        if worst < STOP_LOSS:
            return True, step
        for parameter, anchor, information in state.anchors:
            assert parameter.grad is not None
            parameter.grad.addcmul_(information, parameter.detach() - anchor, value=strength)
        state.optimiser.step()
    return False, STEPS


def _rest(model: MemoryModel, state: Weights, rate: float, seed: int) -> None:
    """Joint stages over all live lessons; what is right and safe already is mostly left out, as memos does."""
    settings, rng = SleepSettings(), random.Random(seed)
    for _ in range(settings.stages):
        groups = _groups(model, _worth(model, state, joint_pairs(model, state.live, settings, rng), rng), settings.batch)
        total, step = settings.epochs * len(groups), 0
        for _ in range(settings.epochs):
            for group in rng.sample(groups, len(groups)):
                for options in state.optimiser.param_groups:
                    options["lr"] = rate * min(1.0, 2 * (1 - step / total))
                state.optimiser.zero_grad()
                torch.autograd.backward(group.losses(state.lm).mean())
                state.optimiser.step()
                step += 1
    for options in state.optimiser.param_groups:
        options["lr"] = rate


def joint_pairs(
    model: MemoryModel, lessons: Sequence[Lesson], settings: SleepSettings, rng: random.Random
) -> list[Pair]:
    """What one stage trains on: all questions of the writes, fresh ones, fresh negatives, some old facts."""
    taught = taught_of(lessons)
    pairs, negatives = [], []
    for lesson in lessons:
        fresh = [qa for qa in lesson.fresh if qa.kind != "behind_notes"]
        asked = [*lesson.train, *rng.sample(fresh, min(settings.fresh, len(fresh)))]
        pairs += [Pair(qa.prompt, qa.answer) for qa in asked]
        own = [n for n in lesson.fresh_negatives if not n.taught(taught)]
        negatives += rng.sample(own, min(settings.negatives, len(own)))
        others = [one for one in lessons if one.key != lesson.key]
        negatives += cross_negatives(lesson, others, model.chat_prompt, rng, settings.cross_negatives)
    for fact in rng.sample([f for f in grammar.OLD_FACTS if (f.subject, f.relation) not in taught], settings.old):
        question = rng.choice(grammar.questions(fact.subject, fact.relation))
        negatives.append(
            Negative(model.chat_prompt(question), fact.subject, fact.relation, "old", answer_text(fact))
        )
    return pairs + negative_pairs(model, negatives, 1.0)


def _worth(model: MemoryModel, state: Weights, pairs: Sequence[Pair], rng: random.Random) -> list[Pair]:
    settings = SleepSettings()
    examples = [model.example(pair.prompt, pair.answer) for pair in pairs]
    losses = [0.0] * len(pairs)
    with torch.no_grad():
        for group in by_length([example.length for example in examples], _BATCH):
            found = _group([examples[i] for i in group], [True] * len(group)).losses(state.lm)
            for i, loss in zip(group, found.tolist(), strict=True):
                losses[i] = loss
    return [
        pair
        for pair, loss in zip(pairs, losses, strict=True)
        if loss > settings.easy_loss or rng.random() < settings.easy
    ]


def weight_answerer(model: MemoryModel, lm: Any) -> Answerer:
    """Greedy answers of the trained copy, decoded as the model itself decodes."""

    def to_logits(hidden: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = lm.get_output_embeddings()(hidden).float()
        return logits

    def answer(items: Sequence[Item]) -> list[str]:
        ids = [model.chat.prompt_ids(item.prompt) for item in items]
        said = [""] * len(items)
        for group in decode.groups([len(i) for i in ids]):
            rows: list[list[int]] = [[] for _ in group]
            for step in decode.greedy_steps(lm.base_model, to_logits, [ids[i] for i in group], MOST_TOKENS):
                for row, token in zip(rows, step.ids.tolist(), strict=False):
                    if not row or row[-1] not in model.chat.stop_ids:
                        row.append(token)
                if all(row[-1] in model.chat.stop_ids for row in rows):
                    break
            for i, row in zip(group, rows, strict=True):
                said[i] = model.chat.decode(row)
        return said

    return answer
