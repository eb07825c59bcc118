"""One namespace's ledger as its owner sees it: look into it, keep it as a file, join another to it, tidy it.

Thin: what is done is done in `memos.tracing`, `memos.merging` and `memos.knowledge`, behind the consolidator.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from memos.bundles import LedgerBundle
from memos.consolidation import Consolidator
from memos.errors import InputError
from memos.ledger_reports import (
    Blame,
    Certificate,
    CompactReport,
    LedgerDiff,
    LedgerFile,
    MergeReport,
    OnConflict,
)
from memos.merging import Adoption
from memos.protocols import ParametricReader, Progress, SlotLedger
from memos.reverting import nothing_live
from memos.types import ConsolidationRun


class NamespaceLedger:
    """The ledger of one namespace; `MemoryManager.ledger`."""

    def __init__(
        self, *, namespace: str, actor: str, ledger: SlotLedger, consolidator: Callable[[], Consolidator],
        reader: Callable[[], ParametricReader | None], adopt: Callable[[Mapping[str, str], str], Adoption],
    ) -> None:  # fmt: skip
        self._namespace = namespace
        self._actor = actor
        self._ledger = ledger
        self._consolidator = consolidator
        self._reader = reader
        self._adopt = adopt

    def last_run(self) -> ConsolidationRun:
        """The run that `undo` would take back. Raises NotRevertible when nothing is live."""
        chain = self._ledger.chain(self._namespace)
        if not chain:
            raise nothing_live(self._namespace)
        return self._ledger.run(self._namespace, chain[-1].run_id)

    def runs_after(self, point: str | int) -> list[ConsolidationRun]:
        """The runs that a `rollback` to this point would take back, wholly or in part, the last first."""
        entries = self._consolidator().trace.point(self._namespace, str(point)).entries
        later = dict.fromkeys(link.run_id for link in self._ledger.chain(self._namespace)[entries:])
        return [self._ledger.run(self._namespace, run_id) for run_id in reversed(later)]

    def diff(self, before: str = "0", after: str = "now") -> LedgerDiff:
        """What leads from one point to another: the number of a run (the state after it), "e" and that of an entry, "0"
        for the base, or "now". Raises InputError, NotFoundError or NotRevertible for what is no live point."""
        return self._consolidator().trace.diff(self._namespace, before, after)

    def blame(self, slot: int) -> Blame:
        """The live writes that own a slot, oldest first."""
        if slot < 0:
            raise InputError(f"{slot} is no slot", hint="memos why RUN lists slots", code="input.slot")
        return self._consolidator().trace.blame(self._namespace, slot)

    def certificate(self, run_id: int, question: str, record_id: str | None = None) -> Certificate:
        """Whether the answer to a question can depend on a run at all, or on the write of one of its records."""
        trace = self._consolidator().trace
        reader = self._reader()
        assert reader is not None  # a consolidator comes with a reader
        return trace.certificate(
            self._namespace, run_id, record_id, question, reader.read(self._namespace, question)
        )

    def export(self, path: Path) -> LedgerFile:
        """Write what is live as one sealed file, whole or not at all. It holds the texts of the records."""
        bundle = self._consolidator().bundle(self._namespace)
        seal = self._ledger.write_bundle(path, bundle)
        return LedgerFile(
            path=str(path), namespace=self._namespace, fingerprint=bundle.fingerprint, entries=len(bundle.entries),
            records=len(_texts(bundle)), rows=len(bundle.rows()), bytes=path.stat().st_size, digest=bundle.digest,
            seal=seal,
        )  # fmt: skip

    def import_(
        self, path: Path, *, on_conflict: OnConflict = OnConflict.REFUSE, dry_run: bool = False,
        progress: Progress | None = None,
    ) -> MergeReport:  # fmt: skip
        """Take in what `export` wrote, here or elsewhere, as one run.

        Raises CorruptStore for a changed byte, InputError for a newer format, FingerprintMismatch for another base,
        MergeConflict where both wrote the same rows and `on_conflict` refuses that.
        """
        return self._take_in(self._ledger.read_bundle(path), on_conflict, dry_run, progress)

    def merge(
        self, namespace: str, *, on_conflict: OnConflict = OnConflict.REFUSE, dry_run: bool = False,
        progress: Progress | None = None,
    ) -> MergeReport:  # fmt: skip
        """Take in what another namespace of this home learned; it keeps its own. Errors as `import_`."""
        if namespace == self._namespace:
            raise InputError(f"{namespace!r} cannot be merged with itself", hint="name another namespace",
                             code="input.merge")  # fmt: skip
        return self._take_in(self._consolidator().bundle(namespace), on_conflict, dry_run, progress)

    def compact(self, *, rebuild: bool = False) -> CompactReport:
        """Bring the checkpoints in order, so that opening takes little; `rebuild` makes all of them anew."""
        kept = self._consolidator().compact(self._namespace, rebuild)
        self._ledger.sweep()
        return CompactReport(
            namespace=self._namespace, entries=self._ledger.live_count(self._namespace), checkpoints=tuple(kept),
            bytes=self._ledger.bytes(self._namespace),
        )  # fmt: skip

    def _take_in(
        self, bundle: LedgerBundle, on_conflict: OnConflict, dry_run: bool, progress: Progress | None
    ) -> MergeReport:
        worker = self._consolidator()
        conflicts = worker.conflicts(self._namespace, bundle)
        texts = _texts(bundle)
        if dry_run:
            met = {OnConflict.REFUSE: "refused", OnConflict.REPLAY: "trained", OnConflict.LAST: "over"}
            return MergeReport(
                source=bundle.source, on_conflict=on_conflict, conflicts=conflicts, entries=len(bundle.entries),
                records=len(texts), method="exact" if conflicts.none else met[on_conflict],
            )  # fmt: skip
        adoption = self._adopt(texts, bundle.source)
        return worker.merge(self._namespace, bundle, on_conflict, adoption, self._actor, progress)


def _texts(bundle: LedgerBundle) -> dict[str, str]:
    """Record id there -> its text, as its newest lesson has it."""
    return {entry.lesson.record_id: entry.lesson.text for entry in bundle.entries if entry.lesson is not None}
