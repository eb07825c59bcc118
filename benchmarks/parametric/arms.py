"""The ways to learn that are compared, by name, each with the same number of settings to choose from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from types import MappingProxyType
from typing import Any, Literal

from memos.augmentation import Lesson
from memos.parametric.model import MemoryModel
from memos.parametric.sleep import SleepSettings
from memos.parametric.write import WriteSettings

from . import weights
from .halfway import Halfway
from .learned import Learned, Setting
from .retrieval import learn_notes
from .rows import learn_rows, published_settings, row_answerer
from .weights import WeightArm, learn_weights

RowRecipe = Literal["memos", "streamed", "awake", "published"]
SLEEP_EVERY, SLEEPS = 10, 10
"""The streamed arm sleeps after at least so many facts, and so many times where there are more."""


@dataclass(frozen=True)
class Arm:
    """How one arm learns, what it may be set to, and one line on what it is."""

    about: str
    settings: tuple[Setting, ...]
    rows: RowRecipe | None = None
    weights: WeightArm | None = None

    def fixed(self) -> dict[str, Any]:
        """All that decides a result besides setting, world and model: it is part of the cache's key."""
        if self.rows is not None:
            write = asdict(published_settings() if self.rows == "published" else WriteSettings())
            del write["rate"]
            rest = asdict(SleepSettings()) if self.rows in ("memos", "streamed") else None
            return {"write": write, "sleep": rest} | ({"every": SLEEP_EVERY} if self.rows == "streamed" else {})
        if self.weights is not None:
            loop = {"steps": weights.STEPS, "stop": weights.STOP_LOSS, "rank": weights.LORA_RANK}
            rest = asdict(SleepSettings()) if self.weights.asleep else None
            return {**asdict(self.weights), **loop, "write": asdict(WriteSettings()), "sleep": rest}
        return {"store": "recall"}


def _rates(*rates: float) -> tuple[Setting, ...]:
    return tuple(Setting(rate) for rate in rates)


_ROWS = _rates(15, 30, 60, 120)
_FULL = _rates(3e-5, 1e-4, 3e-4, 1e-3)
_LORA = _rates(3e-4, 1e-3, 3e-3, 1e-2)

ARMS: Mapping[str, Arm] = MappingProxyType(
    {
        "memos": Arm("rows, negatives, sleep: what memos does", _ROWS, rows="memos"),
        "streamed": Arm("the same, ten sleeps on the way, each over what is new", _ROWS, rows="streamed"),
        "awake": Arm("rows and negatives without sleep", _ROWS, rows="awake"),
        "smf": Arm("sparse memory finetuning as published, on the retrofitted layer", _ROWS, rows="published"),
        "full": Arm("all weights, AdamW", _FULL, weights=WeightArm("full")),
        "full+replay": Arm("the same, old facts replayed", _FULL, weights=WeightArm("full", "replay")),
        "full+negatives": Arm("the same, memos' negatives", _FULL, weights=WeightArm("full", "negatives")),
        "full+sleep": Arm(
            "all weights, memos' negatives and memos' sleep",
            _FULL,
            weights=WeightArm("full", "negatives", asleep=True),
        ),
        "lora": Arm(f"LoRA of rank {weights.LORA_RANK}, AdamW", _LORA, weights=WeightArm("lora")),
        "lora+replay": Arm("the same, old facts replayed", _LORA, weights=WeightArm("lora", "replay")),
        "lora+negatives": Arm("the same, memos' negatives", _LORA, weights=WeightArm("lora", "negatives")),
        "ewc": Arm(
            "all weights, held by elastic weight consolidation",
            tuple(Setting(rate, strength) for rate in (3e-4, 1e-3) for strength in (0.3, 3.0)),
            weights=WeightArm("full", ewc=True),
        ),
        "retrieval": Arm("nothing is written: notes from the token store", _rates(1, 2, 3, 5)),
    }
)


def learn(
    model: MemoryModel, lessons: Sequence[Lesson], arm: str, setting: Setting, start: Any = None, halfway: Halfway | None = None
) -> Learned:
    """Learn `lessons` by the arm of that name; `start` is the state of an earlier call to build on, `halfway` where an arm of
    rows that was stopped goes on.

    Weight arms go on training their copy in place, so examine the earlier result first.
    """
    chosen = ARMS[arm]
    if chosen.rows is not None:
        base = published_settings() if chosen.rows == "published" else WriteSettings()
        rest = SleepSettings() if chosen.rows in ("memos", "streamed") else None
        every = max(SLEEP_EVERY, -(-len(lessons) // SLEEPS)) if chosen.rows == "streamed" else None
        return learn_rows(model, lessons, replace(base, rate=setting.rate), rest, start, every, halfway)
    if chosen.weights is not None:
        return learn_weights(model, lessons, chosen.weights, setting, start)
    return learn_notes(model, lessons, setting, start)


def base(model: MemoryModel) -> Learned:
    """The model before anything is learned."""
    return Learned(row_answerer(model, None), 0.0, 0)


__all__ = ["ARMS", "Arm", "base", "learn", "learn_rows", "row_answerer"]
