"""The files beside a model: whole or refused, written so that a crash leaves the old ones.

Knows file names and formats. Does not know models. Tables are not read but mapped: pages that nobody reads stay on disk,
so a base table may be larger than the memory there is.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from memos.errors import ModelError
from memos.parametric.layer import MemoryConfig
from memos.parametric.slots import SlotStats

CONFIG_FILE, STATE_FILE, STATS_FILE = "memory_config.json", "memory.safetensors", "slot_stats.safetensors"
TABLES_FILE = "memory_values.safetensors"


@dataclass(frozen=True)
class MemoryFiles:
    """Configuration, whitening (`state`), statistics, and the hashes of the base they were measured on.

    tables: the base table where it was trained; `trained_hash` is sha256 over it and what else was.
    """

    config: MemoryConfig
    base_hash: str
    tokenizer_hash: str
    residual_rms: float
    state: dict[str, Tensor]
    stats: SlotStats
    tables: dict[str, Tensor] = field(default_factory=dict)
    trained_hash: str = ""


def write_memory_files(folder: Path, files: MemoryFiles) -> None:
    """Write them all; the configuration last, since its presence says that the others are whole.

    Raises ModelError when the folder cannot be written.
    """
    header = {
        "memory": json.loads(files.config.to_json()),
        "base_hash": files.base_hash,
        "tokenizer_hash": files.tokenizer_hash,
        "residual_rms": files.residual_rms,
    }
    if files.trained_hash:
        header["trained_hash"] = files.trained_hash
    tensors, metadata = files.stats.to_tensors()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _replace(folder / STATE_FILE, files.state, None)
        _replace(folder / STATS_FILE, tensors, metadata)
        if files.tables:
            _replace(folder / TABLES_FILE, files.tables, None)
        draft = folder / f"{CONFIG_FILE}.{os.getpid()}.tmp"
        draft.write_text(json.dumps(header, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        draft.replace(folder / CONFIG_FILE)
    except (OSError, SafetensorError) as error:
        raise ModelError(
            f"the memory files cannot be written to {folder}: {error}",
            hint="choose a folder you may write, with space left",
            code="model.memory_unwritable",
        ) from error


def _replace(path: Path, tensors: dict[str, Tensor], metadata: dict[str, str] | None) -> None:
    draft = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    save_file(tensors, draft, metadata=metadata)
    draft.replace(path)


def read_memory_files(folder: Path) -> MemoryFiles | None:
    """What `write_memory_files` wrote, or None where nothing was. Raises ModelError for damaged files."""
    path = folder / CONFIG_FILE
    if not path.is_file():
        return None
    try:
        header = json.loads(path.read_text(encoding="utf-8"))
        state, _ = _read(folder / STATE_FILE)
        tensors, metadata = _read(folder / STATS_FILE)
        tables = _read(folder / TABLES_FILE)[0] if (folder / TABLES_FILE).is_file() else {}
        return MemoryFiles(
            config=MemoryConfig.from_json(json.dumps(header["memory"])),
            base_hash=str(header["base_hash"]),
            tokenizer_hash=str(header["tokenizer_hash"]),
            residual_rms=float(header["residual_rms"]),
            state=state,
            stats=SlotStats.from_tensors(tensors, metadata),
            tables=tables,
            trained_hash=str(header.get("trained_hash", "")),
        )
    except (OSError, SafetensorError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"the memory files in {folder} cannot be read: {error}",
            hint="delete that folder to measure the model anew",
            code="model.memory_unreadable",
        ) from error


def _read(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    with safe_open(path, framework="pt") as file:
        return {name: file.get_tensor(name) for name in file.keys()}, dict(file.metadata() or {})  # noqa: SIM118
