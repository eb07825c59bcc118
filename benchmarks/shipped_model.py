"""What the shipped model can do before anything is written into it: every row of its table, targets beside it.

    python benchmarks/shipped_model.py [--model FOLDER] [--items 200] [--seed N] [--data FOLDER] [--json FILE]

Generated items have novel values and names from a seed that pretraining does not use. `--data` is a folder with
handwritten_questions.jsonl (a note, and a question in free words) and handwritten_statements.jsonl (a statement in
free words, and a plain question); nothing in them was used in training. All answers are free-running, greedy, and
count only when exact up to case and the final stop.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import torch
from harness import Table, report

from memos.pretraining.chat_format import note_line, notes_message
from memos.pretraining.evaluate import EVALUATION_SEED, EvaluationRow, answers, evaluate, load

HERE = Path(__file__).resolve().parent
SHIPPED = HERE.parent / "memos" / "models" / "assistant"
EARLIER = {"hand-written questions": 0.41, "hand-written statements": 0.56}
"""What an earlier model of the same size reached on hand-written wordings of its own: the baseline of these rows."""


def read_lines(path: Path) -> list[dict[str, str]]:
    """The objects of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def normal(answer: str) -> str:
    """An answer without case and final stop: a hand-written expectation does not fix those."""
    return answer.strip().rstrip(".!").casefold()


def handwritten(
    model: Any, tokenizer: Any, path: Path, told: str, distractors: list[str]
) -> tuple[list[bool], list[dict[str, str]]]:
    """Whether each item of `path` is answered, its field `told` given as a note among `distractors`."""
    items = read_lines(path)
    prompts = []
    for number, item in enumerate(items):
        others = (
            [distractors[(number * 7 + k * 3) % len(distractors)] for k in range(2)] if distractors else []
        )
        lines = [note_line(text, None) for text in (*others[:1], item[told], *others[1:])]
        prompts.append(
            [
                {"role": "system", "content": notes_message(lines)},
                {"role": "user", "content": item["question"]},
            ]
        )
    given = answers(model, tokenizer, prompts)
    right = [normal(a) == normal(item["answer"]) for a, item in zip(given, items, strict=True)]
    wrong = [{**item, "given": a} for a, item, ok in zip(given, items, right, strict=True) if not ok]
    return right, wrong


UNRELATED = [
    "The heating makes a strange noise.",
    "I have to pick up a parcel on Friday.",
    "We talked about the new printer.",
    "The tomatoes on the balcony are ripe.",
    "It took me an hour to find a parking spot.",
    "I still owe Karim twenty euros.",
    "The plumber comes at nine.",
]
"""Notes that answer none of the hand-written questions."""


def main(arguments: list[str] | None = None) -> int:
    """Evaluates, prints the table, writes the JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, default=SHIPPED)
    parser.add_argument("--items", type=int, default=200, help="items of each generated class")
    parser.add_argument("--seed", type=int, default=EVALUATION_SEED)
    parser.add_argument("--data", type=Path, default=HERE / "data", help="folder of the hand-written files")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--json", type=Path, help="write the same figures here")
    parser.add_argument(
        "--show-wrong", action="store_true", help="print the hand-written items answered wrongly"
    )
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    started = time.monotonic()
    model, tokenizer = load(options.model)
    rows = evaluate(model, tokenizer, options.items, options.seed)
    for name, file, told in (
        ("hand-written questions", "handwritten_questions.jsonl", "note"),
        ("hand-written statements", "handwritten_statements.jsonl", "statement"),
    ):
        for suffix, distractors in ((", 1 note", []), (", 3 notes", UNRELATED)):
            right, wrong = handwritten(model, tokenizer, options.data / file, told, distractors)
            rows.append(EvaluationRow(name + suffix, round(sum(right) / len(right), 4), len(right)))
            if options.show_wrong and not distractors:
                for item in wrong:
                    sys.stdout.write(json.dumps(item, ensure_ascii=False) + "\n")
    table = Table("The shipped model before any write", ("right", "target", "earlier try", "items"))
    for row in rows:
        table.add(row.name, row.right, row.target, EARLIER.get(row.name.split(",")[0]), row.items)
    report(
        "shipped_model", [table], seed=options.seed, json_file=options.json,
        notes=[f"free-running, greedy, exact match; {time.monotonic() - started:.0f} s on {options.threads} thread(s)",
               "the earlier try was measured on hand-written items of its own"],
    )  # fmt: skip
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
