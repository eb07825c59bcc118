"""KeepAll fades nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from memos.policies.retention import KeepAll
from memos.types import MemoryRecord


def test_nothing_fades_however_old() -> None:
    now = datetime(2026, 5, 3, tzinfo=UTC)
    old = now - timedelta(days=20_000)
    record = MemoryRecord(id="m:1", namespace="n", text="t", occurred_at=old, observed_at=old, valid_from=old)
    assert KeepAll().fading([record], now) == []
    assert KeepAll().name == "keep-all@1"
