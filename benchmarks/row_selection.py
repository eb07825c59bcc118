"""Which rows to write, and how: every selector and writer on the same facts, in the shipped model.

    python benchmarks/row_selection.py
    python benchmarks/row_selection.py --facts 24 --seeds 0 1 2 --json benchmarks/results/row_selection.json

Facts are written one by one and nothing is refined afterwards, unless --sleep: it mends what a poor choice of rows broke.
Every answer is generated freely and counts when it is exact; nothing examined was trained on.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import torch
from harness import Table, report
from parametric.rows import learn_rows, row_answerer
from parametric.world import Scores, World, examine, make_world, read_handwritten

from memos.augmentation import LessonShape, TemplateAugmenter
from memos.parametric.model import MemoryModel
from memos.parametric.selectors import SELECTORS
from memos.parametric.sleep import SleepSettings
from memos.parametric.write import WriteSettings

SHIPPED = Path(__file__).resolve().parents[1] / "memos" / "models" / "assistant"
COLUMNS = ("learned", "unseen core", "free", "old kept", "honest", "reading", "written", "steps", "rows", "s a fact")
HONEST = ("honest_untaught", "honest_other", "honest_crossing")
DEFAULT = WriteSettings()
WAYS: Mapping[str, WriteSettings] = {
    **{f"rows by {name}": replace(DEFAULT, selector=name) for name in SELECTORS},
    "tfidf, 64 rows": replace(DEFAULT, rows=64),
    "tfidf, a third of the score": replace(DEFAULT, coverage=0.33),
    "tfidf, KL at most .0005": replace(DEFAULT, kl_budget=0.0005),
    "tfidf, Adam": replace(DEFAULT, writer="adam"),
}


def measured(model: MemoryModel, world: World, settings: WriteSettings, rest: SleepSettings | None) -> list[float]:
    """The columns for one way in one world."""
    before = examine(world.items, row_answerer(model, None))
    learned = learn_rows(model, world.lessons, settings, rest)
    after = examine(world.items, learned.answer)
    facts = len(world.lessons)
    return [
        after.share("known"),
        after.share("unseen_core"),
        after.share("handwritten"),
        after.share("old") / before.share("old"),
        _together(after, HONEST),
        after.share("reading"),
        learned.written / facts,
        float(learned.report["write_steps"]),
        float(learned.report["rows"]),
        learned.seconds / facts,
    ]


def _together(scores: Scores, groups: Sequence[str]) -> float:
    return sum(scores.right[group] for group in groups) / sum(scores.asked[group] for group in groups)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=SHIPPED, help="folder of the language model")
    parser.add_argument("--facts", type=int, default=10, help="facts of a world")
    parser.add_argument("--colloquial", type=float, default=LessonShape().colloquial, help="share of colloquial questions")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0], help="worlds are drawn from these")
    parser.add_argument("--sleep", action="store_true", help="refine all owned rows together afterwards")
    parser.add_argument("--ways", nargs="+", choices=list(WAYS), default=list(WAYS), metavar="WAY", help="rows of the table")
    parser.add_argument("--json", type=Path, help="write all figures there, and the table beside it")
    options = parser.parse_args()

    torch.set_num_threads(1)
    model = MemoryModel.load(options.model)
    augmenter = TemplateAugmenter(model.chat_prompt, LessonShape(colloquial=options.colloquial))
    rest = SleepSettings() if options.sleep else None
    free = read_handwritten()
    worlds = [
        make_world("selectors", options.facts, seed, augmenter, user_only=False, handwritten=free)
        for seed in options.seeds
    ]
    then = ", then asleep" if options.sleep else ""
    table = Table(f"{options.facts} mixed facts, written one by one{then}, {len(worlds)} worlds", COLUMNS)
    for name in options.ways:
        figures = [measured(model, world, WAYS[name], rest) for world in worlds]
        table.add(name, *(round(statistics.mean(column), 4) for column in zip(*figures, strict=True)))
        print(f"{name}: {dict(zip(COLUMNS, table.rows[-1][1], strict=True))}", flush=True)
    report(
        "row selection", [table], seed=options.seeds[0],
        notes=[
            f"model {model.fingerprint[:12]}, worlds of seeds {options.seeds}, one thread, "
            f"{options.colloquial:.2f} of the questions learned from colloquial",
            "learned: questions in known wordings that were not trained on; written: the write's own loop got there",
            "free: questions about the user as people typed them, where the world has such facts",
            "honest: untaught relations of the same people, and the same relations of other people",
            "s a fact: processor seconds of the write, rows: all that the facts own together",
        ],
        settings={name: asdict(WAYS[name]) for name in options.ways}, json_file=options.json,
    )  # fmt: skip


if __name__ == "__main__":
    main()
