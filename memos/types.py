"""The frozen values that cross a boundary between modules. Standard library and pydantic only.

Knows nothing of SQL, tensors or terminals. Every value serialises with `model_dump(mode="json")`; the CLI's `--json`
is made of exactly these. Times are timezone-aware UTC datetimes. Scores are floats without unit unless a field says
otherwise.
"""

from __future__ import annotations

import hashlib
import unicodedata
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

JsonDict = dict[str, Any]


def _as_utc(moment: datetime) -> datetime:
    """Naive times are taken as UTC, so that two machines never read one database differently."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


Utc = Annotated[datetime, AfterValidator(_as_utc)]


def utc_now() -> datetime:
    """The clock. Injected wherever a decision depends on it; called only at the edges."""
    return datetime.now(UTC)


def normalise_text(text: str) -> str:
    """The form under which two texts are *the same experience*: NFKC, folded case, single spaces, no end punctuation."""
    folded = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return folded.rstrip(" .!?…")


def text_hash(text: str) -> str:
    """sha256 of the normalised text, hex. Equal hashes mean an exact duplicate."""
    return hashlib.sha256(normalise_text(text).encode("utf-8", "surrogatepass")).hexdigest()


class Value(BaseModel):
    """A frozen value: equal by content, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


# --- what an agent experiences, and what is kept of it ---------------------------------------------------------------


class Tier(StrEnum):
    CONTEXT = "context"
    TOKEN = "token"
    PARAMETRIC = "parametric"


class Origin(StrEnum):
    """Who brought the text. Only `USER` reaches the parameters without approval (invariant 10)."""

    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"
    IMPORT = "import"


class Source(Value):
    """Where an experience came from: the session, the turn within it, and who spoke."""

    session: str | None = None
    turn: int | None = None
    actor: str | None = None


class Experience(Value):
    """One thing the agent saw, word for word.

    `occurred_at` is when it was said or happened, `observed_at` when memos learned of it.
    """

    id: str
    namespace: str
    text: str
    origin: Origin = Origin.USER
    source: Source = Source()
    occurred_at: Utc
    observed_at: Utc
    metadata: JsonDict = Field(default_factory=dict)


class RecordState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    SUPERSEDED = "superseded"
    FORGOTTEN = "forgotten"


class FactKey(Value):
    """What a record is about, when it states one recognisable fact: the same key with another value supersedes."""

    subject: str
    attribute: str
    value: str


class MemoryRecord(Value):
    """A kept experience. The text never changes silently: every change is a new `revision`.

    `valid_from` (inclusive) to `valid_to` (exclusive, None = still) is when the statement holds in the world.
    `merged` counts further sightings folded into this record. `approved` tells whether its text may reach the
    parameters. `learned_by` is the live consolidation run that wrote it into the parameters, if any.
    """

    id: str
    revision: int = 1
    namespace: str
    tier: Tier = Tier.TOKEN
    text: str
    state: RecordState = RecordState.ACTIVE
    origin: Origin = Origin.USER
    approved: bool = True
    source: Source = Source()
    experience_id: str | None = None
    fact: FactKey | None = None
    occurred_at: Utc
    observed_at: Utc
    valid_from: Utc
    valid_to: Utc | None = None
    supersedes: str | None = None
    superseded_by: str | None = None
    derived_from: tuple[str, ...] = ()
    importance: float = 0.5
    merged: int = 0
    access_count: int = 0
    cite_count: int = 0
    last_access: Utc | None = None
    learned_by: int | None = None
    metadata: JsonDict = Field(default_factory=dict)


class LinkKind(StrEnum):
    """How two records hang together. Each is walked both ways."""

    SAME_ENTITY = "same-entity"
    CONTINUES = "continues"
    SUPERSEDES = "supersedes"
    DERIVED_FROM = "derived-from"
    SIMILAR = "similar"


class Link(Value):
    """A relation of one record to another of its namespace, as seen from the one.

    `target` is the other record; `outgoing` tells whether the link leads there (from the newer to the older) or comes
    from there. `weight` in (0, 1] is how much it says.
    """

    kind: LinkKind
    target: str
    weight: float = 1.0
    reason: str = ""
    outgoing: bool = True


