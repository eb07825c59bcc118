"""Puts the tables of `benchmarks/results` into RESULTS.md, each between the markers of its name.

    python -m benchmarks.token_store.report            after any benchmark of this folder has written its figures
    python -m benchmarks.token_store.report --check    write nothing; fail when a table is not the one in the results

Knows no figure: what stands around the tables is written by hand.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

PAGE = Path(__file__).parent / "RESULTS.md"
RESULTS = Path(__file__).parents[1] / "results"
MADE = re.compile(r"(?P<start><!-- (?P<name>\w+) -->\n).*?(?P<end><!-- /(?P=name) -->)", re.DOTALL)


def filled(page: str, results: Path = RESULTS) -> str:
    """The page with every table as the results have it now. Raises FileNotFoundError for a name without results."""

    def table(found: re.Match[str]) -> str:
        body = (results / f"{found['name']}.md").read_text("utf-8").split("\n", 1)[1].strip()
        return f"{found['start']}\n{body}\n\n{found['end']}"

    return MADE.sub(table, page)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args(arguments)
    page = PAGE.read_text("utf-8")
    made = filled(page)
    if given.check:
        if made != page:
            print(f"{PAGE.name} is not what the results say; python -m benchmarks.token_store.report", file=sys.stderr)
        return int(made != page)
    PAGE.write_text(made, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
