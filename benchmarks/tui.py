"""The inspector over a large store, in a real terminal: processor seconds to the first picture, and of a key while scrolling.

    python benchmarks/tui.py [--records 100000] [--home FOLDER] [--json FILE]

`memos tui` runs as a fresh process in a pseudo-terminal of 120 by 40. Its user and system seconds are the kernel's count of
that process, read when the awaited words have been painted and nothing more is written. Beside it, in the same run: a Textual
app of one line, which is what the library costs.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import pexpect
import psutil
from harness import Table, percentile, report

from memos import open_memory
from memos.config import Settings
from memos.types import Draft

SIZE = (40, 120)
QUIET = 0.3
"""Seconds without output after which a screen has been painted."""
PATIENCE = 60.0
TUI = ("-c", "import sys; from memos.apps.cli import main; sys.exit(main())", "-n", "bench", "tui")
BARE = ("-c", """
from textual.app import App
from textual.widgets import Static
class Bare(App[None]):
    def compose(self):
        yield Static("painted")
Bare().run()
""")
_ESCAPE = re.compile(r"\x1b\[[0-9;?<>=]*[A-Za-z]|\x1b[^\[]")


class Watched:
    """A process in a terminal of its own."""

    def __init__(self, command: tuple[str, ...], environment: Mapping[str, str]) -> None:
        self._child = pexpect.spawn(
            sys.executable, list(command), env={**environment, "TERM": "xterm-256color"}, dimensions=SIZE, encoding="utf-8",
            timeout=PATIENCE,
        )
        self._process = psutil.Process(self._child.pid)
        self._written = ""

    def painted(self, words: str) -> float:
        """Wait for these words, and until nothing more is written; the processor seconds spent so far."""
        until = time.monotonic() + PATIENCE
        last = time.monotonic()
        while time.monotonic() < until:
            try:
                self._written += self._child.read_nonblocking(65_536, timeout=0.02)
                last = time.monotonic()
            except pexpect.TIMEOUT:
                if words in _ESCAPE.sub("", self._written) and time.monotonic() - last > QUIET:
                    self._written = ""
                    return self.seconds()
        raise SystemExit(f"{words!r} was never painted:\n{_ESCAPE.sub('', self._written)[-2000:]}")

    def seconds(self) -> float:
        used = self._process.cpu_times()
        return used.user + used.system

    def press(self, keys: str) -> None:
        self._child.send(keys)

    def close(self) -> None:
        self._child.close(force=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--pages", type=int, default=100, help="how many pages are scrolled")
    parser.add_argument("--home", type=Path, help="where the store is kept; one that is there is used again")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = options.home or Path(folder) / "home"
        held = fill(home, options.records)
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("MEMOS_")},
            "MEMOS_HOME": str(home), "XDG_CONFIG_HOME": str(Path(folder) / "config"), "MEMOS_EMBEDDER__NAME": "hash",
        }  # fmt: skip
        bare, first, store, keys, jump = [], [], [], [], []
        for turn in range(options.repeats + 1):
            one = Watched(BARE, environment)
            bare.append(one.painted("painted"))
            one.close()
            one = Watched(TUI, environment)
            first.append(spent := one.painted("records"))
            one.press("3")
            store.append(one.painted("newest first") - spent)
            if turn == options.repeats:
                for _ in range(options.pages):
                    before = one.seconds()
                    one.press("\x1b[6~")
                    keys.append(one.painted("") - before)
                before = one.seconds()
                one.press("\x1b[F")  # to the oldest of all
                jump.append(one.painted("") - before)
            one.close()
    opening = Table("Processor seconds of a fresh process until it is painted", ["least", "median"])
    for name, each in (("a Textual app of one line", bare), (f"memos tui, {held:,} records", first)):
        opening.add(name, min(each[1:]), percentile(each[1:], 0.5))
    going = Table("Processor milliseconds of a key", ["p50", "p95", "most"])
    for name, each in (("to the store screen", store), ("a page down in it", keys), ("to its end", jump)):
        going.add(name, *(round(1000 * value, 1) for value in (percentile(each, 0.5), percentile(each, 0.95), max(each))))
    report("tui", [opening, going], seed=0, json_file=options.json, settings={"records": held, "size": list(SIZE)}, notes=[
        "asked for: the first picture under 1 s with 100,000 records",
        "a key's figure has what the inspector does by itself meanwhile; the kernel counts in steps of 10 ms",
    ])


def fill(home: Path, count: int) -> int:
    """A store of so many records, unless there is one. How many it holds."""
    settings = Settings.model_validate({"home": home, "namespace": "bench", "embedder": {"name": "hash"}})
    with open_memory(settings) as memory:
        if not memory.list(limit=1):
            memory.observe_many(Draft(text=f"I saw bird number {one} at lake {one % 977} on my way.") for one in range(count))
        return sum(day.records for day in memory.figures.growth())


if __name__ == "__main__":
    main()
