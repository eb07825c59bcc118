"""What other memories were seen to do wrong, one test each."""

from __future__ import annotations

from memos.types import Action, RecordState
from tests.unit.fakes import Memory

WORDINGS = (
    ("I live in Lyon.", "My home is in Lyon.", "I'm living in Lyon."),
    ("My dog is called Biscuit.", "I have a dog named Biscuit.", "My dog's name is Biscuit."),
    ("I am allergic to walnuts.", "I have an allergy to walnuts.", "I'm allergic to walnuts!"),
    ("My favourite colour is green.", "Green is my favourite colour.", "The colour I like best is green."),
    ("I work as a nurse.", "My job is nurse.", "I'm a nurse."),
)


def test_fifteen_wordings_of_five_facts_are_five_records_with_counts(memory: Memory) -> None:
    for turn in range(3):
        for wordings in WORDINGS:
            memory.manager.observe(wordings[turn])
    kept = memory.manager.list()
    assert {record.text for record in kept} == {wordings[0] for wordings in WORDINGS}
    assert {record.merged for record in kept} == {2}


def test_a_wording_that_tells_more_is_kept_beside(memory: Memory) -> None:
    for text in ("I live in Lyon.", "I live in Lyon with my aunt.", "I live in a house in Lyon.",
                 "My dog is called Biscuit.", "I adopted a dog called Biscuit."):  # fmt: skip
        assert memory.manager.observe(text).decision.action is Action.ADD, text


def test_told_twice_it_is_kept_once_and_never_lost(memory: Memory) -> None:
    first = memory.manager.observe("I live in Lyon.")
    again = memory.manager.observe("I live in Lyon.")
    assert again.decision.action is Action.NOOP and again.record is not None and first.record is not None
    assert again.record.id == first.record.id
    assert [record.text for record in memory.manager.list(states=())] == ["I live in Lyon."]


def test_a_contradiction_closes_the_old_and_keeps_both(memory: Memory) -> None:
    memory.manager.observe("I live in Lyon.")
    memory.manager.observe("I live in Nice now.")
    states = {record.text: record.state for record in memory.manager.list(states=())}
    assert states == {"I live in Lyon.": RecordState.SUPERSEDED, "I live in Nice now.": RecordState.ACTIVE}


def test_only_the_same_subject_and_attribute_supersedes(memory: Memory) -> None:
    told = ("I live in Lyon.", "My sister lives in Nice.", "I work in Paris.", "I was born in Oslo.", "I like Rome.")
    for text in told:
        memory.manager.observe(text)
    assert {record.text for record in memory.manager.list()} == set(told)
