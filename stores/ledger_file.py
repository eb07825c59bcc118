"""A namespace's learned rows as one sealed safetensors file, for `memos ledger export` and `memos ledger import`.

Header: format, version, base fingerprint, layer, digest of all rows, seal. Tensors: `rows` int64 [sum t], `after` float32
[sum t, d_value], `counts` int64 [entries], and `entries`, UTF-8 JSON of kinds, lessons, recipes and reports, as bytes:
safetensors limits its header, and lessons are long.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from memos.augmentation import Lesson
from memos.bundles import BundledEntry, LedgerBundle, check
from memos.errors import InputError, MemosError, NotFoundError, StoreUnwritable
from memos.stores.sealed import seal, unseal, write_whole
from memos.types import EntryKind

if TYPE_CHECKING:
    import numpy.typing as npt

FORMAT, VERSION = "memos-ledger", 1


def write_bundle(path: Path, bundle: LedgerBundle) -> str:
    """Write the file, whole or not at all; returns its seal. Equal bundles give equal bytes. Raises StoreUnwritable."""
    import numpy as np

    entries = [
        {
            "kind": entry.kind.value, "seed": str(entry.seed), "settings": entry.settings, "report": entry.report,
            "lesson": None if entry.lesson is None else json.loads(entry.lesson.to_json()),
        }
        for entry in bundle.entries
    ]  # fmt: skip
    text = json.dumps(entries, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    width = bundle.entries[0].after.shape[1] if bundle.entries else 0
    content = seal(
        {
            "rows": np.concatenate([np.empty(0, np.int64), *(entry.rows for entry in bundle.entries)]),
            "after": np.concatenate([np.empty((0, width), np.float32), *(entry.after for entry in bundle.entries)]),
            "counts": np.array([len(entry.rows) for entry in bundle.entries], np.int64),
            "entries": np.frombuffer(text.encode("utf-8"), np.uint8),
        },
        {
            "format": FORMAT, "version": VERSION, "fingerprint": bundle.fingerprint, "layer": bundle.layer,
            "namespace": bundle.namespace, "digest": bundle.digest,
        },
    )  # fmt: skip
    if path.is_dir():
        raise StoreUnwritable(f"{path} is a folder", hint="name a file", code="file.is_a_folder")
    write_whole(path, content)
    return str(unseal(content, FORMAT, VERSION, path.name)[0]["seal"])


def read_bundle(path: Path) -> LedgerBundle:
    """Read what `write_bundle` wrote.

    Raises NotFoundError without such a file, CorruptStore for a missing or changed byte, InputError for another or a
    newer format and for content that no ledger can hold.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise NotFoundError(f"{path} cannot be read: {error.strerror}", hint="check the path",
                            code="not_found.file") from None  # fmt: skip
    about, tensors = unseal(content, FORMAT, VERSION, path.name)
    try:
        entries = _entries(tensors)
        bundle = LedgerBundle(
            source=f"file {path.name}", namespace=str(about["namespace"]), fingerprint=str(about["fingerprint"]),
            layer=int(about["layer"]), digest=str(about["digest"]), entries=entries, seal=str(about["seal"]),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, MemosError) as error:
        raise InputError(f"{path.name} holds no ledger that can be read: {error}",
                         hint="export it again with memos ledger export", code="input.ledger_file") from None  # fmt: skip
    check(bundle.entries, path.name)
    return bundle


def _entries(tensors: dict[str, npt.NDArray[Any]]) -> tuple[BundledEntry, ...]:
    import numpy as np

    told = json.loads(tensors["entries"].tobytes())
    counts, rows, after = tensors["counts"], tensors["rows"], tensors["after"]
    kinds = [counts.dtype.name, rows.dtype.name, after.dtype.name]
    if kinds != ["int64", "int64", "float32"] or len(counts) != len(told) or (counts < 0).any() or counts.sum() != len(rows) or len(after) != len(rows):
        raise ValueError("its tensors do not fit each other")
    ends = np.cumsum(counts)
    return tuple(
        BundledEntry(
            kind=EntryKind(one["kind"]), seed=int(one["seed"]), settings=dict(one["settings"]), report=dict(one["report"]),
            lesson=None if one["lesson"] is None else Lesson.from_json(json.dumps(one["lesson"])),
            rows=rows[end - count : end].copy(), after=after[end - count : end].copy(),
        )
        for one, count, end in zip(told, counts.tolist(), ends.tolist(), strict=True)
    )  # fmt: skip
