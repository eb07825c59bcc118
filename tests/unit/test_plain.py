"""Free wordings in plain words: what the model says is believed only where the text bears it out."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest

from memos.augmentation import TemplateAugmenter
from memos.grammar import USER, Fact
from memos.grammar.plain import PLAIN_QUESTION_REQUEST, PLAIN_STATEMENT_REQUEST
from memos.parametric.model import MemoryModel
from memos.parametric.plain import ABILITY, PlainWords


class Scripted:
    """A base that says what it is told to, for each prompt; unsure or unending where that is asked for."""

    def __init__(self, says: dict[str, str], able: bool = True, logprob: float = -0.01, finished: bool = True) -> None:
        self.lm = SimpleNamespace(config=SimpleNamespace(memos_abilities=[ABILITY] if able else None))
        self.says, self.logprob, self.finished = says, logprob, finished
        self.prompts: list[str] = []

    def chat_prompt(self, question: str, notes: Sequence[str] = ()) -> str:
        return "\n".join([*notes, question])

    def generate(self, prompts: Sequence[str], **_: Any) -> list[Any]:
        self.prompts += prompts
        return [
            SimpleNamespace(text=self.says.get(p, "Nothing."), min_logprob=self.logprob, finished=self.finished)
            for p in prompts
        ]


def words(says: dict[str, str], **about: Any) -> tuple[PlainWords, Scripted]:
    model = Scripted(says, **about)
    return PlainWords(cast(MemoryModel, model)), model


def asking(text: str, plain: str) -> dict[str, str]:
    return {PLAIN_QUESTION_REQUEST.format(question=text): plain}


def telling(text: str, plain: str, asked: str, read: str) -> dict[str, str]:
    return {PLAIN_STATEMENT_REQUEST.format(note=text): plain, f"{text}\n{asked}": read}


WALKS = "who do i take out for walks"
PUP = "we finally have a pup, meet BISCUIT the dog"
TOLD = telling(PUP, "My dog is called Biscuit.", "What is my dog called?", "BISCUIT.")


def test_a_question_the_grammar_knows_is_not_put_to_the_model() -> None:
    plain, model = words({})
    assert plain.asked("What is my dog called?") == (USER, "dog_name")
    assert model.prompts == []


def test_a_free_question_is_what_the_model_makes_of_it() -> None:
    plain, _ = words(asking(WALKS, "What is my dog called?"))
    assert plain.asked(WALKS) == (USER, "dog_name")


@pytest.mark.parametrize(
    ("said", "about"),
    [
        ("Nothing.", {}),
        ("My dog is called Rex.", {}),
        ("What is Ada Byron's dog called?", {}),  # nobody of that name was asked about
        ("What is my dog called?", {"logprob": -2.0}),
        ("What is my dog called?", {"finished": False}),
        ("What is my dog called?", {"able": False}),
    ],
)
def test_a_question_is_left_as_it_stands_where_the_model_is_not_to_be_believed(said: str, about: dict[str, Any]) -> None:
    plain, _ = words(asking(WALKS, said), **about)
    assert plain.asked(WALKS) is None


def test_a_third_person_counts_when_the_question_names_them() -> None:
    text = "who does ada byron take out for walks"
    plain, _ = words(asking(text, "What is Ada Byron's dog called?"))
    assert plain.asked(text) == ("Ada Byron", "dog_name")


def test_a_free_statement_is_a_fact_spelled_as_it_was_typed() -> None:
    plain, _ = words(TOLD)
    assert plain.told(PUP) == Fact(USER, "dog_name", "BISCUIT")


@pytest.mark.parametrize(
    "says",
    [
        {},
        telling(PUP, "My dog is called Rex.", "What is my dog called?", "Rex."),  # not in the text
        telling(PUP, "My dog is called Biscuit.", "What is my dog called?", "I do not know yet."),
        telling(PUP, "Ada Byron's dog is called Biscuit.", "What is Ada Byron's dog called?", "Biscuit."),
        telling(PUP, "My birthday is on Biscuit.", "When is my birthday?", "Biscuit."),  # no birthday
    ],
)
def test_a_statement_gives_nothing_where_the_text_does_not_bear_it_out(says: dict[str, str]) -> None:
    plain, _ = words(says)
    assert plain.told(PUP) is None


def test_long_and_empty_texts_are_not_put_to_the_model() -> None:
    plain, model = words({})
    assert plain.asked("and " * 100 + "?") is None
    assert plain.told("  ") is None
    assert model.prompts == []


def test_templates_teach_what_the_rewriter_finds_and_only_where_they_find_nothing() -> None:
    plain, model = words(TOLD)
    augmenter = TemplateAugmenter(model.chat_prompt, rewriter=plain)
    (lesson,) = augmenter.lessons("r1", PUP)
    assert lesson.facts == (Fact(USER, "dog_name", "BISCUIT"),)
    assert lesson.text == PUP and lesson.train[0].prompt == "What is my dog called?"
    model.prompts.clear()
    assert augmenter.lessons("r2", "My cat is called Tom.")[0].facts == (Fact(USER, "cat_name", "Tom"),)
    assert model.prompts == []
    assert augmenter.lessons("r3", "The sky is blue today") == []
