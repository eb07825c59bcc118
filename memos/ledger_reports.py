"""What the verbs of the ledger report: frozen values, serialised as they are by `--json`.

Norms are Euclidean, in the units of the value table. A point of a ledger is a state between two entries.
"""

from __future__ import annotations

from enum import StrEnum

from memos.types import ConsolidationRun, Utc, Value


class OnConflict(StrEnum):
    """What a merge does where both ledgers wrote the same rows, or teach different values for the same thing.

    REFUSE: nothing; the report says where. REPLAY: the incoming lessons are trained again on top, through the gate.
    LAST: the incoming rows are put over the ones here, bit for bit; the newest value of a fact wins.
    """

    REFUSE = "refuse"
    REPLAY = "replay"
    LAST = "last"


class TaughtFact(Value):
    """A value that the parameters were taught, and the record it came from."""

    record_id: str
    subject: str
    relation: str
    value: str


class ChangedRow(Value):
    """One row at two points, and how far it lies from itself."""

    slot: int
    norm_before: float
    norm_after: float
    moved: float


class LedgerDiff(Value):
    """From one point to another. `moved` is the norm of all rows' difference; `most` the rows that moved furthest.

    A fact whose value changed is in both `learned` and `gone`. `entries` is negative when going back.
    """

    before: str
    after: str
    entries: int
    rows: int
    moved: float
    norm_before: float
    norm_after: float
    digest_before: str
    digest_after: str
    most: tuple[ChangedRow, ...] = ()
    learned: tuple[TaughtFact, ...] = ()
    gone: tuple[TaughtFact, ...] = ()


class SlotOwner(Value):
    """A live write that selected a slot. `moved`: how far that write moved its row."""

    entry: int
    run_id: int
    record_id: str
    text: str
    at: Utc
    moved: float


class Blame(Value):
    """Who wrote a slot, oldest first. `refined` counts the sleeps since its first write; `norm` is that of the row now."""

    slot: int
    norm: float
    owners: tuple[SlotOwner, ...] = ()
    refined: int = 0


class Certificate(Value):
    """Whether an answer can depend on a write at all. `meeting`: slots that prompt and answer read among its rows.

    Addresses never move. So `untouched` proves that prompt and answer are computed from the same bits with the write and
    without it; where they meet it says only that they may differ.
    """

    run_id: int
    record_id: str | None
    question: str
    answer: str
    untouched: bool
    slots_read: int
    rows: int
    meeting: tuple[int, ...] = ()


class LedgerFile(Value):
    """A ledger as one file. `seal` is the sha256 that its header holds over every byte of it."""

    path: str
    namespace: str
    fingerprint: str
    entries: int
    records: int
    rows: int
    bytes: int
    digest: str
    seal: str


class Contradiction(Value):
    """The same subject and relation, with one value here and another there."""

    subject: str
    relation: str
    here: str
    there: str
    record_here: str
    record_there: str


class Conflicts(Value):
    """Where two ledgers meet. `records_here` and `records_there` own the shared rows."""

    shared_rows: tuple[int, ...] = ()
    records_here: tuple[str, ...] = ()
    records_there: tuple[str, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()

    @property
    def none(self) -> bool:
        return not self.shared_rows and not self.contradictions


class MergeReport(Value):
    """What came in. `method`: "exact" (disjoint rows, bits as they are), "trained" (replayed here), "over" or "refused".

    `run` is the run that it became; None for a dry run.
    """

    source: str
    on_conflict: OnConflict
    method: str
    conflicts: Conflicts
    entries: int
    records: int
    run: ConsolidationRun | None = None


class CompactReport(Value):
    """Checkpoints of a namespace: the numbers of entries they stand at."""

    namespace: str
    entries: int
    checkpoints: tuple[int, ...] = ()
    bytes: int = 0

