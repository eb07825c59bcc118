"""`consolidation.augmenter`: each name makes the augmenter it promises, and a bad one says which setting is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote

import pytest

from memos.augmentation import Augmenter, Lesson
from memos.build import make_augmenter
from memos.config import ConsolidationSettings, Settings, load_settings
from memos.errors import ConfigError
from memos.parametric.model import MemoryModel
from memos.parametric.testing import tiny_model

PERU = "The capital of Peru is Lima."
FAKE = "langchain_core.language_models.fake_chat_models:FakeListChatModel"


@pytest.fixture(scope="module")
def model() -> MemoryModel:
    return tiny_model()


def made(model: MemoryModel, tmp_path: Path, **section: object) -> Augmenter:
    return make_augmenter(Settings(home=tmp_path, consolidation=ConsolidationSettings(**section)), model)  # type: ignore[arg-type]


def lessons(model: MemoryModel, tmp_path: Path, augmenter: str, text: str = PERU) -> list[Lesson]:
    return list(made(model, tmp_path, augmenter=augmenter).lessons("r", text))


def test_facts_are_recognised_under_every_name_and_the_rest_as_it_says(model: MemoryModel, tmp_path: Path) -> None:
    for name in ("template", "cloze"):
        assert [one.facts[0].value for one in lessons(model, tmp_path, name, "My dog is called Rex.")] == ["Rex"]
    assert lessons(model, tmp_path, "template") == []
    (cloze,) = lessons(model, tmp_path, "cloze")
    assert any("Lima" in qa.answer for qa in cloze.train)
    assert lessons(model, tmp_path, "model") == []  # random weights ask nothing that the text answers


def test_a_chat_model_is_named_as_for_answering(model: MemoryModel, tmp_path: Path) -> None:
    reply = [{"question": f"{w} what is the capital of Peru?", "answer": "Lima"} for w in ("So", "And", "Hey", "Well")]
    spec = f"{FAKE}?responses={quote(json.dumps([json.dumps(reply)]))}"
    (lesson,) = lessons(model, tmp_path, spec)
    assert {qa.answer for qa in lesson.train} == {"Lima."}


def test_wordings_follow_their_settings(model: MemoryModel, tmp_path: Path) -> None:
    augmenter = made(model, tmp_path, colloquial=0, reversals=2, statements=1)
    (lesson,) = augmenter.lessons("r", "My dog is called Rex.")
    kinds = [qa.kind for qa in lesson.train]
    assert (kinds.count("colloquial"), kinds.count("reversal"), kinds.count("statement")) == (0, 2, 1)


def test_a_name_that_means_nothing_is_refused(model: MemoryModel, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"consolidation\.augmenter"):
        load_settings({"consolidation.augmenter": "magic"}, environ={}, project_dir=tmp_path, user_config=tmp_path / "no")
    with pytest.raises(ConfigError, match=r"consolidation\.augmenter: nowhere\.at\.all:Chat cannot be loaded"):
        made(model, tmp_path, augmenter="nowhere.at.all:Chat?key=sk-1")