class Revision(Value):
    """One past or present version of a record, as `history` lists them."""

    record_id: str
    revision: int
    at: Utc
    action: str
    text: str
    state: RecordState
    reason: str = ""


class RecordOrder(StrEnum):
    """How a list of records may be sorted."""

    NEWEST = "newest"
    OLDEST = "oldest"
    RECALLED = "most recalled"
    IMPORTANT = "most important"


# --- decisions -------------------------------------------------------------------------------------------------------


class Action(StrEnum):
    ADD = "ADD"
    UPDATE = "UPDATE"
    SUPERSEDE = "SUPERSEDE"
    MERGE = "MERGE"
    NOOP = "NOOP"
    DROP = "DROP"


class RoutingDecision(Value):
    """Where one experience goes, and why. `target` is the record it merges with, repeats or supersedes."""

    experience_id: str
    action: Action
    tier: Tier = Tier.TOKEN
    target: str | None = None
    reason: str
    scores: dict[str, float] = Field(default_factory=dict)
    policy: str
    fact: FactKey | None = None


class DecisionSeen(Value):
    """A routing decision with what it was about. A dropped experience keeps no text and no time."""

    number: int
    decision: RoutingDecision
    text: str | None = None
    at: Utc | None = None
    record_id: str | None = None


class Observed(Value):
    """What `observe` did: the decision, and the record that now holds the text (None when dropped)."""

    experience: Experience
    decision: RoutingDecision
    record: MemoryRecord | None = None


class RecallRoute(StrEnum):
    """Which tiers a question is put to, in order."""

    STORE = "store"
    PARAMETERS = "parameters"
    PARAMETERS_THEN_STORE = "parameters-then-store"
    CONTEXT = "context"


class RecallDecision(Value):
    """How a question is to be answered, before anything was searched."""

    route: RecallRoute
    reason: str
    policy: str
    k: int = 8
    threshold: float = 0.0


class CascadeVerdict(Value):
    """Whether the parametric answer is kept, after it was given."""

    keep: bool
    reason: str
    scores: dict[str, float] = Field(default_factory=dict)


# --- recall and answers ----------------------------------------------------------------------------------------------


class RecallHit(Value):
    """One record found. `parts` holds every score that was fused, so that a ranking can be explained."""

    record: MemoryRecord
    rank: int
    score: float
    parts: dict[str, float] = Field(default_factory=dict)
    tier: Tier = Tier.TOKEN


class Cut(Value):
    """A hit that was found and not injected, and why."""

    record_id: str
    reason: str


class Recall(Value):
    """The result of one search. `elapsed_ms` is wall time; `tokens` what the kept hits cost in the prompt."""

    query: str
    namespace: str
    hits: tuple[RecallHit, ...] = ()
    cut: tuple[Cut, ...] = ()
    tokens: int = 0
    elapsed_ms: float = 0.0


class Attribution(Value):
    """Share of the slot weight read while answering that belongs to one live write."""

    run_id: int
    record_id: str
    share: float


class Answer(Value):
    """An answer and where it came from. Retrieved, injected and cited are three different facts.

    `known` is False when the answer is an admission of not knowing. `tier` is None then.
    `confidence` is exp of the mean token log-probability, in [0, 1]; None where the model does not tell, as in a
    stream. `runs` are the live consolidation runs behind a parametric answer.
    """

    text: str
    known: bool
    tier: Tier | None
    confidence: float | None = None
    recall: Recall | None = None
    injected: tuple[str, ...] = ()
    cited: tuple[str, ...] = ()
    runs: tuple[int, ...] = ()
    attributions: tuple[Attribution, ...] = ()
    reason: str = ""
    stale: bool = False


# --- consolidation ---------------------------------------------------------------------------------------------------


class Candidate(Value):
    """A record the policy would write into the parameters, or would not, with the reason either way."""

    record_id: str
    text: str
    score: float
    reason: str


class ConsolidationPlan(Value):
    """What a consolidation would do. Showing it changes nothing."""

    namespace: str
    policy: str
    chosen: tuple[Candidate, ...] = ()
    skipped: tuple[Candidate, ...] = ()


class RunStatus(StrEnum):
    PLANNED = "PLANNED"
    TRAINED = "TRAINED"
    COMMITTED = "COMMITTED"
    REJECTED = "REJECTED"
    REVERTED = "REVERTED"


