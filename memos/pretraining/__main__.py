"""`python -m memos.pretraining --out DIR`: trains the shipped model, evaluates it, and prints how it goes."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from memos.errors import MemosError
from memos.pretraining.evaluate import read_evaluation
from memos.pretraining.train import PretrainConfig, PretrainProgress, pretrain


def _narrate(line: PretrainProgress) -> None:
    sys.stderr.write(
        f"step {line.step}/{line.steps}  loss {line.loss:.3f}  answers {line.answer_loss:.3f}  "
        f"{line.tokens / 1e6:.2f} M tokens  {line.tokens_per_second:.0f} tokens/s  {line.seconds:.0f} s\n"
    )
    sys.stderr.flush()


def main(arguments: list[str] | None = None) -> int:
    """Parses `arguments`, trains, evaluates; returns the exit status."""
    defaults = PretrainConfig()
    parser = argparse.ArgumentParser(prog="python -m memos.pretraining", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for the model")
    parser.add_argument("--seed", type=int, default=defaults.seed)
    parser.add_argument("--steps", type=int, default=defaults.steps)
    parser.add_argument("--threads", type=int, default=defaults.threads)
    parser.add_argument("--no-evaluation", action="store_true", help="train only")
    options = parser.parse_args(arguments)
    try:
        config = PretrainConfig(
            seed=options.seed,
            steps=options.steps,
            threads=options.threads,
            evaluation_items=0 if options.no_evaluation else defaults.evaluation_items,
        )
        pretrain(config, options.out, _narrate)
        if config.evaluation_items:
            for row in read_evaluation(options.out):
                sys.stdout.write(f"{row.line()}\n")
    except MemosError as error:
        sys.stderr.write(f"error: {error.message}\nhint: {error.hint}\n")
        return int(error.exit_code)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
