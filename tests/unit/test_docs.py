"""Documents that cannot drift: public names are pinned, examples run, links and file names exist."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

import memos
from benchmarks.token_store import report as token_store_report

ROOT = Path(__file__).parents[2]
PAGES = sorted([
    ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md"),
    *(ROOT / "benchmarks").rglob("RESULTS.md"),
])

PUBLIC = [
    "Action",
    "Answer",
    "AuditError",
    "AuditEvent",
    "ChainBroken",
    "ConfigError",
    "ConsolidationError",
    "ConsolidationPlan",
    "ConsolidationRun",
    "CorruptStore",
    "Draft",
    "EmbedderMismatch",
    "Experience",
    "FingerprintMismatch",
    "ForgetReport",
    "GateRejected",
    "GateReport",
    "IndexStale",
    "InputError",
    "MemoryManager",
    "MemoryRecord",
    "MemosError",
    "ModelError",
    "ModelUnavailable",
    "NotFoundError",
    "NotRevertible",
    "Observed",
    "Origin",
    "Recall",
    "RecallHit",
    "RecordState",
    "RevertReport",
    "RoutingDecision",
    "RunStatus",
    "SchemaTooNew",
    "Settings",
    "Source",
    "StoreBusy",
    "StoreError",
    "StoreUnwritable",
    "Tier",
    "__version__",
    "load_settings",
    "open_memory",
]


def test_public_names_are_these_and_all_resolve() -> None:
    assert sorted(memos.__all__) == sorted(PUBLIC)
    for name in memos.__all__:
        assert getattr(memos, name) is not None
        assert name in dir(memos)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        _ = memos.nonsense


def test_the_quickstart_is_fifteen_lines() -> None:
    code = (ROOT / "examples" / "quickstart.py").read_text("utf-8").split('"""', 2)[2]
    assert len([line for line in code.splitlines() if line.strip()]) <= 15


@pytest.mark.slow
@pytest.mark.parametrize("example", sorted((ROOT / "examples").glob("*.py")), ids=lambda path: path.stem)
def test_every_example_runs(example: Path, tmp_path: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MEMOS_")}
    done = subprocess.run(
        [sys.executable, str(example)],
        cwd=tmp_path,
        env={**environment, "PYTHONPATH": str(ROOT), "XDG_CONFIG_HOME": str(tmp_path / "config")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    if example.stem == "quickstart":
        lines = done.stdout.splitlines()
        assert lines[0].startswith("Lyon. token")
        assert lines[-1] == "I do not know yet."


def test_the_command_reference_follows_the_code() -> None:
    reference = runpy.run_path(str(ROOT / "scripts" / "cli_reference.py"))
    assert (ROOT / "docs" / "cli.md").read_text("utf-8") == reference["page"](), "make docs"


def test_the_readme_shows_the_example_that_runs_and_a_line_for_every_file() -> None:
    made = runpy.run_path(str(ROOT / "scripts" / "readme.py"))
    page = (ROOT / "README.md").read_text("utf-8")
    assert made["example"]() in page, "make docs"
    listed = page.partition("<!-- tree -->")[2].partition("<!-- /tree -->")[0]
    names = {line.split()[0] for line in made["tree"]().splitlines() if line.strip()}
    assert names <= {line.split()[0] for line in listed.splitlines() if line.strip()}, "make docs"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_links_and_file_names_in_pages_exist(page: Path) -> None:
    text = page.read_text("utf-8")
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", text):
        assert "://" not in target and (page.parent / target).exists(), target
    for named in re.findall(r"`((?:memos|stores|policies|apps|tests|docs|scripts|examples)/[\w./-]*)`", text):
        later = named in {"stores/kv_cache.py", "apps/tui/", "apps/server.py", "memos/integrations/"}
        assert later or (ROOT / named).exists(), f"{page.name} names {named}"


def test_the_tables_of_the_token_store_are_those_of_its_results() -> None:
    page = ROOT / "benchmarks" / "token_store" / "RESULTS.md"
    assert token_store_report.filled(page.read_text("utf-8")) == page.read_text("utf-8")