class GateReport(Value):
    """Free-running, exact-match shares in [0, 1], measured after sleep; each on prompts the write never saw.

    `learned`: wordings in the write; `held_out`: wordings kept from it, asked as users' questions are; `as_they_stand`: the
    same, not put in plain words first; `old_before`/`old_after`: knowledge from
    pretraining; `honest`: untaught questions still answered as before. `per_record` is the held-out share of each
    record, by record id; `failed` names the records that fell short and were left out.
    """

    learned: float
    held_out: float
    old_before: float
    old_after: float
    honest: float = 1.0
    as_they_stand: float | None = None
    per_record: dict[str, float] = Field(default_factory=dict)
    failed: tuple[str, ...] = ()
    passed: bool
    reason: str


class EntryKind(StrEnum):
    WRITE = "write"
    SLEEP = "sleep"


class SlotWrite(Value):
    """How far one row moved in one ledger entry."""

    run_id: int
    layer: int
    slot: int
    score: float
    delta_norm: float


class ConsolidationRun(Value):
    """One attempt to write records into the parameters. `digest_before`/`digest_after` hash the namespace's rows."""

    id: int
    namespace: str
    status: RunStatus
    created_at: Utc
    fingerprint: str
    seed: int
    record_ids: tuple[str, ...] = ()
    rejected_ids: tuple[str, ...] = ()
    gate: GateReport | None = None
    rows: int = 0
    seconds: float = 0.0
    digest_before: str = ""
    digest_after: str = ""
    reason: str = ""


class RevertReport(Value):
    """`method` is "restore" (last live run: bits put back) or "replay" (later runs re-executed without it)."""

    run_id: int
    record_ids: tuple[str, ...]
    method: str
    replayed: int = 0
    digest_before: str
    digest_after: str
    exact: bool


class StoredBytes(Value):
    """Where the bytes of a store lie: files and folders that can be searched here, and in words, what cannot be."""

    places: tuple[Path, ...] = ()
    limits: tuple[str, ...] = ()


class ForgetReport(Value):
    """What `forget` erased, counted per copy, and what it checked afterwards.

    `copies` counts erased rows by table or file kind; `residue` lists files of the data folder in which bytes of a
    forgotten text were still found (empty when the proof holds); `parametric` says how the parameters were cleaned.
    """

    namespace: str
    record_ids: tuple[str, ...]
    copies: dict[str, int] = Field(default_factory=dict)
    parametric: RevertReport | None = None
    files_checked: int = 0
    residue: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    """What the proof does not reach, and who can: copies of the bytes that lie on another machine."""

    @property
    def proven(self) -> bool:
        return not self.residue


# --- hygiene: what `memos audit` finds ---------------------------------------------------------------------------------


class FindingKind(StrEnum):
    EXACT_DUPLICATE = "exact-duplicate"
    NEAR_DUPLICATE = "near-duplicate"
    RECALL_LOOP = "recall-loop"
    SECRET = "secret"
    JUNK = "junk"
    CONTRADICTION = "contradiction"
    EXPIRED = "expired"
    NEVER_USED = "never-used"
    ORPHANED_LINK = "orphaned-link"


class Remedy(StrEnum):
    """MERGE counts the records as sightings of another and pauses them; PAUSE can be resumed; FORGET cannot."""

    MERGE = "merge"
    PAUSE = "pause"
    FORGET = "forget"
    UNLINK = "unlink"


class Finding(Value):
    """One thing that is wrong with what is kept, with what speaks for it.

    `record_ids` are those the remedy acts on; `beside` is the record they repeat, quote or contradict. `text` is the
    first record's, with secrets taken out. `command` is the remedy as one would type it.
    """

    kind: FindingKind
    record_ids: tuple[str, ...]
    beside: str | None = None
    text: str = ""
    evidence: str
    scores: dict[str, float] = Field(default_factory=dict)
    remedy: Remedy
    command: str = ""


