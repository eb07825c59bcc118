"""Checkpoint files, `ledger/checkpoints/<chain name>.safetensors`: sealed, derived, deleted on any doubt.

Knows files. Which of them still stand for something is for the ledger to say, which names entries in SQL.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from memos.checkpoints import Checkpoint
from memos.errors import CorruptStore, InputError
from memos.stores.sealed import SUFFIX, seal, unseal, write_whole

FORMAT, VERSION = "memos-ledger-checkpoint", 1
ARRAYS = ("rows", "values", "owned", "owned_counts", "facts", "fact_counts")


class CheckpointFolder:
    """Checkpoints by name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> set[str]:
        return {path.stem for path in self._folder.glob(f"*{SUFFIX}")}

    def load(self, name: str) -> Checkpoint | None:
        """None where it is missing or damaged; a damaged one is deleted, for it can be made again."""
        path = self._path(name)
        try:
            about, tensors = unseal(path.read_bytes(), FORMAT, VERSION, path.name)
            if about["name"] != name:
                raise CorruptStore("a checkpoint under another's name")
            arrays = {key: tensors[key] for key in ARRAYS}
        except OSError:
            return None
        except (CorruptStore, InputError, KeyError):
            with suppress(OSError):  # a folder that cannot be written now: it is passed by all the same
                self.remove([name])
            return None
        return Checkpoint(name=name, entries=about["entries"], digest=about["digest"], **arrays)

    def save(self, checkpoint: Checkpoint) -> None:
        """Raises StoreUnwritable."""
        about = {
            "format": FORMAT, "version": VERSION, "name": checkpoint.name, "entries": checkpoint.entries,
            "digest": checkpoint.digest,
        }  # fmt: skip
        write_whole(self._path(checkpoint.name), seal({key: getattr(checkpoint, key) for key in ARRAYS}, about))

    def remove(self, names: Collection[str]) -> int:
        """Delete these; how many were there."""
        gone = 0
        for name in names:
            path = self._path(name)
            gone += path.exists()
            path.unlink(missing_ok=True)
        return gone

    def sweep(self, alive: Collection[str]) -> int:
        """Delete every checkpoint that is not among `alive`, and what an interrupted write left."""
        leftovers = list(self._folder.glob("*.tmp"))
        for path in leftovers:
            path.unlink(missing_ok=True)
        return len(leftovers) + self.remove(self.names() - set(alive))

    def bytes(self, names: Collection[str]) -> int:
        return sum(path.stat().st_size for name in names if (path := self._path(name)).exists())

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}{SUFFIX}"
