"""How far a long stream has come, in one file, so that hours of learning can be given in pieces.

Knows rows and counters. Does not know how they are learned. A file appears whole or not at all.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file

from memos.parametric.overlay import RowOverlay

OFTEN = 50
"""Lessons between two savings, about a minute of work."""


@dataclass
class Counters:
    """What a report needs of the lessons that are done: processor seconds, steps, and how many were learned."""

    done: int = 0
    seconds: float = 0.0
    awake: float = 0.0
    sleeps: list[float] = field(default_factory=list)
    steps: list[int] = field(default_factory=list)
    written: int = 0


@dataclass(frozen=True)
class Halfway:
    """The file of one stream; `path` None keeps nothing."""

    path: Path | None = None

    def load(self) -> tuple[RowOverlay, torch.Tensor, torch.Tensor, Counters] | None:
        """(rows learned, rows owned, rows written since the last sleep, counters), if there is such a file."""
        if self.path is None or not self.path.exists():
            return None
        with safe_open(self.path, "pt") as file:
            overlay = RowOverlay(file.get_tensor("rows"), file.get_tensor("values"))
            counters = Counters(**json.loads(file.metadata()["counters"]))
            return overlay, file.get_tensor("owned"), file.get_tensor("fresh"), counters

    def save(self, overlay: RowOverlay, owned: torch.Tensor, fresh: torch.Tensor, counters: Counters) -> None:
        if self.path is None:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_suffix(f".{os.getpid()}")
        tensors = {"rows": overlay.rows, "values": overlay.values, "owned": owned, "fresh": fresh}
        save_file({name: one.contiguous() for name, one in tensors.items()}, draft,
                  metadata={"counters": json.dumps(asdict(counters))})  # fmt: skip
        draft.replace(self.path)

    def done(self) -> None:
        """What was learned is measured: the file has served."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)
