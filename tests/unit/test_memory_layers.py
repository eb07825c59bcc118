"""Every kind of memory - several layers, neurons, dense keys, bfloat16, trained tables - against one slow reference."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings, strategies as st

from memos.augmentation import QA, Lesson, lesson_key
from memos.errors import FingerprintMismatch, InputError
from memos.grammar import Fact
from memos.parametric.attach import Reader
from memos.parametric.batch import Batch, as_kept
from memos.parametric.layer import MemoryConfig, MemoryLayer, MemoryLayers
from memos.parametric.model import MemoryModel
from memos.parametric.overlay import RowOverlay
from memos.parametric.testing import BACKGROUND, TINY_MEMORY, byte_tokenizer, tiny_lm, tiny_model
from memos.parametric.write import WriteSettings, write_lesson

KINDS: dict[str, dict[str, Any]] = {
    "one": {},
    "dense keys": {"keys": "dense", "n_keys": 64},
    "two layers": {"layers": (0, 2)},
    "two pools": {"layers": (0, 2), "share_values": False},
    "neurons": {"slot": "neuron"},
    "neurons, two pools": {"slot": "neuron", "layers": (0, 2), "share_values": False},
    "bfloat16": {"value_dtype": "bfloat16"},
    "bfloat16 neurons, two layers": {"value_dtype": "bfloat16", "slot": "neuron", "layers": (0, 2)},
    "replace": {"mode": "replace"},
    "replace, gated, two pools": {"mode": "replace", "gated": True, "layers": (0, 2), "share_values": False},
    "replace, neurons": {"mode": "replace", "slot": "neuron", "value_dtype": "bfloat16"},
}
PROMPTS = ("what is it?", "who are you, my friend of old?", "where do you live these days, and with whom?")


@pytest.fixture(params=KINDS, scope="module")
def model(request: pytest.FixtureRequest) -> MemoryModel:
    return tiny_model(config=replace(TINY_MEMORY, **KINDS[request.param]))


def overlay_of(model: MemoryModel, seed: int, share: float = 0.5, size: float = 0.3) -> RowOverlay:
    generator = torch.Generator().manual_seed(seed)
    rows = torch.randperm(model.config.slots, generator=generator)[: int(share * model.config.slots)]
    values = size * torch.randn(len(rows), model.config.d_value, generator=generator)
    return model.empty_overlay().with_rows(rows, values)


def slow_read(layer: MemoryLayer, z: torch.Tensor, table: torch.Tensor) -> torch.Tensor:
    """Every key scored, whole rows gathered, autograd through all of it: z (M, d), table (slots, d_value) -> (M, d)."""
    c = layer.config
    q = (z - layer.mean) @ layer.query.T
    if c.keys == "dense":
        q = torch.nn.functional.normalize(q.view(-1, c.heads, c.d_key), dim=-1)
        scores = c.tau * (q.unsqueeze(2) * layer.keys).sum(-1)
    else:
        q = torch.nn.functional.normalize(q.view(-1, c.heads, 2, c.d_key // 2), dim=-1)
        half = c.tau * (q.unsqueeze(3) * layer.keys).sum(-1)  # (M, H, 2, n)
        scores = (half[:, :, 0, :, None] + half[:, :, 1, None, :]).flatten(2)
    best, slots = torch.sort(scores, dim=-1, descending=True, stable=True)
    slots, weights = slots[..., : c.k], torch.softmax(best[..., : c.k], -1)  # (M, H, k)
    rows = table[slots + layer.first_slot]  # (M, H, k, d_value)
    if c.slot == "neuron":
        assert layer.down is not None
        down, up = rows.split(c.d_model, dim=-1)
        down = down + layer.down.float()[slots]
        product = (down * z[:, None, None, :]).sum(-1)
        weights = weights * 0.5 * product * (1 + torch.erf(product / math.sqrt(2)))
        rows = up
    if layer.up is not None:
        rows = rows + layer.up.float()[slots]
    read = (weights.unsqueeze(-1) * rows).sum((1, 2))
    if layer.gate is not None and layer.out is not None:
        read = (read * torch.nn.functional.silu(z @ layer.gate.T)) @ layer.out.T
    return read


def slow_readers(model: MemoryModel, table: torch.Tensor) -> list[Reader]:
    def reader(layer: MemoryLayer) -> Reader:
        return lambda z: slow_read(layer, z.reshape(-1, z.shape[-1]), table).view_as(z)

    return [reader(layer) for layer in model.layers]


def test_logits_are_those_of_the_slow_reference(model: MemoryModel) -> None:
    overlay = overlay_of(model, 1)
    table = overlay.gather(torch.arange(model.config.slots))
    ids = torch.randint(0, 256, (2, 20), generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        with model.reading(None) as lm:
            base = lm(input_ids=ids).logits
        with model.reading(overlay) as lm:
            fast = lm(input_ids=ids).logits
        with model.attachment.reading(slow_readers(model, table)):
            slow = model.lm(input_ids=ids).logits
    assert torch.allclose(fast, slow, atol=2e-3, rtol=1e-3)
    assert not torch.allclose(fast, base, atol=1e-2)


def test_nothing_learned_beside_a_trained_block_is_the_base_bit_for_bit(model: MemoryModel) -> None:
    if model.config.mode == "replace":
        pytest.skip("stands in for what the base has there")
    ids = torch.randint(0, 256, (2, 20), generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        plain = tiny_lm()(input_ids=ids).logits
        assert torch.equal(model.lm(input_ids=ids).logits, plain)
        with model.reading("nobody") as lm:
            assert torch.equal(lm(input_ids=ids).logits, plain)


def test_namespaces_in_one_batch_read_as_each_alone(model: MemoryModel) -> None:
    model.set_overlay("a", overlay_of(model, 2))
    model.set_overlay("b", overlay_of(model, 3))
    prompts = [model.chat_prompt(q) for q in PROMPTS]
    alone = [
        model.generate([prompt], namespace=name, max_new_tokens=5)[0]
        for name in ("a", "b", None)
        for prompt in prompts
    ]
    names = [name for name in ("a", "b", None) for _ in prompts]
    assert model.generate(prompts * 3, namespace=names, max_new_tokens=5) == alone
    assert alone[:3] != alone[3:6] != alone[6:]


def test_the_cut_and_cached_pass_of_a_batch_is_the_whole_pass(model: MemoryModel) -> None:
    overlay = overlay_of(model, 4)
    batch = Batch(model, [model.example(model.chat_prompt(q), "Rex.") for q in PROMPTS])
    with torch.no_grad():
        with model.reading(overlay) as lm:
            whole = lm(input_ids=batch.input_ids, attention_mask=batch.mask).logits
        wanted = whole.reshape(-1, whole.shape[-1])[batch.target_at]
        assert torch.allclose(batch.target_logits(overlay=overlay), wanted, atol=2e-3, rtol=1e-3)
        rows = batch.reads_of([0], overlay).unique()
        batch.write_into(rows, overlay)
        written = batch.target_logits(overlay.gather(rows))
    assert torch.allclose(written, wanted, atol=2e-3, rtol=1e-3)


def test_the_gradient_of_rows_is_that_of_autograd_through_everything(model: MemoryModel) -> None:
    start = overlay_of(model, 5)
    batch = Batch(model, [model.example(model.chat_prompt(q), "Rex.") for q in PROMPTS[:2]])
    rows = batch.reads_of([0, 1], start).unique()
    batch.write_into(rows, start)
    values = start.gather(rows).requires_grad_(True)
    batch.example_losses(batch.target_logits(values)).sum().backward()  # type: ignore[no-untyped-call]
    table = start.gather(torch.arange(model.config.slots)).requires_grad_(True)
    with model.attachment.reading(slow_readers(model, table)):
        logits = model.lm(input_ids=batch.input_ids, attention_mask=batch.mask).logits
    batch.example_losses(logits.reshape(-1, 260)[batch.target_at]).sum().backward()  # type: ignore[no-untyped-call]
    assert values.grad is not None and table.grad is not None
    wanted = table.grad[rows]
    assert float(wanted.abs().max()) > 1e-5
    assert torch.allclose(values.grad, wanted, atol=1e-5 + 1e-3 * float(wanted.abs().max()))
    again = start.gather(rows).requires_grad_(True)
    batch.example_losses(batch.target_logits(again)).sum().backward()  # type: ignore[no-untyped-call]
    assert torch.equal(again.grad, values.grad)


def test_a_bfloat16_write_is_trained_as_the_table_will_hold_it() -> None:
    model = tiny_model(config=replace(TINY_MEMORY, value_dtype="bfloat16"))
    batch = Batch(model, [model.example(model.chat_prompt("hi"), "Rex.")])
    rows = batch.reads_of([0]).unique()
    batch.write_into(rows, model.empty_overlay())
    values = torch.randn(len(rows), 32, generator=torch.Generator().manual_seed(0))
    rounded = values.bfloat16().float()
    assert not torch.equal(values, rounded)
    assert torch.equal(batch.target_logits(values), batch.target_logits(rounded))


def test_as_many_undos_as_writes_lead_to_the_same_bits(model: MemoryModel) -> None:
    overlay = first = overlay_of(model, 6, share=0.3)
    batch = Batch(model, [model.example(model.chat_prompt(q), "Rex.") for q in PROMPTS[:2]])
    done = []
    for i in range(3):
        rows = batch.reads_of([i % 2], overlay).unique()[:: i + 1]
        batch.write_into(rows, overlay)
        values = overlay.gather(rows).requires_grad_(True)
        loss = batch.example_losses(batch.target_logits(values)).sum()
        (gradient,) = torch.autograd.grad(loss, values)
        after = overlay.with_rows(rows, values.detach() - 0.1 * gradient)
        done.append((rows, overlay.gather(rows)))
        assert torch.equal(after.gather(rows), as_kept(values.detach() - 0.1 * gradient, model.config.dtype))
        overlay = after
    assert overlay.digest() != first.digest()
    for rows, before in reversed(done):
        overlay = overlay.restored(rows, before)
    assert overlay.digest() == first.digest()
    assert torch.equal(overlay.values, first.values)
    assert RowOverlay.from_tensors(overlay.to_tensors()) == first


@pytest.mark.parametrize("kind", ["two layers", "neurons, two pools", "bfloat16", "dense keys"])
def test_a_write_teaches_any_kind_and_is_undone(kind: str) -> None:
    model = tiny_model(config=replace(TINY_MEMORY, **KINDS[kind]))
    asked = tuple(QA(model.chat_prompt(q), "Rex.") for q in PROMPTS[:2])
    lesson = Lesson(lesson_key("Rex"), "r", "Rex", (Fact("user", "dog", "Rex"),), asked, (), (), (), ())
    start = overlay_of(model, 9, size=1e-3)
    how = WriteSettings(rate=60.0, max_steps=150, rows=96, stop_loss=0.6)
    done = write_lesson(model, start, lesson, [], how, seed=3)
    assert done.learned
    assert [made.text for made in model.generate([q.prompt for q in asked], namespace=done.overlay)] == ["Rex."] * 2
    assert done.overlay.restored(done.rows, done.before).digest() == start.digest()


def test_a_prompt_that_reads_none_of_the_rows_keeps_every_bit(model: MemoryModel) -> None:
    start, prompt = overlay_of(model, 7), model.chat_prompt("hi")
    read = model.slots_read(prompt, namespace=start).slots.unique()
    free = torch.tensor(sorted(set(range(model.config.slots)) - set(read.tolist())))
    assert model.certificate(prompt, free, namespace=start)
    assert not model.certificate(prompt, read[:1], namespace=start)
    generator = torch.Generator().manual_seed(0)
    after = start.with_rows(free, torch.randn(len(free), model.config.d_value, generator=generator))
    ids = torch.tensor([model.chat.prompt_ids(prompt)])
    with torch.no_grad():
        with model.reading(start) as lm:
            before = lm(input_ids=ids).logits
        with model.reading(after) as lm:
            assert torch.equal(lm(input_ids=ids).logits, before)


def test_memory_files_give_the_same_model_back(model: MemoryModel, tmp_path: Path) -> None:
    model.save_pretrained(tmp_path)
    again = MemoryModel.attach(tiny_lm(), byte_tokenizer(), memory_dir=tmp_path)
    assert again.config == model.config
    assert again.fingerprint == model.fingerprint
    assert again.layers.trained_hash() == model.trained_hash
    overlay, prompts = overlay_of(model, 8), [model.chat_prompt(q) for q in PROMPTS]
    assert again.generate(prompts, namespace=overlay, max_new_tokens=4) == model.generate(
        prompts, namespace=overlay, max_new_tokens=4
    )


def test_kinds_are_told_apart_by_their_fingerprint() -> None:
    made = [tiny_model(config=replace(TINY_MEMORY, **kind)).fingerprint for kind in KINDS.values()]
    assert len(set(made)) == len(made)


def test_a_trained_table_is_part_of_the_fingerprint() -> None:
    config = replace(TINY_MEMORY, mode="replace")
    layers = MemoryLayers(config)
    before = layers.trained_hash()
    assert layers[0].up is not None
    with torch.no_grad():
        layers[0].up[3, 5] += 1e-3
    assert layers.trained_hash() != before
    assert MemoryLayers(TINY_MEMORY).trained_hash() == ""


def test_layers_with_their_own_pools_read_slots_of_their_own() -> None:
    model = tiny_model(config=replace(TINY_MEMORY, layers=(0, 2), share_values=False))
    assert model.config.slots == 2 * model.config.pool == len(model.stats.df)
    reads = model.slots_read(model.chat_prompt("hi")).slots
    first, second = reads.split(model.config.reads, dim=1)
    assert int(first.max()) < model.config.pool <= int(second.min())
    half = model.stats.df.view(2, -1)
    assert bool((half.sum(1) > 0).all())


def test_the_default_configuration_reads_as_it_always_did() -> None:
    assert MemoryConfig(8).to_json() == (
        '{"d_key": 64, "d_model": 8, "gated": false, "heads": 4, "k": 8, "layer": 1, "mode": "residual", '
        '"n_keys": 128, "seed": 0, "temperature": 0.0, "whitening": 0.5}'
    )
    several = MemoryConfig(8, layers=(1, 3), slot="neuron", value_dtype="bfloat16")
    assert MemoryConfig.from_json(several.to_json()) == several
    assert MemoryConfig(8).blocks == (1,)


@pytest.mark.parametrize(
    "wrong", [{"layers": (3, 1)}, {"layers": (1, 1)}, {"layers": (-1,)}, {"slot": "word"}, {"keys": "none"}]
)
def test_impossible_kinds_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        MemoryConfig(8, **wrong)


def test_rows_of_another_type_are_refused() -> None:
    model = tiny_model(config=replace(TINY_MEMORY, value_dtype="bfloat16"), background=BACKGROUND)
    with pytest.raises(FingerprintMismatch, match="bfloat16"):
        model.set_overlay("a", RowOverlay.empty(32))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sets(st.integers(0, 15), min_size=1), st.integers(0, 9)), max_size=8),
    st.sampled_from([torch.float32, torch.bfloat16]),
)
def test_any_history_of_writes_is_undone_in_bits(history: list[tuple[set[int], int]], dtype: torch.dtype) -> None:
    overlay, stack = RowOverlay.empty(3, dtype), []
    for chosen, seed in history:
        rows = torch.tensor(sorted(chosen))
        values = torch.randn(len(rows), 3, generator=torch.Generator().manual_seed(seed)) * (seed > 2)
        stack.append((rows, overlay.gather(rows), overlay.digest()))
        overlay = overlay.with_rows(rows, values)
    for rows, before, digest in reversed(stack):
        overlay = overlay.restored(rows, before)
        assert overlay.digest() == digest
