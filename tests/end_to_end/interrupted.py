"""Verbs of the manager, cut at any step: each SQL statement, each commit, each sync of a file is one.

Imported by test_crash.py, which raises at a step; run as a program it kills itself with SIGKILL at a step, once for
every (verb, step) it is given, each time in a forked child and on a folder of its own.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import event

from memos.intake import BATCH
from memos.stores.inserting import RowInsert
from memos.types import Draft, Source
from tests.unit.fakes import Memory

IMPORTED = [Draft(text=f"My friend number {i} is called Friend{i}.") for i in range(BATCH + 4)]


def prepare(home: Path) -> None:
    """A memory in which every verb below has something to do."""
    memory = Memory(home)
    dog, city, job = memory.say("My dog is called Zanzirex.", "I live in Oslo.", "I work as a nurse.")
    memory.learn(dog, city)
    memory.learn(job)
    memory.say("My cat is called Tom.")
    memory.close()


def named(memory: Memory, word: str) -> str:
    (found,) = [record.id for record in memory.manager.list(states=()) if word in record.text]
    return found


VERBS: dict[str, Callable[[Memory], Any]] = {
    "observe": lambda m: m.manager.observe("My dog is called Max.", source=Source(session="s1")),
    "import": lambda m: m.manager.observe_many(IMPORTED),
    "edit": lambda m: m.manager.edit(named(m, "Oslo"), "I live in Rome."),
    "pause": lambda m: m.manager.pause(named(m, "Oslo")),
    "consolidate": lambda m: m.manager.consolidate(m.manager.plan_consolidation(everything=True)),
    "revert": lambda m: m.manager.revert(1),
    "forget": lambda m: m.manager.forget([named(m, "Zanzirex")]),
}


@contextmanager
def steps(memory: Memory, at: Callable[[int], None]) -> Iterator[list[int]]:
    """Call `at` with the number of every step while the block runs; yields the count."""
    count = [0]

    def tick(*_: Any) -> None:
        count[0] += 1
        at(count[0])

    engine, fsync = memory.parts.database.engine, os.fsync

    def synced(descriptor: int) -> None:
        tick()
        fsync(descriptor)

    insert = RowInsert.__call__

    def inserted(self: RowInsert, connection: Any, row: Any) -> int:
        tick()
        return insert(self, connection, row)

    for name in ("before_cursor_execute", "commit"):
        event.listen(engine, name, tick)
    try:
        with patch("os.fsync", synced), patch.object(RowInsert, "__call__", inserted):
            yield count
    finally:
        for name in ("before_cursor_execute", "commit"):
            event.remove(engine, name, tick)


def kill_at(home: Path, verb: str, step: int) -> None:
    def kill(now: int) -> None:
        if now == step:
            os.kill(os.getpid(), signal.SIGKILL)

    memory = Memory(home)
    with steps(memory, kill):
        VERBS[verb](memory)


def main() -> None:
    """Arguments: JSON [[home, verb, step], ...]. Prints the signal that ended each child, 0 for none, as JSON."""
    endings = []
    for home, verb, step in json.loads(sys.argv[1]):
        # Forked before anything was opened: threads and connections do not survive a fork.
        child = os.fork()
        if child == 0:
            kill_at(Path(home), verb, step)
            os._exit(0)
        endings.append(os.WTERMSIG(os.waitpid(child, 0)[1]))
    print(json.dumps(endings))


if __name__ == "__main__":
    main()
