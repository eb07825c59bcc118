"""What a fresh process may load: people's first complaint about tools built on torch is how long `--help` takes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = [
    "torch",
    "transformers",
    "faiss",
    "textual",
    "sentence_transformers",
    "langchain_core",
    "matplotlib",
    "peft",
]

PROBE = """
import json, sys
from memos.apps.cli import main
try:
    main(json.loads(sys.argv[1]))
except SystemExit as end:
    code = end.code
print(json.dumps({"code": code, "loaded": sorted({name.partition(".")[0] for name in sys.modules})}), file=sys.stderr)
"""


def run(tmp_path: Path, *code_and_arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("MEMOS_")},
        "PYTHONPATH": str(ROOT),
        "MEMOS_HOME": str(tmp_path / "home"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
    }
    return subprocess.run(
        [sys.executable, "-c", *code_and_arguments],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment,
        check=False,
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["recall", "--help"],
        ["status"],
        ["log"],
        ["ls"],
        ["runs"],
        ["config", "show"],
        ["model", "show"],
    ],
    ids=" ".join,
)
def test_looking_loads_nothing_heavy(tmp_path: Path, arguments: list[str]) -> None:
    done = run(tmp_path, PROBE, json.dumps(arguments))
    seen = json.loads(done.stderr.splitlines()[-1])
    assert seen["code"] == 0, done.stderr
    assert not set(HEAVY) & set(seen["loaded"])


def test_help_loads_no_database_either(tmp_path: Path) -> None:
    done = run(tmp_path, PROBE, json.dumps(["--help"]))
    assert not {"sqlalchemy", "alembic", "numpy"} & set(json.loads(done.stderr.splitlines()[-1])["loaded"])


def test_importing_the_library_costs_nothing(tmp_path: Path) -> None:
    done = run(
        tmp_path,
        "import memos, sys; print([m for m in ('pydantic', 'sqlalchemy', 'numpy') if m in sys.modules])",
    )
    assert done.stdout.strip() == "[]"


def test_a_users_own_folders_do_not_get_in_the_way(tmp_path: Path) -> None:
    for name in ("apps", "stores", "policies"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise RuntimeError('the wrong package')", "utf-8")
    done = run(tmp_path, "import memos.stores.schema, memos.policies.routing, memos.apps.cli; print('fine')")
    assert done.stdout.strip() == "fine", done.stderr


def test_a_checkout_without_links_still_imports(tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    (bare / "memos").mkdir(parents=True)
    for name in ("__init__.py", "errors.py", "types.py", "config.py"):
        (bare / "memos" / name).write_text((ROOT / "memos" / name).read_text("utf-8"), "utf-8")
    (bare / "apps").mkdir()
    (bare / "apps" / "__init__.py").write_text("HERE = True", "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", "import memos.apps; print(memos.apps.HERE, memos.apps.__name__)"],
        capture_output=True,
        text=True,
        cwd=bare,
        env={**os.environ, "PYTHONPATH": str(bare)},
        check=False,
    )
    assert done.stdout.split() == ["True", "memos.apps"], done.stderr
