"""The seams: what the manager needs from stores, policies, embedders and models, and nothing about how they do it.

Every implementation of a seam passes the same contract suite in `tests/contracts/`. All methods that touch stored
data take a namespace, and filter by it inside the query. Methods that write join the transaction opened by
`UnitOfWork.begin()` in the same thread, or run in one of their own.
"""

from __future__ import annotations

import builtins
from array import array
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from memos.augmentation import Lesson
    from memos.bundles import LedgerBundle
    from memos.checkpoints import Checkpoint
    from memos.prompting import Note

    Vector = npt.NDArray[np.float32]

from memos.types import (
    Activity,
    Attribution,
    AuditEvent,
    Candidate,
    CascadeVerdict,
    ConsolidationRun,
    DecisionSeen,
    EntryKind,
    Experience,
    FactKey,
    Finding,
    JsonDict,
    Link,
    MemoryRecord,
    RecallDecision,
    RecallHit,
    RecordOrder,
    RecordState,
    Revision,
    RoutingDecision,
    StoredBytes,
    WindowUse,
)

Progress = Callable[[int, int, str], None]
"""Called with (done, total, what); total 0 means unknown."""


class UnitOfWork(Protocol):
    """One SQL transaction. Re-entrant in a thread: an inner `begin` joins the outer one."""

    def begin(self) -> AbstractContextManager[None]: ...


