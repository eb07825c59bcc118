"""Loading, saving, refusing, answering."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from memos.errors import FingerprintMismatch, InputError, ModelError, ModelUnavailable
from memos.parametric.files import CONFIG_FILE, STATE_FILE
from memos.parametric.layer import MemoryConfig
from memos.parametric.model import MemoryModel
from memos.parametric.overlay import RowOverlay
from memos.parametric.testing import BACKGROUND, TINY_MEMORY, byte_tokenizer, tiny_lm, tiny_model


def some_rows(model: MemoryModel, seed: int = 0) -> RowOverlay:
    generator = torch.Generator().manual_seed(seed)
    rows = torch.randperm(model.config.slots, generator=generator)[:120]
    return RowOverlay.empty(32).with_rows(rows, torch.randn(120, 32, generator=generator))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("lm")
    tiny_lm().save_pretrained(path)
    byte_tokenizer().save_pretrained(path)
    return path


def test_save_and_load_give_the_same_model(folder: Path, tmp_path: Path) -> None:
    first = MemoryModel.from_pretrained(folder, memory_dir=tmp_path / "memory", config=TINY_MEMORY, background=BACKGROUND)
    again = MemoryModel.from_pretrained(folder, memory_dir=tmp_path / "memory")
    assert again.fingerprint == first.fingerprint
    assert again.residual_rms == first.residual_rms
    assert torch.equal(again.stats.df, first.stats.df)
    prompts = [first.chat_prompt("who is it?"), first.chat_prompt("and where?")]
    rows = some_rows(first)
    assert again.generate(prompts, namespace=rows, max_new_tokens=5) == first.generate(
        prompts, namespace=rows, max_new_tokens=5
    )


def test_files_shipped_beside_a_model_are_found(folder: Path, tmp_path: Path) -> None:
    lm, tokenizer = tiny_lm(), byte_tokenizer()
    made = tiny_model(memory_dir=tmp_path / "memory")
    found = MemoryModel.attach(lm, tokenizer, shipped_dir=tmp_path / "memory")
    assert found.fingerprint == made.fingerprint


def test_another_base_tokenizer_or_configuration_is_refused(tmp_path: Path) -> None:
    tiny_model(memory_dir=tmp_path)
    with pytest.raises(FingerprintMismatch, match="other weights"):
        MemoryModel.attach(tiny_lm(seed=1), byte_tokenizer(), memory_dir=tmp_path)
    with pytest.raises(FingerprintMismatch, match="another tokenizer"):
        MemoryModel.attach(tiny_lm(), byte_tokenizer(template=False), memory_dir=tmp_path)
    with pytest.raises(FingerprintMismatch, match="another memory configuration"):
        MemoryModel.attach(tiny_lm(), byte_tokenizer(), memory_dir=tmp_path, config=MemoryConfig(32))


def test_damaged_files_are_an_error_with_a_way_out(tmp_path: Path) -> None:
    tiny_model(memory_dir=tmp_path)
    (tmp_path / STATE_FILE).write_bytes(b"short")
    with pytest.raises(ModelError) as caught:
        MemoryModel.attach(tiny_lm(), byte_tokenizer(), memory_dir=tmp_path)
    assert "delete" in caught.value.hint
    header = json.loads((tmp_path / CONFIG_FILE).read_text())
    del header["base_hash"]
    (tmp_path / CONFIG_FILE).write_text(json.dumps(header))
    with pytest.raises(ModelError):
        MemoryModel.attach(tiny_lm(), byte_tokenizer(), memory_dir=tmp_path)


def test_a_model_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="cannot be loaded"):
        MemoryModel.from_pretrained(tmp_path / "nothing")
    with pytest.raises(ModelError, match="CPU only"):
        MemoryModel.from_pretrained(tmp_path, device="cuda")


def test_rows_of_another_width_or_table_are_refused() -> None:
    model = tiny_model()
    with pytest.raises(FingerprintMismatch):
        model.set_overlay("a", RowOverlay.empty(8))
    with pytest.raises(FingerprintMismatch):
        model.set_overlay("a", RowOverlay.empty(32).with_rows(torch.tensor([256]), torch.ones(1, 32)))


def test_measuring_is_the_same_in_any_order_of_work() -> None:
    first, second = tiny_model(), tiny_model()
    second.measure(BACKGROUND)
    assert first.fingerprint == second.fingerprint
    with pytest.raises(InputError, match="background"):
        second.measure([])


def test_streaming_gives_the_generated_answer() -> None:
    model = tiny_model()
    model.set_overlay("a", some_rows(model))
    prompt = model.chat_prompt("what is it?")
    whole = model.generate([prompt], namespace="a", max_new_tokens=8)[0]
    assert "".join(model.stream(prompt, namespace="a", max_new_tokens=8)).strip() == whole.text.rstrip("\ufffd")


def test_a_long_answer_is_reported_unfinished() -> None:
    model = tiny_model()
    prompt = model.chat_prompt("what is it?")
    whole = model.generate([prompt], namespace=None, max_new_tokens=3)[0]
    assert whole.finished is (len(whole.token_ids) < 3)
    assert whole.min_logprob <= whole.mean_logprob <= 0
    assert whole.margin >= 0


def test_scores_of_an_answer_are_those_of_a_plain_forward_pass() -> None:
    model = tiny_model()
    prompt, rows = model.chat_prompt("what is it?"), some_rows(model)
    scored = model.answer_logprob([prompt, prompt], ["Rex.", "No."], namespace=[None, rows])
    example = model.example(prompt, "Rex.")
    ids = torch.tensor([[*example.prompt, *example.target]])
    with torch.no_grad():
        logits = torch.log_softmax(model.lm(input_ids=ids).logits[0].float(), -1)
    start = len(example.prompt) - 1
    wanted = sum(float(logits[start + i, t]) for i, t in enumerate(example.target))
    assert float(scored[0]) == pytest.approx(wanted, abs=1e-4)
    assert float(scored[1]) != float(model.answer_logprob([prompt], ["No."], namespace=None)[0])


def test_where_a_prompt_reads() -> None:
    model = tiny_model()
    prompt = model.chat_prompt("hi")
    reads = model.slots_read(prompt, "Rex.")
    tokens = len(model.chat.prompt_ids(prompt))
    assert reads.slots.shape == reads.weights.shape == (tokens + 4, model.config.reads)
    assert reads.at_answer().slots.shape[0] == 5
    assert torch.equal(model.slots_read(prompt).slots, reads.slots[:tokens])
    everything = RowOverlay.empty(32).with_rows(torch.arange(256), torch.ones(256, 32))
    assert model.familiarity(prompt, "Rex.", namespace=everything) == pytest.approx(1.0)
    assert model.familiarity(prompt, "Rex.", namespace=None) == 0.0


def test_prompts_with_and_without_a_template() -> None:
    model = tiny_model()
    history = [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]
    assert model.chat_prompt("q", ["n1", "n2"], history) == (
        "<|system|>Notes:\n- n1\n- n2<|end|><|user|>a<|end|><|assistant|>b<|end|><|user|>q<|end|><|assistant|>"
    )
    plain = MemoryModel.attach(
        tiny_lm(), byte_tokenizer(template=False), config=TINY_MEMORY, background=BACKGROUND
    )
    assert plain.chat_prompt("q?", ["n"], history) == "Notes:\n- n\n\nQuestion: a\nAnswer: b\nQuestion: q?\nAnswer:"
    assert plain.chat.decode(plain.chat.target_ids("yes")) == "yes"


def test_bad_prompts_are_refused() -> None:
    model = tiny_model()
    with pytest.raises(InputError, match="empty"):
        model.chat_prompt("  ")
    with pytest.raises(InputError, match="window"):
        model.generate(["x" * 250], namespace=None, max_new_tokens=10)
    with pytest.raises(InputError, match="namespaces"):
        model.generate(["x"], namespace=["a", "b"])
    with pytest.raises(InputError, match="answer"):
        model.answer_logprob(["x"], [" "], namespace=None)


def test_shipped_files_of_another_base_are_measured_anew(tmp_path: Path) -> None:
    tiny_model(memory_dir=tmp_path)
    other = MemoryModel.attach(
        tiny_lm(seed=1), byte_tokenizer(), shipped_dir=tmp_path, config=TINY_MEMORY, background=BACKGROUND
    )
    assert other.fingerprint == tiny_model(seed=1).fingerprint
