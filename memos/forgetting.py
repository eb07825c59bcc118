"""forget: erase records from every tier, and prove it on the bytes of the data folder.

    records -> unlearn (rows as if never written) -> purge SQL rows, history, lexical index -> erase lessons and tensors
            -> drop vectors -> compact files -> grep every file of the home folder for what was erased

Each step is safe to repeat: a forget that was interrupted is finished by running it again. Knows the tiers by their
protocols.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from memos.consolidation import Consolidator
from memos.protocols import AuditLog, Progress, SlotLedger, TokenStore, UnitOfWork
from memos.types import ForgetReport, RevertReport

CHUNK = 1 << 20
MIN_NEEDLE = 6
"""Bytes below which a text is too short to tell a leftover from a coincidence."""


class Forgetter:
    """Forgets for one namespace."""

    def __init__(
        self,
        *,
        namespace: str,
        home: Path,
        unit: UnitOfWork,
        store: TokenStore,
        ledger: SlotLedger,
        audit: AuditLog,
        actor: str,
    ) -> None:
        self._namespace = namespace
        self._home = home
        self._unit = unit
        self._store = store
        self._ledger = ledger
        self._audit = audit
        self._actor = actor

    def plan(self, record_ids: Sequence[str]) -> ForgetReport:
        """What would be erased. Raises NotFoundError for an unknown id; changes nothing."""
        ids = self._with_versions(record_ids)
        taught = [entry for one in ids for entry in self._ledger.entries(self._namespace, record_id=one)]
        return ForgetReport(
            namespace=self._namespace, record_ids=ids, copies={"records": len(ids), "ledger entries": len(taught)}
        )

    def forget(
        self, record_ids: Sequence[str], consolidator: Consolidator | None, progress: Progress | None = None
    ) -> ForgetReport:
        """Erase and prove. `consolidator` may be None only when no live row was learned from the records."""
        ids = self._with_versions(record_ids)
        said = [self._store.get(self._namespace, one).text for one in ids]
        said += [past.text for one in ids for past in self._store.history(self._namespace, one)]
        needles = _needles(said)
        parametric: RevertReport | None = None
        if consolidator is not None:
            parametric = consolidator.remove_records(self._namespace, ids, self._actor, progress)
        first = self._first_entry(ids)
        with self._unit.begin():
            copies = self._store.purge(self._namespace, ids)
            if first is not None:
                copies |= self._ledger.erase(self._namespace, ids, first)
            self._audit.append(
                namespace=self._namespace, kind="forget", subject="records", actor=self._actor,
                payload={"records": list(ids), "copies": copies},
            )  # fmt: skip
        copies["ledger files"] = self._ledger.sweep()
        self._store.compact()
        needles = [needle for needle in needles if not self._store.still_says(needle.decode())]
        checked, residue = search_bytes(self._home, needles)
        return ForgetReport(
            namespace=self._namespace, record_ids=ids, copies=copies, parametric=parametric, files_checked=checked,
            residue=residue,
        )  # fmt: skip

    def _with_versions(self, record_ids: Sequence[str]) -> tuple[str, ...]:
        """The ids in full, each once."""
        return tuple(dict.fromkeys(self._store.resolve(self._namespace, one) for one in record_ids))

    def _first_entry(self, ids: Iterable[str]) -> int | None:
        seqs = [
            entry.seq for one in ids for entry in self._ledger.entries(self._namespace, live=None, record_id=one)
        ]
        return min(seqs, default=None)


def search_bytes(folder: Path, needles: Sequence[bytes]) -> tuple[int, tuple[str, ...]]:
    """(files read, names of files that hold one of `needles`), over every regular file below `folder`."""
    checked = 0
    found: list[str] = []
    overlap = max((len(needle) for needle in needles), default=1) - 1
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        checked += 1
        tail = b""
        with path.open("rb") as handle:
            while chunk := handle.read(CHUNK):
                window = tail + chunk
                if any(needle in window for needle in needles):
                    found.append(str(path.relative_to(folder)))
                    break
                tail = window[-overlap:] if overlap else b""
    return checked, tuple(found)


def _needles(texts: Sequence[str]) -> list[bytes]:
    """The texts themselves. A text shorter than `MIN_NEEDLE` bytes proves nothing either way."""
    return [raw for text in dict.fromkeys(texts) if len(raw := text.encode()) >= MIN_NEEDLE]
