"""Pretrains the shipped model from generated text: `pretrain(config, out_dir)` is the whole of it.

One process, fixed steps, every random choice seeded: the same config, torch build and thread count give the same
weights. Muon (torch.optim.Muon; Jordan et al. 2024) for the matrices, AdamW for embeddings and norms. Writes a
Hugging Face folder, a training log and an evaluation; resumes from its own checkpoint. Knows no memory layer.
"""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as functional
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from transformers import GenerationConfig, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from memos.errors import InputError, ModelError
from memos.pretraining.batches import Batch, stream
from memos.pretraining.corpus import CORPUS_VERSION, Mix
from memos.pretraining.evaluate import evaluate_folder
from memos.pretraining.forward import hidden_states
from memos.pretraining.tokenizer import train_tokenizer

LOG_FILE = "training_log.jsonl"
CHECKPOINT_FILE = "checkpoint.safetensors"


@dataclass(frozen=True, slots=True)
class PretrainConfig:
    """Everything that decides the weights. Change `steps` for a shorter run; the schedule stretches with it."""

    seed: int = 0
    steps: int = 14_000
    documents_per_step: int = 32
    threads: int = 1
    vocabulary: int = 1024
    tokenizer_documents: int = 20_000
    hidden: int = 128
    feed_forward: int = 384
    layers: int = 5
    heads: int = 4
    context: int = 1024
    muon_rate: float = 0.008
    adam_rate: float = 4e-3
    weight_decay: float = 0.01
    warmup: float = 0.024
    decay_from: float = 0.35
    decay_power: float = 1.2
    clip: float = 1.0
    curriculum: tuple[tuple[float, int], ...] = ((0.0, 2), (0.12, 4), (0.3, 6), (0.6, 12))
    background_share: float = 0.3
    checkpoint_every: int = 500
    log_every: int = 50
    evaluation_items: int = 200
    corpus_version: int = CORPUS_VERSION
    mix: Mix = field(default_factory=Mix)

    def __post_init__(self) -> None:
        if self.steps < 1 or self.documents_per_step < 1:
            raise InputError("pretraining needs at least one step of one document", hint="raise steps")
        if self.vocabulary < 300:
            raise InputError(
                f"a byte-level vocabulary of {self.vocabulary} is too small", hint="use 300 entries or more"
            )
        if self.hidden % self.heads:
            raise InputError(
                f"hidden {self.hidden} does not divide by {self.heads} heads", hint="change one of them"
            )
        if self.corpus_version != CORPUS_VERSION:
            raise InputError(
                f"this build generates corpus version {CORPUS_VERSION}, not {self.corpus_version}",
                hint="check out the version of memos that trained the model, or retrain",
            )


@dataclass(frozen=True, slots=True)
class PretrainProgress:
    """One line of the log: where the run stands."""

    step: int
    steps: int
    loss: float
    answer_loss: float
    tokens: int
    tokens_per_second: float
    seconds: float


Progress = Callable[[PretrainProgress], None]
Optimizers = tuple[torch.optim.Muon, torch.optim.AdamW]


def build_model(config: PretrainConfig, tokenizer: PreTrainedTokenizerFast) -> LlamaForCausalLM:
    """A freshly initialised Llama-form model; the seed decides its weights."""
    torch.manual_seed(config.seed)
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=config.hidden,
            intermediate_size=config.feed_forward,
            num_hidden_layers=config.layers,
            num_attention_heads=config.heads,
            num_key_value_heads=config.heads,
            max_position_embeddings=config.context,
            tie_word_embeddings=True,
            initializer_range=0.04,
            pad_token_id=tokenizer.pad_token_id,
            bos_token_id=None,
            eos_token_id=tokenizer.eos_token_id,
            # eager: the fused kernel's backward is slower than its forward gains on sequences this short
            attn_implementation="eager",
        )
    )


def build_optimizers(
    model: LlamaForCausalLM, config: PretrainConfig
) -> tuple[torch.optim.Muon, torch.optim.AdamW]:
    """Muon over the matrices of the blocks, AdamW over the embedding and the norms."""
    matrices = [p for name, p in model.named_parameters() if p.ndim == 2 and "embed" not in name]
    others = [p for name, p in model.named_parameters() if p.ndim != 2 or "embed" in name]
    muon = torch.optim.Muon(matrices, lr=config.muon_rate, momentum=0.95, weight_decay=config.weight_decay)
    adam = torch.optim.AdamW(others, lr=config.adam_rate, betas=(0.9, 0.98), weight_decay=0.0)
    return muon, adam


