"""What every benchmark shares: a table on stdout, and the same figures as JSON with seed, commit and machine beside them.

Knows no benchmark. Writes JSON only where it is told to, and the same table as Markdown beside it.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


@dataclass
class Table:
    """Rows of figures under named columns. A row is a name and its figures; None prints as a dash."""

    title: str
    columns: Sequence[str]
    rows: list[tuple[str, list[float | int | str | None]]] = field(default_factory=list)

    def add(self, name: str, *figures: float | int | str | None) -> None:
        if len(figures) != len(self.columns):
            raise ValueError(f"{len(figures)} figures for {len(self.columns)} columns")
        self.rows.append((name, list(figures)))

    def lines(self) -> list[str]:
        """The table in Markdown, which reads as well on a terminal."""
        cells = [["", *self.columns], *([name, *map(_shown, figures)] for name, figures in self.rows)]
        widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
        aligned = [
            "| " + " | ".join(
                cell.ljust(width) if column == 0 else cell.rjust(width)
                for column, (cell, width) in enumerate(zip(row, widths, strict=True))
            ) + " |"
            for row in cells
        ]
        rule = "|" + "|".join("-" * (width + 2 if not column else width + 1) + (":" if column else "")
                              for column, width in enumerate(widths)) + "|"
        return [self.title, "", aligned[0], rule, *aligned[1:]]

    def as_dict(self) -> dict[str, Any]:
        return {"title": self.title, "rows": {
            name: dict(zip(self.columns, figures, strict=True)) for name, figures in self.rows}}


def report(name: str, tables: Sequence[Table], *, seed: int, notes: Sequence[str] = (), json_file: Path | None = None,
           settings: dict[str, Any] | None = None) -> None:
    """Print the tables; with `json_file`, write figures and circumstances there, and the tables beside it as .md."""
    around = circumstances(seed)
    lines: list[str] = []
    for table in tables:
        lines += [*table.lines(), ""]
    lines += [f"- {note}" for note in notes]
    lines.append(f"- {around['date']}, commit {around['commit']}, {around['machine']}, load {around['load']}, seed {seed}")
    print("\n".join(lines))
    if json_file is not None:
        json_file.parent.mkdir(parents=True, exist_ok=True)
        json_file.write_text(json.dumps({
            "benchmark": name, **around, "settings": settings or {}, "notes": list(notes),
            "tables": [table.as_dict() for table in tables],
        }, indent=1) + "\n", "utf-8")
        json_file.with_suffix(".md").write_text(f"# {name}\n\n" + "\n".join(lines) + "\n", "utf-8")


def circumstances(seed: int) -> dict[str, Any]:
    """Seed, commit, date, machine and how busy it is."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "seed": seed, "commit": _commit(), "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "machine": f"{_processor()}, {cores} cores, Python {platform.python_version()}, {platform.system()}",
        "load": round(os.getloadavg()[0], 1),
    }


def missing_data(path: Path) -> bool:
    """Say that the data is not there, if so: a benchmark without its data is skipped, not failed."""
    if path.exists():
        return False
    print(f"skipped: no data at {path}", file=sys.stderr)
    return True


class Stopwatch:
    """Wall and processor seconds of a block. Processor time is what a busy machine distorts least."""

    wall = 0.0
    cpu = 0.0

    def __enter__(self) -> Stopwatch:
        self._wall, self._cpu = time.perf_counter(), _cpu()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.wall, self.cpu = time.perf_counter() - self._wall, _cpu() - self._cpu


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that `share` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered)) - 1))]


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _shown(figure: float | int | str | None) -> str:
    if figure is None:
        return "–"
    if isinstance(figure, float):
        return f"{figure:,.0f}" if abs(figure) >= 100 else f"{figure:.3f}" if abs(figure) < 1 else f"{figure:.2f}"
    return f"{figure:,}" if isinstance(figure, int) else figure


def _commit() -> str:
    try:
        head = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True)
        return head.stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
