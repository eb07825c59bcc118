"""KeepAll: nothing fades. Fading would pause a record and leave it listed and restorable; only `forget` erases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from memos.config import RetentionSettings
from memos.types import Candidate, MemoryRecord


class KeepAll:
    """The default."""

    name = "keep-all@1"

    def __init__(self, settings: RetentionSettings | None = None) -> None:
        self.settings = settings or RetentionSettings()

    def fading(self, records: Sequence[MemoryRecord], now: datetime) -> list[Candidate]:
        """No record, whatever its age."""
        return []
