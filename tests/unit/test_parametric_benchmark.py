"""The parametric benchmark: what is examined was not learned from, figures are what they say, runs go on."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch

from benchmarks.parametric import measures, report, rows, run, weights, words
from benchmarks.parametric.arms import ARMS, learn
from benchmarks.parametric.asking import PlainAsking
from benchmarks.parametric.cache import RowCache, Unmeasured
from benchmarks.parametric.halfway import Halfway
from benchmarks.parametric.learned import Setting
from benchmarks.parametric.measures import COLUMNS, KEPT, LEARNED, Cells, figure
from benchmarks.parametric.rows import learn_rows
from benchmarks.parametric.weights import WeightArm, pairs_for
from benchmarks.parametric.world import Item, World, examine, make_world, read_handwritten
from memos import grammar
from memos.augmentation import Lesson, LessonShape, TemplateAugmenter
from memos.errors import ModelError
from memos.grammar import UNKNOWN_ANSWER, USER
from memos.parametric.base import weights_hash
from memos.parametric.model import MemoryModel
from memos.parametric.overlay import RowOverlay
from memos.parametric.pairs import lesson_pairs
from memos.parametric.sleep import SleepSettings
from memos.parametric.testing import tiny_model
from memos.parametric.write import RowWrite, WriteSettings, write_lesson

AUGMENTER = TemplateAugmenter(lambda question, notes=(): "\n".join([*notes, question]))
SMALL = LessonShape(train=3, fresh=4, held_out=2, behind_notes=0, negatives=4, fresh_negatives=4)


@pytest.fixture(scope="module")
def world() -> World:
    return make_world("test", 6, 0, AUGMENTER, user_only=False, handwritten=read_handwritten())


@pytest.fixture(scope="module")
def model() -> MemoryModel:
    return tiny_model()


# --- worlds ---------------------------------------------------------------------------------------------------------


def test_nothing_that_is_examined_was_learned_from(world: World) -> None:
    taught = {qa.prompt for one in (*world.lessons, *world.updates) for qa in (*one.train, *one.fresh)}
    asked = {item.prompt for item in (*world.items, *world.update_items)}
    assert not taught & asked


def test_honest_questions_ask_for_nothing_taught_or_old(world: World) -> None:
    known = {(f.subject, f.relation) for one in world.lessons for f in one.facts}
    known |= {(f.subject, f.relation) for f in grammar.OLD_FACTS}
    honest = [item for item in world.items if item.group.startswith("honest")]
    assert honest and {item.answer for item in honest} == {UNKNOWN_ANSWER}
    assert not {grammar.parse_question(item.question) for item in honest} & known


def test_a_world_is_a_function_of_its_name_and_seed(world: World) -> None:
    again = make_world("test", 6, 0, AUGMENTER, user_only=False, handwritten=read_handwritten())
    other = make_world("test", 6, 1, AUGMENTER, user_only=False, handwritten=read_handwritten())
    assert world.digest() == again.digest() != other.digest()


def test_free_questions_are_asked_of_facts_about_the_user_with_their_values() -> None:
    one = make_world("user", 4, 0, AUGMENTER, user_only=True, handwritten={"dog_name": ("doggo?",), "city": ("whereabouts?",)})
    facts = {fact.relation: fact for lesson in one.lessons for fact in lesson.facts}
    assert all(fact.subject == USER for fact in facts.values())
    free = {(item.question, item.answer) for item in one.items if item.group == "handwritten"}
    wanted = {"dog_name": "doggo?", "city": "whereabouts?"}
    assert free == {(q, grammar.answer_text(facts[r])) for r, q in wanted.items() if r in facts}


def test_an_update_asks_for_the_new_value_and_for_the_old_one(world: World) -> None:
    old = {item.question: item.answer for item in world.update_items if item.group == "update_old"}
    new = {item.question: item.answer for item in world.update_items if item.group == "update_new"}
    assert old.keys() == new.keys() and all(old[question] != new[question] for question in old)


def test_examination_counts_by_fact() -> None:
    items = [Item("known", "a", "yes", about=1), Item("known", "b", "yes", about=1), Item("known", "c", "yes", about=0)]
    scores = examine(items, lambda asked: ["yes", "no", "yes"])
    assert scores.as_lists() == {"known": [[1, 1], [1, 2]]} and scores.share("known") == pytest.approx(2 / 3)


# --- measures -------------------------------------------------------------------------------------------------------


def _cells(known: list[list[int]], old: list[list[int]]) -> Cells:
    full = [[1, 1]] * 4
    return {"known": known, "old": old, "honest_untaught": full, "honest_other": full, "reading": full}


def test_measures_are_shares_or_stand_against_the_base() -> None:
    base, after = {"old": [[4, 5]], "reading": [[3, 4]]}, {"old": [[2, 5]], "reading": [[1, 4]], "known": [[1, 4]]}
    by_name = {column.name: column for column in COLUMNS}
    assert measures.value(LEARNED, base, after) == 0.25
    assert measures.value(KEPT, base, after) == 0.5
    assert measures.value(by_name["reading loss"], base, after) == 0.5


def test_an_interval_holds_the_mean_and_narrows_with_more_facts() -> None:
    rng = random.Random(0)
    few, many = ([[rng.randrange(5), 4] for _ in range(n)] for n in (8, 400))
    few, many = ([[min(r, 4), a] for r, a in cells] for cells in (few, many))
    narrow, wide = (figure(LEARNED, [({}, {"known": cells})] * 3) for cells in (many, few))
    assert narrow is not None and wide is not None
    assert wide.low <= wide.mean <= wide.high and narrow.high - narrow.low < (wide.high - wide.low) / 3


def test_what_did_not_change_is_kept_without_doubt() -> None:
    cells = {"old": [[1, 1], [0, 1], [1, 1], [1, 1]]}
    assert figure(KEPT, [(cells, cells)]) == measures.Figure(1.0, 1.0, 1.0)


def test_a_measure_that_nobody_asked_for_is_no_figure() -> None:
    assert figure(LEARNED, [({}, {"old": [[1, 1]]})]) is None


def test_a_setting_is_chosen_by_balance_and_matched_by_learning() -> None:
    base = _cells([[0, 10]], [[10, 10]])
    swept = {
        "cold": (base, _cells([[2, 10]], [[10, 10]])),
        "warm": (base, _cells([[7, 10]], [[9, 10]])),
        "hot": (base, _cells([[8, 10]], [[4, 10]])),
    }
    assert measures.best(swept) == "warm"
    assert measures.matched(swept, 0.70) == "warm"  # both learn enough: the one that keeps more
    assert measures.matched(swept, 0.80) == "hot"
    assert measures.matched(swept, 0.95) == "hot"  # none learns enough: the one that learns most


def test_every_arm_may_choose_among_equally_many_settings() -> None:
    assert len({len(arm.settings) for arm in ARMS.values()}) == 1
    assert all(len({str(setting) for setting in arm.settings}) == len(arm.settings) for arm in ARMS.values())


# --- cache ----------------------------------------------------------------------------------------------------------


def test_a_row_is_measured_once_and_read_by_the_next_process(tmp_path: Path) -> None:
    config = {"arm": "full", "setting": [1e-3, 0.0], "seed": 1}
    first = RowCache(tmp_path).row(config, lambda: {"cells": {"known": [[1, 2]]}})
    second = RowCache(tmp_path, frozen=True)
    assert second.row(config, lambda: pytest.fail("measured twice")) == first
    assert second.measured == 0


def test_another_configuration_is_another_row(tmp_path: Path) -> None:
    cache = RowCache(tmp_path)
    cache.row({"seed": 1}, lambda: {"cells": 1})
    assert cache.row({"seed": 2}, lambda: {"cells": 2})["cells"] == 2
    with pytest.raises(Unmeasured):
        RowCache(tmp_path, frozen=True).row({"seed": 3}, lambda: {"cells": 3})


def test_a_damaged_row_is_measured_again(tmp_path: Path) -> None:
    cache = RowCache(tmp_path)
    cache.row({"seed": 1}, lambda: {"cells": 1})
    (file,) = tmp_path.glob("*.json")
    file.write_text('{"config": {"seed": 9}, "cells": 7}', "utf-8")
    assert cache.row({"seed": 1}, lambda: {"cells": 2})["cells"] == 2
    file.write_text("{", "utf-8")
    assert cache.row({"seed": 1}, lambda: {"cells": 3})["cells"] == 3


# --- arms, on a random model ----------------------------------------------------------------------------------------


def _lessons(model: MemoryModel, count: int) -> tuple[Any, ...]:
    augmenter = TemplateAugmenter(model.chat_prompt, SMALL)
    return make_world("tiny", count, 0, augmenter, user_only=True).lessons


@pytest.mark.parametrize("arm", ["full", "lora", "smf"])
def test_learning_leaves_the_base_as_it_was(model: MemoryModel, arm: str) -> None:
    before = weights_hash(model.lm)
    learned = learn(model, _lessons(model, 1), arm, Setting(1e-2))
    prompt = model.chat_prompt("What is my dog called?")
    assert weights_hash(model.lm) == before
    assert isinstance(learned.answer([Item("known", prompt, "")])[0], str)


def test_a_stream_sleeps_on_the_way_over_what_is_new(model: MemoryModel) -> None:
    lessons = make_world("stream", 4, 1, TemplateAugmenter(model.chat_prompt, SMALL), user_only=True).lessons[:4]
    brief = SleepSettings(stages=1, epochs=1, old=4, old_a_lesson=1)
    write = WriteSettings(max_steps=2, rows=16)
    streamed = learn_rows(model, lessons, write, brief, every=2)
    once = learn_rows(model, lessons, write, brief)
    assert len(streamed.report["seconds_of_sleeps"]) == 2 and len(once.report["seconds_of_sleeps"]) == 1
    assert [one.key for one in streamed.state.live] == [one.key for one in once.state.live]
    assert streamed.state.overlay != once.state.overlay


@pytest.mark.parametrize("stopped_at", [1, 2, 3])
def test_a_stopped_stream_goes_on_to_the_same_bits(
    model: MemoryModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stopped_at: int
) -> None:
    lessons = make_world("stream", 4, 1, TemplateAugmenter(model.chat_prompt, SMALL), user_only=True).lessons[:4]
    brief = SleepSettings(stages=1, epochs=1, old=4, old_a_lesson=1)
    write, kept = WriteSettings(max_steps=2, rows=16), Halfway(tmp_path / "one.halfway")
    whole = learn_rows(model, lessons, write, brief, every=2)
    began: list[str] = []

    def stopping(one: MemoryModel, overlay: RowOverlay, lesson: Lesson, *rest: Any) -> RowWrite:
        if len(began) == stopped_at:
            raise KeyboardInterrupt
        began.append(lesson.key)
        return write_lesson(one, overlay, lesson, *rest)

    monkeypatch.setattr(rows, "OFTEN", 1)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(rows, "write_lesson", stopping)
        learn_rows(model, lessons, write, brief, every=2, halfway=kept)
    assert kept.load() is not None
    resumed = learn_rows(model, lessons, write, brief, every=2, halfway=kept)
    assert resumed.state.overlay == whole.state.overlay
    assert torch.equal(resumed.state.owned, whole.state.owned)
    assert len(resumed.report["seconds_of_sleeps"]) == 2 and resumed.written == whole.written
    kept.done()
    assert kept.load() is None


def test_elastic_weight_consolidation_holds_weights_the_more_the_stronger(model: MemoryModel) -> None:
    lessons = _lessons(model, 1)

    def moved(strength: float) -> float:
        state = weights.fresh(model, WeightArm("full"), 1e-3)
        state.anchors = [(p, p.detach().clone(), torch.ones_like(p)) for p in state.lm.parameters()]
        weights.learn_weights(model, lessons, WeightArm("full"), Setting(1e-3, strength), state)
        return float(sum((p.detach() - anchor).square().sum() for p, anchor, _ in state.anchors))

    assert 0 < moved(1e6) < moved(0.0) / 2


def test_consolidation_of_weights_needs_something_to_hold(model: MemoryModel) -> None:
    assert not any(answer.finished for answer in model.base_answers([model.chat_prompt("What is my dog called?")]))
    with pytest.raises(ModelError, match="nothing for EWC to hold"):
        weights.fresh(model, WeightArm("full", ewc=True), 1e-3)


def test_weights_are_given_the_same_negatives_as_rows(model: MemoryModel) -> None:
    first, second = _lessons(model, 2)
    assert pairs_for(model, second, [first], "negatives", 3) == lesson_pairs(model, second, [first], WriteSettings(), 3)
    alone = pairs_for(model, second, [first], "nothing", 3)
    assert alone == [pair for pair in alone if pair.positive] and len(alone) == len(second.train)
    replayed = [pair for pair in pairs_for(model, second, [first], "replay", 3) if not pair.positive]
    answers = {grammar.answer_text(fact) for fact in (*grammar.OLD_FACTS, *first.facts)}
    assert replayed and {pair.answer for pair in replayed} <= answers


# --- the whole run, on a random model ------------------------------------------------------------------------------


def _tiny_world(model: MemoryModel) -> Any:
    lesson = _lessons(model, 1)[0]
    groups = ("known", "old", "honest_untaught", "honest_other")
    items = tuple(Item(group, model.chat_prompt("well?"), "no", "well?", (), 0) for group in groups)
    return lambda name, seed: World(name, seed, (lesson,), items, (), ())


def _no_larger(keys: int) -> run.Bench:
    pytest.fail(f"a memory of {keys} keys was asked for")


def test_a_run_sweeps_then_measures_every_seed_and_goes_on_where_it_stopped(model: MemoryModel, tmp_path: Path) -> None:
    bench = run.Bench(model, RowCache(tmp_path), _tiny_world(model))
    choices = run.choose(bench, ["smf"])
    assert list(choices) == ["smf"] and choices["smf"].best in ARMS["smf"].settings
    assert list(choices["smf"].swept) == [str(setting) for setting in ARMS["smf"].settings]
    rows = run.measure_all(bench, choices, ["15", "40"], [0, 1], _no_larger)
    roles = [(r["config"]["world"], r["config"]["seed"], r["role"]) for r in rows]
    assert roles.count(("15", 0, "matched")) == 1 and not [role for role in roles if role[::2] == ("40", "matched")]
    again = run.Bench(model, RowCache(tmp_path, frozen=True), _tiny_world(model))
    assert run.measure_all(again, run.choose(again, ["smf"]), ["15", "40"], [0, 1], _no_larger) == rows


def test_a_thousand_facts_are_written_into_the_larger_memory(model: MemoryModel, tmp_path: Path) -> None:
    bench = run.Bench(model, RowCache(tmp_path), _tiny_world(model))
    asked: list[int] = []

    def larger(keys: int) -> run.Bench:
        asked.append(keys)
        return bench

    run.measure_all(bench, run.choose(bench, ["smf"]), ["1000"], [0], larger)
    assert asked == [256]


def test_a_report_leaves_out_what_was_not_measured(
    model: MemoryModel, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run.choose(run.Bench(model, RowCache(tmp_path), _tiny_world(model)), [])  # ours alone is swept
    frozen = run.Bench(model, RowCache(tmp_path, frozen=True), _tiny_world(model))
    choices = run.choose(frozen, ["smf", "memos"])
    assert list(choices) == ["memos"] and "left out: smf" in capsys.readouterr().err
    assert run.measure_all(frozen, choices, ["40"], [0], _no_larger) == []
    assert "left out: 40, seed 0, base" in capsys.readouterr().err


# --- report ---------------------------------------------------------------------------------------------------------


def _measured() -> report.Measured:
    def row(arm: str, seed: int, role: str, known: int) -> dict[str, Any]:
        config = {"world": "15", "seed": seed, "arm": arm}
        cells = {"known": [[known, 4], [known, 4]], "old": [[1, 1], [known % 2, 1]]}
        return {"config": config, "cells": cells, "role": role, "seconds_a_fact": 2.0}

    rows = [row("base", seed, "base", 1) for seed in (0, 1)]
    rows += [row(arm, seed, role, 3) for arm in ("memos", "full") for seed in (0, 1) for role in ("best", "matched")]
    swept = {"30": {"learned": 0.7, "kept": 1.0, "balance": 0.9}}
    choices = {arm: run.Choice(Setting(30), Setting(30), swept) for arm in ("memos", "full")}
    return report.Measured("f" * 64, choices, rows)


def test_a_report_replaces_its_part_and_leaves_the_log(tmp_path: Path) -> None:
    markdown = tmp_path / "RESULTS.md"
    markdown.write_text("# R\n\n<!-- made -->\nold tables\n<!-- /made -->\n\n## Log\n\nkept\n", "utf-8")
    report.write(tmp_path / "out" / "figures.json", markdown, _measured())
    text = markdown.read_text("utf-8")
    assert "old tables" not in text and text.endswith("## Log\n\nkept\n")
    assert "| memos | 30 | 2 | 0.750 [" in text and "| full | 30 |" in text
    assert (tmp_path / "out" / "figures.png").stat().st_size > 10_000
    record = json.loads((tmp_path / "out" / "figures.json").read_text("utf-8"))
    (shown,) = [f for f in record["figures"] if (f["arm"], f["role"]) == ("memos", "best")]
    assert shown["figures"]["known"]["mean"] == 0.75 and shown["seeds"] == 2


def test_the_seed_that_settings_are_chosen_on_is_never_reported(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run.main(["--seeds", "0", str(run.VALIDATION_SEED)])
    assert "chosen on" in capsys.readouterr().err


@pytest.mark.slow
def test_the_quick_run_goes_through(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main(["--quick", "--cache", str(tmp_path)]) == 0
    shown = capsys.readouterr().out
    assert all(f"{arm}: {{'known': " in shown for arm in ("memos", "full", "retrieval"))
    assert len(list(tmp_path.glob("*.json"))) == 3
    assert run.main(["--quick", "--cache", str(tmp_path)]) == 0
    assert "in all" not in capsys.readouterr().out  # nothing was measured twice


# --- public data ----------------------------------------------------------------------------------------------------


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    patterns = [
        {"relation": relation, "pattern": f"[X] {verb} {word} [Y] .", "lemma": verb}
        for relation, verbs in (("P1", ("sings", "hums", "plays")), ("P2", ("met", "knew", "saw")))
        for verb in verbs
        for word in ("near", "in")
    ]
    facts = [
        {"relation": relation, "subject": f"Thing {relation} {i}", "object": f"Place {i}"}
        for relation in ("P1", "P2")
        for i in range(40)
    ]
    _write(tmp_path / "pararel" / "patterns.jsonl.gz", patterns)
    _write(tmp_path / "pararel" / "facts.jsonl.gz", facts)
    _write(
        tmp_path / "entity_questions" / "dev.jsonl.gz",
        [{"relation": f["relation"], "subject": f["subject"], "answers": [f["object"]]} for f in facts],
    )
    (tmp_path / "entity_questions" / "relation_query_templates.json").write_text('{"P1": "Where does [X] sing?"}', "utf-8")
    return tmp_path


def test_patterns_of_a_lemma_are_learned_or_held_out_together(data: Path) -> None:
    for relation in words.read_relations(data, "pararel"):
        lemmas = [{pattern.split()[1] for pattern in side} for side in (relation.learned, relation.held_out)]
        assert lemmas[0] and lemmas[1] and not lemmas[0] & lemmas[1]


def test_no_lesson_holds_a_pattern_or_question_that_is_examined_as_new(data: Path, model: MemoryModel) -> None:
    relations = words.read_relations(data, "entity_questions")
    assert [relation.name for relation in relations] == ["P1"]
    relations = words.read_relations(data, "pararel")
    one = words.make_words(model, relations, "pararel", 4, 0)
    learned = {qa.prompt for lesson in one.lessons for qa in (*lesson.train, *lesson.fresh)}
    by_group = {group: {i.prompt for i in one.items if i.group == group} for group in ("known", "held_out", "question")}
    assert by_group["known"] and by_group["known"] <= learned
    assert by_group["held_out"] and by_group["question"] and not learned & (by_group["held_out"] | by_group["question"])


def test_a_pattern_leaves_its_value_open() -> None:
    assert words.sentence("[X] died in [Y] .", "Fog") == "Fog died in ..."
    assert words.sentence("[Y] is the capital of [X].", "Fog") == "... is the capital of Fog"


@pytest.mark.slow
def test_public_data_goes_through_rows_weights_and_notes(
    data: Path, model: MemoryModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(words.MemoryModel, "from_pretrained", lambda *_a, **_k: model)
    out = tmp_path / "figures.json"
    rest = ["--facts", "2", "--seeds", "0", "--arms", "smf", "full", "retrieval", "--cache", str(tmp_path / "rows")]
    assert words.main(["--data", str(data), "--json", str(out), "--chosen", str(tmp_path / "none"), *rest]) == 0
    tables = json.loads(out.read_text("utf-8"))["tables"]
    assert [table["title"].partition(":")[0] for table in tables] == list(words.SETS)
    for table in tables:
        assert [name.partition(",")[0] for name in table["rows"]] == ["before", "smf", "full", "retrieval"]
        unchanged = table["rows"]["before"]["same relation, others: as before"]
        assert unchanged == "1.000 [1.00, 1.00]"


def test_settings_come_from_the_comparison_on_this_model_alone(model: MemoryModel, tmp_path: Path) -> None:
    path, last = tmp_path / "figures.json", ARMS["full"].settings[-1]
    record = {"model": model.fingerprint, "choices": {"full": {"best": str(last)}}}
    path.write_text(json.dumps(record), "utf-8")
    assert words.chosen_settings(path, model, ["full"]) == {"full": last}
    path.write_text(json.dumps({**record, "model": "another"}), "utf-8")
    assert words.chosen_settings(path, model, ["full"]) == {"full": ARMS["full"].settings[1]}


def test_absent_data_is_said_and_not_a_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert words.main(["--data", str(tmp_path / "nowhere")]) == 0
    assert "no data" in capsys.readouterr().err


def test_questions_are_put_plainly_and_notes_are_read_first() -> None:
    model = tiny_model()
    asked: list[str] = []

    def parameters(items: Sequence[Item]) -> list[str]:
        asked.extend(item.prompt for item in items)
        return ["Rex."] * len(items)

    def notes(items: Sequence[Item]) -> list[str]:
        return ["Bo." if "Bo" in item.notes[0] else UNKNOWN_ANSWER for item in items]

    free = "Quick question: what is my dog called?"
    items = [
        Item("known", model.chat_prompt(free), "Rex.", free),
        Item("behind", model.chat_prompt(free, ["I like tea."]), "Rex.", free, ("I like tea.",)),
        Item("contradiction", model.chat_prompt(free, ["My dog is Bo."]), "Bo.", free, ("My dog is Bo.",)),
        Item("other", model.chat_prompt("Who won?"), "Rex.", "Who won?"),
    ]
    said = PlainAsking(model).through(parameters, notes)(items)
    assert said == ["Rex.", "Rex.", "Bo.", "Rex."]
    plain = model.chat_prompt("What is my dog called?")
    assert asked == [plain, plain, model.chat_prompt("Who won?")]
