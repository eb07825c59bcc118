"""A model with a memory layer pretrained in it, on real questions: the published write against weights and LoRA.

    python -m benchmarks.parametric.native prepare --data DATA --out build/native
    python -m benchmarks.parametric.native pretrain --out build/native --seconds 270         a GPU
    python -m benchmarks.parametric.native arms --out build/native --workers 9               a GPU
    python -m benchmarks.parametric.native report --out build/native --json benchmarks/results/parametric_native.json

Old knowledge is NQ-open train questions and facts of EntityQuestions that the model was pretrained on; new facts are of
EntityQuestions about subjects it never met. DATA holds text/, nq_open/ and entity_questions/. `--tiny` makes everything
small enough to see it run on a CPU in a minute. Settings are swept on a seed of their own.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import mean
from typing import Any

import torch

from benchmarks.harness import Table, missing_data, report
from benchmarks.parametric.measures import Cells, Column, figure

from . import data as preparing
from .arms import ARMS, Exam, learn
from .model import NativeModel, Shape, pretrain

VALIDATION = 99
TINY = Shape(d_model=64, blocks=3, heads=4, d_ffn=128, memory_block=2, n_keys=32, memory_heads=2, k=4, window=64, batch=16)
FACTS, TINY_FACTS = 300, 3
GROUPS = ("learned", "held_out", "old", "trivia")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.parametric.native", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("stage", choices=["prepare", "pretrain", "arms", "report"])
    parser.add_argument("--data", type=Path, help="folder of the data sets, to prepare")
    parser.add_argument("--out", type=Path, required=True, help="folder of tokens, model and measured rows")
    parser.add_argument("--seconds", type=float, default=270.0, help="how long to pretrain")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--arms", nargs="+", choices=list(ARMS), default=list(ARMS), metavar="ARM")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--workers", type=int, default=1, help="processes that share the device, an arm each")
    parser.add_argument("--until", type=float, help="start no run after this many seconds")
    parser.add_argument("--tiny", action="store_true")
    parser.add_argument("--note", action="append", default=[], help="a line to put under the tables, such as the machine")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    torch.set_float32_matmul_precision("high")
    if options.stage == "prepare":
        if options.data is None or missing_data(options.data / "text"):
            return 0
        sizes = (1024, 200_000, 300, 300) if options.tiny else (8192, 16_000_000, 12_000, 15_000)
        preparing.prepare(options.data, options.out, vocabulary=sizes[0], text_tokens=sizes[1], old_facts=sizes[2], trivia=sizes[3])
    elif options.stage == "pretrain":
        shape = TINY if options.tiny else Shape()
        model = pretrain(preparing.load(options.out), shape, options.device, options.seconds, lambda line: print(line, flush=True))
        model.save(options.out)
    elif options.stage == "arms":
        return _arms(options)
    else:
        _report(options)
    return 0


def _arms(options: argparse.Namespace) -> int:
    if options.workers > 1 and len(options.arms) > 1:
        return _processes(options)
    began = time.time()
    torch.set_num_threads(1)
    source = preparing.load(options.out)
    model = NativeModel.load(options.out, options.device)
    rows = options.out / "rows"
    rows.mkdir(exist_ok=True)
    for name in options.arms:
        runs = [(VALIDATION, setting) for setting in ARMS[name].settings]
        for seed, setting in runs:
            _run(options, model, source, name, setting, seed, began)
        best = _best(options, name)
        if best is not None:
            for seed in options.seeds:
                _run(options, model, source, name, best, seed, began)
    return 0


def _processes(options: argparse.Namespace) -> int:
    """A process an arm: one stream of small steps leaves a GPU idle most of the time."""
    waiting, running, failed = list(options.arms), [], 0
    while waiting or running:
        while waiting and len(running) < options.workers:
            command = [sys.executable, "-m", "benchmarks.parametric.native", "arms", "--out", str(options.out),
                       "--device", options.device, "--arms", waiting.pop(0), "--seeds", *map(str, options.seeds)]  # fmt: skip
            command += ["--tiny"] if options.tiny else []
            command += ["--until", str(options.until)] if options.until else []
            running.append(subprocess.Popen(command, env={**os.environ, "OMP_NUM_THREADS": "1"}))
        done = [one for one in running if one.poll() is not None]
        failed += sum(one.returncode != 0 for one in done)
        running = [one for one in running if one.poll() is None]
        time.sleep(0.2)
    return 1 if failed else 0


def _file(out: Path, name: str, setting: float | None, seed: int) -> Path:
    return out / "rows" / f"{name}_{setting}_{seed}.json"


def _run(
    options: argparse.Namespace, model: NativeModel, source: preparing.Prepared, name: str, setting: float, seed: int, began: float
) -> None:
    """Measure one arm at one setting on one seed, unless it was measured or time is up."""
    path = _file(options.out, name, setting, seed)
    if path.exists() or (options.until and time.time() - began > options.until):
        return
    count = TINY_FACTS if options.tiny else FACTS // 3 if seed == VALIDATION else FACTS
    facts = random.Random(f"facts {seed}").sample(source.new, count)
    exam = Exam(source, facts, seed, 30 if options.tiny else 500)
    before = _file(options.out, "base", None, seed)
    if not before.exists():
        _write(before, {"cells": exam.of(model)})
    changed, cost = learn(model, source, facts, ARMS[name], setting, seed)
    cells = exam.of(changed)
    _write(path, {"arm": name, "setting": setting, "seed": seed, "facts": count, "cells": cells, **cost})
    shown = {group: round(mean(cells[group]), 3) for group in GROUPS}
    print(f"{name} {setting} seed {seed}: {shown}, text {cells['text_loss']:.3f}, {cost['seconds_a_fact']:.3f} s a fact", flush=True)


def _write(path: Path, row: dict[str, Any]) -> None:
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(row), encoding="utf-8")
    draft.replace(path)


def _read(path: Path) -> dict[str, Any] | None:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def _swept(out: Path, name: str) -> list[tuple[float, dict[str, Any]]]:
    """What was measured of an arm on the validation seed, by setting."""
    rows = [row for path in (out / "rows").glob(f"{name}_*_{VALIDATION}.json") if (row := _read(path)) is not None]
    return sorted(((row["setting"], row) for row in rows), key=lambda one: one[0])


def _best(options: argparse.Namespace, name: str) -> float | None:
    """The setting of best balance on the validation seed: what is learned, and the shares of old knowledge kept."""
    base = _read(_file(options.out, "base", None, VALIDATION))
    swept = _swept(options.out, name)
    if base is None or not swept:
        return None
    return max((balance(row["cells"], base["cells"]), setting) for setting, row in swept)[1]


def balance(cells: dict[str, Any], base: dict[str, Any]) -> float:
    """Mean of new facts in held-out words, old facts kept and trivia kept."""
    return mean([mean(cells["held_out"]), *(_kept(cells, base, group) for group in ("old", "trivia"))])


def _kept(cells: dict[str, Any], base: dict[str, Any], group: str) -> float:
    """Of what was answered before, the share that still is."""
    known = [after for after, before in zip(cells[group], base[group], strict=True) if before]
    return mean(known) if known else 0.0


def _report(options: argparse.Namespace) -> None:
    table = Table(
        f"{FACTS} new facts of EntityQuestions, written one after another",
        ["setting", "seeds", "learned wordings", "held-out question", "old facts kept", "NQ-open kept", "text loss, added", "s a fact"],
    )
    swept = Table("The sweep: one seed of its own, a third of the facts",
                  ["held-out question", "old facts kept", "NQ-open kept", "balance", "rows a fact"])  # fmt: skip
    base_of_sweep = _read(_file(options.out, "base", None, VALIDATION))
    for name in options.arms:
        best = _best(options, name)
        if best is None or base_of_sweep is None:
            continue
        for setting, row in _swept(options.out, name):
            cells, base = row["cells"], base_of_sweep["cells"]
            swept.add(f"{name}, {setting:g}", mean(cells["held_out"]), _kept(cells, base, "old"), _kept(cells, base, "trivia"),
                      balance(cells, base), round(row["rows"]))  # fmt: skip
        pairs = [(_read(_file(options.out, "base", None, seed)), _read(_file(options.out, name, best, seed))) for seed in options.seeds]
        runs = [(base, row) for base, row in pairs if base is not None and row is not None]
        if not runs:
            continue
        cells_of: list[tuple[Cells, Cells]] = [(_cells(base["cells"], base["cells"]), _cells(row["cells"], base["cells"])) for base, row in runs]
        shown = [str(figure(Column(group, group), cells_of) or "–") for group in GROUPS]
        table.add(f"{name}: {ARMS[name].title}", f"{best:g}", len(runs), *shown,
                  mean(row["cells"]["text_loss"] - base["cells"]["text_loss"] for base, row in runs),
                  mean(row["seconds_a_fact"] for _, row in runs))  # fmt: skip
    bases = [base for seed in options.seeds if (base := _read(_file(options.out, "base", None, seed))) is not None]
    notes = list(options.note)
    if bases:
        before = {group: mean(mean(base["cells"][group]) for base in bases) for group in GROUPS}
        notes.append("before: " + ", ".join(f"{group} {share:.3f}" for group, share in before.items())
                     + f", text loss {mean(base['cells']['text_loss'] for base in bases):.3f} nats a token")  # fmt: skip
    notes.append("kept: of what was answered exactly before, the share that still is; intervals of 95 % over seeds and facts")
    notes.append("s a fact: of the clock, as many processes as there are arms sharing one GPU")
    report("parametric, a memory pretrained in the model", [table, swept], seed=VALIDATION, json_file=options.json, notes=notes)


def _cells(cells: dict[str, Any], base: dict[str, Any]) -> Cells:
    """In the form of `measures`: [right, asked] a question; of old knowledge, what was answered before."""
    found: dict[str, list[list[int]]] = {}
    for group in GROUPS:
        old = group in ("old", "trivia")
        found[group] = [[hit, 1] for i, hit in enumerate(cells[group]) if not old or base[group][i]]
    return found


if __name__ == "__main__":
    raise SystemExit(main())
