"""Sleep and the gate on tiny random models: only owned rows move, the same way every time, or nothing does."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from functools import lru_cache

import pytest
import torch

from memos.augmentation import QA, Lesson, Negative, lesson_key
from memos.errors import ConsolidationError, NotRevertible
from memos.grammar import Fact
from memos.parametric.gate import GateSettings, probe_gate, share_right
from memos.parametric.model import MemoryModel
from memos.parametric.overlay import RowOverlay
from memos.parametric.sleep import SleepSettings, sleep
from memos.parametric.testing import tiny_model
from memos.parametric.trainer import ParametricTrainer
from memos.parametric.write import RowWrite, WriteSettings, write_lesson
from memos.protocols import Awake

WRITE = WriteSettings(rate=60.0, max_steps=12, rows=48, stop_loss=0.6)
SLEEP = SleepSettings(stages=2, epochs=6, step=0.03, fresh=1, old=0, cross_negatives=0)
TOLD = {"Rex": "what is the dog called", "Ada": "who is the boss here", "Rome": "which town is home"}


def lesson_of(model: MemoryModel, value: str) -> Lesson:
    asked = [f"{start}{TOLD[value]}{end}" for start in ("", "so ", "hey ") for end in ("?", ", now?")]
    qas = tuple(QA(model.chat_prompt(question), f"{value}.") for question in asked)
    negatives = tuple(Negative(model.chat_prompt(q)) for q in ("who am i?", "is it late?", "why not?", "is it?"))
    return Lesson(
        key=lesson_key(value),
        record_id=value,
        text=value,
        facts=(Fact("user", value, value),),
        train=qas[:3],
        held_out=qas[3:4],
        fresh=qas[4:],
        negatives=negatives[:1],
        fresh_negatives=negatives[1:],
    )


@lru_cache
def prepared() -> tuple[MemoryModel, tuple[Lesson, ...], RowOverlay, torch.Tensor]:
    model = tiny_model()
    lessons = tuple(lesson_of(model, value) for value in TOLD)
    overlay, owned = model.overlay("new"), []
    for i, lesson in enumerate(lessons):
        done = write_lesson(model, overlay, lesson, lessons[:i], WRITE, i)
        overlay = done.overlay
        owned.append(done.rows)
    return model, lessons, overlay, torch.cat(owned).unique()


def slept(settings: SleepSettings = SLEEP, seed: int = 5) -> RowWrite:
    model, lessons, overlay, owned = prepared()
    return sleep(model, overlay, owned, lessons, settings, seed)


def test_sleep_lowers_the_loss_and_moves_owned_rows_only() -> None:
    model, lessons, overlay, owned = prepared()
    done = slept()
    assert done.losses[SLEEP.epochs - 1] < done.losses[0]
    everything = torch.arange(model.config.slots)
    others = ~torch.isin(everything, owned)
    assert torch.equal(done.overlay.gather(everything)[others], overlay.gather(everything)[others])
    assert torch.equal(done.overlay.gather(done.rows), done.after)
    asked = [qa for lesson in lessons for qa in lesson.train]

    def learned(reading: RowOverlay) -> int:
        return sum(share_right(model, [qa.prompt for qa in asked], [qa.answer for qa in asked], reading))

    assert learned(done.overlay) >= learned(overlay)


def test_a_sleep_can_be_taken_back_to_the_bit() -> None:
    _, _, overlay, _ = prepared()
    done = slept()
    assert done.overlay.digest() != overlay.digest()
    assert done.overlay.restored(done.rows, done.before).digest() == overlay.digest()


def test_the_same_sleep_gives_the_same_bits_in_another_process() -> None:
    here = slept().overlay.digest()
    assert slept().overlay.digest() == here
    assert slept(seed=6).overlay.digest() != here
    code = "import sys; sys.path.insert(0, 'tests/unit'); import test_sleep as t; print(t.slept().overlay.digest())"
    there = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert there.stdout.strip() == here


def test_sleep_ends_when_nothing_leaks_and_reports_its_stages() -> None:
    tolerant = slept(replace(SLEEP, enough=1.0))
    assert len(tolerant.report["stages"]) == 1  # type: ignore[arg-type]
    strict = slept(replace(SLEEP, enough=-1.0))
    assert len(strict.report["stages"]) == 2  # type: ignore[arg-type]


def test_progress_is_told() -> None:
    model, lessons, overlay, owned = prepared()
    heard: list[tuple[int, int, str]] = []
    sleep(model, overlay, owned, lessons, replace(SLEEP, epochs=1), 0, lambda *args: heard.append(args))
    assert heard[0] == (0, 2, "sleep")


def test_nothing_owned_is_nothing_to_do() -> None:
    model, lessons, overlay, _ = prepared()
    done = sleep(model, overlay, torch.zeros(0, dtype=torch.int64), lessons, SLEEP, 0)
    assert done.overlay is overlay and done.steps == 0


def test_a_sleep_that_diverges_is_refused() -> None:
    with pytest.raises(ConsolidationError, match="diverged"):
        slept(replace(SLEEP, step=float("nan")))


def test_the_gate_measures_lessons_old_knowledge_and_honesty() -> None:
    model, lessons, overlay, _ = prepared()
    settings = GateSettings(old=6, max_new_tokens=6)
    done = slept()
    measure = probe_gate(model, overlay, done.overlay, lessons, lessons, settings, 0)
    assert set(measure.per_lesson) == {lesson.key for lesson in lessons}
    for share in (measure.learned, measure.held_out, measure.old_before, measure.old_after, measure.honest):
        assert 0.0 <= share <= 1.0
    again = probe_gate(model, overlay, done.overlay, lessons, lessons, settings, 0)
    assert again == measure
    untouched = probe_gate(model, model.overlay("new"), model.overlay("new"), lessons, lessons, settings, 0)
    assert untouched.learned == 0.0 and untouched.old_before == untouched.old_after


def pairs_of(rested: frozenset[str], settings: SleepSettings) -> int:
    model, lessons, overlay, owned = prepared()
    made = sleep(model, overlay, owned, lessons, settings, 5, None, rested)
    return int(made.report["stages"][0]["pairs"])  # type: ignore[index,call-overload]


def test_what_rested_before_costs_little_and_what_is_not_rehearsed_nothing() -> None:
    _, lessons, _, _ = prepared()
    rested = frozenset(lesson.key for lesson in lessons[:2])
    whole = pairs_of(frozenset(), SLEEP)
    none = pairs_of(rested, replace(SLEEP, rehearsed=0))
    one = pairs_of(rested, replace(SLEEP, rehearsed=1))
    assert none < one < pairs_of(rested, replace(SLEEP, rehearsed=2)) < whole
    assert pairs_of(rested, replace(SLEEP, rehearsed=None)) == whole


def test_a_recipe_of_before_keeps_its_meaning() -> None:
    recipe = {"stages": 2, "epochs": 6, "step": 0.03, "fresh": 1, "old": 0, "cross_negatives": 0}
    settings = SleepSettings.from_recipe(recipe)
    assert (settings.plain, settings.rehearsed, settings.old_a_lesson) == (0.0, None, 0)
    with pytest.raises(NotRevertible) as refusal:
        SleepSettings.from_recipe({**recipe, "dreams": 1})
    assert refusal.value.code == "ledger.unknown_recipe"


def test_the_trainer_refines_the_rows_of_what_is_new() -> None:
    model, lessons, overlay, owned = prepared()
    trainer = ParametricTrainer(model, WRITE, SLEEP)
    some = owned[:20]
    awake = Awake(frozenset([lessons[2].key]), some.numpy())
    recipe = trainer.recipe()
    step = trainer.sleep(overlay, owned.numpy(), lessons, recipe, 5, None, awake)
    assert step.change.rows.tolist() == some.tolist()
    whole = {**recipe, "sleep": {**recipe["sleep"], "rehearsed": None}}
    assert trainer.sleep(overlay, owned.numpy(), lessons, whole, 5, None, awake).change.rows.tolist() == owned.tolist()


def test_the_more_is_new_the_more_of_the_old_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr("memos.parametric.sleep._Material._old", lambda _self, count: asked.append(count) or [])
    _, lessons, _, _ = prepared()
    for settings, rested in (
        (replace(SLEEP, stages=1, old=4, old_a_lesson=5), frozenset[str]()),
        (replace(SLEEP, stages=1, old=4, old_a_lesson=5), frozenset([lessons[0].key])),
        (replace(SLEEP, stages=1, old=4, old_a_lesson=0), frozenset[str]()),
    ):
        pairs_of(rested, settings)
    assert asked == [15, 10, 4]
