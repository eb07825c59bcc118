"""Invariant 2: one transaction per state change, its audit event inside. Cut at any step, all of it is there or none."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from memos.errors import InputError
from memos.intake import BATCH
from tests.end_to_end.interrupted import IMPORTED, VERBS, named, prepare, steps
from tests.unit.fakes import Memory

ROOT = Path(__file__).parents[2]
KILLS, CUTS = 5, 12
"""At how many of its steps a verb is killed, or cut by an exception, spread evenly from the first to the last."""

State = dict[str, Any]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("template") / "home"
    prepare(home)
    return home


def copied(template: Path, folder: Path) -> Path:
    shutil.copytree(template, folder)
    return folder


def state(memory: Memory) -> State:
    """What is stored, without ids and times."""
    manager = memory.manager
    vector = memory.parts.embedder.embed(["dog live work cat friend"])[0]
    return {
        "records": [(one.text, one.state, one.revision, one.learned_by is not None)
                    for one in manager.list(states=(), limit=1000)],
        "history": [len(manager.history(one.id)) for one in manager.list(states=(), limit=1000)],
        "experiences": len(memory.parts.store.experiences("ana", limit=1000)),
        "decisions": len(manager.decisions(limit=1000)),
        "turns": [turn.text for turn in manager.turns("s1")],
        "log": memory.kinds(),
        "runs": [run.status.value for run in manager.runs()],
        "entries": [(entry.kind, entry.live, bool(entry.file)) for entry in memory.parts.ledger.entries("ana", live=None)],
        "rows": memory.digest(),
        "near": sorted(one.record.text for one in memory.parts.store.neighbours("ana", vector, 200)),
        "hits": sorted(hit.record.text for hit in manager.recall("dog live work cat friend", k=200).hits),
    }  # fmt: skip


def opened(home: Path) -> State:
    memory = Memory(home)
    seen = state(memory)
    memory.close()
    return seen


def whole_states(template: Path, folder: Path, verb: str) -> list[State]:
    """Before, after, and what lies between the transactions of a verb that has several."""
    between = []
    before = opened(copied(template, folder / "before"))
    finished = Memory(copied(template, folder / "after"))
    VERBS[verb](finished)
    after = state(finished)
    finished.close()
    if verb == "import":
        some = Memory(copied(template, folder / "between"))
        some.manager.observe_many(IMPORTED[:BATCH])
        between.append(state(some))
        some.close()
    elif verb == "forget":
        some = Memory(copied(template, folder / "between"))
        some.manager._consolidator().remove_records("ana", [named(some, "Zanzirex")], "user")
        between.append(state(some))
        some.close()
    elif verb == "consolidate":
        between.append({**before, "runs": ["PLANNED", *before["runs"]]})
        between.append({**before, "runs": ["REJECTED", *before["runs"]], "log": [*before["log"], "reject"]})
    return [before, *between, after]


@pytest.mark.parametrize("verb", VERBS)
def test_2_an_exception_at_any_step_leaves_all_or_nothing_and_the_same_process_goes_on(
    template: Path, tmp_path: Path, verb: str
) -> None:
    allowed = whole_states(template, tmp_path, verb)
    after = allowed[-1]
    for step in spread(counted(template, tmp_path, verb), CUTS):
        memory = Memory(copied(template, tmp_path / f"{step}"))

        def cut(now: int, step: int = step) -> None:
            if now == step:
                raise KeyboardInterrupt

        with steps(memory, cut), pytest.raises(KeyboardInterrupt):
            VERBS[verb](memory)
        seen = state(memory)
        assert seen in allowed, f"step {step}: {different(seen, allowed)}"
        assert all(check.ok for check in memory.manager.verify()), step
        if verb in ("observe", "edit", "revert", "pause") and seen != after:
            VERBS[verb](memory)
            assert state(memory) == after, step
        elif verb == "import":  # vectors that the index took in from the batch that was lost must not stay
            VERBS[verb](memory)
            again = state(memory)
            assert [again[key] for key in ("near", "hits")] == [after[key] for key in ("near", "hits")], step
        memory.close()


def counted(template: Path, folder: Path, verb: str) -> int:
    """The number of steps a verb has."""
    memory = Memory(copied(template, folder / f"{verb}-counted"))
    with steps(memory, lambda _: None) as count:
        VERBS[verb](memory)
    memory.close()
    return count[0]


def spread(total: int, most: int) -> list[int]:
    """At most so many of the numbers from 1 to `total`, evenly, both ends among them."""
    assert total > 5
    return sorted({1 + round(part * (total - 1) / (most - 1)) for part in range(most)})


def different(seen: State, allowed: list[State]) -> list[str]:
    return [", ".join(key for key in seen if seen[key] != one[key]) for one in allowed]


def test_2_a_kill_at_any_step_leaves_all_or_nothing_and_the_work_can_be_done_again(template: Path, tmp_path: Path) -> None:
    orders: list[tuple[str, str, int]] = []
    for verb in VERBS:
        for step in spread(counted(template, tmp_path, verb), KILLS):
            orders.append((str(copied(template, tmp_path / f"{verb}-{step}")), verb, step))
    run = subprocess.run(
        [sys.executable, "-m", "tests.end_to_end.interrupted", json.dumps(orders)], cwd=ROOT, capture_output=True,
        text=True, timeout=300, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-2000:]
    assert set(json.loads(run.stdout)) == {9}, run.stderr[-2000:]
    for verb in VERBS:
        (tmp_path / verb).mkdir()
        allowed = whole_states(template, tmp_path / verb, verb)
        for home, _, step in [order for order in orders if order[1] == verb]:
            memory = Memory(Path(home))
            seen = state(memory)
            assert seen in allowed, f"{verb} at {step}: {different(seen, allowed)}"
            assert all(check.ok for check in memory.manager.doctor()), f"{verb} at {step}"
            finish(memory, verb, seen, allowed)
            memory.close()


def finish(memory: Memory, verb: str, seen: State, allowed: list[State]) -> None:
    """Run the verb again after the crash: it ends where it would have."""
    after = allowed[-1]
    if verb == "forget":
        word = "Zanzirex"
        ids = [event.payload["records"][0] for event in memory.manager.log(None) if event.kind == "forget"]
        assert memory.manager.forget(ids or [named(memory, word)]).proven
        for path in memory.home.rglob("*"):
            assert not path.is_file() or word.encode() not in path.read_bytes(), path.name
        assert memory.digest() == after["rows"]
    elif verb == "import":
        memory.manager.observe_many(IMPORTED)
        assert state(memory)["hits"] == after["hits"]
    elif verb == "consolidate":
        try:
            VERBS[verb](memory)
        except InputError:
            assert seen == after
        assert memory.digest() == after["rows"]
        memory.manager.doctor(rebuild=True)
        assert len(list((memory.home / "ledger").iterdir())) == len(after["entries"])
    elif seen != after:
        VERBS[verb](memory)
        assert state(memory) == after
