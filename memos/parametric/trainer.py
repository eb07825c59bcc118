"""The seam between consolidation and the memory layer: SlotTrainer and ParametricReader over one MemoryModel.

Turns ledger values (numpy arrays, recipes as JSON) into calls of write, sleep, gate and attribution, and back. Decides
nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import torch

from memos.augmentation import Lesson
from memos.grammar import plain_question
from memos.knowledge import Knowledge
from memos.parametric.attribution import attribute
from memos.parametric.gate import GateSettings, probe_gate
from memos.parametric.model import MemoryModel
from memos.parametric.overlay import RowOverlay
from memos.parametric.plain import PlainWords
from memos.parametric.sleep import SleepSettings, sleep
from memos.parametric.write import RowWrite, WriteSettings, write_lesson
from memos.protocols import Awake, GateMeasure, Overlay, ParametricReading, Progress, RowChange, TrainingStep
from memos.types import Attribution, JsonDict

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

LEAST_SHARE = 0.02
"""A write that owns less of what was read is left out of an attribution: noise, not a source."""


class ParametricTrainer:
    """SlotTrainer over a MemoryModel."""

    def __init__(
        self, model: MemoryModel, write: WriteSettings | None = None, rest: SleepSettings | None = None,
        gate: GateSettings | None = None,
    ) -> None:  # fmt: skip
        self._model = model
        self._gate = gate or GateSettings()
        self._write = write or WriteSettings()
        self._sleep = rest or SleepSettings()

    @property
    def fingerprint(self) -> str:
        return self._model.fingerprint

    @property
    def layer(self) -> int:
        return self._model.config.layer

    def recipe(self) -> JsonDict:
        return {"write": asdict(self._write), "sleep": asdict(self._sleep)}

    def empty(self) -> Overlay:
        return self._model.empty_overlay()

    def with_rows(self, overlay: Overlay, rows: npt.NDArray[np.int64], values: npt.NDArray[np.float32]) -> Overlay:
        return _rows_of(overlay).with_rows(torch.from_numpy(rows.copy()), torch.from_numpy(values.copy()))

    def write(
        self, overlay: Overlay, lesson: Lesson, live: Sequence[Lesson], recipe: JsonDict, seed: int
    ) -> TrainingStep:
        settings = WriteSettings.from_recipe(recipe["write"])
        made = write_lesson(self._model, _rows_of(overlay), lesson, live, settings, seed)
        report = {
            "steps": made.steps,
            "loss_first": round(made.losses[0], 4) if made.losses else 0.0,
            "loss_last": round(made.losses[-1], 4) if made.losses else 0.0,
            "learned": made.learned,
            "scores": [round(float(score), 5) for score in made.scores],
            **made.report,
        }
        return _step(made, report)

    def sleep(
        self, overlay: Overlay, owned: npt.NDArray[np.int64], lessons: Sequence[Lesson], recipe: JsonDict, seed: int,
        progress: Progress | None = None, awake: Awake | None = None,
    ) -> TrainingStep:  # fmt: skip
        settings = SleepSettings.from_recipe(recipe["sleep"])
        rows, rested = owned, frozenset[str]()
        if settings.rehearsed is not None and awake is not None and awake.lessons:
            rows, rested = awake.rows, frozenset(one.key for one in lessons) - awake.lessons
        made = sleep(
            self._model, _rows_of(overlay), torch.from_numpy(rows.copy()), lessons, settings, seed, progress, rested
        )
        return _step(made, {"steps": made.steps, **made.report})

    def measure(
        self, before: Overlay, after: Overlay, lessons: Sequence[Lesson], live: Sequence[Lesson], seed: int
    ) -> GateMeasure:
        return probe_gate(self._model, _rows_of(before), _rows_of(after), lessons, live, self._gate, seed)

    def activate(self, namespace: str, overlay: Overlay) -> None:
        self._model.set_overlay(namespace, _rows_of(overlay))


class ParametricAnswers:
    """ParametricReader: asks the model closed book and says which live writes the answer was read from."""

    def __init__(
        self, model: MemoryModel, knowledge: Callable[[str], Knowledge], is_answer: Callable[[str], bool],
        max_new_tokens: int, words: PlainWords,
    ) -> None:  # fmt: skip
        self._model = model
        self._knowledge = knowledge
        self._is_answer = is_answer
        self._max_new_tokens = max_new_tokens
        self._words = words

    def read(self, namespace: str, question: str) -> ParametricReading:
        """Asks in plain words where the question is understood: those are the words that every write has taught."""
        state = self._knowledge(namespace)
        asked = self._words.asked(question)
        prompt = self._model.chat_prompt(question if asked is None else plain_question(*asked))
        (said,) = self._model.generate([prompt], namespace=namespace, max_new_tokens=self._max_new_tokens)
        known = self._is_answer(said.text)
        owners = _owners(state)
        reads = set(self._model.slots_read(prompt, said.text, namespace=namespace).slots.flatten().tolist())
        familiarity = self._model.familiarity(prompt, said.text, namespace=namespace) if owners else 0.0
        shares = attribute(self._model, prompt, said.text, owners, namespace=namespace) if owners and known else []
        return ParametricReading(
            text=said.text,
            known=known,
            asked=asked,
            confidence=math.exp(said.mean_logprob),
            familiarity=familiarity,
            slots_read=len(reads),
            slots=tuple(sorted(reads)),
            attributions=tuple(
                Attribution(run_id=int(name.partition(" ")[0]), record_id=name.partition(" ")[2], share=round(share, 4))
                for name, share in shares
                if share >= LEAST_SHARE
            ),
        )


def _owners(state: Knowledge) -> dict[str, torch.Tensor]:
    """ "run record" -> rows int64 [t]. A record that states several facts has one write for each."""
    owners: dict[str, torch.Tensor] = {}
    for write in state.writes:
        name, rows = f"{write.run_id} {write.record_id}", torch.from_numpy(write.rows)
        owners[name] = torch.unique(torch.cat([owners[name], rows])) if name in owners else rows
    return owners


def _rows_of(overlay: Overlay) -> RowOverlay:
    assert isinstance(overlay, RowOverlay)
    return overlay


def _step(made: RowWrite, report: JsonDict) -> TrainingStep:
    change = RowChange(made.rows.numpy(), made.before.numpy(), made.after.numpy())
    return TrainingStep(change, made.overlay, report)
