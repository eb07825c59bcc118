"""The folder of a memory: closed to others, with room to grow, without what dead processes left."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from memos import housekeeping
from memos.errors import StoreError, StoreUnwritable
from tests.unit.fakes import Memory


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    return folder


def gone() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", "pass"])
    process.wait()
    return process.pid


def test_files_that_others_may_read_are_named_and_closed(home: Path, tmp_path: Path) -> None:
    (home / "ledger").mkdir()
    exposed, closed, outside = home / "ledger" / "rows", home / "memos.db", tmp_path / "outside"
    for file, mode in ((exposed, 0o644), (closed, 0o600), (outside, 0o644)):
        file.write_text("x")
        file.chmod(mode)
    (home / "link").symlink_to(outside)
    assert housekeeping.access(home, mend=False) == "only its owner may enter"
    home.chmod(0o755)
    with pytest.raises(StoreError, match=r"1 files.*rows") as caught:
        housekeeping.access(home, mend=False)
    assert caught.value.code == "store.open_to_others"
    assert "1 files" in housekeeping.access(home, mend=True)
    assert not home.stat().st_mode & 0o077 and not exposed.stat().st_mode & 0o077 and outside.stat().st_mode & 0o044
    home.chmod(0o755)
    assert housekeeping.access(home, mend=False) == "others may enter and read nothing"


def test_a_disk_that_is_nearly_full_is_said_before_it_is(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "GB free" in housekeeping.room(home)
    monkeypatch.setattr(housekeeping.shutil, "disk_usage", lambda _path: SimpleNamespace(free=2**20))
    with pytest.raises(StoreUnwritable, match="1 MB"):
        housekeeping.room(home)


def test_drafts_of_dead_processes_are_removed_and_no_others(home: Path, tmp_path: Path) -> None:
    (home / "index").mkdir()
    dead, alive = home / "index" / f"a.vectors.{gone()}.tmp", home / f"b.{os.getpid()}.tmp"
    mine, kept = home / "notes.tmp", tmp_path / "outside"
    for file in (dead, alive, mine, kept):
        file.write_text("x")
    (home / f"c.{gone()}.tmp").symlink_to(kept)
    assert housekeeping.leftovers(home, mend=False).startswith("1 half-written") and dead.exists()
    assert housekeeping.leftovers(home, mend=True) == "1 removed"
    assert not dead.exists() and alive.exists() and mine.exists() and kept.exists()
    assert housekeeping.leftovers(home, mend=False) == "none"


def test_doctor_looks_after_the_folder(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "home")
    memory.say("My dog is called Rex.")
    folder = memory.manager.settings.home
    draft = folder / f"half.{gone()}.tmp"
    draft.write_text("x")
    folder.chmod(0o755)
    (folder / "memos.db").chmod(0o644)
    found = {check.name: check for check in memory.manager.doctor()}
    assert not found["access"].ok and found["disk"].ok and "1 half-written" in found["leftovers"].detail
    assert all(check.ok for check in memory.manager.doctor(rebuild=True)) and not draft.exists()
    assert all(check.ok for check in memory.manager.doctor())
    memory.close()
