"""New facts written one after another into the pretrained model: its weights, LoRA, its memory rows, or new rows.

Knows one model and how each arm moves it. Does not know processes, tables or files. Every arm sees the same wordings of
the same facts in the same order. A fact is one batch of 64 wordings, and one step where the arm follows the published
protocol (arXiv 2510.15103).
"""

from __future__ import annotations

import copy
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import torch
import torch.nn.functional as F
from torch import Tensor

from memos.parametric.layer import MemoryConfig, MemoryLayer
from memos.parametric.reads import RowReads
from memos.parametric.selectors import Accesses, TfIdf, select_rows
from memos.parametric.slots import SlotStats

from .data import Fact, Prepared
from .model import MemoryFfn, NativeModel, padded
from .wordings import FORMS, FRAMES, asked, learned_wordings

WORDINGS = 64
NEGATIVES = 32
REPLAYED = 64
STOP_LOSS = 0.2
BACKGROUND = 1500
"""Questions and windows of text over which slot reads are counted, half each."""

Row = tuple[Sequence[int], Sequence[int]]
"""Prompt and answer, as tokens."""


@dataclass(frozen=True)
class Arm:
    """what: weights that move. beside: what is trained along. steps: at most, a fact; 1 is the published protocol."""

    title: str
    what: Literal["full", "lora", "native", "retrofit"]
    settings: tuple[float, ...]
    beside: Literal["nothing", "replay", "negatives"] = "nothing"
    steps: int = 1
    rows: int = 500


ARMS: Mapping[str, Arm] = {
    "smf": Arm("rows of the pretrained memory, as published", "native", (0.3, 1, 3, 10, 30)),
    "smf+negatives": Arm("the same, self-distilled negatives", "native", (0.3, 1, 3, 10, 30), "negatives"),
    "retrofit": Arm("rows of a memory put beside block 1 afterwards", "retrofit", (1, 3, 10, 30, 100), rows=256),
    "retrofit+negatives": Arm("the same, self-distilled negatives", "retrofit", (1, 3, 10, 30, 100), "negatives", rows=256),
    "memos": Arm("the same, up to 12 steps a fact", "retrofit", (1, 3, 10, 30, 100), "negatives", 12, 256),
    "full": Arm("all weights, AdamW", "full", (3e-6, 1e-5, 3e-5, 1e-4, 3e-4)),
    "full+replay": Arm("the same, as many old questions beside", "full", (3e-6, 1e-5, 3e-5, 1e-4, 3e-4), "replay"),
    "lora": Arm("LoRA of rank 16, AdamW", "lora", (3e-5, 1e-4, 3e-4, 1e-3, 3e-3)),
    "lora+replay": Arm("the same, as many old questions beside", "lora", (3e-5, 1e-4, 3e-4, 1e-3, 3e-3), "replay"),
}


class Exam:
    """What is asked before and after: how many of each answers are exact."""

    def __init__(self, data: Prepared, facts: Sequence[Fact], seed: int, size: int) -> None:
        rng = random.Random(f"exam {seed}")
        old = rng.sample(data.old, min(size, len(data.old)))
        trivia = rng.sample(data.trivia, min(size, len(data.trivia)))
        learned = learned_wordings(WORDINGS)
        self.rows: dict[str, list[Row]] = {
            "learned": [data.row(asked(f.relation, f.subject, *rng.choice(learned)), f.value) for f in facts],
            "held_out": [data.row(asked(f.relation, f.subject, 0, 0), f.value) for f in facts],
            "old": [data.row(asked(f.relation, f.subject, 0, 0), f.value) for f in old],
            "trivia": [data.row(q, a) for q, a in trivia],
        }
        self.valid = torch.from_numpy(data.valid[: 64 * 256].astype("int64"))

    def of(self, model: NativeModel) -> dict[str, Any]:
        """Hits by group, as lists of 0 and 1, and the loss on text nobody trained on."""
        found: dict[str, Any] = {}
        for group, rows in self.rows.items():
            said = model.answers([prompt for prompt, _ in rows])
            found[group] = [int(one == tuple(answer[:-1])) for one, (_, answer) in zip(said, rows, strict=True)]
        found["text_loss"] = model.text_loss(self.valid.to(model.device))
        return found


