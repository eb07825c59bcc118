"""Recipes: what was recorded with fewer settings means what it meant, and what is unknown is refused."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace

import pytest

from memos.augmentation import TemplateAugmenter
from memos.config import ConsolidationSettings
from memos.errors import NotRevertible
from memos.parametric.recipe import EARLIER, WriteSettings
from memos.parametric.testing import tiny_model
from memos.parametric.trainer import ParametricTrainer

FIRST = {
    "rows": 256, "rate": 60.0, "max_steps": 20, "stop_loss": 0.2, "settle": 4, "questions": 12, "negatives": 8,
    "cross_negatives": 2, "replays": 6, "negative_weight": 1.0, "halvings": 3, "selector": "tfidf",
}  # fmt: skip
"""The settings that the first recipes named."""


def test_a_recipe_with_fewer_settings_is_the_write_it_was() -> None:
    made = WriteSettings.from_recipe(FIRST)
    assert (made.coverage, made.writer, made.kl_budget, made.adam_rate) == (1.0, "sgd", 0.0, 0.035)
    assert {name: getattr(made, name) for name in FIRST} == FIRST


def test_a_default_that_changes_later_does_not_change_what_was_recorded() -> None:
    @dataclass(frozen=True)
    class Later(WriteSettings):
        writer: str = "adam"
        coverage: float = 0.7

    assert (Later.from_recipe(FIRST).writer, Later.from_recipe(FIRST).coverage) == ("sgd", 1.0)


def test_every_later_setting_says_what_its_absence_means() -> None:
    assert {field.name for field in fields(WriteSettings)} <= set(FIRST) | set(EARLIER)


def test_a_recipe_goes_through_its_json_form() -> None:
    made = WriteSettings(coverage=0.5, selector="kl", writer="adam", kl_budget=0.1)
    assert WriteSettings.from_recipe(asdict(made)) == made


def test_a_setting_of_another_version_is_refused() -> None:
    with pytest.raises(NotRevertible, match="temperature"):
        WriteSettings.from_recipe({**FIRST, "temperature": 2})


def test_what_a_user_sets_reaches_the_write() -> None:
    section = ConsolidationSettings(
        rows=64, coverage=0.5, selector="kl", writer="adam", rate=7, adam_rate=0.2, kl_budget=0.3
    )
    made = asdict(WriteSettings.configured(section))
    shared = set(made) & set(type(section).model_fields)
    assert shared == {"rows", "coverage", "selector", "writer", "rate", "adam_rate", "kl_budget"}
    assert {name: made[name] for name in shared} == {name: getattr(section, name) for name in shared}
    assert WriteSettings.configured(ConsolidationSettings()) == WriteSettings()


def test_a_write_is_replayed_from_its_recipe_whatever_the_settings_are_now() -> None:
    model = tiny_model()
    (lesson,) = TemplateAugmenter(model.chat_prompt).lessons("r1", "My dog is called Rex.")
    settings = WriteSettings(rows=48, max_steps=2)
    then = ParametricTrainer(model, settings)
    now = ParametricTrainer(model, replace(settings, selector="random", writer="adam", coverage=0.2, kl_budget=1.0))
    recipe = json.loads(json.dumps(then.recipe()))
    first = then.write(then.empty(), lesson, [], recipe, 5)
    assert now.write(now.empty(), lesson, [], recipe, 5).overlay.digest() == first.overlay.digest()
    shorter = {**recipe, "write": {name: value for name, value in recipe["write"].items() if name in FIRST}}
    assert now.write(now.empty(), lesson, [], shorter, 5).overlay.digest() == first.overlay.digest()
    assert now.write(now.empty(), lesson, [], now.recipe(), 5).overlay.digest() != first.overlay.digest()
    assert {"self_bleu", "rate", "coverage"} <= set(first.report)
