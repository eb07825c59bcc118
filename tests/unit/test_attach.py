"""Attachment to models of nine families: identity at start, the cut forward pass, namespaces side by side."""

from __future__ import annotations

from pathlib import Path

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


@pytest.mark.parametrize("family", FAMILIES)
def test_rows_change_logits_and_a_cache_does_not(family: str) -> None:
    model = tiny_model(family)
    model.set_overlay("a", overlay_of(model, 4))
    ids = torch.randint(0, 256, (2, 40), generator=torch.Generator().manual_seed(1))
    mask = torch.ones_like(ids)
    mask[0, :9] = 0

    def greedy(use_cache: bool) -> torch.Tensor:
        return model.lm.generate(  # type: ignore[no-any-return]
            input_ids=ids, attention_mask=mask, max_new_tokens=8, do_sample=False, pad_token_id=0, use_cache=use_cache
        )

    with torch.no_grad():
        plain = model.lm(input_ids=ids, attention_mask=mask).logits
        with model.reading("a") as lm:
            changed = lm(input_ids=ids, attention_mask=mask).logits
            cached, whole = greedy(True), greedy(False)
        assert not torch.allclose(changed[:, -1], plain[:, -1], atol=1e-3)
        assert torch.equal(cached, whole)
        assert torch.equal(model.lm(input_ids=ids, attention_mask=mask).logits, plain)


@pytest.mark.parametrize("family", FAMILIES)
def test_padding_on_either_side_equals_no_padding(family: str) -> None:
    model = tiny_model(family)
    overlay = overlay_of(model, 5)
    prompts = [model.chat_prompt(q) for q in QUESTIONS]
    together = model.generate(prompts, namespace=overlay, max_new_tokens=6)  # padded on the left
    assert together == [model.generate([p], namespace=overlay, max_new_tokens=6)[0] for p in prompts]
    scored = model.answer_logprob(prompts, ["yes", "a friend", "by the sea"], namespace=overlay)  # on the right
    for prompt, answer, score in zip(prompts, ["yes", "a friend", "by the sea"], scored, strict=True):
        example = model.example(prompt, answer)
        ids = torch.tensor([[*example.prompt, *example.target]])
        with torch.no_grad(), model.reading(overlay) as lm:
            logprobs = torch.log_softmax(lm(input_ids=ids).logits[0].float(), -1)
        at = torch.arange(len(example.prompt) - 1, ids.shape[1] - 1)
        assert float(logprobs[at, ids[0, at + 1]].sum()) == pytest.approx(float(score), abs=2e-3)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_folder_saved_by_transformers_and_memory_files_give_the_model_back(family: str, tmp_path: Path) -> None:
    lm, tokenizer = tiny_lm(family), byte_tokenizer()
    lm.save_pretrained(tmp_path / "lm")
    tokenizer.save_pretrained(tmp_path / "lm")
    first = MemoryModel.from_pretrained(
        tmp_path / "lm", config=MemoryConfig(32, 16, 2, 4, 16), background=["some words", "and more"]
    )
    first.save_pretrained(tmp_path / "lm" / "memory")
    again = MemoryModel.from_pretrained(tmp_path / "lm")
    assert again.fingerprint == first.fingerprint
    overlay, prompts = overlay_of(first, 6), [first.chat_prompt(q) for q in QUESTIONS]
    assert again.generate(prompts, namespace=overlay, max_new_tokens=4) == first.generate(
        prompts, namespace=overlay, max_new_tokens=4
    )


def test_disabled_memory_is_the_base_and_comes_back() -> None:
    model = tiny_model()
    model.set_overlay("a", overlay_of(model, 7))
    prompts = [model.chat_prompt(q) for q in QUESTIONS]
    base = model.generate(prompts, namespace=None, max_new_tokens=6)
    taught = model.generate(prompts, namespace="a", max_new_tokens=6)
    with pytest.raises(KeyError), model.disable():
        assert model.generate(prompts, namespace="a", max_new_tokens=6) == base
        raise KeyError
    assert model.generate(prompts, namespace="a", max_new_tokens=6) == taught != base


def test_a_detached_language_model_is_the_object_it_was() -> None:
    lm = tiny_lm()
    before, modules = {n: t.clone() for n, t in lm.state_dict().items()}, list(lm.modules())
    ids = torch.arange(20).view(1, 20)
    with torch.no_grad():
        plain = lm(input_ids=ids).logits
        model = MemoryModel.attach(
            lm, byte_tokenizer(), config=MemoryConfig(32, 16, 2, 4, 16, layers=(0, 2)), background=["some words"]
        )
        assert model.detach() is lm
        model.detach()
        assert torch.equal(lm(input_ids=ids).logits, plain)
    assert all(one is two for one, two in zip(lm.modules(), modules, strict=True))
    assert all(not m._forward_hooks and not m._forward_pre_hooks for m in lm.modules())
    assert {n: t.shape for n, t in lm.state_dict().items()} == {n: t.shape for n, t in before.items()}
    assert all(torch.equal(tensor, before[name]) for name, tensor in lm.state_dict().items())


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
