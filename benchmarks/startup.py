"""Starting up: processor seconds of `memos --help`, `memos status` and others, beside a bare interpreter.

    python benchmarks/startup.py [--repeats 15] [--records 200] [--json FILE]

Every command is a fresh process on a store in a temporary home; its user and system seconds are the kernel's count of
that child. The commands take turns, so that what else the machine does falls on all of them alike. The least is nearest to
what the work costs; the median is what a busy machine makes of it.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from harness import Table, percentile, report

from memos import open_memory
from memos.config import Settings
from memos.types import Draft

WANTED = 0.35
MEMOS = ("-c", "import sys; from memos.apps.cli import main; sys.exit(main())")
COMMANDS: dict[str, tuple[str, ...]] = {
    "python -c pass": ("-c", "pass"),
    "python -c 'import typer'": ("-c", "import typer"),
    "python -c 'import sqlalchemy'": ("-c", "import sqlalchemy"),
    "memos --help": (*MEMOS, "--help"),
    "memos status": (*MEMOS, "status"),
    "memos log": (*MEMOS, "log"),
    "memos ls": (*MEMOS, "ls"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--records", type=int, default=200, help="records in the store")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        fill(home, options.records)
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("MEMOS_")},
            "MEMOS_HOME": str(home), "XDG_CONFIG_HOME": str(Path(folder) / "config"), "MEMOS_EMBEDDER__NAME": "hash",
        }  # fmt: skip
        seconds: dict[str, list[float]] = {name: [] for name in COMMANDS}
        for turn in range(options.repeats + 1):
            for name, command in COMMANDS.items():
                spent = cpu_seconds(command, environment)
                if turn:  # the first run of each writes byte code and fills the file cache
                    seconds[name].append(spent)
    table = Table("Processor seconds of a fresh process", ["least", "median", "p95", "least, x import typer"])
    typer = min(seconds["python -c 'import typer'"])
    for name, each in seconds.items():
        least = min(each)
        table.add(name, least, statistics.median(each), percentile(each, 0.95), round(least / typer, 1))
    notes = [f"asked for: memos --help and memos status under {WANTED} s each"]
    report("startup", [table], seed=0, notes=notes, json_file=options.json,
           settings={"repeats": options.repeats, "records": options.records})


def fill(home: Path, count: int) -> None:
    """A store of so many records."""
    settings = Settings.model_validate({"home": home, "namespace": "default", "embedder": {"name": "hash"}})
    with open_memory(settings) as memory:
        memory.observe_many(Draft(text=f"I saw bird number {one} at the lake.") for one in range(count))


def cpu_seconds(command: tuple[str, ...], environment: dict[str, str]) -> float:
    """User and system seconds of one process."""
    child = subprocess.Popen([sys.executable, *command], env=environment, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{' '.join(command)} ended with status {child.returncode}")
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