class Hygiene(Value):
    """What an audit of the stored records found. `examined` of `records` active ones were looked at, newest first."""

    namespace: str
    examined: int
    records: int
    findings: tuple[Finding, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        found = [finding.kind for finding in self.findings]
        return {kind.value: found.count(kind) for kind in FindingKind if kind in found}


# --- audit and status ------------------------------------------------------------------------------------------------


class AuditEvent(Value):
    """One link of the chain: `hash` = sha256 of the canonical JSON of everything else, `prev_hash` included."""

    seq: int
    at: Utc
    actor: str
    namespace: str
    kind: str
    subject: str
    payload: JsonDict = Field(default_factory=dict)
    prev_hash: str
    hash: str


class Check(Value):
    """One line of `memos doctor` or `memos verify`."""

    name: str
    ok: bool
    detail: str
    hint: str = ""


class TierStatus(Value):
    """Size of one tier in one namespace. `bytes` is what it holds, not what the file system rounds it to."""

    tier: Tier
    count: int
    bytes: int
    detail: str = ""


class Status(Value):
    """What `memos status` shows. Gathering it loads no model and no index.

    writes: whether the model may be written into: accepted, refused, not measured, none (it has no parameters).
    """

    home: str
    namespace: str
    namespaces: tuple[str, ...]
    tiers: tuple[TierStatus, ...]
    superseded: int
    paused: int
    model: str
    chat_model: str
    embedder: str
    last_run: ConsolidationRun | None
    audit_events: int
    chain_head: str
    writes: str = ""
    writes_reason: str = ""


class Activity(Value):
    """What went on in one namespace. `days` counts records learned of, oldest day first and today last."""

    days: tuple[int, ...]
    actions: dict[str, int] = Field(default_factory=dict)
    recalled: int = 0
    cited: int = 0
    records_used: int = 0
    unapproved: int = 0


class WindowUse(Value):
    """One session's window in tokens: what is pinned, what its seen turns take, what is kept for the output.

    `seen` of `turns` fit; the rest stay in the store.
    """

    session: str
    budget: int
    pinned: int
    spoken: int
    reserved: int
    turns: int
    seen: int

    @property
    def free(self) -> int:
        return max(0, self.budget - self.pinned - self.spoken - self.reserved)


# --- stories: what `memos why` tells ---------------------------------------------------------------------------------


class RecordStory(Value):
    """A record from the turn it came from to the writes it took part in."""

    record: MemoryRecord
    experience: Experience | None
    decisions: tuple[RoutingDecision, ...] = ()
    history: tuple[Revision, ...] = ()
    links: tuple[Link, ...] = ()
    writes: tuple[WriteStory, ...] = ()


class WriteStory(Value):
    """One ledger entry in words: what was trained, on how many wordings, into which slots."""

    seq: int
    run_id: int
    kind: EntryKind
    record_id: str | None
    text: str = ""
    layer: int
    rows: int
    slots: tuple[SlotWrite, ...] = ()
    wordings: int = 0
    held_out: int = 0
    live: bool = True
    report: JsonDict = Field(default_factory=dict)


class RunStory(Value):
    run: ConsolidationRun
    writes: tuple[WriteStory, ...] = ()


class AnswerStory(Value):
    """Why a question was answered as it was: the answer, and every write its slots belong to, strongest first."""

    question: str
    answer: Answer
    slots_read: int = 0
    owned_share: float = 0.0
    attributions: tuple[Attribution, ...] = ()
    records: tuple[MemoryRecord, ...] = ()


class Draft(Value):
    """An experience as a caller hands it in: ids, namespace and the observing time are the manager's to give."""

    text: str
    origin: Origin = Origin.USER
    source: Source = Source()
    occurred_at: Utc | None = None
    metadata: JsonDict = Field(default_factory=dict)


class ArchivedRecord(Value):
    """A record as an archive holds it: with its past, and the links that lead from it."""

    record: MemoryRecord
    history: tuple[Revision, ...] = ()
    links: tuple[Link, ...] = ()


class ImportReport(Value):
    """How many experiences came in, and what became of them, by action."""

    observed: int
    by_action: dict[str, int] = Field(default_factory=dict)


class StoreCopy(Value):
    """A store that was copied whole: rows and sha256 of every table, the same on both sides."""

    source: str
    target: str
    rows: dict[str, int]
    digests: dict[str, str]


for _model in (MemoryRecord, RecordStory, Status):
    _model.model_rebuild()
