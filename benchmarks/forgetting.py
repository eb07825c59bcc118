"""What is learned, and what is lost for it: consolidation on the shipped model against its alternatives.

    python benchmarks/forgetting.py --json benchmarks/results/forgetting.json
    python benchmarks/forgetting.py --quick

Facts are written one by one, then sleep. Every answer is generated freely and counts when it is exact. Rates of the
baselines are swept on a world of their own and the best mean of (known wordings, old facts, honesty) is taken.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import subprocess
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from forgetting_arms import RATES, ROW_ARMS, WEIGHT_ARMS, learn, row_answerer
from forgetting_world import World, examine, make_world

from memos.augmentation import TemplateAugmenter
from memos.parametric.model import MemoryModel
from memos.parametric.sleep import SleepSettings
from memos.parametric.write import WriteSettings

SHIPPED = Path(__file__).resolve().parent.parent / "memos" / "models" / "assistant"
WORLDS = {"15 facts about the user": (15, True), "40 mixed facts": (40, False)}
SWEEP_FACTS = 10


@dataclass(frozen=True)
class Column:
    """One measure: how it is computed from shares, and what each world must reach."""

    name: str
    targets: tuple[str, str]
    higher: bool = True


COLUMNS = (
    Column("known", ("0.96", "0.94")),
    Column("novel", ("0.93", "0.92")),
    Column("unseen_core", ("0.85", "0.78")),
    Column("unseen_frame", ("", "")),
    Column("behind_notes", ("", "")),
    Column("old_kept", ("0.99", "0.99")),
    Column("honest_untaught", ("0.97", "0.97")),
    Column("honest_other", ("0.97", "0.95")),
    Column("reading_loss", ("0.05", "0.08"), higher=False),
    Column("contradiction_loss", ("", ""), higher=False),
    Column("update_new", ("0.95", "0.95")),
    Column("update_old", ("0.02", "0.02"), higher=False),
    Column("seconds_a_fact", ("2", "2.5"), higher=False),
)


def measures(base: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    """Shares after learning, losses against the base, and old facts relative to what the base answers."""
    found = dict(after)
    found["old_kept"] = after["old"] / base["old"] if base["old"] else 1.0
    found["reading_loss"] = base["reading"] - after["reading"]
    found["contradiction_loss"] = base["reading_contradiction"] - after["reading_contradiction"]
    return found


def run(model: MemoryModel, world: World, arm: str, rate: float) -> dict[str, Any]:
    """One arm in one world: its measures, with updates of five facts learned afterwards."""
    base = examine(world.items, row_answerer(model, None)).as_dict()
    learned = learn(model, world.lessons, arm, rate)
    after = examine(world.items, learned.answer).as_dict()
    later = learn(model, world.updates, arm, rate, learned.state)
    found = measures(base, after) | examine(world.update_items, later.answer).as_dict()
    found["seconds_a_fact"] = learned.seconds / len(world.lessons)
    found["update_seconds_a_fact"] = later.seconds / len(world.updates)
    found["written"] = learned.written / len(world.lessons)
    return {"base": base, "measures": found, "report": learned.report}


def sweep(model: MemoryModel, augmenter: TemplateAugmenter, arm: str) -> tuple[float, dict[str, float]]:
    """The rate with the best mean of known wordings, old facts and honesty on a world used for nothing else."""
    world = make_world("sweep", SWEEP_FACTS, 99, augmenter, user_only=False)
    base = examine(world.items, row_answerer(model, None)).as_dict()
    scores: dict[str, float] = {}
    for rate in RATES[arm.partition("+")[0]]:
        after = measures(base, examine(world.items, learn(model, world.lessons, arm, rate).answer).as_dict())
        kept = [after["known"], min(1.0, after["old_kept"]), after["honest_untaught"], after["honest_other"]]
        scores[f"{rate:g}"] = round(statistics.mean(kept), 4)
    best = max(scores, key=lambda rate: scores[rate])
    return float(best), scores


def table(results: Sequence[dict[str, Any]]) -> str:
    """Markdown: a table a world, targets in the first row, mean ± standard deviation over seeds."""
    lines: list[str] = []
    for number, world in enumerate(WORLDS):
        rows = [r for r in results if r["world"] == world]
        if not rows:
            continue
        lines += [f"## {world}", "", "| | " + " | ".join(c.name.replace("_", " ") for c in COLUMNS) + " |"]
        lines.append("|---" * (len(COLUMNS) + 1) + "|")
        bounds = [("≥ " if c.higher else "≤ ") + c.targets[number] if c.targets[number] else "" for c in COLUMNS]
        lines.append("| target | " + " | ".join(bounds) + " |")
        for arm in dict.fromkeys(r["arm"] for r in rows):
            values = [[r["measures"][c.name] for r in rows if r["arm"] == arm] for c in COLUMNS]
            lines.append(f"| {arm} | " + " | ".join(_cell(v) for v in values) + " |")
        lines.append("")
    return "\n".join(lines)


def _cell(values: Sequence[float]) -> str:
    mean = f"{statistics.mean(values):.3f}"
    return f"{mean} ± {statistics.stdev(values):.3f}" if len(values) > 1 else mean


def _commit() -> str:
    try:
        found = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return found.stdout.strip()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=SHIPPED, help="folder of the language model")
    parser.add_argument("--memory", type=Path, help="folder of its measured addresses")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2], help="worlds are drawn from these")
    parser.add_argument("--arms", nargs="+", default=[*ROW_ARMS, *WEIGHT_ARMS], choices=[*ROW_ARMS, *WEIGHT_ARMS])
    parser.add_argument("--worlds", nargs="+", choices=list(WORLDS), default=list(WORLDS))
    parser.add_argument("--quick", action="store_true", help="one seed, the smaller world, no sweep of rates")
    parser.add_argument("--add", type=Path, nargs="+", default=[], help="figures of earlier runs to put in the table")
    parser.add_argument("--json", type=Path, help="write all figures there, and the table beside it")
    options = parser.parse_args()
    seeds, worlds = (options.seeds[:1], list(WORLDS)[:1]) if options.quick else (options.seeds, options.worlds)

    torch.set_num_threads(1)
    began = time.time()
    model = MemoryModel.from_pretrained(options.model, memory_dir=options.memory)
    augmenter = TemplateAugmenter(model.chat_prompt)
    rates: dict[str, float] = {}
    sweeps: dict[str, dict[str, float]] = {}
    results: list[dict[str, Any]] = []
    for path in options.add:
        earlier = json.loads(path.read_text(encoding="utf-8"))
        if earlier["model"] != model.fingerprint:
            parser.error(f"{path} was measured on another model")
        results += earlier["results"]
        rates, sweeps = {**earlier["rates"], **rates}, {**earlier["sweeps"], **sweeps}
    for arm in options.arms:
        if arm in WEIGHT_ARMS and arm not in rates:
            rates[arm] = RATES[arm.partition("+")[0]][1]
            if not options.quick:
                rates[arm], sweeps[arm] = sweep(model, augmenter, arm)
                print(f"{arm}: rate {rates[arm]:g} of {sweeps[arm]}", flush=True)
    for name in worlds:
        count, user_only = WORLDS[name]
        for seed in seeds:
            world = make_world(name, count, seed, augmenter, user_only=user_only)
            for arm in options.arms:
                if any((r["world"], r["seed"], r["arm"]) == (name, seed, arm) for r in results):
                    continue
                found = run(model, world, arm, rates.get(arm, 0.0))
                results.append({"world": name, "seed": seed, "arm": arm, **found})
                shown = {c.name: round(found["measures"][c.name], 3) for c in COLUMNS}
                print(f"{name}, seed {seed}, {arm}: {shown}", flush=True)
                if options.json is not None:  # after every arm: an interrupted run keeps what it measured
                    _save(options.json, model, results, rates, sweeps, began)
    if options.json is not None:
        _save(options.json, model, results, rates, sweeps, began)
    print(f"\n{table(results)}\n{time.time() - began:.0f} s in all")


def _save(
    path: Path,
    model: MemoryModel,
    results: Sequence[dict[str, Any]],
    rates: dict[str, float],
    sweeps: dict[str, dict[str, float]],
    began: float,
) -> None:
    """All figures as JSON, and the table beside it as Markdown."""
    seeds = sorted({result["seed"] for result in results})
    record = {
        "benchmark": "forgetting",
        "commit": _commit(),
        "machine": f"{platform.machine()} {platform.processor()}, torch {torch.__version__}, 1 thread",
        "model": model.fingerprint,
        "seeds": seeds,
        "rates": rates,
        "sweeps": sweeps,
        "write": asdict(WriteSettings()),
        "sleep": asdict(SleepSettings()),
        "seconds": round(time.time() - began),
        "results": list(results),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(record, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    head = f"# Forgetting\n\nCommit {str(record['commit'])[:12]}, seeds {seeds}, {record['machine']}.\n\n"
    swept = "".join(f"- {arm}: rate {rates[arm]:g}, swept over {scores}\n" for arm, scores in sweeps.items())
    path.with_suffix(".md").write_text(f"{head}{table(results)}\n{swept}", encoding="utf-8")


if __name__ == "__main__":
    main()
