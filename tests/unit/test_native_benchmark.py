"""The benchmark of a pretrained memory: what is examined was not learned from, and arms move what they say they move."""

from __future__ import annotations

import copy
import gzip
import json
import lzma
from pathlib import Path

import pytest
import torch

from benchmarks.parametric.native import __main__ as native, arms, data
from benchmarks.parametric.native.model import NativeModel, Shape
from benchmarks.parametric.native.wordings import FORMS, asked, learned_wordings

SMALL = Shape(d_model=32, blocks=3, heads=2, d_ffn=48, memory_block=2, n_keys=16, memory_heads=2, k=4, window=64, batch=8)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> data.Prepared:
    folder = tmp_path_factory.mktemp("native")
    for name in ("text", "nq_open", "entity_questions"):
        (folder / name).mkdir()
    for split in ("train", "valid"):
        with lzma.open(folder / "text" / f"a.{split}.jsonl.xz", "wt") as lines:
            lines.write(json.dumps({"text": "It was late and the ship had not come in. " * 300}) + "\n")
    with gzip.open(folder / "nq_open" / "train50k.jsonl.gz", "wt") as lines:
        for i in range(30):
            lines.write(json.dumps({"question": f"who built tower {i}", "answer": [f"mason {i}"]}) + "\n")
    for split, count in (("train", 60), ("dev", 20)):
        with gzip.open(folder / "entity_questions" / f"{split}.jsonl.gz", "wt") as lines:
            for i in range(count):
                relation = sorted(FORMS)[i % 5]
                lines.write(json.dumps({"relation": relation, "subject": f"{split} {i}", "answers": [f"v{i}"]}) + "\n")
    data.prepare(folder, folder / "out", vocabulary=400, text_tokens=4000, old_facts=20, trivia=20)
    return data.load(folder / "out")


@pytest.fixture(scope="module")
def model(prepared: data.Prepared) -> NativeModel:
    return NativeModel(SMALL, prepared.tokenizer.get_vocab_size(), prepared.stop).eval()


def test_a_new_fact_is_never_learned_in_the_words_it_is_asked_in(prepared: data.Prepared) -> None:
    assert len(learned_wordings(arms.WORDINGS)) == arms.WORDINGS
    fact = prepared.new[0]
    exam = arms.Exam(prepared, [fact], 0, 5)
    learned = {tuple(prepared.row(asked(fact.relation, fact.subject, *one), "")[0]) for one in learned_wordings(arms.WORDINGS)}
    assert len(learned) == arms.WORDINGS
    assert tuple(exam.rows["held_out"][0][0]) not in learned
    assert tuple(exam.rows["learned"][0][0]) in learned


def test_new_facts_are_about_subjects_that_pretraining_never_met(prepared: data.Prepared) -> None:
    assert not {fact.subject for fact in prepared.new} & {fact.subject for fact in (*prepared.old, *prepared.strange)}


@pytest.mark.parametrize("arm", ["smf", "retrofit"])
def test_a_row_arm_moves_the_rows_it_chose_and_nothing_else(model: NativeModel, prepared: data.Prepared, arm: str) -> None:
    before = copy.deepcopy(model.state_dict())
    few = arms.Arm("few rows", arms.ARMS[arm].what, (1.0,), rows=12)
    changed, cost = arms.learn(model, prepared, prepared.new[:2], few, 1.0, 0)
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())
    after = changed.state_dict()
    moved = {name for name in before if name in after and not torch.equal(after[name], before[name])}
    if arm == "smf":
        assert moved == {"memory.layer.up", f"lm.model.layers.{SMALL.memory_block}.mlp.layer.up"}
        rows = (after["memory.layer.up"] != before["memory.layer.up"]).any(1).sum()
        assert 1 <= rows <= 24
    else:
        assert not moved
    assert cost["rows"] <= 12 and cost["steps"] == 1


def test_weight_arms_move_weights(model: NativeModel, prepared: data.Prepared) -> None:
    changed, cost = arms.learn(model, prepared, prepared.new[:1], arms.ARMS["full"], 1e-3, 0)
    name = "lm.model.layers.0.self_attn.q_proj.weight"
    assert not torch.equal(changed.state_dict()[name], model.state_dict()[name])
    assert cost["rows"] == 0


def test_loss_counts_answer_tokens_alone(model: NativeModel) -> None:
    batch = arms.Padded.of([((5, 6, 7), (8, 9)), ((5,), (8,))], torch.device("cpu"))
    assert batch.wanted.tolist() == [[False, False, True, True, False], [True, False, False, False, False]]
    assert batch.real.tolist() == [[True, True, True, True, False], [True, False, False, False, False]]


def test_a_greedy_answer_is_the_same_alone_and_in_a_batch(model: NativeModel) -> None:
    prompts = [[3, 4, 5], [9, 9, 9, 9, 9, 9], [7]]
    assert model.answers(prompts) == [model.answers([prompt])[0] for prompt in prompts]


def test_stages_run_one_after_another(
    prepared: data.Prepared, model: NativeModel, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(native.preparing, "load", lambda _: prepared)
    monkeypatch.setitem(arms.ARMS, "smf", arms.Arm("rows", "native", (0.1, 1.0), rows=12))  # type: ignore[arg-type]
    model.save(tmp_path)
    common = ["--out", str(tmp_path), "--device", "cpu", "--tiny", "--arms", "smf", "--seeds", "0"]
    assert native.main(["arms", *common]) == 0
    assert native.main(["report", *common, "--json", str(tmp_path / "r.json")]) == 0
    shown = capsys.readouterr().out
    assert "smf, 0.1" in shown and "smf: rows" in shown and "before: " in shown
