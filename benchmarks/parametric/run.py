"""Runs what is not in the cache yet: sweep on a world of its own, then every arm on every reported seed.

    python -m benchmarks.parametric                               15 and 40 facts, three seeds, all arms but full+sleep
    python -m benchmarks.parametric --worlds 100 --arms memos full+replay
    python -m benchmarks.parametric --report                      the tables again, from the cache alone
    python -m benchmarks.parametric --quick                       three facts, one seed, three arms: does it run?

Several processes may work on one cache, each with arms of its own; the last call makes the report.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from memos.augmentation import TemplateAugmenter
from memos.parametric.model import MemoryModel

from . import measures, report
from .arms import ARMS, base, learn
from .asking import PlainAsking
from .cache import RowCache, Unmeasured
from .halfway import Halfway
from .learned import Learned, Setting
from .measures import RAW
from .world import Item, World, examine, make_world, read_handwritten

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "memos" / "models" / "assistant"
CACHE = ROOT / "build" / "parametric"
RESULTS = Path(__file__).resolve().parents[1] / "results" / "parametric.json"
TABLES = Path(__file__).resolve().parent / "RESULTS.md"
DEFAULT_WORLDS = ("15", "40")
DEFAULT_ARMS = tuple(arm for arm in ARMS if arm != "full+sleep")
"""Without the one that costs as much as several others."""
VALIDATION, VALIDATION_SEED = "validation", 99
OURS = "memos"
LONG = 1000
"""Facts from which on a stream keeps how far it has come: it can be stopped and goes on."""


@dataclass(frozen=True)
class Stream:
    """facts: how many are written, one after another. updates: whether five are replaced afterwards. n_keys: of a memory
    with more slots (n_keys²) than the shipped one, which is measured once and kept beside the cache."""

    facts: int
    user_only: bool = False
    updates: bool = False
    matched: bool = False
    n_keys: int | None = None


STREAMS: Mapping[str, Stream] = {
    "15": Stream(15, user_only=True, updates=True, matched=True),
    "40": Stream(40),
    "100": Stream(100),
    "1000": Stream(1000, n_keys=256),
    "5000": Stream(5000, n_keys=256),
    VALIDATION: Stream(8),
    "quick": Stream(3, user_only=True),
}
"""`matched`: measured at the setting of equal learning too, not at the best one alone."""


def stream_worlds(model: MemoryModel) -> Callable[[str, int], World]:
    """The maker of the worlds of STREAMS, by name and seed."""
    augmenter, handwritten = TemplateAugmenter(model.chat_prompt), read_handwritten()

    def make(name: str, seed: int) -> World:
        stream = STREAMS[name]
        world = make_world(
            name, stream.facts, seed, augmenter, user_only=stream.user_only, handwritten=handwritten
        )
        return world if stream.updates else replace(world, updates=(), update_items=())

    return make


class Bench:
    """Worlds, made once, and rows, measured once."""

    def __init__(self, model: MemoryModel, cache: RowCache, make: Callable[[str, int], World]) -> None:
        self.model, self.cache = model, cache
        self._asking = PlainAsking(model)
        self._make = make
        self._worlds: dict[tuple[str, int], tuple[World, str]] = {}

    def world(self, name: str, seed: int) -> tuple[World, str]:
        """The world and its digest, which takes a while for a thousand lessons."""
        if (name, seed) not in self._worlds:
            made = self._make(name, seed)
            self._worlds[name, seed] = made, made.digest()
        return self._worlds[name, seed]

    def base(self, name: str, seed: int) -> dict[str, Any]:
        """What the model answers before anything is learned."""
        return self._row(name, seed, "base", None, {})

    def row(self, name: str, seed: int, arm: str, setting: Setting) -> dict[str, Any]:
        """One arm at one setting in one world."""
        return self._row(name, seed, arm, setting, ARMS[arm].fixed())

    def _row(self, name: str, seed: int, arm: str, setting: Setting | None, fixed: Mapping[str, Any]) -> dict[str, Any]:
        world, digest = self.world(name, seed)
        config = {
            "model": self.model.fingerprint,
            "world": name,
            "seed": seed,
            "text": digest,
            "arm": arm,
            "setting": None if setting is None else [setting.rate, setting.strength],
            "fixed": fixed,
        }
        began = time.time()
        measured = self.cache.measured
        row = self.cache.row(config, lambda: self._measured(world, arm, setting, self._halfway(world, config)))
        if self.cache.measured > measured:
            learned, old = (measures.share(row["cells"].get(group, ())) for group in ("known", "old"))
            print(
                f"{name}, seed {seed}, {arm} {setting or ''}: learned {learned:.3f}, old {old:.3f}, "
                f"{row['seconds_a_fact']:.2f} s a fact, {time.time() - began:.0f} s in all",
                flush=True,
            )
        return row

    def _halfway(self, world: World, config: Mapping[str, Any]) -> Halfway:
        return Halfway(self.cache.halfway(config) if len(world.lessons) >= LONG else None)

    def _measured(self, world: World, arm: str, setting: Setting | None, halfway: Halfway) -> dict[str, Any]:
        if setting is None:
            return {"cells": self._cells(world.items, base(self.model)), "seconds_a_fact": 0.0}
        learned = learn(self.model, world.lessons, arm, setting, halfway=halfway)
        found: dict[str, Any] = {
            "cells": self._cells(world.items, learned),
            "seconds_a_fact": round(learned.seconds / len(world.lessons), 4),
            "written": learned.written / len(world.lessons),
            "report": learned.report,
        }
        if world.updates:
            later = learn(self.model, world.updates, arm, setting, learned.state)
            found["cells"] |= self._cells(world.update_items, later)
            found["update_seconds_a_fact"] = round(later.seconds / len(world.updates), 4)
        learned.close()
        halfway.done()
        return found

    def _cells(self, items: Sequence[Item], learned: Learned) -> dict[str, list[list[int]]]:
        """Right answers by group: as memos puts the questions, and under `RAW` names put as they stand."""
        raw = examine(items, learned.answer).as_lists()
        put = raw
        if learned.plain:
            put = examine(items, self._asking.through(learned.answer, learned.reading)).as_lists()
        return {**put, **{f"{RAW}{group}": cells for group, cells in raw.items()}}


@dataclass(frozen=True)
class Choice:
    """What the sweep found for one arm: the setting of best balance, and the one compared at equal learning."""

    best: Setting
    matched: Setting
    swept: Mapping[str, Mapping[str, float]]
    """By setting: learned, old kept, balance on the validation world."""


def choose(bench: Bench, arms: Sequence[str]) -> dict[str, Choice]:
    """Sweep every arm on the validation world, which takes no part in what is reported."""
    base = bench.base(VALIDATION, VALIDATION_SEED)["cells"]
    swept: dict[str, dict[str, tuple[measures.Cells, measures.Cells]]] = {}
    for arm in dict.fromkeys([OURS, *arms]):  # ours too: its learning is the level that others are compared at
        try:
            swept[arm] = {
                str(setting): (base, bench.row(VALIDATION, VALIDATION_SEED, arm, setting)["cells"])
                for setting in ARMS[arm].settings
            }
        except Unmeasured as missing:
            print(f"left out: {arm}; not measured: {missing}", file=sys.stderr)
    level = measures.value(measures.LEARNED, *swept[OURS][measures.best(swept[OURS])])
    found = {}
    for arm in (arm for arm in arms if arm in swept):
        settings = {str(setting): setting for setting in ARMS[arm].settings}
        figures = {
            name: {
                "learned": round(measures.value(measures.LEARNED, *cells), 4),
                "kept": round(measures.value(measures.KEPT, *cells), 4),
                "balance": round(measures.balance(*cells), 4),
            }
            for name, cells in swept[arm].items()
        }
        best, even = measures.best(swept[arm]), measures.matched(swept[arm], level)
        found[arm] = Choice(settings[best], settings[best if arm == OURS else even], figures)
    return found


def measure_all(
    bench: Bench, choices: Mapping[str, Choice], worlds: Sequence[str], seeds: Sequence[int], larger: Callable[[int], Bench]
) -> list[dict[str, Any]]:
    """All rows of the report; `role` says which of an arm's settings a row was measured at.

    larger: the bench with a memory of so many keys a side, for the worlds that need one. Settings are chosen on `bench`.
    """
    rows = []
    small = bench
    for name in worlds:
        keys = STREAMS[name].n_keys
        bench = small if keys is None else larger(keys)
        for seed in seeds:
            asked: list[tuple[str, str, Setting | None]] = [("base", "base", None)]
            for arm, choice in choices.items():
                asked.append(("best", arm, choice.best))
                if STREAMS[name].matched:
                    asked.append(("matched", arm, choice.matched))
            for role, arm, setting in asked:
                try:
                    row = bench.base(name, seed) if setting is None else bench.row(name, seed, arm, setting)
                except Unmeasured as missing:
                    print(f"left out: {missing}", file=sys.stderr)
                else:
                    rows.append({**row, "role": role})
    return rows


def quick(bench: Bench) -> None:
    """A few facts by rows, by weights and by notes: whether everything runs, in under a minute."""
    for arm in ("memos", "full", "retrieval"):
        row = bench.row("quick", 0, arm, ARMS[arm].settings[-2])
        shown = {group: round(measures.share(cells), 3) for group, cells in row["cells"].items()}
        print(f"{arm}: {shown}")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.parametric", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, default=SHIPPED, help="folder of the language model")
    parser.add_argument("--memory", type=Path, help="folder of its measured addresses")
    parser.add_argument("--worlds", nargs="+", choices=["15", "40", "100", "1000", "5000"], default=list(DEFAULT_WORLDS))
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2], help="worlds are drawn from these")
    parser.add_argument("--arms", nargs="+", choices=list(ARMS), default=list(DEFAULT_ARMS), metavar="ARM",
                        help=f"of {', '.join(ARMS)}")  # fmt: skip
    parser.add_argument("--cache", type=Path, default=CACHE, help="folder of measured rows")
    parser.add_argument("--out", type=Path, default=RESULTS, help="figures as JSON; the plot goes beside it")
    parser.add_argument("--markdown", type=Path, default=TABLES, help="its made part is replaced")
    parser.add_argument("--no-report", action="store_true", help="measure only: another process makes the report")
    parser.add_argument("--report", action="store_true", help="report what the cache holds; measure nothing")
    parser.add_argument("--quick", action="store_true", help="three facts, one seed, three arms, no sweep, no report")
    options = parser.parse_args(arguments)
    if VALIDATION_SEED in options.seeds:
        parser.error(f"seed {VALIDATION_SEED} is the one settings are chosen on")

    torch.set_num_threads(1)
    began = time.time()
    model = MemoryModel.from_pretrained(options.model, memory_dir=options.memory)
    bench = Bench(model, RowCache(options.cache, frozen=options.report), stream_worlds(model))
    if options.quick:
        quick(bench)
        return 0

    def larger(keys: int) -> Bench:
        """The same model with keys² slots; addresses and counts are measured at the first use, on the generated texts."""
        shape = replace(model.config, n_keys=keys)
        more = MemoryModel.from_pretrained(options.model, memory_dir=options.cache.parent / f"memory-{keys}", config=shape)
        return Bench(more, bench.cache, stream_worlds(more))

    choices = choose(bench, options.arms)
    rows = measure_all(bench, choices, options.worlds, options.seeds, larger)
    print(f"{bench.cache.measured} rows measured in {time.time() - began:.0f} s")
    if not options.no_report:
        report.write(options.out, options.markdown, report.Measured(model.fingerprint, choices, rows))
    return 0
