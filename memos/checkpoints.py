"""Checkpoints: what the first entries of a ledger come to, so that opening it need not apply every entry again.

- Derived. A checkpoint is named by the chain of the entries it stands for: take one of them away, or write another in
  its place, and no name leads to it any more.
- Few are kept: two at each of the distances 64, 128, 256, ... from the end. To take out an entry that lies d entries back
  needs at most 3 d + 128 stored changes applied before the d later entries are done again.

Knows arrays and hashes; no file, no SQL, no model.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from memos.protocols import LedgerLink

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

CHECKPOINT_EVERY = 64
"""Entries between checkpoints near the end of a ledger: applying that many stored changes takes about 0.1 s."""


@dataclass(frozen=True)
class Checkpoint:
    """The rows after the first `entries` live entries, and who wrote which.

    name: chain name of those entries. digest: of the rows. rows int64 [R], sorted; values float32 [R, d_value].
    The w-th write among the entries selected `owned_counts[w]` rows of `owned`, in order, and states
    `fact_counts[w]` of `facts`: int64 hashes of (subject, relation).
    """

    name: str
    entries: int
    digest: str
    rows: npt.NDArray[np.int64]
    values: npt.NDArray[np.float32]
    owned: npt.NDArray[np.int64]
    owned_counts: npt.NDArray[np.int64]
    facts: npt.NDArray[np.int64]
    fact_counts: npt.NDArray[np.int64]


def chain_names(links: Iterable[LedgerLink]) -> list[str]:
    """For each entry, sha256 over it and all before it: names[i] stands for links[: i + 1]."""
    hasher = hashlib.sha256()
    names = []
    for link in links:
        hasher.update(f"{link.seq} {link.hash}\n".encode())
        names.append(hasher.copy().hexdigest())
    return names


def kept_positions(entries: int, every: int = CHECKPOINT_EVERY) -> set[int]:
    """Numbers of entries at which a ledger of `entries` keeps a checkpoint."""
    kept: set[int] = set()
    step = every
    while step <= entries:
        last = entries - entries % step
        kept |= {last, last - step}
        step *= 2
    return kept - {0}
