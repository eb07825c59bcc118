"""A ledger as it grows: opening it with checkpoints and without, forgetting its last and its middle record, and its size.

    python benchmarks/ledger.py [--writes 100 1000 10000] [--run 100] [--slots 16384] [--rows 256] [--open-only] [--json FILE]

By default rows are as the shipped model's: 16,384 of 128 numbers, 256 a write, and after each run a sleep that changes
every row owned so far. All of it takes some 15 minutes of one processor and 5 GB of disk; `--open-only` leaves out the
forgetting, fewer `--slots` and `--rows` make each write cheaper. The bits are random and training is not measured: a write takes a draw of random numbers here, and its time
is left out where the table says so. Lessons are as long as real ones (about 20 kB). Opening is timed in this process with
the files in the page cache; a process of its own pays for its imports too. Forgetting is done on a copy whose files
are hard links.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from harness import Stopwatch, Table, report

from memos.augmentation import QA, Lesson
from memos.config import ConsolidationSettings
from memos.consolidation import Consolidator
from memos.errors import NotFoundError
from memos.grammar import Fact
from memos.knowledge import Knowledge
from memos.learning import Learner
from memos.parametric.overlay import RowOverlay
from memos.protocols import GateMeasure, RowChange, TrainingStep
from memos.stores.audit import SqlAuditLog
from memos.stores.database import Database
from memos.stores.parametric import SqlSlotLedger
from memos.types import ConsolidationRun, EntryKind, RunStatus, utc_now

WIDTH = 128
WORDINGS = 220
NEVER = 10**9
"""Entries between checkpoints where there are to be none."""


class RandomTrainer:
    """SlotTrainer whose writes are random numbers, over real overlays. `seconds` is what its steps took."""

    fingerprint = "random"
    layer = 1

    def __init__(self, slots: int, rows: int) -> None:
        self.seconds = 0.0
        self.slots, self.rows = slots, rows

    def recipe(self) -> dict[str, Any]:
        return {"write": {}, "sleep": {}}

    def empty(self) -> RowOverlay:
        return RowOverlay.empty(WIDTH)

    def with_rows(self, overlay: Any, rows: Any, values: Any) -> RowOverlay:
        return overlay.with_rows(torch.from_numpy(rows.copy()), torch.from_numpy(values.copy()))

    def write(self, overlay: Any, lesson: Lesson, live: Sequence[Lesson], recipe: Any, seed: int) -> TrainingStep:
        numbers = np.random.default_rng(seed)
        return self._step(overlay, np.sort(numbers.choice(self.slots, self.rows, replace=False)).astype(np.int64), numbers)

    def sleep(self, overlay: Any, owned: Any, lessons: Any, recipe: Any, seed: int, progress: Any = None) -> TrainingStep:
        return self._step(overlay, owned, np.random.default_rng(seed))

    def _step(self, overlay: Any, rows: Any, numbers: np.random.Generator) -> TrainingStep:
        started = time.perf_counter()
        before = overlay.gather(torch.from_numpy(rows)).numpy()
        after = numbers.standard_normal((len(rows), WIDTH), np.float32)
        step = TrainingStep(RowChange(rows, before, after), self.with_rows(overlay, rows, after), {})
        step.overlay.digest()
        self.seconds += time.perf_counter() - started
        return step

    def measure(self, before: Any, after: Any, lessons: Any, live: Any, seed: int) -> GateMeasure:
        raise NotImplementedError

    def activate(self, namespace: str, overlay: Any) -> None:
        pass


class NoRecords:
    """TokenStore without records: only the ledger is measured."""

    def get(self, namespace: str, record_id: str) -> Any:
        raise NotFoundError(record_id)

    def mark_learned(self, namespace: str, record_ids: Sequence[str], run_id: int | None) -> None:
        pass


class Ledger:
    """One ledger in a folder."""

    def __init__(self, folder: Path, trainer: RandomTrainer) -> None:
        self.folder = folder
        self.database = Database(f"sqlite:///{folder / 'memos.db'}")
        self.ledger = SqlSlotLedger(self.database, folder / "ledger")
        self.trainer = trainer

    def opened(self, *, checkpoints: bool) -> Consolidator:
        more = {} if checkpoints else {"checkpoint_every": NEVER}
        return Consolidator(
            unit=self.database, store=NoRecords(), ledger=self.ledger, audit=SqlAuditLog(self.database),  # type: ignore[arg-type]
            trainer=self.trainer, augmenter=None, settings=ConsolidationSettings(), **more,  # type: ignore[arg-type]
        )  # fmt: skip

    def copy(self, folder: Path, *, checkpoints: bool) -> Ledger:
        """The same ledger elsewhere; tensors are hard links, SQL is copied."""
        folder.mkdir()
        shutil.copytree(self.folder / "ledger", folder / "ledger", copy_function=os.link)
        if not checkpoints:
            shutil.rmtree(folder / "ledger" / "checkpoints", ignore_errors=True)
        with self.database.read() as connection:
            connection.exec_driver_sql("SELECT 1")
        self.database.vacuum()
        shutil.copy(self.folder / "memos.db", folder / "memos.db")
        return Ledger(folder, self.trainer)


class Writer:
    """Makes runs of writes and a sleep, as a consolidation would commit them."""

    def __init__(self, ledger: Ledger, seed: int) -> None:
        self._ledger = ledger.ledger
        self._database = ledger.database
        self._learner = Learner(ledger.trainer, seed)
        self._trainer = ledger.trainer
        self._state = Knowledge(ledger.trainer.empty())
        self.written = 0

    def write_run(self, writes: int) -> None:
        run = self._ledger.new_run(
            ConsolidationRun(id=0, namespace="ana", status=RunStatus.COMMITTED, created_at=utc_now(), fingerprint="random",
                             seed=0)
        )  # fmt: skip
        with self._database.begin():
            for _ in range(writes):
                written = lesson(self.written)
                # Of what holds a real trainer is told; this one does not look, and asking costs a search each time.
                alone = Knowledge(self._state.overlay)
                draft, after = self._learner.write(run.id, "ana", alone, written, self._trainer.recipe())
                self._ledger.append(draft.entry, draft.change)
                self._state = Knowledge(after.overlay, (*self._state.writes, *after.writes))
                self.written += 1
            asleep = Knowledge(self._state.overlay, self._state.writes)
            step = self._trainer.sleep(asleep.overlay, asleep.owned_rows(), (), {}, self.written)
            draft = self._learner._draft(run.id, "ana", EntryKind.SLEEP, asleep, step, self._trainer.recipe(), 0, None)
            self._ledger.append(draft.entry, draft.change)
            self._state = asleep.after_sleep(step)


def lesson(number: int) -> Lesson:
    text = f"The project number {number} is led by person {number}."
    key = hashlib.sha256(text.encode()).hexdigest()
    asked = tuple(
        QA(f"<user> Could you tell me, in wording {n}, who leads the project {number}? <assistant>", f"person {number}")
        for n in range(WORDINGS)
    )
    return Lesson(key, record_of(number), text, (Fact(f"project {number}", "lead", f"person {number}"),), asked[:12],
                  asked[12:20], asked[20:], (), ())  # fmt: skip


def record_of(number: int) -> str:
    return f"m:{number:012x}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--writes", type=int, nargs="+", default=[100, 1000, 10_000])
    parser.add_argument("--run", type=int, default=100, help="writes of one run")
    parser.add_argument("--slots", type=int, default=16_384)
    parser.add_argument("--rows", type=int, default=256, help="rows of one write")
    parser.add_argument("--open-only", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    opening = Table("opening, seconds", ["entries", "no checkpoint", "checkpoints", "of the processor", "made in"])
    forgetting = Table(
        "forgetting one record, seconds without the trainer's", ["done again", "no checkpoint", "checkpoints", "trainer's"]
    )
    size = Table("size on disk, MB", ["SQL", "tensors", "checkpoints", "checkpoints kept"])
    with tempfile.TemporaryDirectory(prefix="memos-ledger-") as folder:
        ledger = Ledger(Path(folder) / "grown", RandomTrainer(arguments.slots, arguments.rows))
        writer = Writer(ledger, arguments.seed)
        for writes in sorted(arguments.writes):
            while writer.written < writes:
                writer.write_run(min(arguments.run, writes - writer.written))
            name = f"{writes:,} writes"
            opening.add(name, *_open(ledger))
            size.add(name, *_size(ledger))
            if arguments.open_only:
                continue
            for which, number in (("last", writes - 1), ("middle", writes // 2)):
                forgetting.add(f"{name}, the {which}", *_forget(ledger, record_of(number), Path(folder)))
        ledger.database.close()
    report(
        "ledger", [opening, size] if arguments.open_only else [opening, forgetting, size], seed=arguments.seed, json_file=arguments.json,
        settings={"writes": arguments.writes, "run": arguments.run, "slots": arguments.slots, "width": WIDTH,
                  "rows": arguments.rows},
        notes=[
            f"{arguments.slots:,} slots of {WIDTH} numbers, {arguments.rows} rows a write, a sleep after {arguments.run} writes",
            "rows are random numbers: no model is trained, and the time of the trainer's steps is in a column of its own",
            "'made in' is the time that `memos ledger compact` takes where there was no checkpoint",
            "forgetting: rows put back, later entries done again, the rest erased; without the token store's part",
            "files in the page cache, one thread",
        ],
    )  # fmt: skip


def _open(ledger: Ledger) -> tuple[int, float, float, float, float]:
    """(entries, seconds without checkpoints, with, processor seconds with, seconds to make them)"""
    ledger.ledger.thin_checkpoints("ana", ())
    with Stopwatch() as cold:
        expected = ledger.opened(checkpoints=False).knowledge("ana").overlay.digest()
    with Stopwatch() as made:
        ledger.opened(checkpoints=True).compact("ana")
    with Stopwatch() as warm:
        found = ledger.opened(checkpoints=True).knowledge("ana").overlay.digest()
    assert found == expected
    return ledger.ledger.live_count("ana"), cold.wall, warm.wall, warm.cpu, made.wall


def _size(ledger: Ledger) -> tuple[float, float, float, int]:
    def megabytes(paths: Sequence[Path]) -> float:
        return sum(path.stat().st_size for path in paths) / 1e6

    kept = [*(ledger.folder / "ledger" / "checkpoints").glob("*")]
    tensors = [*(ledger.folder / "ledger").glob("*.safetensors")]
    return megabytes([*ledger.folder.glob("memos.db*")]), megabytes(tensors), megabytes(kept), len(kept)


def _forget(ledger: Ledger, record: str, folder: Path) -> tuple[int, float, float, float]:
    """(entries done again, seconds without checkpoints and the trainer, with checkpoints, the trainer's seconds)"""
    took: list[float] = []
    again, trained = 0, 0.0
    digests = set()
    for checkpoints in (False, True):
        copy = ledger.copy(folder / "copy", checkpoints=checkpoints)
        (first,) = copy.ledger.entries("ana", record_id=record)
        worker = copy.opened(checkpoints=checkpoints)
        copy.trainer.seconds = 0.0
        started = time.perf_counter()
        done = worker.remove_records("ana", [record], "benchmark")
        copy.ledger.erase("ana", [record], first.seq)
        copy.ledger.sweep()
        trained = copy.trainer.seconds
        took.append(time.perf_counter() - started - trained)
        assert done is not None
        again = done.replayed
        digests.add(done.digest_after)
        copy.database.close()
        shutil.rmtree(folder / "copy")
    assert len(digests) == 1
    return again, took[0], took[1], trained


if __name__ == "__main__":
    main()
