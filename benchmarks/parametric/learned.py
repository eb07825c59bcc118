"""What every arm takes and leaves: one setting, and who answers after learning. Values only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .world import Answerer


@dataclass(frozen=True)
class Setting:
    """What is swept. rate: learning rate, or notes recalled by retrieval. strength: of a penalty, where there is one."""

    rate: float
    strength: float = 0.0

    def __str__(self) -> str:
        return f"{self.rate:g}" + (f", λ {self.strength:g}" if self.strength else "")


@dataclass(frozen=True)
class Learned:
    """What an arm leaves behind. seconds: processor time of learning, one thread. written: facts its loop calls learned.

    state: what a further call builds on; the caller only hands it back. reading: who reads notes, where that is not
    `answer`. plain: whether memos would put its questions in plain words. close: to be called once nothing more is asked of
    it or of what was built on it.
    """

    answer: Answerer
    seconds: float
    written: int
    report: dict[str, Any] = field(default_factory=dict)
    state: Any = None
    reading: Answerer | None = None
    plain: bool = True
    close: Callable[[], None] = lambda: None
