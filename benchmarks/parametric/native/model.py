"""A causal language model that grows up with a memory layer in place of one feed-forward network.

Knows tensors, training steps and greedy answers. Does not know facts or arms. The layer is memos' own `MemoryLayer`
with a gate (Memory Layers at Scale, arXiv 2412.09764); pretraining moves its keys and queries too, and leaves them
alone ever after.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_model, save_model
from torch import Tensor, nn

from memos.parametric.layer import MemoryConfig, MemoryLayer

from .data import Prepared

LONGEST_ANSWER = 12
"""Tokens that an answer may take."""
_ANSWERED_AT_ONCE = 1024


@dataclass(frozen=True)
class Shape:
    """Sizes of the model and of its pretraining."""

    d_model: int = 512
    blocks: int = 8
    heads: int = 8
    d_ffn: int = 1408
    memory_block: int = 4
    n_keys: int = 256
    memory_heads: int = 4
    k: int = 16
    window: int = 256
    batch: int = 128
    questions: float = 0.4
    rate: float = 6e-4
    seed: int = 0


class MemoryFfn(nn.Module):
    """Stands where a feed-forward network stood. `reader`, when set, reads instead: so rows are written."""

    def __init__(self, layer: MemoryLayer, beside: nn.Module | None = None) -> None:
        super().__init__()
        self.layer, self.beside = layer, beside
        self.reader: Callable[[Tensor], Tensor] | None = None
        self.seen: Tensor | None = None

    def forward(self, z: Tensor) -> Tensor:
        with torch.autocast(z.device.type, enabled=False):
            flat = z.reshape(-1, z.shape[-1]).float()
            self.seen = flat.detach()
            read = self.layer.read(flat, self.layer.address(flat)) if self.reader is None else self.reader(flat)
        out = read.view_as(z).to(z.dtype)
        return out if self.beside is None else self.beside(z) + out


class NativeModel(nn.Module):
    """The language model, its memory layer at `shape.memory_block`, and the token that ends an answer."""

    def __init__(self, shape: Shape, vocabulary: int, stop: int) -> None:
        from transformers import LlamaConfig, LlamaForCausalLM

        super().__init__()
        torch.manual_seed(shape.seed)
        self.shape, self.vocabulary, self.stop = shape, vocabulary, stop
        self.lm: Any = LlamaForCausalLM(
            LlamaConfig(
                vocab_size=vocabulary, hidden_size=shape.d_model, intermediate_size=shape.d_ffn,
                num_hidden_layers=shape.blocks, num_attention_heads=shape.heads, num_key_value_heads=shape.heads,
                max_position_embeddings=shape.window, tie_word_embeddings=True, attn_implementation="sdpa",
            )
        )  # fmt: skip
        config = MemoryConfig(
            d_model=shape.d_model, n_keys=shape.n_keys, heads=shape.memory_heads, k=shape.k, d_key=128,
            layer=shape.memory_block, mode="replace", gated=True, seed=shape.seed,
        )  # fmt: skip
        layer = MemoryLayer(config)
        for name in ("query", "keys"):  # measured in a retrofit, trained here
            value = getattr(layer, name)
            delattr(layer, name)
            layer.register_parameter(name, nn.Parameter(value.clone()))
        self.lm.model.layers[shape.memory_block].mlp = self.memory = MemoryFfn(layer)

    @property
    def device(self) -> torch.device:
        return next(self.lm.parameters()).device

    def logits(self, ids: Tensor) -> Tensor:
        """ids int64 (B, T), right-padded with anything -> float32 (B, T, V). Attention is causal, so padding is unseen."""
        found: Tensor = self.lm(input_ids=ids, use_cache=False).logits.float()
        return found

    @torch.no_grad()
    def answers(self, prompts: Sequence[Sequence[int]]) -> list[tuple[int, ...]]:
        """Greedy answers, without the end of the line."""
        order = sorted(range(len(prompts)), key=lambda i: len(prompts[i]))
        made: dict[int, tuple[int, ...]] = {}
        for start in range(0, len(order), _ANSWERED_AT_ONCE):
            some = order[start : start + _ANSWERED_AT_ONCE]
            lengths = torch.tensor([len(prompts[i]) for i in some], device=self.device)
            ids = padded([prompts[i] for i in some], int(lengths.max()) + LONGEST_ANSWER).to(self.device)
            done = torch.zeros(len(some), dtype=torch.bool, device=self.device)
            row = torch.arange(len(some), device=self.device)
            for step in range(LONGEST_ANSWER):
                width = int(lengths.max()) + step
                hidden = self.lm.model(input_ids=ids[:, :width], use_cache=False).last_hidden_state
                best = self.lm.lm_head(hidden[row, lengths + step - 1]).float().argmax(-1)
                ids[row, lengths + step] = best
                done |= best == self.stop
                if bool(done.all()):
                    break
            for i, line, length in zip(some, ids.tolist(), lengths.tolist(), strict=True):
                said = line[length : length + LONGEST_ANSWER]
                made[i] = tuple(said[: said.index(self.stop)] if self.stop in said else said)
        return [made[i] for i in range(len(prompts))]

    @torch.no_grad()
    def text_loss(self, stream: Tensor) -> float:
        """Mean cross-entropy in nats a token on whole windows of a stream of tokens int64 (S,)."""
        windows = stream[: len(stream) // self.shape.window * self.shape.window].view(-1, self.shape.window)
        losses = [F.cross_entropy(self.logits(some)[:, :-1].flatten(0, 1), some[:, 1:].flatten()) for some in windows.split(32)]
        return float(torch.stack(losses).mean())

    def save(self, folder: Path) -> None:
        """Write model.safetensors and model.json to `folder`."""
        save_model(self, str(folder / "model.safetensors"))
        kept = {"shape": asdict(self.shape), "vocabulary": self.vocabulary, "stop": self.stop}
        (folder / "model.json").write_text(json.dumps(kept), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, device: str) -> NativeModel:
        """What `save` wrote, ready to answer."""
        kept = json.loads((folder / "model.json").read_text("utf-8"))
        model = cls(Shape(**kept["shape"]), kept["vocabulary"], kept["stop"])
        load_model(model, str(folder / "model.safetensors"))
        return model.to(device).eval()


def padded(rows: Sequence[Sequence[int]], width: int) -> Tensor:
    """Token lists -> int64 (B, width), zeros behind."""
    out = np.zeros((len(rows), width), dtype=np.int64)
    for i, row in enumerate(rows):
        out[i, : len(row)] = row
    return torch.from_numpy(out)


class Batches:
    """Windows of text and windows of questions packed one after another, drawn from a seed, on the device."""

    def __init__(self, data: Prepared, shape: Shape, device: torch.device) -> None:
        self.shape = shape
        self.rng = np.random.default_rng(shape.seed)
        self.text = torch.from_numpy(data.text.astype(np.int32)).to(device)
        self._rows, self._ends = data.rows, data.ends
        self._packed = torch.zeros(0, dtype=torch.int32, device=device)
        self._at = 0

    def _repack(self) -> None:
        """The questions in a new order, end to end."""
        starts = np.concatenate([[0], self._ends[:-1]])
        lengths = self._ends - starts
        order = self.rng.permutation(len(self._ends))
        first = np.repeat(starts[order] - np.concatenate([[0], np.cumsum(lengths[order])[:-1]]), lengths[order])
        packed = self._rows[first + np.arange(int(lengths.sum()))]
        self._packed, self._at = torch.from_numpy(packed.astype(np.int32)).to(self.text.device), 0

    def draw(self) -> Tensor:
        """int64 (batch, window)."""
        window = self.shape.window
        asked = round(self.shape.batch * self.shape.questions)
        if self._at + asked * window > len(self._packed):
            self._repack()
        questions = self._packed[self._at : self._at + asked * window].view(asked, window)
        self._at += asked * window
        starts = torch.from_numpy(self.rng.integers(0, len(self.text) - window, self.shape.batch - asked)).to(self.text.device)
        text = self.text[starts.unsqueeze(1) + torch.arange(window, device=self.text.device)]
        return torch.cat([text, questions]).long()


def pretrain(data: Prepared, shape: Shape, device: str, seconds: float, log: Callable[[str], None]) -> NativeModel:
    """Train for `seconds` of the clock, the rate falling to nothing at their end.

    AdamW under bf16 autocast; values at ten times the rate, without weight decay and clipped apart, as the papers do.
    """
    model = NativeModel(shape, data.tokenizer.get_vocab_size(), data.stop).to(device)
    values = [model.memory.layer.up]
    others = [p for p in model.parameters() if p is not values[0]]
    optimiser = torch.optim.AdamW(
        [{"params": [p for p in others if p.ndim > 1], "weight_decay": 0.1}, {"params": [p for p in others if p.ndim < 2]},
         {"params": values, "scale": 10.0}],
        lr=shape.rate, betas=(0.9, 0.95), weight_decay=0.0, fused=device != "cpu",
    )  # fmt: skip
    batches = Batches(data, shape, torch.device(device))
    began, step = time.time(), 0
    model.train()
    while (part := (time.time() - began) / seconds) < 1:
        rate = shape.rate * min(1.0, (step + 1) / 200) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * part)))
        for group in optimiser.param_groups:
            group["lr"] = rate * group.get("scale", 1.0)
        ids = batches.draw()
        with torch.autocast(torch.device(device).type, dtype=torch.bfloat16):
            logits = model.lm(input_ids=ids, use_cache=False).logits
        loss = F.cross_entropy(logits[:, :-1].flatten(0, 1).float(), ids[:, 1:].flatten())
        loss.backward()
        nn.utils.clip_grad_norm_(others, 1.0)
        nn.utils.clip_grad_norm_(values, 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        if step % 200 == 0:
            log(f"{time.time() - began:.0f} s, step {step}, {step * ids.numel() / 1e6:.0f} M tokens, loss {float(loss.detach()):.3f}")
        step += 1
    log(f"{step} steps of {ids.numel()} tokens, last loss {float(loss.detach()):.3f}")
    return model.eval()
