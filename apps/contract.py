"""What `--json` prints: one frozen value for each object that a verb writes on stdout.

Scripts rely on these shapes. A field may be added; none is renamed, removed or given another meaning without a new
`render.JSON_VERSION`. Reports of the domain stand for themselves where nothing is added to them: RevertReport, LedgerDiff,
Blame, Certificate, LedgerFile, CompactReport, StoreCopy, ArchiveReport. Which verb prints which is in `schemas`.
Knows no manager, no terminal and no verb.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import computed_field

from memos.acceptance import AdaptationReport
from memos.ledger_reports import MergeReport
from memos.types import (
    Action,
    AnswerStory,
    Attribution,
    AuditEvent,
    Candidate,
    Check,
    Cut,
    Experience,
    Finding,
    ForgetReport,
    GateReport,
    Hygiene,
    ImportReport,
    MemoryRecord,
    Origin,
    RecordState,
    RecordStory,
    Source,
    Status,
    Tier,
    Utc,
    Value,
    WriteStory,
)

# --- remember and ask ------------------------------------------------------------------------------------------------


class Decided(Value):
    """What became of one text. `id` is the record that holds it now, null when it was dropped."""

    action: Action
    id: str | None
    experience: str
    target: str | None
    reason: str
    scores: dict[str, float]
    policy: str
    text: str
    redacted: tuple[str, ...]


class Hit(Value):
    """A record that was found. `parts` holds every score that was fused into `score`."""

    id: str
    text: str
    score: float
    parts: dict[str, float]
    tier: Tier
    rank: int
    origin: Origin
    state: RecordState
    occurred_at: Utc
    source: Source


class Found(Value):
    """Hits, best first."""

    query: str
    namespace: str
    hits: tuple[Hit, ...]
    cut: tuple[Cut, ...]
    elapsed_ms: float


class Answered(Value):
    """An answer. `tier` is the one that knew, null where none did; `recalled`, `injected` and `cited` are record ids."""

    answer: str
    known: bool
    tier: Tier | None
    confidence: float | None
    cited: tuple[str, ...]
    runs: tuple[int, ...]
    injected: tuple[str, ...]
    recalled: tuple[str, ...]
    attributions: tuple[Attribution, ...]
    reason: str
    stale: bool


class Imported(ImportReport):
    """What a file held. `stopped`: it was interrupted; what is counted was kept."""

    source: str
    stopped: bool


class Surveyed(Value):
    """What a file would bring in. Nothing was stored."""

    source: str
    format: str
    experiences: int
    by_origin: dict[str, int]
    earliest: datetime | None
    latest: datetime | None


# --- records ---------------------------------------------------------------------------------------------------------


class RecordList(Value):
    """Records of a tier, newest first."""

    tier: Literal[Tier.TOKEN, Tier.PARAMETRIC]
    records: tuple[MemoryRecord, ...]


class ContextList(Value):
    """The context tier: pinned blocks by label, and the turns before the model."""

    tier: Literal[Tier.CONTEXT]
    blocks: dict[str, str]
    turns: tuple[Experience, ...]


class ChangedRecords(Value):
    """Records that a verb changed, as they are now. `action`: edited, paused, resumed or approved."""

    action: str
    records: tuple[MemoryRecord, ...]


class Forgotten(ForgetReport):
    """What was erased, or with `dry_run` would be. `proven`: no byte of it is left in the data folder."""

    dry_run: bool

    @computed_field  # type: ignore[prop-decorator]
    @property
    def proven(self) -> bool:
        return not self.residue and not self.dry_run


# --- learning --------------------------------------------------------------------------------------------------------


class RunSummary(Value):
    """One attempt to write records into the parameters. The digests are those of the namespace's rows."""

    run: int
    status: Literal["planned", "trained", "committed", "rejected", "reverted"]
    gate: GateReport | None
    records: tuple[str, ...]
    rejected_records: tuple[str, ...]
    created_at: Utc
    rows: int
    seconds: float
    seed: int
    fingerprint: str
    digest_before: str
    digest_after: str
    reason: str