class Embedder(Protocol):
    """Text to unit vectors. `identity` names model, revision, pooling and dimension; equal identity, equal vectors."""

    @property
    def identity(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    def embed(self, texts: Sequence[str]) -> Vector:
        """float32 [len(texts), dimension], rows of norm 1."""
        ...


class Reranker(Protocol):
    """Reads a query and texts together, and judges how well each answers."""

    def judge(self, query: str, texts: Sequence[str]) -> Sequence[float]:
        """Relevance of each text, in [0, 1]."""
        ...


class VectorIndex(Protocol):
    """Nearest neighbours by inner product among vectors keyed by an integer. Derived: SQL can rebuild it."""

    @property
    def sequence(self) -> int:
        """Number of the last change of the SQL store that this index has seen."""
        ...

    def __len__(self) -> int: ...

    def add(self, keys: Sequence[int], vectors: Vector) -> None: ...

    def remove(self, keys: Sequence[int]) -> None: ...

    def search(
        self, query: Vector, k: int, allowed: npt.NDArray[np.int64] | None = None, *,
        excluded: npt.NDArray[np.int64] | None = None,
    ) -> list[tuple[int, float]]:
        """(key, inner product), best first, among `allowed` keys less the `excluded`. Both act inside the search."""
        ...

    def save(self, sequence: int) -> None: ...

    def clear(self) -> None: ...


@dataclass(frozen=True)
class Neighbour:
    """A stored record close to a new text, for the routing policy."""

    record: MemoryRecord
    cosine: float


@dataclass(frozen=True)
class StoreCounts:
    """Rows of one namespace."""

    experiences: int
    records: int
    active: int
    paused: int
    superseded: int
    bytes: int


@dataclass(frozen=True)
class DayCount:
    """Records learned on one day (UTC) that are in one state now. `bytes` is the size of their texts; `recalled` and
    `cited` count those that ever were."""

    day: date
    state: str
    records: int
    bytes: int
    recalled: int
    cited: int


@dataclass(frozen=True)
class UseCount:
    """How many active records were recalled and cited exactly so often."""

    recalled: int
    cited: int
    records: int


class TokenStore(Protocol):
    """Every experience word for word, searchable; SQL is the truth.

    Filters are the typed expression of `memos.stores.filters`. `get` and friends raise NotFoundError for an id that
    is absent *or belongs to another namespace*: the two cannot be told apart from outside.
    """

    def add_experience(self, experience: Experience, decision: RoutingDecision) -> None:
        """Store the experience and the decision taken about it; a dropped experience keeps its decision, not its text."""
        ...

    def add(self, record: MemoryRecord, vector: Vector | None, context_vector: Vector | None = None, *,
            reason: str = "") -> None:
        """Keep a record. `context_vector`: that of its text after the turn before it, where there is one."""
        ...

    def restore(self, record: MemoryRecord, history: Sequence[Revision], vector: Vector | None,
                context_vector: Vector | None = None) -> None:
        """Keep a record as it was elsewhere, with its past; the last of `history` is its present revision."""
        ...

    def restore_links(self, namespace: str, record_id: str, links: Sequence[Link]) -> None:
        """Link the record as it was linked elsewhere; links to what is not here are passed over."""
        ...

    def connect(self, namespace: str, record_id: str, names: Sequence[str], near: Sequence[Neighbour] = ()) -> None:
        """Link a kept record to what it continues, to what names the same, and to the similar among `near`."""
        ...

    def nameless(self, namespace: str, limit: int, after: str | None = None) -> list[MemoryRecord]:
        """Records of which no name is noted, oldest first, those kept after the record `after`."""
        ...

    def supersede(self, namespace: str, record_id: str, by: MemoryRecord, at: datetime, reason: str,
                  vector: Vector | None = None, context_vector: Vector | None = None) -> None:
        """Close the older record's validity at `at` and keep `by` after it, unless it is kept already."""
        ...

    def merge(self, namespace: str, record_id: str, experience: Experience, reason: str) -> MemoryRecord:
        """Count one more sighting of the same content."""
        ...

    def update(self, namespace: str, record_id: str, *, text: str, vector: Vector | None, reason: str,
               fact: FactKey | None = None, context_vector: Vector | None = None) -> MemoryRecord:
        """Give a record another text, as a new revision. Vectors are replaced, or dropped where None is given."""
        ...

    def set_state(self, namespace: str, record_id: str, state: RecordState, reason: str) -> MemoryRecord: ...

    def approve(self, namespace: str, record_ids: Sequence[str]) -> None: ...

    def mark_learned(self, namespace: str, record_ids: Sequence[str], run_id: int | None) -> None: ...

    def touch(self, namespace: str, recalled: Sequence[str], cited: Sequence[str], at: datetime) -> None:
        """Count a use. Not a revision."""
        ...

    def get(self, namespace: str, record_id: str) -> MemoryRecord: ...

    def resolve(self, namespace: str, prefix: str) -> str:
        """The one id that starts with `prefix`. Raises NotFoundError for none, InputError for several."""
        ...

    def ids(self, namespace: str, prefix: str, limit: int) -> builtins.list[str]:
        """Ids of records that start with `prefix`, in order."""
        ...

    def list(self, namespace: str, *, where: Any | None = None, states: Sequence[RecordState] = (),
             limit: int = 100, offset: int = 0, newest_first: bool = True) -> builtins.list[MemoryRecord]: ...

    def history(self, namespace: str, record_id: str) -> builtins.list[Revision]: ...

    def links(self, namespace: str, record_id: str) -> tuple[Link, ...]:
        """Every link of the record, from it and to it, the heaviest first."""
        ...

    def decisions(self, namespace: str, *, limit: int = 100, record_id: str | None = None) -> builtins.list[RoutingDecision]: ...

    def find_exact(self, namespace: str, digest: str) -> MemoryRecord | None:
        """The active record whose normalised text has this `text_hash`."""
        ...

    def find_fact(self, namespace: str, subject: str, attribute: str) -> builtins.list[MemoryRecord]:
        """Active records about the same subject and attribute, newest first."""
        ...

    def neighbours(self, namespace: str, vector: Vector, k: int) -> builtins.list[Neighbour]: ...

    def kin(self, namespace: str, record_id: str, k: int) -> builtins.list[Neighbour]:
        """The current records nearest to a kept one, itself left out; none where it has no vector."""
        ...

    def dangling(self, namespace: str) -> builtins.list[tuple[str, str]]:
        """(record id, id it names) wherever a record names one that supersedes, or was superseded, and is not there."""
        ...

    def unlink(self, namespace: str, record_ids: Sequence[str]) -> None:
        """Let go of names of records that are not there."""
        ...

    def search(self, namespace: str, query: str, vector: Vector | None, k: int, *, where: Any | None = None,
               as_of: datetime | None = None) -> builtins.list[RecallHit]: ...

    def speakers(self, namespace: str) -> frozenset[str]:
        """Who said what is newest in the namespace."""
        ...

    def purge(self, namespace: str, record_ids: Sequence[str]) -> dict[str, int]:
        """Erase records with all that quotes them: revisions, experiences, decisions' words, vectors, index entries.

        Returns rows erased by kind. The bytes are gone from disk after `compact`.
        """
        ...

    def still_says(self, text: str) -> bool:
        """Whether any row, of any namespace, rightly holds these words."""
        ...

    def stored_bytes(self) -> StoredBytes:
        """Where the bytes of the store lie, and which copies of them nothing here can reach."""
        ...

    def compact(self) -> None:
        """Make erased bytes unreadable on disk: checkpoint the log, vacuum. Outside any transaction."""
        ...

    def experience(self, namespace: str, experience_id: str) -> Experience: ...

    def experiences(self, namespace: str, *, session: str | None = None, limit: int = 100) -> builtins.list[Experience]: ...

    def namespaces(self) -> builtins.list[str]: ...

    def counts(self, namespace: str) -> StoreCounts: ...

    def days(self, namespace: str) -> builtins.list[DayCount]:
        """Every record counted once, by day and state, oldest first."""
        ...

    def use(self, namespace: str) -> builtins.list[UseCount]:
        """Every active record counted once, the least used first."""
        ...

    def rebuild_index(self, progress: Progress | None = None) -> int: ...

    def reindex(self, progress: Progress | None = None, on_switch: Callable[[], None] | None = None) -> int:
        """Embed every text again with this store's embedder while the old vectors serve, then switch all at once.

        `on_switch` is called in the transaction of the switch. Returns how many texts were embedded.
        """
        ...

    def check_index(self) -> str:
        """One line about the derived indexes. Raises IndexStale when one of them disagrees with SQL."""
        ...


class Browser(Protocol):
    """One namespace, page by page: keys in order, then the rows of a window of them. Changes nothing."""

    def sequence(self) -> int:
        """Number of the newest audit event. Raises StoreError or NotFoundError when the store is gone."""
        ...

    def record_keys(self, *, words: str = "", where: Any | None = None, states: Sequence[RecordState] = (),
                    order: RecordOrder = RecordOrder.NEWEST) -> array[int]: ...

    def records(self, keys: Sequence[int]) -> dict[int, MemoryRecord]: ...

    def record_key(self, record_id: str) -> int | None:
        """Where a record stands among `record_keys`; None where it is not."""
        ...

    def decision_keys(self, *, words: str = "", action: str = "") -> array[int]: ...

    def decisions_about(self, experience_id: str) -> dict[int, DecisionSeen]: ...

    def decisions(self, keys: Sequence[int]) -> dict[int, DecisionSeen]: ...

    def event_keys(self, *, words: str = "") -> array[int]: ...

    def events(self, keys: Sequence[int]) -> dict[int, AuditEvent]: ...

    def activity(self, days: int = 30) -> Activity: ...


class AuditLog(Protocol):
    """Append-only, hash-chained. `append` joins the caller's transaction, so no state changes without its event."""

    def append(self, *, namespace: str, kind: str, subject: str, payload: JsonDict, actor: str) -> AuditEvent: ...

    def events(self, namespace: str | None = None, *, limit: int | None = None, kinds: Sequence[str] = (),
               newest_first: bool = True) -> list[AuditEvent]: ...

    def last_sequence(self) -> int: ...

    def verify(self) -> int:
        """Number of events checked. Raises ChainBroken naming the first event that does not follow."""
        ...


class ContextBuffer(Protocol):
    """The conversation now, under a token budget. What the token store holds, and in passing what was dropped."""

    def append(self, experience: Experience) -> None:
        """Put a stored experience at the end of its session. Joins the caller's transaction."""
        ...

    def pass_by(self, experience: Experience) -> None:
        """Show a turn that is not kept, while this process lasts."""
        ...

    def let_go(self, namespace: str) -> None:
        """Drop every passing turn: it may quote what is being forgotten."""
        ...

    def turns(self, namespace: str, session: str, *, latest: int | None = None) -> list[Experience]:
        """Every kept turn of the session, oldest first, whole; `latest` limits it to the last few."""
        ...

    def messages(self, namespace: str, session: str, budget: int) -> list[dict[str, str]]:
        """Pinned blocks, then the latest turns that fit `budget` tokens less what is reserved for the output."""
        ...

    def use(self, namespace: str, session: str, budget: int) -> WindowUse:
        """How `messages` spends its budget, in tokens of the model."""
        ...

    def pin(self, namespace: str, label: str, text: str) -> None:
        """Keep a block before every conversation of the namespace; the same label replaces."""
        ...

    def unpin(self, namespace: str, label: str) -> None: ...

    def blocks(self, namespace: str) -> list[PinnedBlock]: ...

    def sessions(self, namespace: str) -> list[str]: ...

    def clear(self, namespace: str, session: str) -> int:
        """Empty the window of one session; the token store keeps what it held. Returns turns removed."""
        ...


@dataclass(frozen=True)
class PinnedBlock:
    """Text that stands before every conversation of a namespace."""

    label: str
    text: str


class Prepared(NamedTuple):
    """A text as it may be stored, and the kinds of secret that were taken out of it."""

    text: str
    found: tuple[str, ...]


class RoutingPolicy(Protocol):
    """Where an experience goes. Pure: everything it may know comes in."""

    name: str

    def prepare(self, experience: Experience) -> Prepared:
        """The text that may be stored. Called before facts, vectors or hashes are made of it."""
        ...

    def route(self, experience: Experience, view: RoutingView) -> RoutingDecision:
        """Decide about the experience, its text already prepared.

        ADD with a `target` means: true once, but `target` is newer; the record is born superseded by it.
        """
        ...


@dataclass(frozen=True)
class RoutingView:
    """What a routing policy may look at. `injected`: texts put before the model in this session."""

    fact: FactKey | None
    exact: MemoryRecord | None
    same_fact: Sequence[MemoryRecord]
    neighbours: Sequence[Neighbour]
    injected: Sequence[str]
    now: datetime


class RecallPolicy(Protocol):
    """Ask the parameters, the store, or both."""

    name: str

    def decide(self, question: str, view: RecallView) -> RecallDecision: ...

    def keep(self, view: ParametricAnswerView) -> CascadeVerdict: ...


@dataclass(frozen=True)
class RecallView:
    """What the recall policy may know before anything is asked."""

    live_records: int
    has_parameters: bool
    has_store: bool
    forced: str | None = None


@dataclass(frozen=True)
class ParametricAnswerView:
    """A parametric answer and what speaks for it.

    `newer_record` is a stored record that overrules the write; `other_fact` the record behind the answer, where that
    is known to state another fact than the one asked for.
    """

    text: str
    known: bool
    confidence: float
    familiarity: float
    newer_record: str | None
    other_fact: str | None = None


class ConsolidationPolicy(Protocol):
    """Which records graduate into the parameters, and why the others do not."""

    name: str

    def choose(
        self, records: Sequence[MemoryRecord], now: datetime, *, min_score: float | None = None
    ) -> tuple[list[Candidate], list[Candidate]]:
        """(chosen, skipped), best first, each with its reason. `min_score` 0 takes all that may be taken at all."""
        ...


@dataclass(frozen=True)
class KeptView:
    """A kept record and what stands around it: `same` has the same normalised text, `near` its nearest, `same_fact` the
    active records about the same subject and attribute; each without the record itself."""

    record: MemoryRecord
    same: Sequence[MemoryRecord]
    near: Sequence[Neighbour]
    same_fact: Sequence[MemoryRecord]
    now: datetime


class HygienePolicy(Protocol):
    """What is wrong with a kept record. Pure; proposes a remedy and carries none out."""

    name: str

    def examine(self, view: KeptView) -> list[Finding]: ...

    def shown(self, text: str) -> str:
        """The text as a report may show it."""
        ...


class RetentionPolicy(Protocol):
    """Which records fade. Fading pauses; only forget erases."""

    name: str

    def fading(self, records: Sequence[MemoryRecord], now: datetime) -> list[Candidate]: ...


class Generator(Protocol):
    """Turns a prompt into text. `count_tokens` uses the model's real tokenizer.

    `namespace` names the rows the model answers with; None leaves the parametric tier out of it.
    """

    @property
    def identity(self) -> str: ...

    def answer(self, question: str, notes: Sequence[Note], history: Sequence[Mapping[str, str]] = (), *,
               namespace: str | None = None) -> GeneratedText: ...

    def stream(self, question: str, notes: Sequence[Note], history: Sequence[Mapping[str, str]] = (), *,
               namespace: str | None = None) -> Iterator[str]: ...

    def is_answer(self, text: str) -> bool:
        """False when the text admits not knowing."""
        ...

    def count_tokens(self, text: str) -> int: ...


@dataclass(frozen=True)
class GeneratedText:
    """`confidence` is exp of the mean token log-probability, in [0, 1]; None where the model does not tell.

    `known` is False when the text admits not knowing.
    """

    text: str
    confidence: float | None
    known: bool


@dataclass(frozen=True)
class ParametricReading:
    """A closed-book answer with what it was read from. `familiarity` is the share of slot weight at the answer's
    positions that falls into rows owned by live writes; `attributions` splits it by write, strongest first. `asked` is the
    (subject, attribute) that the question was understood to ask for, None where it was put as it stood. `slots` are all
    that prompt and answer read, sorted."""

    text: str
    known: bool
    confidence: float
    familiarity: float
    slots_read: int
    attributions: tuple[Attribution, ...]
    asked: tuple[str, str] | None = None
    slots: tuple[int, ...] = ()


class ParametricReader(Protocol):
    """Asks the parameters alone."""

    def read(self, namespace: str, question: str) -> ParametricReading: ...


@dataclass(frozen=True)
class LedgerEntry:
    """One write or sleep of one run: rows before and after, and everything needed to do it again.

    `seed` is the randomness of the step, `settings` its recipe, `lesson` the JSON of a write's wordings (None for a sleep):
    with the rows before it they determine the rows after it, bit for bit. `file` is the sha256 of the safetensors
    file that holds `rows`, `before` and `after`; empty once `forget` erased it.
    """

    seq: int
    run_id: int
    namespace: str
    kind: EntryKind
    record_id: str | None
    lesson: str | None
    layer: int
    file: str
    rows: int
    seed: int
    settings: JsonDict
    report: JsonDict
    digest_before: str
    digest_after: str
    live: bool = True


@dataclass(frozen=True)
class RowChange:
    """The tensors of one entry, as arrays: rows int64 [t], before and after float32 [t, d_value]."""

    rows: npt.NDArray[np.int64]
    before: Vector
    after: Vector


class LedgerLink(NamedTuple):
    """A live entry in brief: enough to know what a namespace's model was taught when, without tensors and lessons."""

    seq: int
    hash: str
    run_id: int
    record_id: str | None
    kind: EntryKind
    digest_before: str
    digest_after: str


class SlotLedger(Protocol):
    """Every write to the parameters, in order, with old and new rows. Nothing leaves it but by `erase`."""

    def new_run(self, run: ConsolidationRun) -> ConsolidationRun:
        """Store the run under a new id, which it returns filled in."""
        ...

    def set_run(self, run: ConsolidationRun) -> None: ...

    def runs(self, namespace: str, *, limit: int | None = None) -> list[ConsolidationRun]: ...

    def run(self, namespace: str, run_id: int) -> ConsolidationRun:
        """Raises NotFoundError for an id that is absent or another namespace's."""
        ...

    def head(self, namespace: str) -> int:
        """Number of the last change to this namespace's ledger; 0 when nothing was ever written."""
        ...

    def append(self, entry: LedgerEntry, change: RowChange) -> LedgerEntry:
        """Store the tensors, then the row; `seq` and `file` are filled in."""
        ...

    def retire(self, namespace: str, seqs: Sequence[int]) -> None:
        """Mark entries as no longer part of what the model knows. Their files stay."""
        ...

    def chain(self, namespace: str) -> list[LedgerLink]:
        """Every live entry in brief, in the order of writing."""
        ...

    def live_count(self, namespace: str) -> int: ...

    def fingerprints(self, namespace: str) -> dict[str, int]:
        """Model fingerprint -> one run with live entries that was written into that model."""
        ...

    def entries(self, namespace: str, *, live: bool | None = True, run_id: int | None = None,
                record_id: str | None = None, after: int = 0, limit: int | None = None) -> list[LedgerEntry]:
        """In the order of writing, from the first `seq` above `after` on; at most `limit`."""
        ...

    def lessons(self, namespace: str, seqs: Sequence[int]) -> dict[int, str]:
        """The lessons of these writes as JSON, by `seq`; erased ones are absent."""
        ...

    def change(self, entry: LedgerEntry) -> RowChange:
        """Raises CorruptStore when the file is missing or its content does not match its name."""
        ...

    def erase(self, namespace: str, record_ids: Sequence[str], from_seq: int) -> dict[str, int]:
        """Erase the lessons of `record_ids`, and the tensors of every retired entry from `from_seq` on."""
        ...

    def sweep(self) -> int:
        """Remove tensor files that no row names and checkpoints that stand for nothing live; returns how many."""
        ...

    def bytes(self, namespace: str) -> int: ...

    def write_bundle(self, path: Path, bundle: LedgerBundle) -> str:
        """One sealed file; returns the seal. Raises StoreUnwritable."""
        ...

    def read_bundle(self, path: Path) -> LedgerBundle:
        """Raises NotFoundError, CorruptStore for a changed byte, InputError for another or a newer format."""
        ...

    def newest_checkpoint(self, links: Sequence[LedgerLink]) -> Checkpoint | None:
        """The sound checkpoint that stands for the most of these entries, counted from the first."""
        ...

    def checkpoints(self, namespace: str) -> list[Checkpoint]:
        """Those that stand for live entries, oldest first. Raises CorruptStore for a damaged one."""
        ...

    def save_checkpoint(self, namespace: str, checkpoint: Checkpoint) -> bool:
        """Keep it; False, and nothing is written, when its entries are not the live ones any more."""
        ...

    def thin_checkpoints(self, namespace: str, kept: Collection[int]) -> int:
        """Delete this namespace's checkpoints at other numbers of entries than `kept`; returns how many."""
        ...


class Overlay(Protocol):
    """What one namespace's model knows beyond the base: rows of the slot table, as an immutable value."""

    def __len__(self) -> int: ...

    def digest(self) -> str:
        """Hash of rows and bits. Equal digests, equal knowledge."""
        ...


@dataclass(frozen=True)
class TrainingStep:
    """What one write or sleep did: the rows it changed, the overlay that results, and its measurements."""

    change: RowChange
    overlay: Overlay
    report: JsonDict


@dataclass(frozen=True)
class GateMeasure:
    """Free-running, exact-match shares in [0, 1]. `per_lesson` is the held-out share of each lesson, by its key.

    `held_out`: asked as users' questions are; `as_they_stand`: the same wordings, not put in plain words first.
    """

    learned: float
    held_out: float
    old_before: float
    old_after: float
    honest: float
    per_lesson: Mapping[str, float]
    as_they_stand: float | None = None


class Augmenter(Protocol):
    """Many wordings of one fact. Returns no lesson for a text in which it recognises nothing to learn."""

    def lessons(self, record_id: str, text: str) -> Sequence[Lesson]: ...


@dataclass(frozen=True)
class Awake:
    """What was written since the latest sleep: keys of its lessons, and the rows they selected, sorted int64 [t]."""

    lessons: frozenset[str]
    rows: npt.NDArray[np.int64]


class SlotTrainer(Protocol):
    """Writes lessons into rows. Deterministic: equal arguments give equal bits, in another process too."""

    @property
    def fingerprint(self) -> str:
        """Identity of base weights, tokenizer and addresses; rows learned under another mean nothing here."""
        ...

    @property
    def layer(self) -> int: ...

    def recipe(self) -> JsonDict:
        """The settings of writes and sleeps, kept with every entry so that it can be replayed."""
        ...

    def empty(self) -> Overlay: ...

    def with_rows(self, overlay: Overlay, rows: npt.NDArray[np.int64], values: Vector) -> Overlay: ...

    def write(self, overlay: Overlay, lesson: Lesson, live: Sequence[Lesson], recipe: JsonDict, seed: int
              ) -> TrainingStep: ...

    def sleep(self, overlay: Overlay, owned: npt.NDArray[np.int64], lessons: Sequence[Lesson], recipe: JsonDict,
              seed: int, progress: Progress | None = None, awake: Awake | None = None) -> TrainingStep:
        """Refine rows together. `awake` says what is new since the latest sleep: a recipe may refine that alone."""
        ...

    def measure(self, before: Overlay, after: Overlay, lessons: Sequence[Lesson], live: Sequence[Lesson], seed: int
                ) -> GateMeasure: ...

    def activate(self, namespace: str, overlay: Overlay) -> None:
        """Make the model answer for this namespace with these rows."""
        ...
