"""kill -9, many writers and many namespaces, in small: the same program as the benchmark, its figures held to what they must be."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_nothing_is_lost_shared_or_wrong(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.token_store.stress", "--kills", "6", "--minutes", "0.05", "--namespaces", "6",
         "--json", str(tmp_path / "out.json")],
        cwd=ROOT, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-2000:]
    kills, writers, namespaces = (
        {name: row["count"] for name, row in table["rows"].items()}
        for table in json.loads((tmp_path / "out.json").read_text("utf-8"))["tables"]
    )
    assert kills["lost, or not whole"] == kills["searches that disagreed with SQL"] == 0
    assert writers["writes"] > 0
    assert writers["errors that reached a caller"] == writers["lost, doubled or changed"] == 0, run.stderr
    assert writers["vectors missing from the index"] == 0
    assert namespaces["attempts on another's records"] > 1000
    assert namespaces["that succeeded"] == namespaces["namespaces changed by another"] == 0
