"""One run from its opening to its end. Whatever happens between, its row says so, and rows change only by its commit."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress

from memos.bookkeeping import Bookkeeper, Change
from memos.errors import MemosError
from memos.gating import Attempt
from memos.knowledge import Knowledge
from memos.learning import out_of_memory
from memos.protocols import SlotLedger
from memos.types import ConsolidationRun, RunStatus, utc_now


class Runs:
    """Carries out attempts as runs."""

    def __init__(self, *, ledger: SlotLedger, books: Bookkeeper, fingerprint: Callable[[], str], seed: int) -> None:
        self._ledger = ledger
        self._books = books
        self._fingerprint = fingerprint
        self._seed = seed

    def carry_out(
        self, namespace: str, records: tuple[str, ...], head: int, before: Knowledge, actor: str,
        attempt: Callable[[ConsolidationRun], Attempt], check: Callable[[ConsolidationRun], None],
        kind: str = "consolidate",
    ) -> ConsolidationRun:  # fmt: skip
        """The run, COMMITTED or REJECTED.

        head: the ledger's before `before` was read. attempt: trains and measures. check: runs inside the commit's
        transaction, and may refuse by raising. An exception or Ctrl-C before the commit leaves the rows as they were and
        the run on record as REJECTED. Raises ConsolidationError when memory runs out.
        """
        run = done = self._open(namespace, records, before)
        started = time.perf_counter()
        try:
            result = attempt(run)
            done = result.told(run, before)
            done = done.model_copy(update={"seconds": round(time.perf_counter() - started, 3)})
            if done.status is RunStatus.REJECTED:
                self._books.reject(done, actor)
                return done
            done = done.model_copy(update={"status": RunStatus.COMMITTED})
            self._books.commit(
                Change(
                    namespace=namespace, head=head, before=before.learned_by(), digest_before=run.digest_before,
                    after=result.after, drafts=result.drafts, run=done, kind=kind, subject=f"run:{run.id}",
                    payload={"records": list(done.record_ids), "rejected": list(done.rejected_ids)},
                ), actor, lambda: check(done),
            )  # fmt: skip
            return done
        except BaseException as error:
            given_up = done.model_copy(update={"seconds": round(time.perf_counter() - started, 3)})
            clear = out_of_memory(error)
            if self._give_up(given_up, clear or error, actor) and clear is not None:
                raise clear from error
            raise

    def _open(self, namespace: str, records: tuple[str, ...], before: Knowledge) -> ConsolidationRun:
        digest = before.overlay.digest()
        return self._books.open_run(
            ConsolidationRun(
                id=0, namespace=namespace, status=RunStatus.PLANNED, created_at=utc_now(),
                fingerprint=self._fingerprint(), seed=self._seed, record_ids=records,
                digest_before=digest, digest_after=digest,
            )
        )  # fmt: skip

    def _give_up(self, run: ConsolidationRun, error: BaseException, actor: str) -> bool:
        """Put on record why a run ended early; False where it was committed all the same. The error is the caller's to raise."""
        why = "interrupted" if isinstance(error, KeyboardInterrupt) else f"{type(error).__name__}: {error}"
        # Where even this cannot be written the run stays PLANNED, which says that nothing of it was committed.
        with suppress(MemosError):
            # An interruption may come after the commit and before its return: then the run stands.
            if self._ledger.run(run.namespace, run.id).status is not RunStatus.PLANNED:
                return False
            self._books.reject(run.model_copy(update={"reason": why}), actor)
        return True