def schedule(step: int, config: PretrainConfig) -> float:
    """The share of the learning rate at `step`: a short warm-up, a plateau, a decay to zero."""
    progress = step / config.steps
    if progress < config.warmup:
        return (step + 1) / (config.warmup * config.steps)
    if progress < config.decay_from:
        return 1.0
    return float(((1.0 - progress) / (1.0 - config.decay_from)) ** config.decay_power)


def batches_from(step: int, config: PretrainConfig, tokenizer: PreTrainedTokenizerFast) -> Iterator[Batch]:
    """The batches of every step from `step` on."""
    return stream(
        config.seed,
        step,
        config.steps,
        config.documents_per_step,
        config.mix,
        config.curriculum,
        tokenizer,
        config.context,
    )


def batch_loss(
    model: LlamaForCausalLM,
    batch: Batch,
    background_share: float,
    background: float,
    generator: torch.Generator,
) -> tuple[torch.Tensor, torch.Tensor]:
    """The weighted loss of a batch, and the mean loss on answers alone.

    Of the positions weighted as background only a random share is scored, with its weight raised in turn: the same
    expected loss for fewer vocabulary products.
    """
    hidden = hidden_states(model, batch.ids)[:, :-1]  # (B, T-1, D)
    targets = batch.ids[:, 1:]
    weights = batch.weights[:, 1:]
    drawn = torch.rand(weights.shape, generator=generator) < background_share
    is_background = weights <= background
    kept = (weights > 0) & (~is_background | drawn)
    weights = torch.where(is_background, weights / background_share, weights)[kept]  # (K,)
    logits = functional.linear(hidden[kept], model.lm_head.weight.to(hidden.dtype))  # (K, V)
    losses = functional.cross_entropy(logits.float(), targets[kept], reduction="none")  # (K,)
    answers = ~is_background[kept]
    return (losses * weights).sum() / weights.sum(), losses[answers].detach().mean()


def pretrain(config: PretrainConfig, out_dir: Path, progress: Progress | None = None) -> Path:
    """Trains the model that `config` describes into `out_dir`, evaluates it there, and returns that folder.

    Resumes from the checkpoint in `out_dir` if an earlier run of the same config was interrupted. Raises ModelError
    if the checkpoint there is damaged or belongs to another config.
    """
    out_dir.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(config.threads)
    tokenizer = train_tokenizer(
        config.seed, config.mix, config.vocabulary, config.tokenizer_documents, config.context
    )
    model = build_model(config, tokenizer)
    optimizers = build_optimizers(model, config)
    generator = torch.Generator().manual_seed(config.seed)
    checkpoint = out_dir / CHECKPOINT_FILE
    standing = _Standing()
    if checkpoint.exists():
        standing = _resume(checkpoint, config, model, optimizers, generator)
    step, tokens, log = standing.step, standing.tokens, list(standing.log)
    started = time.monotonic() - standing.seconds
    losses: list[tuple[float, float]] = []
    model.train()
    for batch in batches_from(step, config, tokenizer):
        losses.append(_train_step(model, batch, step, config, optimizers, generator))
        step += 1
        tokens += batch.tokens
        seconds = time.monotonic() - started
        if step % config.log_every == 0 or step == config.steps:
            line = PretrainProgress(
                step=step,
                steps=config.steps,
                loss=round(sum(loss for loss, _ in losses) / len(losses), 4),
                answer_loss=round(sum(loss for _, loss in losses) / len(losses), 4),
                tokens=tokens,
                tokens_per_second=round(tokens / seconds, 1),
                seconds=round(seconds, 1),
            )
            losses.clear()
            log.append(asdict(line))
            if progress is not None:
                progress(line)
        if step % config.checkpoint_every == 0 and step < config.steps:
            standing = _Standing(step, tokens, seconds, tuple(log))
            _save_checkpoint(checkpoint, config, model, optimizers, generator, standing)
    save_folder(out_dir, config, model, tokenizer, log)
    checkpoint.unlink(missing_ok=True)
    if config.evaluation_items:
        evaluate_folder(out_dir, config.evaluation_items)
    return out_dir


