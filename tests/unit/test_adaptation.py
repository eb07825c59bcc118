"""Fitting memory to any model: what is measured, what is decided, what is kept, and what is refused without it."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from memos import adaptation
from memos.acceptance import (
    REPORT_FILE,
    REPORT_PAGE,
    Acceptance,
    AdaptationReport,
    Bar,
    Figures,
    Trial,
    read_report,
    write_report,
)
from memos.adaptation import AdaptRequest, adapt_model
from memos.apps import cli
from memos.build import (
    MODELS_FOLDER,
    acceptance,
    adapted,
    kept_folder,
    load_model,
    memory_config,
    open_memory,
)
from memos.config import Settings
from memos.errors import ConsolidationError, FingerprintMismatch, InputError, MemosError, ModelError
from memos.parametric import adapting, probing
from memos.parametric.adapting import AdaptPlan, best_trial, candidate_layers, documents_of, shortfalls
from memos.parametric.chat import ChatFormat
from memos.parametric.decode import Generation
from memos.parametric.model import MemoryModel
from memos.parametric.probing import Said, person_lessons
from memos.parametric.recipe import WriteSettings
from memos.parametric.testing import TINY_MEMORY, byte_tokenizer, tiny_lm
from memos.types import utc_now

GOOD = Figures(
    facts=50, failed=0, learned=1, held_out=0.9, kept=1, kept_asked=80, kept_sure=True, honest=0.95, honest_asked=200,
    honest_sure=True, leaked=0.0, leaked_asked=300,
)  # fmt: skip
BAR = Bar(held_out=0.6, old=0.05, honest=0.9)
MEMORY = {"n_keys": 16, "heads": 2, "top_k": 4}


def report(**changed: Any) -> AdaptationReport:
    given: dict[str, Any] = {
        "model": "tiny", "accepted": True, "reasons": (), "fingerprint": "f", "layer": 1, "rate": 30.0,
        "rate_of": "rate", "figures": GOOD, "bar": BAR, "background": "generated", "documents": 640, "layers": (),
        "rates": (), "settings": {}, "seed": 0, "seconds": 1.0, "memos": "0", "made_at": utc_now(),
    }  # fmt: skip
    return AdaptationReport(**{**given, **changed})


def asking(**named: Any) -> AdaptRequest:
    return AdaptRequest(facts=2, **named)


def saved(folder: Path, *, template: bool = True, seed: int = 0, family: str = "llama") -> Path:
    lm = tiny_lm(family, seed)
    lm.config.max_position_embeddings = 1024
    lm.save_pretrained(folder)
    byte_tokenizer(template=template).save_pretrained(folder)
    return folder


def settings(home: Path, model: Path, **sections: Any) -> Settings:
    chosen: dict[str, Any] = {"memory": MEMORY, "embedder": {"name": "hash"}, **sections}
    return Settings(home=home, namespace="ana", model={"name": str(model)}, **chosen)


@pytest.fixture
def verdicts(monkeypatch: pytest.MonkeyPatch) -> Callable[[Figures | None], None]:
    """Makes every probe come to these figures: what is decided on them is under test, not a random model."""

    def become(figures: Figures | None) -> None:
        monkeypatch.setattr(adapting, "probe", lambda *_a, **_k: (figures, "" if figures else "too long"))

    monkeypatch.setattr(adapting, "default_background", lambda chat: [chat.prompt(f"tell {i}?") for i in range(40)])
    return become


# --- deciding ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"held_out": 0.5}, "0.50 of held-out wordings"),
        ({"kept": 0.9}, "0.90 of old answers"),
        ({"honest": 0.8}, "0.80 of untaught questions were answered as before"),
        ({"leaked": 0.2}, "0.20 of untaught questions got a value"),
    ],
)
def test_each_shortfall_is_named_with_both_numbers(changed: dict[str, Any], said: str) -> None:
    assert shortfalls(GOOD, BAR) == ()
    (reason,) = shortfalls(GOOD.model_copy(update=changed), BAR)
    assert reason.startswith(said) and "at " in reason


def test_a_model_that_is_sure_of_nothing_is_judged_by_leaks_alone() -> None:
    unsure = GOOD.model_copy(update={"honest": 0.1, "honest_sure": False})
    assert shortfalls(unsure, BAR) == ()
    assert len(shortfalls(unsure.model_copy(update={"leaked": 0.3}), BAR)) == 1


def test_nothing_written_is_a_reason() -> None:
    assert shortfalls(None, BAR, "too long") == ("no fact could be written (too long)",)


def trial(layer: int, figures: Figures | None) -> Trial:
    return Trial(layer=layer, rate=1, figures=figures, note="", seconds=0)


def test_the_best_layer_learns_most_without_leaking() -> None:
    leaky = GOOD.model_copy(update={"held_out": 1.0, "leaked": 0.6})
    weak = GOOD.model_copy(update={"held_out": 0.2})
    trials = [trial(0, leaky), trial(1, GOOD), trial(2, weak), trial(3, None), trial(4, GOOD)]
    assert best_trial(trials, BAR).layer == 1
    assert best_trial([trial(3, None), trial(2, weak)], BAR).layer == 2


@pytest.mark.parametrize("blocks", [1, 2, 3, 5, 24])
def test_candidate_layers_exist_and_are_early(blocks: int) -> None:
    layers = candidate_layers(blocks)
    assert layers == sorted(set(layers)) and layers[0] == 0 and layers[-1] <= max(1, blocks // 2)
    assert layers[-1] < blocks and (blocks == 1 or 1 in layers)


# --- measuring --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def model() -> MemoryModel:
    lm = tiny_lm()
    lm.config.max_position_embeddings = 1024
    return MemoryModel.attach(lm, byte_tokenizer(), config=TINY_MEMORY, background=["who?", "where is it?"])


def generation(text: str, *ids: int, finished: bool = True, sure: bool = True) -> Generation:
    return Generation(text, ids, -0.01, -0.01 if sure else -3.0, 1.0, finished)


def test_an_answer_that_goes_on_is_compared_by_its_beginning(model: MemoryModel) -> None:
    prompts = [n.prompt for n in probing.old_prompts(model, frozenset(), 6, random.Random(0))]
    made = list(probing._said(model, prompts, None))
    assert all(one.finished or len(one.token_ids) == probing.BEGINNING for one in made)
    assert not all(one.finished for one in made)  # a random model goes on


def said(text: str, *ids: int, sure: bool = True) -> Said:
    return Said(probing.Negative("p"), text, ids, True, sure)


def test_kept_is_the_bases_own_answer_whatever_its_phrase() -> None:
    before = [said("No idea, friend.", 1, 2)] * probing.LEAST_SURE + [said("x", 9, sure=False)]
    now = [generation("No idea, friend.", 1, 2)] * (probing.LEAST_SURE - 5) + [generation("Rex.", 3)] * 6
    assert probing._share_kept(before, now) == (0.75, 20, True)
    share, asked, sure = probing._share_kept(before[5:], now[5:])
    assert (asked, sure) == (16, False) and share == pytest.approx(10 / 16, abs=1e-3)
    assert probing._share_kept([], []) == (0.0, 0, False)


def test_a_leak_is_a_taught_value_that_the_base_did_not_say() -> None:
    values = {"rex"}
    assert probing._leaks(said("no idea"), generation("It is Rex!"), values)
    assert not probing._leaks(said("Rex."), generation("Rex."), values)
    assert not probing._leaks(said("no idea"), generation("Rexona."), values)


def test_a_probe_measures_the_same_twice_and_leaves_the_model_alone(model: MemoryModel) -> None:
    lessons = person_lessons(model, 2, seed=0)
    write = WriteSettings(rows=16, max_steps=1, questions=2, negatives=0, cross_negatives=0, replays=0)
    size = probing.ProbeSize(2, old=6, untaught=2, sleep=False)
    first, note = probing.probe(model, lessons, write, size, 0)
    assert probing.probe(model, lessons, write, size, 0) == (first, note)
    assert first is not None and (first.facts, first.failed) == (2, 0)
    assert first.leaked_asked == 4 and first.kept_asked > 0
    assert len(model.overlay("probe")) == 0


def test_facts_are_about_different_people_and_never_one_question_twice(model: MemoryModel) -> None:
    lessons = person_lessons(model, 9, seed=3)
    facts = [(f.subject, f.relation) for one in lessons for f in one.facts]
    assert len(set(facts)) == 9 and len({subject for subject, _ in facts}) == 3
    assert person_lessons(model, 9, seed=3) == lessons


def test_a_fact_that_cannot_be_written_counts_against_the_model(model: MemoryModel) -> None:
    lessons = [replace(one, train=()) for one in person_lessons(model, 1, seed=0)]
    figures, note = probing.probe(model, lessons, WriteSettings(), probing.ProbeSize(1), 0)
    assert figures is None and "no questions" in note


# --- text -------------------------------------------------------------------------------------------------------------


def test_text_becomes_passages_and_too_little_is_refused() -> None:
    chat = ChatFormat(byte_tokenizer(), 4096)
    text = "\n\n".join(f"word{i} " * (adapting.WORDS + 5) for i in range(20))
    found = documents_of([text], chat)
    assert len(found) == 40 and found[0].count("word0") == adapting.WORDS
    assert len(documents_of([text] * 200, chat)) == adapting.MOST_TEXTS
    with pytest.raises(InputError) as told:
        documents_of(["only this"], chat)
    assert told.value.code == "input.background"


@pytest.mark.parametrize("template", [True, False])
def test_a_small_window_is_told_before_anything_is_measured(template: bool) -> None:
    plan = AdaptPlan(TINY_MEMORY, WriteSettings(), BAR, layer=1)
    lm = tiny_lm()
    lm.config.max_position_embeddings = 48
    with pytest.raises(InputError) as told:
        adapting.adapt(lm, byte_tokenizer(template=template), plan)
    assert told.value.code == "input.window"


# --- from settings to files -------------------------------------------------------------------------------------------


def test_layer_and_rate_that_were_found_are_used_unless_the_user_set_others(
    tmp_path: Path, verdicts: Callable[[Figures | None], None]
) -> None:
    verdicts(GOOD)
    folder = saved(tmp_path / "tiny", template=False)
    given = settings(tmp_path / "home", folder)
    done = adapt_model(given, asking(layer=2, rate=7.0))
    kept = kept_folder(given)
    assert read_report(kept) == done and done.accepted and "accepted" in (kept / REPORT_PAGE).read_text()
    assert str(tmp_path) not in (kept / REPORT_FILE).read_text()
    assert memory_config(given).layer == 2 and load_model(given).fingerprint == done.fingerprint
    rule = acceptance(given)
    assert rule is not None
    rule.require_for(done.fingerprint)
    assert adapted(given, rule).consolidation.rate == 7.0
    own = settings(tmp_path / "home", folder, consolidation={"rate": 3.0})
    assert adapted(own, rule).consolidation.rate == 3.0
    assert kept_folder(settings(tmp_path / "home", tmp_path / "home" / ".." / "tiny")) == kept


def test_every_layer_is_probed_and_taken_off_again(
    tmp_path: Path, verdicts: Callable[[Figures | None], None]
) -> None:
    verdicts(GOOD)
    seen: list[str] = []
    done = adapt_model(
        settings(tmp_path / "home", saved(tmp_path / "tiny")), asking(), lambda *a: seen.append(a[2])
    )
    assert {one.layer for one in done.layers} == {0, 1} and done.layer == 0
    assert {one.layer for one in done.rates} == {0}


def test_a_refused_model_keeps_facts_in_the_store_and_says_why_everywhere(
    tmp_path: Path, verdicts: Callable[[Figures | None], None]
) -> None:
    verdicts(GOOD.model_copy(update={"held_out": 0.1}))
    given = settings(tmp_path / "home", saved(tmp_path / "tiny"))
    assert not adapt_model(given, asking(layer=1, rate=1.0)).accepted
    with open_memory(given) as memory:
        memory.observe("My dog is called Rex.")
        with pytest.raises(ConsolidationError) as told:
            memory.consolidate(memory.plan_consolidation(everything=True))
        assert told.value.code == "consolidation.not_accepted" and "0.10 of held-out" in told.value.message
        assert memory.recall("dog").hits and memory.runs() == []
        assert memory.status().writes == "refused"
        (line,) = [one for one in memory.doctor() if one.name == "writes to parameters"]
        assert line.ok and "0.10 of held-out" in line.detail
    override = settings(tmp_path / "home", Path(given.model.name), consolidation={"allow_unaccepted": True})
    rule = acceptance(override)
    assert rule is not None
    rule.require_for("anything")
    assert "allow_unaccepted" in rule.verdict().reason


def test_a_model_that_was_never_measured_is_not_loaded_to_be_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = settings(tmp_path / "home", saved(tmp_path / "tiny"))
    monkeypatch.setattr("memos.build.load_model", lambda *_: pytest.fail("loaded"))
    with open_memory(given) as memory:
        memory.observe("My dog is called Rex.")
        with pytest.raises(ConsolidationError, match="never measured"):
            memory.consolidate(memory.plan_consolidation(everything=True))
        assert memory.status().writes == "not measured"


def test_other_weights_than_were_accepted_are_refused(
    tmp_path: Path, verdicts: Callable[[Figures | None], None]
) -> None:
    verdicts(GOOD)
    given = settings(tmp_path / "home", saved(tmp_path / "tiny"))
    adapt_model(given, asking(layer=1, rate=1.0))
    saved(tmp_path / "tiny", seed=5)
    with pytest.raises(FingerprintMismatch) as told:
        load_model(given)
    assert (told.value.code, "adapt" in told.value.hint) == ("model.base_mismatch", True)
    rule = acceptance(given)
    assert rule is not None
    with pytest.raises(FingerprintMismatch) as told:
        rule.require_for("another")
    assert told.value.code == "model.adaptation_mismatch"
    again = adapt_model(given, asking(layer=1, rate=1.0))  # and is measured anew
    assert load_model(given).fingerprint == again.fingerprint


def test_addresses_that_something_was_learned_with_stay(
    tmp_path: Path, verdicts: Callable[[Figures | None], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    verdicts(GOOD)
    given = settings(tmp_path / "home", saved(tmp_path / "tiny"))
    first = adapt_model(given, asking(layer=2, rate=1.0))
    monkeypatch.setattr(adaptation, "learned_into", lambda _: {first.fingerprint: "ana"})
    with pytest.raises(InputError) as told:
        adapt_model(given, asking(layer=1))
    assert told.value.code == "input.model_in_use"
    again = adapt_model(given, asking(rate=2.0))
    assert (again.fingerprint, again.layer, again.rate) == (first.fingerprint, 2, 2.0)


def test_files_beside_the_model_travel_with_it(
    tmp_path: Path, verdicts: Callable[[Figures | None], None]
) -> None:
    verdicts(GOOD)
    folder = saved(tmp_path / "tiny")
    adapt_model(settings(tmp_path / "one", folder), asking(layer=1, rate=1.0))
    done = adapt_model(settings(tmp_path / "one", folder), asking(layer=0, rate=1.0, beside_model=True))
    moved = folder.rename(tmp_path / "moved")
    elsewhere = settings(tmp_path / "two", moved)
    assert load_model(elsewhere).fingerprint == done.fingerprint and memory_config(elsewhere).layer == 0
    rule = acceptance(elsewhere)
    assert rule is not None and rule.verdict().state == "accepted"


def test_an_interruption_leaves_what_was_there(
    tmp_path: Path, verdicts: Callable[[Figures | None], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    verdicts(GOOD)
    given = settings(tmp_path / "home", saved(tmp_path / "tiny"))
    adapt_model(given, asking(layer=1, rate=1.0))
    before = {path: path.read_bytes() for path in kept_folder(given).iterdir()}

    def stop(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(adapting, "probe", stop)
    with pytest.raises(KeyboardInterrupt):
        adapt_model(given, asking(layer=0, rate=1.0))
    assert {path: path.read_bytes() for path in kept_folder(given).iterdir()} == before


# --- bad input --------------------------------------------------------------------------------------------------------


def test_a_folder_that_cannot_be_written_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "models").write_text("in the way")
    with pytest.raises(ModelError) as told:
        adapt_model(settings(tmp_path / "home", saved(tmp_path / "tiny")), asking())
    assert told.value.code == "model.memory_unwritable"


def test_what_is_no_causal_model_is_told(tmp_path: Path) -> None:
    import transformers as hf

    folder = saved(tmp_path / "encoder")
    hf.BertModel(hf.BertConfig(vocab_size=260, hidden_size=32, num_hidden_layers=1, num_attention_heads=2,
                               intermediate_size=32)).save_pretrained(folder)  # fmt: skip
    with pytest.raises(ModelError) as told:
        adapt_model(settings(tmp_path / "home", folder), asking(layer=0, rate=1.0))
    assert told.value.hint


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00", b"short"])
def test_text_that_cannot_be_used_is_told(tmp_path: Path, content: bytes | None) -> None:
    text = tmp_path / "text.txt"
    if content is not None:
        text.write_bytes(content)
    with pytest.raises(InputError):
        adapt_model(
            settings(tmp_path / "home", saved(tmp_path / "tiny")), asking(layer=1, rate=1.0, texts=[text])
        )


def test_a_damaged_report_is_told_and_is_no_acceptance(tmp_path: Path) -> None:
    write_report(tmp_path, report())
    (tmp_path / REPORT_FILE).write_text("{")
    with pytest.raises(ModelError) as told:
        read_report(tmp_path)
    assert told.value.code == "model.adaptation_unreadable"
    rule = Acceptance("tiny", lambda: [tmp_path])
    assert rule.verdict().state == "not measured"
    with pytest.raises(MemosError):
        rule.require()


def test_a_tokenizer_without_padding_and_without_an_end_works() -> None:
    tokenizer = byte_tokenizer(template=False)
    tokenizer.pad_token = tokenizer.eos_token = None
    chat = ChatFormat(tokenizer, 256)
    assert chat.prompt("who?") == "Question: who?\nAnswer:"
    assert chat.decode(chat.target_ids("Rex.")) == "Rex." and chat.end_ids == chat._encode("\n")
    lm = tiny_lm()
    made = MemoryModel.attach(lm, tokenizer, config=TINY_MEMORY, background=["who?", "where?"])
    assert len(made.generate(["who?", "where is it?"], namespace=None, max_new_tokens=3)) == 2


def test_a_text_starts_as_the_tokenizer_starts_texts() -> None:
    from tokenizers import processors

    tokenizer = byte_tokenizer(template=False)
    assert ChatFormat(tokenizer, 256).prompt("who?").startswith("Question")
    tokenizer.bos_token = "<|system|>"
    assert ChatFormat(tokenizer, 256).prompt("who?").startswith("Question")
    begin = ("<|system|>", tokenizer.bos_token_id)
    tokenizer.backend_tokenizer.post_processor = processors.TemplateProcessing(
        single="<|system|> $A", special_tokens=[begin]
    )
    chat = ChatFormat(tokenizer, 256)
    assert chat.prompt_ids(chat.prompt("who?"))[0] == begin[1]


# --- the command line, and the shipped model --------------------------------------------------------------------------


def test_the_verb_says_the_verdict_and_exits_with_it(
    tmp_path: Path, verdicts: Callable[[Figures | None], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEMOS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    folder = saved(tmp_path / "tiny")
    verdicts(GOOD)
    runner = CliRunner()
    done = runner.invoke(cli.app, ["model", "adapt", str(folder), "--layer", "1", "--rate", "2", "--probe-facts", "2", "--json"])
    assert done.exit_code == 0, done.output
    assert '"accepted": true' in done.stdout
    verdicts(None)
    done = runner.invoke(cli.app, ["model", "adapt", str(folder), "--layer", "1", "--rate", "2", "--probe-facts", "2"])
    assert done.exit_code == 4 and "no fact could be written" in done.stdout
    for wrong in (["--layer", "x"], ["--rate", "0"], ["--rate", "inf"], ["--layer", "-1"], ["--layer", "99"]):
        assert runner.invoke(cli.app, ["model", "adapt", str(folder), *wrong]).exit_code != 0
    shown = runner.invoke(cli.app, ["--model", str(folder), "model", "show"])
    assert "refused" in shown.stdout


def test_the_shipped_model_is_accepted_by_a_report_on_itself(tmp_path: Path) -> None:
    folder = MODELS_FOLDER / "assistant"
    rule = acceptance(Settings(home=tmp_path))
    assert rule is not None and rule.verdict().state == "accepted"
    rule.require_for(MemoryModel.from_pretrained(folder, memory_dir=folder / "memory").fingerprint)


def test_the_rule_holds_for_the_shipped_model_too(tmp_path: Path) -> None:
    rule = acceptance(Settings(home=tmp_path, memory={"key_seed": 7}))  # other addresses than were accepted
    assert rule is not None
    with pytest.raises(FingerprintMismatch):
        rule.require_for("of other addresses")