class Lessons:
    """For each fact the rows that are learned, and beside them old questions or the model's own answers."""

    def __init__(self, model: NativeModel, data: Prepared, facts: Sequence[Fact], arm: Arm, seed: int) -> None:
        self._data, self._arm = data, arm
        self._rng = random.Random(f"lessons {seed}")
        self.facts = list(facts)
        self._kept: list[list[Row]] = [[] for _ in facts]
        if arm.beside == "negatives":
            asks = [[data.row(question, "")[0] for question in self._untaught(fact)] for fact in facts]
            said = iter(model.answers([prompt for some in asks for prompt in some]))
            self._kept = [[(prompt, (*next(said), data.stop)) for prompt in some] for some in asks]

    def _untaught(self, fact: Fact) -> list[str]:
        """The relation of strangers, and other relations of the subject: what must be answered as before."""
        asks = []
        for i in range(NEGATIVES):
            relation, subject = fact.relation, self._rng.choice(self._data.strange).subject
            if i % 2:
                relation, subject = self._rng.choice([one for one in FORMS if one != fact.relation]), fact.subject
            asks.append(asked(relation, subject, self._rng.randrange(6), self._rng.randrange(len(FRAMES))))
        return asks

    def rows(self, number: int) -> tuple[list[Row], int]:
        """All rows of one fact's batch, those to learn first, and how many these are."""
        fact = self.facts[number]
        learned: list[Row] = [self._data.row(asked(fact.relation, fact.subject, *one), fact.value) for one in learned_wordings(WORDINGS)]
        beside = self._kept[number]
        if self._arm.beside == "replay":
            for _ in range(REPLAYED // 2):
                old = self._rng.choice(self._data.old)
                form, frame = self._rng.randrange(6), self._rng.randrange(len(FRAMES))
                beside.append(self._data.row(asked(old.relation, old.subject, form, frame), old.value))
                beside.append(self._data.row(*self._rng.choice(self._data.trivia)))
        return learned + beside, len(learned)


@dataclass(frozen=True)
class Padded:
    """ids int64 (B, T); wanted bool (B, T): positions that predict a token of an answer; real bool (B, T)."""

    ids: Tensor
    wanted: Tensor
    real: Tensor

    @classmethod
    def of(cls, rows: Sequence[Row], device: torch.device) -> Padded:
        width = max(len(p) + len(a) for p, a in rows)
        ids = padded([[*p, *a] for p, a in rows], width)
        at = torch.arange(width)
        ends = torch.tensor([[len(p) - 1, len(p) + len(a) - 1] for p, a in rows])
        wanted = (at >= ends[:, :1]) & (at < ends[:, 1:])
        return cls(ids.to(device), wanted.to(device), (at < ends[:, 1:]).to(device))

    def loss(self, logits: Tensor) -> Tensor:
        """Mean cross-entropy over answer tokens of each row, then over rows: (B, T, V) -> scalar."""
        each = F.cross_entropy(logits[:, :-1].flatten(0, 1), self.ids[:, 1:].flatten(), reduction="none")
        mask = self.wanted[:, :-1].float()
        return ((each.view_as(mask) * mask).sum(1) / mask.sum(1)).mean()


def learn(model: NativeModel, data: Prepared, facts: Sequence[Fact], arm: Arm, rate: float, seed: int) -> tuple[NativeModel, dict[str, Any]]:
    """A changed copy of the model, and seconds, steps and rows a fact."""
    lessons = Lessons(model, data, facts, arm, seed)
    changed = copy.deepcopy(model)
    changed.requires_grad_(False)
    step = _rows_step(changed, data, arm, rate) if arm.what in ("native", "retrofit") else _weights_step(changed, arm, rate)
    began, taken, touched = time.time(), 0, 0
    for number in range(len(facts)):
        rows, _ = lessons.rows(number)
        batch = Padded.of(rows, changed.device)
        for _ in range(arm.steps):
            loss, moved = step(batch, number)
            touched, taken = touched + moved, taken + 1
            if arm.steps > 1 and loss < STOP_LOSS:
                break
    if changed.device.type == "cuda":
        torch.cuda.synchronize()
    count = len(facts)
    return changed, {"seconds_a_fact": (time.time() - began) / count, "steps": taken / count, "rows": touched / count}


Step = Callable[[Padded, int], tuple[float, int]]
"""From a batch and its fact's number to the loss before the step and how many rows moved."""


def _weights_step(model: NativeModel, arm: Arm, rate: float) -> Step:
    if arm.what == "lora":
        from peft import LoraConfig, get_peft_model

        names = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
        torch.manual_seed(0)
        get_peft_model(model.lm, LoraConfig(r=16, lora_alpha=32, target_modules=names))
        moving = [p for name, p in model.lm.named_parameters() if "lora_" in name]
    else:
        moving = list(model.parameters())
    for parameter in moving:
        parameter.requires_grad_(True)
    optimiser = torch.optim.AdamW(moving, lr=rate, weight_decay=0.0, fused=model.device.type == "cuda")

    def step(batch: Padded, _number: int) -> tuple[float, int]:
        loss = batch.loss(model.logits(batch.ids))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(moving, 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        return float(loss.detach()), 0

    return step


def _rows_step(model: NativeModel, data: Prepared, arm: Arm, rate: float) -> Step:
    """Plain SGD on the rows of highest TF-IDF; for a fact of several steps the rows stay those of its first."""
    memory = model.memory if arm.what == "native" else beside_block(model, data, 1)
    stats = background_reads(model, memory, data)
    table = memory.layer.up
    assert table is not None
    chosen: dict[int, Tensor] = {}

    def step(batch: Padded, number: int) -> tuple[float, int]:
        real = batch.real.flatten()
        if number not in chosen:
            chosen.clear()
            chosen[number] = select(memory, model, batch, stats, arm.rows)
        rows = chosen[number]
        moved = torch.zeros(len(rows), table.shape[1], device=table.device, requires_grad=True)

        def reader(z: Tensor) -> Tensor:
            with torch.no_grad():
                address = memory.layer.address(z)
                fixed = memory.layer.sums(z, address)
                reads = RowReads(address, real, rows, memory.layer.config.pool)
            read = fixed.index_copy(0, reads.positions, fixed[reads.positions] + reads.read(moved))
            return memory.layer.finish(read, z)

        memory.reader = reader
        try:
            loss = batch.loss(model.logits(batch.ids))
            (gradient,) = torch.autograd.grad(loss, moved)
        finally:
            memory.reader = None
        if bool(torch.isfinite(gradient).all()):
            table.data[rows] -= rate * gradient
        return float(loss.detach()), len(rows)

    return step


@torch.no_grad()
def select(memory: MemoryFfn, model: NativeModel, batch: Padded, stats: SlotStats, most: int) -> Tensor:
    """The rows that the fact's wordings read much and the background little: int64 (t,), sorted."""
    model.lm.model(input_ids=batch.ids, use_cache=False)
    assert memory.seen is not None
    slots = memory.layer.address(memory.seen).slots.view(*batch.ids.shape, -1)
    keep = batch.real[:WORDINGS]
    reads = slots[:WORDINGS][keep].cpu()
    rows = select_rows(TfIdf().scores(Accesses.of([reads], stats)), most).rows
    return rows.to(batch.ids.device)


@torch.no_grad()
def background_reads(model: NativeModel, memory: MemoryFfn, data: Prepared) -> SlotStats:
    """Slot reads on old questions and on text, one document each."""
    stats = SlotStats.empty(memory.layer.config.pool, "", "")
    for batch, documents in _background(model, data):
        model.lm.model(input_ids=batch.ids, use_cache=False)
        assert memory.seen is not None
        slots = memory.layer.address(memory.seen).slots.view(*batch.ids.shape, -1).cpu()
        for row, keep, text in zip(slots, batch.real.cpu(), documents, strict=True):
            stats = stats.observed(row[keep], text)
    return stats


def _background(model: NativeModel, data: Prepared) -> list[tuple[Padded, list[str]]]:
    rng = random.Random("background")
    asks: list[Row] = [data.row(asked(f.relation, f.subject, rng.randrange(6), 0), f.value)
                       for f in rng.sample(data.old, min(BACKGROUND // 2, len(data.old)))]  # fmt: skip
    width = 64
    starts = [rng.randrange(len(data.text) - width) for _ in range(BACKGROUND // 2)]
    asks += [((0,), data.text[start : start + width].tolist()) for start in starts]
    batches = [asks[i : i + 250] for i in range(0, len(asks), 250)]
    return [(Padded.of(some, model.device), [repr(one) for one in some]) for some in batches]


@torch.no_grad()
def beside_block(model: NativeModel, data: Prepared, block: int) -> MemoryFfn:
    """A memory of zeros beside a trained block, its addresses whitened on the background: memos' retrofit."""
    place = model.lm.model.layers[block]
    config = MemoryConfig(d_model=model.shape.d_model, n_keys=model.shape.n_keys, layer=block, mode="replace")
    layer = MemoryLayer(config)  # in replace mode for its table, which starts at zero here
    assert layer.up is not None
    layer.up.zero_()
    layer.requires_grad_(False)
    place.mlp = memory = MemoryFfn(layer.to(model.device), beside=place.mlp)
    inputs = []
    for batch, _ in _background(model, data):
        model.lm.model(input_ids=batch.ids, use_cache=False)
        assert memory.seen is not None
        inputs.append(memory.seen[batch.real.flatten()].double())
    z = torch.cat(inputs)
    mean = z.mean(0)
    centred = z - mean
    layer.fit_whitening(mean.cpu(), (centred.T @ centred / len(z)).cpu())
    return memory
