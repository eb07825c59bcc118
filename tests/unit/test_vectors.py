"""Saving the vector index when the disk does not let it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from memos.errors import StoreUnwritable
from memos.stores.vectors import FaissIndex


def test_a_disk_that_cannot_be_written_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = FaissIndex(tmp_path / "i.vectors", dimension=2, identity="t")
    index.add([1], np.array([[1.0, 0.0]], np.float32))
    index.save(1)
    before = index.path.read_bytes()
    index.add([2], np.array([[0.0, 1.0]], np.float32))

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("memos.stores.vectors.os.fsync", full)
        with pytest.raises(StoreUnwritable, match="No space"):
            index.save(2)
    assert index.path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["i.vectors"]


def test_the_folder_is_made_and_private(tmp_path: Path) -> None:
    index = FaissIndex(tmp_path / "index" / "i.vectors", dimension=2, identity="t")
    index.save(0)
    assert index.path.stat().st_mode & 0o777 == 0o600
    assert index.path.parent.stat().st_mode & 0o777 == 0o700
