"""The seam between consolidation, which knows no tensor, and this tier: `SlotTrainer` over one `MemoryModel`.

Knows how to turn arrays into tensors and recipes into settings, and back. Decides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import torch

from memos.augmentation import Lesson
from memos.errors import InputError
from memos.parametric import gate, sleep, write
from memos.parametric.gate import GateSettings
from memos.parametric.model import MemoryModel
from memos.parametric.overlay import RowOverlay
from memos.parametric.sleep import SleepSettings
from memos.parametric.write import RowWrite, WriteSettings
from memos.protocols import GateMeasure, Overlay, RowChange, TrainingStep
from memos.types import JsonDict

Settings = TypeVar("Settings", WriteSettings, SleepSettings)
Progress = sleep.Progress


@dataclass
class RowTrainer:
    """Writes, sleeps and measures for the ledger. Satisfies `memos.protocols.SlotTrainer`."""

    model: MemoryModel
    write_settings: WriteSettings = field(default_factory=WriteSettings)
    sleep_settings: SleepSettings = field(default_factory=SleepSettings)
    gate_settings: GateSettings = field(default_factory=GateSettings)

    @property
    def fingerprint(self) -> str:
        """Identity of base weights, tokenizer and addresses."""
        return self.model.fingerprint

    @property
    def layer(self) -> int:
        """Index of the block beside which the memory stands."""
        return self.model.config.layer

    def recipe(self) -> JsonDict:
        """Settings of writes and sleeps, as JSON."""
        return {"write": asdict(self.write_settings), "sleep": asdict(self.sleep_settings)}

    def empty(self) -> RowOverlay:
        """Nothing learned."""
        return RowOverlay.empty(self.model.config.d_model)

    def with_rows(
        self, overlay: Overlay, rows: npt.NDArray[np.int64], values: npt.NDArray[np.float32]
    ) -> RowOverlay:
        """`overlay` with `values` float32 (t, d_value) at `rows` int64 (t,), bit for bit."""
        # copies: arrays read from a file are often read-only, which torch cannot promise to respect
        return _rows(overlay).with_rows(torch.from_numpy(rows.copy()), torch.from_numpy(values.copy()))

    def write(
        self, overlay: Overlay, lesson: Lesson, live: Sequence[Lesson], recipe: JsonDict, seed: int
    ) -> TrainingStep:
        """`write_lesson` with the recipe's settings."""
        settings = _settings(WriteSettings, recipe.get("write", {}))
        return _step(write.write_lesson(self.model, _rows(overlay), lesson, live, settings, seed))

    def sleep(
        self,
        overlay: Overlay,
        owned: npt.NDArray[np.int64],
        lessons: Sequence[Lesson],
        recipe: JsonDict,
        seed: int,
        progress: Progress | None = None,
    ) -> TrainingStep:
        """`sleep.sleep` with the recipe's settings."""
        settings = _settings(SleepSettings, recipe.get("sleep", {}))
        rows = torch.from_numpy(owned.copy())
        return _step(sleep.sleep(self.model, _rows(overlay), rows, lessons, settings, seed, progress))

    def measure(
        self, before: Overlay, after: Overlay, lessons: Sequence[Lesson], live: Sequence[Lesson], seed: int
    ) -> GateMeasure:
        """`probe_gate` with this trainer's settings."""
        return gate.probe_gate(
            self.model, _rows(before), _rows(after), lessons, live, self.gate_settings, seed
        )

    def activate(self, namespace: str, overlay: Overlay) -> None:
        """Make the model answer for this namespace with these rows."""
        self.model.set_overlay(namespace, _rows(overlay))


def _rows(overlay: Overlay) -> RowOverlay:
    if not isinstance(overlay, RowOverlay):
        raise TypeError(f"expected a RowOverlay, got {type(overlay).__name__}")
    return overlay


def _settings(kind: type[Settings], given: Any) -> Settings:
    """Defaults with what the recipe says instead. Raises InputError for a name that is unknown."""
    unknown = sorted(set(given) - {f.name for f in fields(kind)})
    if unknown:
        raise InputError(
            f"the recipe names settings this version does not have: {', '.join(unknown)}",
            hint="replay it with the version that wrote it",
            code="input.recipe",
        )
    return replace(kind(), **given)


def _step(done: RowWrite) -> TrainingStep:
    change = RowChange(rows=done.rows.numpy(), before=done.before.numpy(), after=done.after.numpy())
    report: JsonDict = {
        "steps": done.steps,
        "learned": done.learned,
        "first_loss": done.losses[0] if done.losses else 0.0,
        "last_loss": done.losses[-1] if done.losses else 0.0,
        **done.report,
    }
    return TrainingStep(change, done.overlay, report)
