"""Attachment to models of five families: identity at start, the cut forward pass, namespaces side by side."""

from __future__ import annotations

import pytest
import torch

from memos.errors import ModelError
from memos.parametric.attach import Attachment
from memos.parametric.layer import MemoryConfig
from memos.parametric.model import MemoryModel
from memos.parametric.overlay import RowOverlay
from memos.parametric.testing import FAMILIES, byte_tokenizer, tiny_lm, tiny_model

QUESTIONS = ("what is it?", "who are you, my friend of old?", "where do you live these days, and with whom?")


def overlay_of(model: MemoryModel, seed: int, share: float = 0.5) -> RowOverlay:
    generator = torch.Generator().manual_seed(seed)
    rows = torch.randperm(model.config.slots, generator=generator)[: int(share * model.config.slots)]
    values = torch.randn(len(rows), model.config.d_model, generator=generator)
    return RowOverlay.empty(model.config.d_model).with_rows(rows, values)


@pytest.mark.parametrize("family", FAMILIES)
def test_attaching_changes_no_bit(family: str) -> None:
    lm = tiny_lm(family)
    ids = torch.arange(40).view(2, 20)
    mask = torch.ones_like(ids)
    mask[0, :7] = 0  # padding on the left
    with torch.no_grad():
        plain = lm(input_ids=ids, attention_mask=mask).logits
        generated = lm.generate(input_ids=ids, attention_mask=mask, max_new_tokens=6, do_sample=False, pad_token_id=0)
        model = MemoryModel.attach(
            lm, byte_tokenizer(), config=MemoryConfig(32, 16, 2, 4, 16), background=["some words", "and more"]
        )
        assert torch.equal(lm(input_ids=ids, attention_mask=mask).logits, plain)
        with model.attachment.reading(model.readers([model.overlay("a")])):
            assert torch.equal(lm(input_ids=ids, attention_mask=mask).logits, plain)
            again = lm.generate(
                input_ids=ids, attention_mask=mask, max_new_tokens=6, do_sample=False, pad_token_id=0
            )
        assert torch.equal(again, generated)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_namespace_without_rows_beside_one_with_rows_is_the_base(family: str) -> None:
    model = tiny_model(family)
    model.set_overlay("full", overlay_of(model, 1))
    prompts = [model.chat_prompt(q) for q in QUESTIONS]
    base = model.generate(prompts, namespace=None, max_new_tokens=6)
    mixed = model.generate(prompts * 2, namespace=[None, "empty", None, "full", "full", "full"], max_new_tokens=6)
    assert mixed[:3] == base
    assert mixed[3:] != base


@pytest.mark.parametrize("family", FAMILIES)
def test_the_cut_forward_pass_equals_the_whole(family: str) -> None:
    model = tiny_model(family)
    overlay = overlay_of(model, 2)
    ids = torch.randint(0, 256, (4, 20), generator=torch.Generator().manual_seed(0))
    mask = torch.ones_like(ids)
    mask[1, 12:] = 0
    readers = model.readers([overlay] * 4)
    assert readers is not None
    with torch.no_grad(), model.attachment.reading(readers):
        whole = model.lm(input_ids=ids, attention_mask=mask).logits
    prefix = model.attachment.prefix(ids, mask)
    with torch.no_grad():
        hidden = model.attachment.resume(prefix.output + readers[0](prefix.z), ids, mask)
        cut = model.attachment.logits(hidden)
    assert torch.equal(cut, whole)


def test_blocks_are_back_in_place_after_an_error() -> None:
    model = tiny_model()
    before = list(model.attachment.blocks)
    with pytest.raises(RuntimeError):
        model.attachment.resume(torch.zeros(1, 3, 7), torch.zeros(1, 3, dtype=torch.int64), torch.ones(1, 3))
    assert list(model.attachment.blocks) == before


def test_two_models_in_one_process_do_not_meet() -> None:
    first, second = tiny_model("llama", 0), tiny_model("llama", 1)
    prompts = [first.chat_prompt(q) for q in QUESTIONS]
    alone = first.generate(prompts, namespace=None, max_new_tokens=6)
    other = second.generate(prompts, namespace=None, max_new_tokens=6)
    second.set_overlay("a", overlay_of(second, 3))
    assert first.generate(prompts, namespace="a", max_new_tokens=6) == alone
    assert second.generate(prompts, namespace="a", max_new_tokens=6) != other
    assert first.fingerprint != second.fingerprint


def test_detaching_leaves_no_hook() -> None:
    lm = tiny_lm()
    attachment = Attachment(lm, 1)
    attachment.detach()
    assert not lm.model.layers[1]._forward_hooks and not lm.model.layers[1].mlp._forward_pre_hooks


def test_replace_mode_leaves_out_the_feed_forward_network() -> None:
    config = MemoryConfig(32, 16, 2, 4, 16, mode="replace")
    model = tiny_model(config=config)
    ids = torch.arange(12).view(1, 12)
    reader = model.readers([model.overlay("a")])
    assert reader is not None and model.memory.up is not None
    with torch.no_grad(), model.attachment.reading(reader):
        with_table = model.lm(input_ids=ids).logits
        model.memory.up.zero_()
        without = model.lm(input_ids=ids).logits
        for parameter in model.lm.model.layers[1].mlp.parameters():
            parameter.zero_()
        silent = model.lm(input_ids=ids).logits
    assert not torch.equal(with_table, without)
    assert torch.equal(without, silent)


def test_a_layer_that_is_not_there_and_an_unknown_layout_are_refused() -> None:
    with pytest.raises(ModelError, match="no block 9"):
        Attachment(tiny_lm(), 9)
    with pytest.raises(ModelError, match="does not look"):
        Attachment(torch.nn.Linear(2, 2), 0)
