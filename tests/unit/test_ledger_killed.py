"""A process that dies at any step of a change to the ledger: the next one finds all of it or none, and all of it sound.

Steps are SQL statements, commits, and what is done to files: sync, rename, delete. From the step on at which a process
"dies" every further one fails too, so that nothing it would do to tidy up is done either.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import event

from memos.consolidation import Consolidator
from memos.ledger_reports import OnConflict
from tests.unit.fakes import FakeModels, GrammarAugmenter, Memory

STATEMENTS = 4
"""At how many of its SQL statements a verb is killed, besides every commit and every step on a file."""


class Often(FakeModels):
    """Checkpoints after every second entry."""

    def __init__(self, settings: Any, **parts: Any) -> None:
        super().__init__(settings, **parts)
        self._consolidator = Consolidator(
            **parts, trainer=self.trainer, augmenter=GrammarAugmenter(), settings=settings.consolidation,
            checkpoint_every=2,
        )  # fmt: skip


class Died(BaseException):
    """What no handler in the program expects."""


def opened(home: Path) -> Memory:
    return Memory(home, models=Often)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("template") / "home"
    memory = opened(home)
    for text in ("My dog is called Zanzirex.", "I live in Oslo.", "I work as a nurse."):
        memory.learn(*memory.say(text))
    bob = memory.manager.for_namespace("bob")
    bob.observe("My cat is called Tom.")
    bob.consolidate(bob.plan_consolidation(everything=True))
    bob.ledger.export(home / "bob.safetensors")
    memory.say("My hobby is chess.")
    memory.close()
    return home


def named(memory: Memory, word: str) -> str:
    return next(record.id for record in memory.manager.list(states=()) if word in record.text)


VERBS: dict[str, Callable[[Memory], Any]] = {
    "consolidate": lambda m: m.learn(),
    "undo": lambda m: m.manager.undo(),
    "rollback": lambda m: m.manager.rollback(1),
    "revert": lambda m: m.manager.revert(1),
    "forget": lambda m: m.manager.forget([named(m, "Zanzirex")]),
    "import": lambda m: m.manager.ledger.import_(m.home / "bob.safetensors", on_conflict=OnConflict.REPLAY),
    "merge": lambda m: m.manager.ledger.merge("bob", on_conflict=OnConflict.LAST),
    "compact": lambda m: m.manager.ledger.compact(rebuild=True),
    "export": lambda m: m.manager.ledger.export(m.home / "mine.safetensors"),
}


@contextmanager
def steps(memory: Memory, at: Callable[[int, str], None]) -> Iterator[None]:
    """Call `at` with number and kind of every step while the block runs."""
    count = [0]

    def tick(kind: str) -> None:
        count[0] += 1
        at(count[0], kind)

    def stepped(name: str) -> Callable[..., Any]:
        whole = getattr(os, name)

        def step(*arguments: Any, **named: Any) -> Any:
            tick("file")
            return whole(*arguments, **named)

        return step

    def statement(*_: Any) -> None:
        tick("statement")

    def commit(*_: Any) -> None:
        tick("commit")

    engine = memory.parts.database.engine
    event.listen(engine, "before_cursor_execute", statement)
    event.listen(engine, "commit", commit)
    try:
        with patch("os.fsync", stepped("fsync")), patch("os.replace", stepped("replace")), patch("os.unlink", stepped("unlink")):
            yield
    finally:
        event.remove(engine, "before_cursor_execute", statement)
        event.remove(engine, "commit", commit)


def state(home: Path) -> dict[str, Any]:
    """What the next process finds, with everything checked; without ids and times."""
    memory = opened(home)
    manager = memory.manager
    checks = manager.verify()
    assert all(check.ok for check in checks), [check.detail for check in checks]
    taught = memory.models._consolidator.knowledge("ana")
    entries = memory.parts.ledger.entries("ana")
    found = {
        "rows": taught.overlay.digest(),
        "lessons": [lesson.text for lesson in taught.lessons],
        "entries": [(entry.kind.value, entry.run_id) for entry in entries],
        "runs": [run.status.value for run in manager.runs()],
        "records": sorted((one.text, one.learned_by or 0) for one in manager.list(states=())),
        "log": memory.kinds(),
        "bob": memory.digest("bob"),
    }
    assert {one[1] for one in found["records"]} - {0} <= {entry.run_id for entry in entries}
    memory.parts.ledger.sweep()
    named_files = {entry.file for space in ("ana", "bob") for entry in memory.parts.ledger.entries(space, live=None)}
    assert {path.stem for path in (home / "ledger").glob("*.safetensors")} == named_files - {""}
    assert not [path for path in home.rglob("*.tmp") if "ledger" in str(path.parent)]
    memory.close()
    return found


def copied(template: Path, folder: Path) -> Path:
    shutil.copytree(template, folder)
    return folder


def allowed(template: Path, folder: Path, verb: str) -> list[dict[str, Any]]:
    """Before, after, and what lies between the transactions of a verb that has several."""
    before = state(copied(template, folder / "before"))
    memory = opened(copied(template, folder / "after"))
    VERBS[verb](memory)
    memory.close()
    between = []
    if verb in ("consolidate", "import", "merge"):
        between.append({**before, "runs": ["PLANNED", *before["runs"]]})
    if verb == "forget":
        some = opened(copied(template, folder / "between"))
        some.manager._consolidator().remove_records("ana", [named(some, "Zanzirex")], "user")
        some.close()
        between.append(state(folder / "between"))
    return [before, *between, state(folder / "after")]


def chosen(kinds: list[str]) -> list[int]:
    """Numbers, from 1 on, of the steps at which the verb is killed."""
    statements = [number for number, kind in enumerate(kinds, 1) if kind == "statement"]
    some = {statements[(len(statements) - 1) * i // max(1, STATEMENTS - 1)] for i in range(STATEMENTS)}
    return sorted(some | {number for number, kind in enumerate(kinds, 1) if kind != "statement"})


@pytest.mark.slow
@pytest.mark.parametrize("verb", VERBS)
def test_no_half_state_is_ever_seen(template: Path, tmp_path: Path, verb: str) -> None:
    whole = allowed(template, tmp_path, verb)
    kinds: list[str] = []
    memory = opened(copied(template, tmp_path / "counted"))
    with steps(memory, lambda _, kind: kinds.append(kind)):
        VERBS[verb](memory)
    memory.close()
    assert "file" in kinds or verb in ("undo", "rollback")
    seen = []
    for step in chosen(kinds):
        home = copied(template, tmp_path / f"{step}")
        memory = opened(home)

        def die(now: int, _: str, step: int = step) -> None:
            if now >= step:
                raise Died

        with steps(memory, die), suppress(Died):
            VERBS[verb](memory)
        memory.parts.database.engine.dispose()
        found = state(home)
        assert found in whole, f"step {step}, a {kinds[step - 1]}: {found} is none of {whole}"
        seen.append(whole.index(found))
        if verb == "export":
            target = home / "mine.safetensors"
            assert not target.exists() or len(opened(home).parts.ledger.read_bundle(target).entries) == 6
        shutil.rmtree(home)
    assert seen == sorted(seen)  # once it is done it stays done
    assert seen[0] == 0
