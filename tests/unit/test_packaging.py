"""The wheel holds the tree: every module, the shipped model, the migrations, the marker for type checkers."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = {"memos": "memos", "stores": "memos/stores", "policies": "memos/policies", "apps": "memos/apps"}
DATA = {".tcss", ".json", ".jsonl", ".safetensors", ".jinja", ".md", ".txt"}


def tree() -> set[str]:
    """Every file that an installed memos needs, by its name in the wheel."""
    found = set()
    for folder, inside in FOLDERS.items():
        for path in (ROOT / folder).rglob("*"):
            relative = path.relative_to(ROOT / folder)
            linked = folder == "memos" and relative.parts[0] in FOLDERS
            if not path.is_file() or linked or "__pycache__" in relative.parts:
                continue
            if path.suffix in {".py", *DATA} or path.name == "py.typed":
                found.add(f"{inside}/{relative.as_posix()}")
    return found


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy: a build folder left in the tree could hide a missing package."""
    source = tmp_path_factory.mktemp("source")
    for folder in FOLDERS:
        shutil.copytree(
            ROOT / folder, source / folder, symlinks=True, ignore=shutil.ignore_patterns("__pycache__")
        )
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    out = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
    ]
    built = subprocess.run(
        [*command, "-w", str(out), "."], cwd=source, capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stderr
    return next(out.glob("*.whl"))


def test_the_wheel_is_the_tree(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert packed == tree()


def test_the_wheel_claims_one_top_level_name(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        assert {name.partition("/")[0] for name in archive.namelist()} == {
            "memos",
            wheel.name.rpartition("-py3")[0] + ".dist-info",
        }


def test_an_installed_memos_runs_beside_a_users_own_folders(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        "--target",
        str(site),
        str(wheel),
    ]
    subprocess.run(command, check=True, capture_output=True)
    work = tmp_path / "work"
    (work / "apps").mkdir(parents=True)
    (work / "apps" / "__init__.py").write_text("raise RuntimeError('the wrong package')", "utf-8")
    probe = "import memos, memos.apps.cli, memos.stores; print(memos.__file__); memos.apps.cli.main(['--version'])"
    done = subprocess.run(
        [sys.executable, "-c", probe],
        cwd=work,
        env={"PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(site)) and "memos 0.1.0" in done.stdout


def test_every_package_is_listed() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    packages = {name.rpartition("/")[0].replace("/", ".") for name in tree() if name.endswith("/__init__.py")}
    assert set(settings["packages"]) == packages


def test_the_links_are_links() -> None:
    for name in ("stores", "policies", "apps"):
        assert (ROOT / "memos" / name).resolve() == ROOT / name


def test_constraints_are_names_and_versions_only() -> None:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    assert all(line.count("==") == 1 and "/" not in line and " " not in line for line in lines)
    pinned = {line.partition("==")[0].casefold().replace("_", "-") for line in lines}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = (
        project["dependencies"]
        + project["optional-dependencies"]["dev"]
        + project["optional-dependencies"]["bench"]
    )
    names = {entry.partition(">")[0].partition("=")[0].partition("[")[0].strip() for entry in wanted}
    assert names - pinned <= {"memos-memory", "setuptools"}


def test_the_version_is_said_once_and_the_same() -> None:
    from memos import __version__

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["version"] == __version__