def _train_step(
    model: LlamaForCausalLM,
    batch: Batch,
    step: int,
    config: PretrainConfig,
    optimizers: Optimizers,
    generator: torch.Generator,
) -> tuple[float, float]:
    """One update in place; the batch's loss and its loss on answers."""
    share = schedule(step, config)
    for optimizer, rate in zip(optimizers, (config.muon_rate, config.adam_rate), strict=True):
        for group in optimizer.param_groups:
            group["lr"] = rate * share
    loss, answer_loss = batch_loss(
        model, batch, config.background_share, config.mix.background_weight, generator
    )
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(model.parameters(), config.clip)
    for optimizer in optimizers:
        optimizer.step()  # type: ignore[no-untyped-call]
        optimizer.zero_grad(set_to_none=True)
    return float(loss.detach()), float(answer_loss)


def save_folder(
    out_dir: Path,
    config: PretrainConfig,
    model: LlamaForCausalLM,
    tokenizer: PreTrainedTokenizerFast,
    log: list[dict[str, Any]],
) -> None:
    """Writes the Hugging Face folder and the training log."""
    out_dir.mkdir(parents=True, exist_ok=True)
    model.config.architectures = ["LlamaForCausalLM"]
    model.config.memos_abilities = ["plain_wording"]
    model.generation_config = GenerationConfig(
        do_sample=False,
        max_new_tokens=32,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    model.save_pretrained(out_dir)
    tokenizer.save_pretrained(out_dir)
    header = {
        "config": asdict(config),
        "parameters": sum(p.numel() for p in model.parameters()),
        "torch": torch.__version__,
        "machine": platform.machine(),
    }
    with (out_dir / LOG_FILE).open("w", encoding="utf-8") as file:
        for line in (header, *log):
            file.write(json.dumps(line) + "\n")


def _config_key(config: PretrainConfig) -> str:
    return json.dumps(
        asdict(replace(config, threads=1, checkpoint_every=1, log_every=1, evaluation_items=0)),
        sort_keys=True,
    )


@dataclass(frozen=True, slots=True)
class _Standing:
    """How far a run is, beside its tensors."""

    step: int = 0
    tokens: int = 0
    seconds: float = 0.0
    log: tuple[dict[str, Any], ...] = ()


def _save_checkpoint(
    path: Path,
    config: PretrainConfig,
    model: LlamaForCausalLM,
    optimizers: Optimizers,
    generator: torch.Generator,
    standing: _Standing,
) -> None:
    """Writes everything that the next step depends on, whole or not at all."""
    # the tied head is the embedding: safetensors stores no tensor twice
    tensors = {f"model.{name}": p.detach().contiguous() for name, p in model.named_parameters()}
    tensors["generator"] = generator.get_state()
    for number, optimizer in enumerate(optimizers):
        for index, state in optimizer.state_dict()["state"].items():
            for name, tensor in state.items():
                tensors[f"optimizer.{number}.{index}.{name}"] = tensor.contiguous()
    partial = path.with_suffix(".partial")
    save_file(tensors, partial, {"config": _config_key(config), "standing": json.dumps(asdict(standing))})
    os.replace(partial, path)


def _resume(
    path: Path,
    config: PretrainConfig,
    model: LlamaForCausalLM,
    optimizers: Optimizers,
    generator: torch.Generator,
) -> _Standing:
    """Restores a run from its checkpoint in place. Raises ModelError if it is damaged or of another config."""
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        standing = _Standing(**json.loads(metadata["standing"]))
    except (SafetensorError, OSError, KeyError, ValueError, TypeError) as error:
        raise ModelError(f"the checkpoint {path} cannot be read", hint="delete it to start again") from error
    if metadata.get("config") != _config_key(config):
        raise ModelError(
            f"the checkpoint {path} belongs to another configuration",
            hint="delete it, or train into another folder",
        )
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(tensors[f"model.{name}"])
    for number, optimizer in enumerate(optimizers):
        saved = optimizer.state_dict()
        states: dict[int, dict[str, torch.Tensor]] = {}
        for name, tensor in tensors.items():
            if name.startswith(f"optimizer.{number}."):
                _, _, index, key = name.split(".", 3)
                states.setdefault(int(index), {})[key] = tensor
        optimizer.load_state_dict({"state": states, "param_groups": saved["param_groups"]})
    generator.set_state(tensors["generator"])
    return standing
