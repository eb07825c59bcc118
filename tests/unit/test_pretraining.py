"""Pretraining: generated text that is right by construction, a step that repeats, a run that resumes, every refusal."""

from __future__ import annotations

import itertools
import json
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from memos.errors import InputError, ModelError
from memos.grammar import (
    OLD_FACTS,
    OLD_PEOPLE,
    RELATIONS,
    UNKNOWN_ANSWER,
    USER,
    Wording,
    questions,
    read_plain_question,
    read_plain_statement,
)
from memos.grammar.framing import UNSEEN_QUESTION_FRAMES, UNSEEN_STATEMENT_FRAMES
from memos.grammar.plain import NOTHING_PLAIN, PLAIN_QUESTION_REQUEST, PLAIN_STATEMENT_REQUEST
from memos.pretraining.__main__ import main
from memos.pretraining.batches import BATCHES_PER_POOL, notes_allowed, pool, stream
from memos.pretraining.chat_format import (
    ASSISTANT,
    END,
    SYSTEM,
    USER_TURN,
    note_line,
    notes_message,
)
from memos.pretraining.corpus import Mix, generate_document, word_question, word_statement
from memos.pretraining.evaluate import answers, evaluate, evaluate_folder, load, read_evaluation
from memos.pretraining.forward import hidden_states
from memos.pretraining.tokenizer import train_tokenizer
from memos.pretraining.train import (
    CHECKPOINT_FILE,
    PretrainConfig,
    build_model,
    build_optimizers,
    pretrain,
    schedule,
)

TINY = PretrainConfig(
    steps=6,
    documents_per_step=4,
    vocabulary=400,
    tokenizer_documents=80,
    hidden=32,
    feed_forward=48,
    layers=2,
    heads=2,
    context=512,
    checkpoint_every=4,
    log_every=2,
    evaluation_items=2,
)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    return train_tokenizer(0, Mix(), TINY.vocabulary, TINY.tokenizer_documents, TINY.context)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pretrain(TINY, tmp_path_factory.mktemp("models") / "tiny")


def documents(seed: int, count: int, max_notes: int = 6) -> list[str]:
    rng = random.Random(seed)
    return ["".join(s.text for s in generate_document(rng, Mix(), max_notes)) for _ in range(count)]


def test_the_corpus_is_a_function_of_its_seed() -> None:
    assert documents(5, 40) == documents(5, 40)
    assert documents(5, 40) != documents(6, 40)


def test_answers_carry_the_loss_and_everything_else_little() -> None:
    mix = Mix()
    rng = random.Random(2)
    for _ in range(200):
        segments = generate_document(rng, mix, 6)
        assert segments[-1].weight > mix.background_weight
        for before, segment in itertools.pairwise(segments):
            if segment.weight > mix.background_weight:
                assert before.text.endswith(ASSISTANT)
                assert segment.text.startswith(" ") and segment.text.endswith(END)


def test_closed_book_answers_are_the_old_facts_or_unknown() -> None:
    by_question = {q: f.value for f in OLD_FACTS for q in questions(f.subject, f.relation)}
    checked = 0
    for text in documents(8, 1500):
        if SYSTEM in text or "<|assistant|> Got it" in text or "<|assistant|> Noted" in text:
            continue
        for turn in text.split("<|user|> ")[1:]:
            asked, _, answer = turn.removesuffix(END).partition(f"{END}{ASSISTANT} ")
            if asked in by_question:
                assert answer == f"{by_question[asked]}."
                checked += 1
            elif answer == UNKNOWN_ANSWER:
                checked += 1
    assert checked > 100


def test_held_out_wordings_never_reach_the_corpus() -> None:
    text = "\n".join(documents(3, 3000)).lower()
    for frame in (*UNSEEN_QUESTION_FRAMES, *UNSEEN_STATEMENT_FRAMES):
        fixed = max(
            frame.replace("{D}", "|").replace("{E}", "|").replace("{N}", "|").replace("{S}", "|").split("|"),
            key=len,
        )
        if len(fixed) > 12:
            assert fixed.strip(" ,:.?").lower() not in text, frame
    assert "collar" not in text  # of unseen cores only
    assert "better half" not in text


def test_a_session_repeats_free_wordings_plainly() -> None:
    asked = told = nothing = 0
    for text in documents(6, 1200):
        for turn in text.split(USER_TURN)[1:]:
            said, _, answer = turn.removesuffix(END).partition(f"{END}{ASSISTANT} ")
            if said.startswith(f" {PLAIN_QUESTION_REQUEST.format(question='')}".rstrip()):
                asked += answer != NOTHING_PLAIN
                nothing += answer == NOTHING_PLAIN
                assert answer == NOTHING_PLAIN or read_plain_question(answer) is not None, answer
            elif said.startswith(f" {PLAIN_STATEMENT_REQUEST.format(note='')}".rstrip()):
                told += answer != NOTHING_PLAIN
                nothing += answer == NOTHING_PLAIN
                assert answer == NOTHING_PLAIN or read_plain_statement(answer) is not None, answer
    assert asked > 20 and told > 20 and nothing > 5


