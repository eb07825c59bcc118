"""A small memory to look into, always the same: fixed ids, a clock that stands still, a run that was learned."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from memos import intake, manager as manager_module, runs
from memos.stores import audit
from memos.types import Draft, Origin, Source
from tests.unit.fakes import Memory

NOW = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)
NASTY = "[bold red]no markup[/] \x1b[31mno colour\x1b[0m\tand a tab"
SAID = (
    ("monday", "My name is Ana."),
    ("monday", "I live in Lyon."),
    ("monday", "My dog is called Rex."),
    ("monday", "hello"),
    ("tuesday", "I moved to Porto last week."),
    ("tuesday", "My flight to Oslo leaves on Friday at nine, from the old terminal, with a change in Copenhagen."),
    ("tuesday", NASTY),
)


def stand_still(patch: pytest.MonkeyPatch) -> None:
    """Ids count up, the clock is NOW, nothing takes time."""
    count = itertools.count(1)
    patch.setattr(intake, "new_id", lambda prefix: f"{prefix}:{next(count):06x}{'0' * 6}")
    for module in (intake, manager_module, runs, audit):
        patch.setattr(module, "utc_now", lambda: NOW)
    patch.setattr(runs, "time", SimpleNamespace(perf_counter=lambda: 0.0))
    patch.delenv("NO_COLOR", raising=False)


def fill(memory: Memory, *, learned: bool = True) -> list[str]:
    """Seven things said on two days, a tool's text, a run. Ids of the records, oldest first."""
    manager = memory.manager
    store: Any = memory.parts.store
    audit_log: Any = memory.parts.audit
    store._clock = audit_log._clock = lambda: NOW
    for number, (session, text) in enumerate(SAID):
        manager.observe(text, source=Source(session=session, actor="ana"), occurred_at=NOW - timedelta(days=2, minutes=-number))
    manager.observe_many([Draft(text="The tool says that it is raining in Porto.", origin=Origin.TOOL, occurred_at=NOW)])
    manager.pin("tone", "Answer in one sentence.")
    if learned:
        memory.learn()
    status = manager.status
    manager.status = lambda: status().model_copy(update={"home": "/home/ana/memos"})  # type: ignore[method-assign]
    clock: Any = manager.browser
    clock._clock = lambda: NOW
    return [record.id for record in reversed(manager.list(states=()))]
