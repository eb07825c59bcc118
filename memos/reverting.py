"""Taking back: undo, rollback, revert, and the unlearning half of forget. One operation serves all.

What a namespace's model knows follows from (base, live entries in order). So to take entries out, in any order, is to
put back the rows from before the first of them and to do the later ones again without them. The result is bit-equal to
never having learned it. Where nothing later stays, nothing is done again: stored bits are put back.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from memos.augmentation import Lesson
from memos.bookkeeping import Bookkeeper, Change
from memos.errors import NotFoundError, NotRevertible
from memos.knowledge import READ_AT_ONCE, KnowledgeReader, OwnedRows, fact_ids, learned_by
from memos.learning import Draft, Learner, Replay, out_of_memory, report
from memos.protocols import LedgerLink, Progress, SlotLedger
from memos.types import EntryKind, RevertReport


class Reverter:
    """Takes runs and records out of the live rows."""

    def __init__(
        self, *, ledger: SlotLedger, reader: KnowledgeReader, learner: Learner, books: Bookkeeper
    ) -> None:
        self._ledger = ledger
        self._reader = reader
        self._learner = learner
        self._books = books

    def revert(
        self, namespace: str, run_id: int, actor: str, record_id: str | None, progress: Progress | None
    ) -> RevertReport:
        """Take a run, or one record of it, out of the parameters. The records stay in the token store.

        Raises NotFoundError for an unknown run, NotRevertible when nothing of it is live.
        """
        run = self._ledger.run(namespace, run_id)
        chain = self._ledger.chain(namespace)
        mine = [link for link in chain if link.run_id == run_id]
        concerned = {link.seq for link in mine if record_id in (None, link.record_id)}
        if not concerned:
            what = f"run {run_id}" if record_id is None else f"{record_id} in run {run_id}"
            raise NotRevertible(
                f"{what} is not live (run {run_id} is {run.status.value})", hint="memos runs shows which are"
            )
        return self._remove(namespace, concerned, run_id, actor, "revert", progress)

    def undo(self, namespace: str, actor: str) -> RevertReport:
        """Take back the run that wrote last. Its rows' former bits are put back; nothing is trained.

        Raises NotRevertible when nothing is live.
        """
        chain = self._ledger.chain(namespace)
        if not chain:
            raise nothing_live(namespace)
        last = chain[-1].run_id
        concerned = {link.seq for link in chain if link.run_id == last}
        return self._remove(namespace, concerned, last, actor, "undo", None)

    def rollback(self, namespace: str, entries: int, actor: str) -> RevertReport:
        """Back to the state after the first `entries` live entries. Nothing is trained.

        Raises NotRevertible when that is the state now, NotFoundError when there are not so many.
        """
        chain = self._ledger.chain(namespace)
        if entries > len(chain) or entries < 0:
            raise NotFoundError(
                f"{namespace!r} has {len(chain)} live entries, not {entries}", hint="memos runs", code="ledger.point"
            )
        if entries == len(chain):
            raise NotRevertible(
                "nothing was written after that", hint="memos runs shows what is live", code="ledger.nothing_later"
            )
        concerned = {link.seq for link in chain[entries:]}
        return self._remove(namespace, concerned, 0, actor, "rollback", None)

    def remove_records(
        self, namespace: str, record_ids: Sequence[str], actor: str, progress: Progress | None
    ) -> RevertReport | None:
        """Take every trace of some records out of the live rows; None when there is none."""
        wanted = set(record_ids)
        concerned = {link.seq for link in self._ledger.chain(namespace) if link.record_id in wanted}
        if not concerned:
            return None
        return self._remove(namespace, concerned, 0, actor, "unlearn", progress)

    def _remove(
        self, namespace: str, concerned: Collection[int], run_id: int, actor: str, kind: str,
        progress: Progress | None,
    ) -> RevertReport:  # fmt: skip
        # Before anything is read: what is committed meanwhile must make the commit fail.
        head = self._ledger.head(namespace)
        self._reader.check_fingerprint(namespace)
        chain = self._ledger.chain(namespace)
        first = min(concerned)
        kept = [link for link in chain if link.seq < first]
        later = [link for link in chain if link.seq >= first]
        again = _surviving(kept, later, concerned)
        fold = self._reader.fold(namespace, kept)
        state = self._reader.knowledge(fold, namespace)
        # From lessons, not from rows: to forget a run whose rows are damaged is how a ledger is mended.
        taught = learned_by([*state.writes, *self._teachings(namespace, later)])
        replay = Replay(
            self._learner, fold, self._ledger.change, {link.run_id for link in later if link.seq in concerned}
        )
        drafts: list[Draft] = []
        # The seqs of `kept` end below `first`; one entry at a time, for their lessons are large and training is slow.
        for done, link in enumerate(again):
            report(progress, done, len(again), "doing later writes again without it")
            (entry,) = self._ledger.entries(namespace, after=link.seq - 1, limit=1)
            try:
                draft, state = replay.step(entry, state)
            except (MemoryError, RuntimeError) as error:
                if (clear := out_of_memory(error)) is None:
                    raise
                raise clear from error
            drafts.append(draft)

        records = tuple(dict.fromkeys(one.record_id for one in later if one.seq in concerned and one.record_id))
        self._books.commit(
            Change(
                namespace=namespace, head=head, before=taught, digest_before=chain[-1].digest_after, after=state, retired=later, drafts=drafts, kind=kind,
                subject=f"run:{run_id}" if run_id else "records",
                payload={"records": list(records), "retired": [link.seq for link in later]},
            ), actor,
        )  # fmt: skip
        digest = state.overlay.digest()
        return RevertReport(
            run_id=run_id, record_ids=records, method="replay" if again else "restore", replayed=len(again),
            digest_before=chain[-1].digest_after, digest_after=digest,
            exact=bool(again) or digest == later[0].digest_before,
        )  # fmt: skip

    def _teachings(self, namespace: str, later: Sequence[LedgerLink]) -> list[OwnedRows]:
        """The writes among `later` with the facts they teach and none of their rows."""
        import numpy as np

        none = np.empty(0, np.int64)
        writes = [link for link in later if link.kind is EntryKind.WRITE]
        found: list[OwnedRows] = []
        for start in range(0, len(writes), READ_AT_ONCE):
            some = writes[start : start + READ_AT_ONCE]
            texts = self._ledger.lessons(namespace, [link.seq for link in some])
            found.extend(
                OwnedRows(link.run_id, str(link.record_id), none, link.seq, fact_ids(Lesson.from_json(texts[link.seq])))
                for link in some if link.seq in texts
            )  # fmt: skip
        return found


def nothing_live(namespace: str) -> NotRevertible:
    return NotRevertible(
        f"nothing in the parameters of {namespace!r} is live", hint="memos runs shows what was", code="ledger.empty"
    )


def _surviving(
    kept: Sequence[LedgerLink], later: Sequence[LedgerLink], concerned: Collection[int]
) -> list[LedgerLink]:
    """What is to be done again. A sleep of a run that keeps no write has nothing of its own to refine."""
    stays = [link for link in later if link.seq not in concerned]
    writing = {link.run_id for link in (*kept, *stays) if link.kind is EntryKind.WRITE}
    return [link for link in stays if link.run_id in writing]
