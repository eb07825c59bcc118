"""One JSON file for each measured row, named by all that decides it, so that a run goes on where it stopped.

Knows files. Does not know what a row means. Two processes may share a folder: a file appears whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any


class Unmeasured(Exception):
    """A row that is not in a cache that measures nothing."""


class RowCache:
    """Rows in `folder`, by their configuration. A file that cannot be read counts as absent.

    frozen: what is absent is not measured; asking for it raises Unmeasured.
    """

    def __init__(self, folder: Path, *, frozen: bool = False) -> None:
        self.folder, self.frozen = folder, frozen
        self.measured = 0

    @staticmethod
    def key(config: Mapping[str, Any]) -> str:
        """sha256 of the configuration: model, world, arm, setting; no commit, no clock."""
        return hashlib.sha256(json.dumps(config, sort_keys=True).encode()).hexdigest()

    def get(self, config: Mapping[str, Any]) -> dict[str, Any] | None:
        try:
            row: dict[str, Any] = json.loads(self._file(config).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return row if row.get("config") == json.loads(json.dumps(config)) else None

    def row(self, config: Mapping[str, Any], measure: Callable[[], Mapping[str, Any]]) -> dict[str, Any]:
        """The row of `config`, measured and kept if it is not there."""
        found = self.get(config)
        if found is None:
            if self.frozen:
                raise Unmeasured(f"{config.get('world')}, seed {config.get('seed')}, {config.get('arm')}")
            found = {"config": json.loads(json.dumps(config)), **measure()}
            self.measured += 1
            self.folder.mkdir(parents=True, exist_ok=True)
            draft = self._file(config).with_suffix(f".{os.getpid()}")
            draft.write_text(json.dumps(found, sort_keys=True) + "\n", encoding="utf-8")
            draft.replace(self._file(config))
        return found

    def halfway(self, config: Mapping[str, Any]) -> Path:
        """Where to keep how far a long measurement has come."""
        return self._file(config).with_suffix(".halfway")

    def _file(self, config: Mapping[str, Any]) -> Path:
        return self.folder / f"{self.key(config)[:24]}.json"
