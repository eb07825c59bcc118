"""Experiences, records and decisions for tests, with everything unimportant filled in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from memos.embedding import HashEmbedder
from memos.types import Action, Experience, MemoryRecord, RoutingDecision, Source

START = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
EMBEDDER = HashEmbedder()
_ids = count(1)


class Clock:
    """A clock that stands still until it is told to move."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **amount: float) -> datetime:
        self.now += timedelta(**amount)
        return self.now


def vector(text: str) -> Any:
    return EMBEDDER.embed([text])[0]


def record(text: str, namespace: str = "ana", **fields: Any) -> MemoryRecord:
    at = fields.pop("at", START)
    values = {
        "id": f"m:{next(_ids):012x}", "namespace": namespace, "text": text, "occurred_at": at, "observed_at": at,
        "valid_from": at, **fields,
    }
    return MemoryRecord(**values)


def experience(text: str, namespace: str = "ana", **fields: Any) -> Experience:
    values = {
        "id": f"x:{next(_ids):012x}", "namespace": namespace, "text": text, "occurred_at": START,
        "observed_at": START, **fields,
    }
    return Experience(**values)


def decision(of: Experience, action: Action = Action.ADD, target: str | None = None, reason: str = "new") -> RoutingDecision:
    return RoutingDecision(experience_id=of.id, action=action, target=target, reason=reason, policy="test@1")


def turn(number: int, session: str = "s1", actor: str | None = None) -> Source:
    return Source(session=session, turn=number, actor=actor)