class RunPlan(Value):
    """What a consolidation would write and what it would leave, each with its reason."""

    run: None
    status: Literal["planned"]
    gate: None
    records: tuple[str, ...]
    policy: str
    chosen: tuple[Candidate, ...]
    skipped: tuple[Candidate, ...]


class RunList(Value):
    """Runs, newest first."""

    runs: tuple[RunSummary, ...]


class WhyRecord(RecordStory):
    """A record from the turn it came from to the writes it took part in."""

    kind: Literal["record"]


class WhyRun(RunSummary):
    """A run with every write it made."""

    kind: Literal["run"]
    writes: tuple[WriteStory, ...]


class WhyAnswer(AnswerStory):
    """Why a question is answered as it is."""

    kind: Literal["answer"]


class RevertPlan(Value):
    """What a revert would take out of the parameters."""

    run_id: int
    record_ids: tuple[str, ...]
    dry_run: Literal[True]


class UndoPlan(Value):
    """Runs that would be taken back, the last first."""

    runs: tuple[int, ...]
    dry_run: Literal[True]


class Merged(MergeReport):
    """What came in from another ledger, or with `dry_run` would."""

    dry_run: bool


# --- the house -------------------------------------------------------------------------------------------------------


class Home(Value):
    """Where a memory is kept. `store` is empty while its records lie in the home folder."""

    home: str
    namespace: str
    store: str


class HomeStatus(Status):
    """The three tiers, the model and the log. `namespace_origin`: where the choice of the namespace came from."""

    namespace_origin: str


class Checks(Value):
    """Checks that were made. `ok`: all of them hold."""

    ok: bool
    checks: tuple[Check, ...]


class EventList(Value):
    """Audit events, newest first."""

    events: tuple[AuditEvent, ...]


class Picture(Value):
    """A picture that was drawn."""

    plot: Literal["growth", "recall", "forgetting", "slots"]
    file: str
    bytes: int
    namespace: str


class Reindexed(Value):
    """Texts that were embedded anew."""

    embedder: str
    embedded: int


class Examined(Hygiene):
    """What is wrong with the records that were looked at. `counts` has each kind that was found."""

    kind: Literal["hygiene"]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def counts(self) -> dict[str, int]:
        return super().counts


class Mended(Value):
    """What was done about `findings` findings; the remedy of each is the one that was applied."""

    kind: Literal["mended"]
    findings: int
    mended: tuple[Finding, ...]


class Setting(Value):
    """A setting and where its value came from."""

    key: str
    value: str
    origin: str


class SettingList(Value):
    """Every setting."""

    settings: tuple[Setting, ...]


class SettingWritten(Value):
    """A setting and the file it was written to."""

    key: str
    value: str
    file: str


class SettingsFiles(Value):
    """The files that settings are read from."""

    project: str
    user: str


# --- models ----------------------------------------------------------------------------------------------------------


class ModelShown(Value):
    """The model that is configured, in words what it can do and cannot, and whether it may be written into."""

    model: str
    kind: str
    can: str
    cannot: str
    writes: str
    writes_reason: str
    device: str
    threads: int
    network: bool


class Pretrained(Value):
    """A model that was trained. `loss` is the last one measured, null where the training was done before."""

    folder: str
    seed: int
    steps: int
    seconds: float
    loss: float | None


class Figure(Value):
    """The share of right answers in a class of questions, and what the design asks for, null where it asks nothing."""

    name: str
    value: float
    wanted: float | None
    items: int


class Figures(Value):
    """A model's evaluation, a row a class of questions."""

    rows: tuple[Figure, ...]


class Adaptation(AdaptationReport):
    """What was measured about a model, and in one sentence the verdict."""

    @computed_field  # type: ignore[prop-decorator]
    @property
    def verdict(self) -> str:
        return super().verdict


# --- failures --------------------------------------------------------------------------------------------------------


class Failure(Value):
    """Why a verb failed, and what mends it. `code` is stable; `error` and `hint` are for people."""

    error: str
    hint: str
    code: str