def test_notes_are_told_oldest_first_but_for_a_few_sessions() -> None:
    ordered = total = 0
    for text in documents(6, 1500):
        days = re.findall(r"\n- \[(\d{4}-\d{2}-\d{2})\]", text)
        if len(days) > 2:
            total += 1
            ordered += days == sorted(days)
    assert total > 100 and 0.85 < ordered / total < 1.0


def test_held_out_wordings_can_be_drawn_on_purpose() -> None:
    rng = random.Random(1)
    fact = OLD_FACTS[0]
    for wording in Wording:
        assert word_question(rng, fact.subject, fact.relation, 0.0, wording)
        assert fact.value in word_statement(rng, fact, 0.0, wording=wording)


def test_some_old_people_have_unknown_relations() -> None:
    held = {(f.subject, f.relation) for f in OLD_FACTS}
    assert any((p, r) not in held for p in OLD_PEOPLE for r in RELATIONS)


def test_answers_tokenise_as_in_statements(tokenizer: Any) -> None:
    stated = tokenizer("My dog is called Biscuit.")["input_ids"]
    prompt = tokenizer.apply_chat_template(
        [{"role": "user", "content": "What is my dog called?"}], add_generation_prompt=True, tokenize=False
    )
    whole = tokenizer(prompt + " Biscuit.")["input_ids"]
    assert whole[: len(tokenizer(prompt)["input_ids"])] == tokenizer(prompt)["input_ids"]
    answer = whole[len(tokenizer(prompt)["input_ids"]) :]
    assert stated[-len(answer) :] == answer
    assert tokenizer.decode(tokenizer("Café 東京 'x'")["input_ids"]) == "Café 東京 'x'"


def test_the_template_renders_the_notes_and_every_role(tokenizer: Any) -> None:
    notes = notes_message([note_line("I live in Lisbon.", "2026-05-03"), note_line("I moved.", None)])
    text = tokenizer.apply_chat_template(
        [
            {"role": "system", "content": notes},
            {"role": "user", "content": "Where do I live?"},
            {"role": "assistant", "content": "Lisbon."},
        ],
        tokenize=False,
    )
    assert text == (
        "<|system|> Notes:\n- [2026-05-03] I live in Lisbon.\n- I moved.<|end|>"
        "<|user|> Where do I live?<|end|><|assistant|> Lisbon.<|end|>"
    )


def test_batches_re_enter_the_stream_anywhere(tokenizer: Any) -> None:
    arguments = (4, Mix(), ((0.0, 2), (0.5, 4)), tokenizer, 512)
    whole = list(stream(1, 0, BATCHES_PER_POOL + 3, *arguments))
    later = list(stream(1, 5, BATCHES_PER_POOL + 3, *arguments))
    assert len(whole) == BATCHES_PER_POOL + 3
    for one, two in zip(whole[5:], later, strict=True):
        assert torch.equal(one.ids, two.ids)
        assert torch.equal(one.weights, two.weights)
    assert all(batch.tokens > 0 for batch in whole)
    assert notes_allowed(0.49, ((0.0, 2), (0.5, 4))) == 2


def test_documents_longer_than_the_context_are_left_out(tokenizer: Any) -> None:
    batches = pool(0, 0, 64, Mix(), 6, tokenizer, 60)
    assert max(batch.ids.shape[1] for batch in batches) <= 60


def test_the_training_forward_is_the_models_own(tokenizer: Any) -> None:
    model = build_model(TINY, tokenizer)
    ids = torch.randint(5, 300, (3, 17))
    with torch.no_grad():
        expected = model.model(input_ids=ids).last_hidden_state
        found = hidden_states(model, ids).float()
    assert torch.nn.functional.cosine_similarity(found, expected, dim=-1).min() > 0.999


def test_every_parameter_has_one_optimizer(tokenizer: Any) -> None:
    model = build_model(TINY, tokenizer)
    owned = [id(p) for o in build_optimizers(model, TINY) for g in o.param_groups for p in g["params"]]
    assert sorted(owned) == sorted(id(p) for p in model.parameters())


def test_the_schedule_warms_up_holds_and_decays_to_zero() -> None:
    config = PretrainConfig(steps=1000)
    shares = [schedule(step, config) for step in range(1000)]
    assert shares[0] < 0.1 and max(shares) == 1.0 and shares[300] == 1.0 and shares[-1] < 0.01


def test_a_run_leaves_a_loadable_folder_with_its_log_and_evaluation(trained: Path) -> None:
    model, tokenizer = load(trained)
    assert type(model).__name__ == "LlamaForCausalLM"
    assert tokenizer.chat_template and tokenizer.pad_token_id != tokenizer.eos_token_id
    header, *lines = [json.loads(line) for line in (trained / "training_log.jsonl").read_text().splitlines()]
    assert header["config"]["steps"] == 6 and [line["step"] for line in lines] == [2, 4, 6]
    assert not (trained / CHECKPOINT_FILE).exists()
    assert {row.items for row in read_evaluation(trained)} == {2}


