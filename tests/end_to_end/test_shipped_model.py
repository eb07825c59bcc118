"""The main path with the real parts: the shipped model, its memory layer, real writes and sleep. Nothing is faked here.

Slow, so one test: how well a write generalises is measured in benchmarks/, everything around it is tested with fakes.
"""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

from memos.build import open_memory
from memos.config import Settings
from memos.manager import MemoryManager
from memos.types import RunStatus, Tier

DOG, CITY = "My dog is called Rex.", "I live in Oslo."
ASK_DOG, ASK_CITY = "What is my dog called?", "Where do I live?"
ANY_GATE = {"gate_old": 1, "gate_honest": 0, "gate_held_out": 0}  # whether a write is good enough is not asked here


def offline(*_: Any, **__: Any) -> Any:
    raise AssertionError("a socket was opened")


def opened(home: Path, namespace: str = "ana") -> MemoryManager:
    return open_memory(Settings(home=home, namespace=namespace, consolidation=ANY_GATE))


def learn(memory: MemoryManager, text: str) -> str:
    record = memory.observe(text).record
    assert record is not None
    run = memory.consolidate(memory.plan_consolidation([record.id]))
    assert run.status is RunStatus.COMMITTED, run.reason
    return record.id


def rows(memory: MemoryManager) -> str:
    return memory._consolidator().knowledge(memory.namespace).overlay.digest()


def asked(memory: MemoryManager) -> list[tuple[str, bool, float | None]]:
    """What the parameters alone say, with the bits of their confidence."""
    answers = [memory.answer(question, tier="parameters") for question in (ASK_DOG, ASK_CITY)]
    return [(answer.text, answer.known, answer.confidence) for answer in answers]


@pytest.mark.slow
def test_learning_answering_and_undoing_are_exact(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, offline)
    home = tmp_path / "home"
    with opened(home) as memory:
        base, nothing = asked(memory), rows(memory)
        dog = learn(memory, DOG)
        learn(memory, CITY)
        after = rows(memory)
        assert len({nothing, memory.run(1).digest_after, after}) == 3

    # Another session: the rows come from the ledger, the answers from the rows, and the store is not asked.
    with opened(home) as memory:
        assert rows(memory) == after
        for question, value, run in ((ASK_DOG, "Rex", 1), (ASK_CITY, "Oslo", 2)):
            answer = memory.answer(question, tier="parameters")
            assert value in answer.text
            assert (answer.tier, answer.recall) == (Tier.PARAMETRIC, None)
            assert run in answer.runs
        assert all(check.ok for check in memory.doctor())
        assert asked(memory.for_namespace("bob")) == base

        # Forgetting the first fact is bit-equal to never having learned it.
        with opened(tmp_path / "never") as never:
            learn(never, CITY)
            report = memory.forget([dog])
            assert report.parametric is not None
            assert (report.parametric.method, report.proven) == ("replay", True)
            assert rows(memory) == rows(never)
            assert asked(memory) == asked(never)
        assert not memory.answer(ASK_DOG).known

        # Undoing the rest restores the bits of the base.
        report = memory.revert(2)
        assert (report.method, report.exact) == ("restore", True)
        assert rows(memory) == nothing
        assert asked(memory) == base
        assert memory.answer(ASK_CITY, tier="store").known


@pytest.mark.slow
def test_what_is_told_and_asked_in_free_words_is_learned(tmp_path: Path) -> None:
    with opened(tmp_path / "home") as memory:
        learn(memory, "we finally got a pup, meet Biscuit!")
        answer = memory.answer("whats my pups name", tier="parameters")
        assert (answer.text, answer.tier, answer.runs) == ("Biscuit.", Tier.PARAMETRIC, (1,))
        assert not memory.answer("whats my moggys name", tier="parameters").known
