"""forget: erase records from every tier, and prove it on the bytes of the data folder.

    records -> unlearn (rows as if never written) -> purge SQL rows, history, lexical index -> erase lessons and tensors
            -> drop vectors -> compact files -> grep every file of the home folder for what was erased

Each step is safe to repeat: a forget that was interrupted is finished by running it again with the same ids, which the
audit log remembers once the records themselves are gone. Knows the tiers by their protocols.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from memos.consolidation import Consolidator
from memos.errors import NotFoundError
from memos.protocols import AuditLog, Progress, SlotLedger, TokenStore, UnitOfWork
from memos.types import Action, ForgetReport, RevertReport

CHUNK = 1 << 20
MIN_NEEDLE = 6
"""Bytes below which a text is too short to tell a leftover from a coincidence."""
TOLD_IN = (Action.ADD, Action.SUPERSEDE, Action.UPDATE, Action.MERGE, Action.NOOP)
MOST_TELLINGS = 10_000


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
        ids = self.resolve(record_ids)
        taught = [entry for one in ids for entry in self._ledger.entries(self._namespace, record_id=one)]
        present = sum(self._is_present(one) for one in ids)
        return ForgetReport(
            namespace=self._namespace, record_ids=ids, copies={"records": present, "ledger entries": len(taught)}
        )

    def forget(
        self, record_ids: Sequence[str], consolidator: Consolidator | None, progress: Progress | None = None
    ) -> ForgetReport:
        """Erase and prove. `consolidator` may be None only when no live row was learned from the records."""
        ids = self.resolve(record_ids)
        present = [one for one in ids if self._is_present(one)]
        said = [text for one in present for text in self._said(one)]
        parametric: RevertReport | None = None
        if consolidator is not None:
            parametric = consolidator.remove_records(self._namespace, ids, self._actor, progress)
        first = self._first_entry(ids)
        with self._unit.begin():
            copies = self._store.purge(self._namespace, present)
            if first is not None:
                copies |= self._ledger.erase(self._namespace, ids, first)
            self._audit.append(
                namespace=self._namespace, kind="forget", subject="records", actor=self._actor,
                payload={"records": list(ids), "copies": copies},
            )  # fmt: skip
        copies["ledger files"] = self._ledger.sweep()
        self._store.compact()
        needles = _needles(text for text in said if not self._store.still_says(text))
        stored = self._store.stored_bytes()
        checked, residue = search_bytes(self._home, needles)
        for place in stored.places:
            if not place.is_relative_to(self._home):
                more, left = search_bytes(place, needles)
                checked, residue = checked + more, residue + tuple(f"{place.name}/{name}" for name in left)
        return ForgetReport(
            namespace=self._namespace, record_ids=ids, copies=copies, parametric=parametric, files_checked=checked,
            residue=residue, limits=stored.limits,
        )  # fmt: skip

    def resolve(self, record_ids: Iterable[str]) -> tuple[str, ...]:
        """The ids in full, each once; also of records whose rows a forget has erased already."""
        return tuple(dict.fromkeys(self._resolved(one) for one in record_ids))

    def _resolved(self, prefix: str) -> str:
        try:
            return self._store.get(self._namespace, self._store.resolve(self._namespace, prefix)).id
        except NotFoundError:
            start = prefix if ":" in prefix else f"m:{prefix}"
            events = self._audit.events(self._namespace, kinds=("forget",))
            erased = {one for event in events for one in event.payload["records"] if one.startswith(start)}
            if len(erased) != 1:
                raise
            return str(erased.pop())

    def _is_present(self, record_id: str) -> bool:
        try:
            self._store.get(self._namespace, record_id)
        except NotFoundError:
            return False
        return True

    def _said(self, record_id: str) -> list[str]:
        """Every wording of the record that is stored: its text now and before, and those it was told in."""
        texts = [past.text for past in self._store.history(self._namespace, record_id)]
        for decision in self._store.decisions(self._namespace, limit=MOST_TELLINGS, record_id=record_id):
            if decision.action in TOLD_IN:
                with suppress(NotFoundError):
                    texts.append(self._store.experience(self._namespace, decision.experience_id).text)
        return texts

    def _first_entry(self, ids: Iterable[str]) -> int | None:
        seqs = [
            entry.seq for one in ids for entry in self._ledger.entries(self._namespace, live=None, record_id=one)
        ]
        return min(seqs, default=None)


def search_bytes(folder: Path, needles: Sequence[bytes]) -> tuple[int, tuple[str, ...]]:
    """(files read, names of files that hold one of `needles`), over every regular file below `folder`, or that one file.

    A file that goes while it is looked for holds nothing.
    """
    checked = 0
    found: list[str] = []
    overlap = max((len(needle) for needle in needles), default=1) - 1
    for path in [folder] if folder.is_file() else sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        tail = b""
        with suppress(FileNotFoundError), path.open("rb") as handle:
            checked += 1
            while chunk := handle.read(CHUNK):
                window = tail + chunk
                if any(needle in window for needle in needles):
                    found.append(path.name if path == folder else str(path.relative_to(folder)))
                    break
                tail = window[-overlap:] if overlap else b""
    return checked, tuple(found)


def _needles(texts: Iterable[str]) -> list[bytes]:
    """The texts as a column and as JSON hold them. One shorter than `MIN_NEEDLE` bytes proves nothing either way."""
    forms = [form for text in texts for form in (text, json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1])]
    return [raw for form in dict.fromkeys(forms) if len(raw := form.encode()) >= MIN_NEEDLE]