def test_the_same_config_gives_the_same_weights(trained: Path, tmp_path: Path) -> None:
    again = pretrain(replace(TINY, evaluation_items=0), tmp_path / "again")
    assert (again / "model.safetensors").read_bytes() == (trained / "model.safetensors").read_bytes()
    assert (again / "tokenizer.json").read_bytes() == (trained / "tokenizer.json").read_bytes()


def test_an_interrupted_run_resumes_to_the_same_weights(trained: Path, tmp_path: Path) -> None:
    class Interrupted(Exception):
        pass

    def interrupt(line: Any) -> None:
        if line.step == 6:
            raise Interrupted

    with pytest.raises(Interrupted):
        pretrain(TINY, tmp_path / "m", interrupt)
    assert (tmp_path / "m" / CHECKPOINT_FILE).exists()
    steps: list[int] = []
    pretrain(TINY, tmp_path / "m", lambda line: steps.append(line.step))
    assert steps == [6]
    assert (tmp_path / "m" / "model.safetensors").read_bytes() == (trained / "model.safetensors").read_bytes()


def test_a_foreign_or_damaged_checkpoint_is_refused(tmp_path: Path) -> None:
    def stop(line: Any) -> None:
        if line.step == 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pretrain(TINY, tmp_path, stop)
    with pytest.raises(ModelError) as refusal:
        pretrain(replace(TINY, seed=3), tmp_path)
    assert "another configuration" in refusal.value.message and refusal.value.hint
    (tmp_path / CHECKPOINT_FILE).write_bytes(b"not a checkpoint")
    with pytest.raises(ModelError) as refusal:
        pretrain(TINY, tmp_path)
    assert "cannot be read" in refusal.value.message


@pytest.mark.parametrize(
    "change",
    [
        {"steps": 0},
        {"documents_per_step": 0},
        {"vocabulary": 100},
        {"hidden": 30, "heads": 4},
        {"corpus_version": 1},
    ],
)
def test_impossible_configs_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(InputError) as refusal:
        replace(TINY, **change)
    assert refusal.value.hint


def test_evaluation_refuses_what_it_cannot_measure(trained: Path, tmp_path: Path) -> None:
    model, tokenizer = load(trained)
    with pytest.raises(InputError):
        evaluate(model, tokenizer, items_per_class=0)
    with pytest.raises(ModelError):
        load(tmp_path / "nowhere")
    with pytest.raises(ModelError):
        read_evaluation(tmp_path)
    rows = evaluate_folder(trained, items_per_class=1)
    assert rows == read_evaluation(trained)
    assert all("target" in row.line() for row in rows)


def test_a_padded_batch_answers_as_each_prompt_alone(trained: Path) -> None:
    model, tokenizer = load(trained)
    prompts = [
        [{"role": "user", "content": "What is my name?"}],
        [
            {"role": "system", "content": "Notes:\n- I live in Oslo."},
            {"role": "user", "content": "Where do I live?"},
        ],
    ]
    assert answers(model, tokenizer, prompts) == [
        answers(model, tokenizer, [prompt])[0] for prompt in prompts
    ]


def test_the_command_line_trains_and_reports_errors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("memos.pretraining.__main__.PretrainConfig", lambda **given: replace(TINY, **given))
    assert main(["--out", str(tmp_path / "m"), "--steps", "2", "--no-evaluation"]) == 0
    assert "step 2/2" in capsys.readouterr().err
    assert main(["--out", str(tmp_path / "m"), "--steps", "0"]) == 2
    assert "hint:" in capsys.readouterr().err


SHIPPED = Path(__file__).resolve().parents[2] / "memos" / "models" / "assistant"


def test_the_shipped_model_is_small_and_answers_from_a_note_from_memory_and_not_at_all() -> None:
    assert sum(f.stat().st_size for f in SHIPPED.iterdir()) < 7_000_000
    tokenizer = AutoTokenizer.from_pretrained(SHIPPED)
    model = AutoModelForCausalLM.from_pretrained(SHIPPED).eval()
    assert model.config.max_position_embeddings >= 512
    old = next(f for f in OLD_FACTS if f.relation == "city")
    notes = {"role": "system", "content": "Notes:\n- [2026-05-03] My dog is called Biscuit."}
    prompts = [
        [notes, {"role": "user", "content": "What is my dog called?"}],
        [{"role": "user", "content": f"Where does {old.subject} live?"}],
        [{"role": "user", "content": questions(USER, "dog_name")[0]}],
        [{"role": "user", "content": "I live in Lisbon."}],
        [{"role": "user", "content": "Hello."}],
    ]
    assert answers(model, tokenizer, prompts) == [
        "Biscuit.",
        f"{old.value}.",
        UNKNOWN_ANSWER,
        "Got it.",
        "Hello! What should I remember for you?",
    ]
