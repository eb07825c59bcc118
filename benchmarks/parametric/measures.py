"""From right answers to figures: shares, losses against the base, intervals, and which setting an arm is given.

Knows counts. Does not know models, worlds or arms.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

Cells = Mapping[str, Sequence[Sequence[int]]]
"""Of each group of items, [right, asked] a cluster: all questions about one fact stand or fall together."""

RESAMPLES = 2_000
MATCHED = 0.05
"""How far below the learning of memos a setting may lie and still count as having learned as much."""


@dataclass(frozen=True)
class Column:
    """One measure. of: the group of items; kind: its share after learning, that share of what the base had, or the
    loss against the base; higher: whether more is better; targets: by world, what it should reach."""

    name: str
    of: str
    kind: Literal["share", "kept", "loss"] = "share"
    higher: bool = True
    targets: Mapping[str, float] | None = None


RAW = "raw "
"""Before the name of a group whose questions were put as they stand, and not as memos puts them."""

COLUMNS = (
    Column("known", "known", targets={"15": 0.96, "40": 0.94, "100": 0.96, "1000": 0.93}),
    Column("novel", "novel", targets={"15": 0.93, "40": 0.92}),
    Column("unseen core", "unseen_core", targets={"15": 0.85, "40": 0.78}),
    Column("unseen frame", "unseen_frame"),
    Column("hand-written", "handwritten", targets=dict.fromkeys(("15", "40", "100"), 0.60)),
    Column("behind notes", "behind_notes", targets=dict.fromkeys(("15", "40", "100"), 0.85)),
    Column("old kept", "old", "kept", targets={"15": 0.99, "40": 0.99, "100": 0.995, "1000": 0.99}),
    Column("honest untaught", "honest_untaught", targets={"15": 0.97, "40": 0.97, "100": 0.98, "1000": 0.95}),
    Column("honest others", "honest_other", targets={"15": 0.97, "40": 0.95, "100": 0.98, "1000": 0.95}),
    Column("honest crossing", "honest_crossing"),
    Column("note wins", "contradiction", targets=dict.fromkeys(("15", "40", "100"), 0.95)),
    Column("reading loss", "reading", "loss", higher=False, targets={"15": 0.05, "40": 0.08}),
    Column("update new", "update_new", targets={"15": 0.95, "40": 0.95}),
    Column("update old", "update_old", higher=False, targets={"15": 0.02, "40": 0.02}),
)
LEARNED, KEPT = COLUMNS[0], COLUMNS[6]
RAW_COLUMNS = tuple(replace(column, of=RAW + column.of, targets=None) for column in COLUMNS)
"""The same measures of the same questions, put as they stand."""


@dataclass(frozen=True)
class Figure:
    """A mean over seeds and its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.mean:.3f} [{self.low:.2f}, {self.high:.2f}]"


def share(cells: Sequence[Sequence[int]]) -> float:
    """Right answers over questions asked; nan where nothing was asked."""
    asked = sum(n for _, n in cells)
    return sum(right for right, _ in cells) / asked if asked else float("nan")


def value(column: Column, base: Cells, after: Cells) -> float:
    """One measure of one examination, against the same items asked of the base."""
    now = share(after.get(column.of, ()))
    if column.kind == "share":
        return now
    before = share(base.get(column.of, ()))
    if column.kind == "loss":
        return before - now
    return now / before if before else float("nan")


def figure(column: Column, runs: Sequence[tuple[Cells, Cells]], seed: int = 0) -> Figure | None:
    """Mean over (base, after) of several seeds. The interval resamples seeds, and within each the clusters.

    None where no run asked anything. Seeds are few, so the interval says more about items than about worlds.
    """
    runs = [(base, after) for base, after in runs if after.get(column.of)]
    values = [value(column, base, after) for base, after in runs]
    if not runs or any(v != v for v in values):
        return None
    rng = np.random.default_rng(seed)
    drawn = np.stack([_resampled(column, base, after, rng) for base, after in runs])  # (S, RESAMPLES)
    picked = rng.integers(len(runs), size=drawn.shape)
    means = np.take_along_axis(drawn, picked, axis=0).mean(axis=0)
    low, high = np.nanpercentile(means, [2.5, 97.5])
    return Figure(statistics.mean(values), float(low), float(high))


def _resampled(column: Column, base: Cells, after: Cells, rng: np.random.Generator) -> Any:
    """The measure over clusters drawn with replacement, the same ones before and after: float64 (RESAMPLES,)."""
    now = np.array(after[column.of], dtype=float)  # (C, 2)
    weights = rng.multinomial(len(now), np.full(len(now), 1 / len(now)), size=RESAMPLES)
    right, asked = (weights @ now).T
    found = right / asked
    if column.kind == "share":
        return found
    before_right, before_asked = (weights @ np.array(base[column.of], dtype=float)).T
    before = before_right / before_asked
    return before - found if column.kind == "loss" else found / np.where(before > 0, before, np.nan)


def balance(base: Cells, after: Cells) -> float:
    """What a setting is chosen by: the mean of learned, old kept and both kinds of honesty, each at most 1."""
    chosen = [c for c in COLUMNS if c.name in ("known", "old kept", "honest untaught", "honest others")]
    return statistics.mean(min(1.0, value(column, base, after)) for column in chosen)


def best(swept: Mapping[str, tuple[Cells, Cells]]) -> str:
    """The setting with the best balance; the earlier one where two are equal."""
    return max(swept, key=lambda name: balance(*swept[name]))


def matched(swept: Mapping[str, tuple[Cells, Cells]], level: float) -> str:
    """Of the settings that learn as much as `level` (less MATCHED) the one that keeps most old knowledge; else the one
    that learns most."""
    enough = [name for name in swept if value(LEARNED, *swept[name]) >= level - MATCHED]
    if enough:
        return max(enough, key=lambda name: value(KEPT, *swept[name]))
    return max(swept, key=lambda name: value(LEARNED, *swept[name]))
