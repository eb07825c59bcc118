"""READ FIRST. MemoryManager: observe · recall · answer · consolidate · forget · revert.

One object an agent holds, bound to one namespace. Each verb is a few lines here and one module behind:

    observe      memos.intake         what is said -> policy -> one transaction -> token store and context
    recall       memos.answering      search with score parts
    answer       memos.answering      parameters when confident, else the store; says which
    consolidate  memos.consolidation  records -> wordings -> rows -> sleep -> gate -> commit or reject
    revert       memos.reverting      rows back, bit for bit; also undo and rollback
    ledger       memos.ledger         diff, blame, certificate; export, import, merge; checkpoints
    forget       memos.forgetting     every copy in every tier, proved on the bytes
    audit        memos.hygiene        what is wrong with what is kept, and its remedy
    why, status  memos.inspection     stories and checks

Heavy parts (embedder, index, language model) are made by `memos.build` and loaded at their first use: `status`, `log`
and `list` stay light. Knows the tiers by their protocols and no library at all.
"""

from __future__ import annotations

import builtins
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self

from memos.acceptance import Acceptance
from memos.config import Settings, check_namespace
from memos.errors import ConfigError, InputError, ModelError, NotFoundError, StoreBusy, StoreUnwritable
from memos.figures import NamespaceFigures
from memos.forgetting import Forgetter
from memos.hygiene import MOST, Hygienist
from memos.inspection import Inspector
from memos.ledger import NamespaceLedger
from memos.protocols import (
    AuditLog,
    Browser,
    ConsolidationPolicy,
    ContextBuffer,
    Embedder,
    HygienePolicy,
    ParametricReader,
    Progress,
    RetentionPolicy,
    SlotLedger,
    TokenStore,
    UnitOfWork,
)
from memos.types import (
    Action,
    Answer,
    AnswerStory,
    ArchivedRecord,
    AuditEvent,
    Candidate,
    Check,
    ConsolidationPlan,
    ConsolidationRun,
    Draft,
    EntryKind,
    Experience,
    Finding,
    FindingKind,
    ForgetReport,
    Hygiene,
    ImportReport,
    Link,
    MemoryRecord,
    Observed,
    Origin,
    Recall,
    RecordState,
    RecordStory,
    Remedy,
    RevertReport,
    Revision,
    RoutingDecision,
    RunStory,
    Source,
    Status,
    WindowUse,
    utc_now,
)

if TYPE_CHECKING:
    from memos.answering import Answerer, AnswerStream, Source as TierName
    from memos.consolidation import Consolidator
    from memos.intake import Intake
    from memos.restoring import Restorer
    from memos.stores.database import Database

ChatMode = Literal["on", "read-only", "off"]
EVERYTHING = 1_000_000
MOST_SHOWN = 50
"""Recalled texts remembered a session: what is said again of them is no new experience, whoever says it."""


@dataclass(frozen=True)
class Parts:
    """What `memos.build` put together. The callables load their part at the first call and keep it."""

    settings: Settings
    database: Database
    unit: UnitOfWork
    store: TokenStore
    context: ContextBuffer
    audit: AuditLog
    ledger: SlotLedger
    embedder: Embedder
    intake: Callable[[str, str], Intake]
    restorer: Callable[[str, str], Restorer]
    answerer: Callable[[str], Answerer]
    browser: Callable[[str], Browser]
    consolidator: Callable[[], Consolidator | None]
    reader: Callable[[], ParametricReader | None]
    acceptance: Acceptance | None
    consolidation_policy: Callable[[], ConsolidationPolicy]
    retention_policy: RetentionPolicy
    hygiene_policy: Callable[[], HygienePolicy]
    table_slots: Callable[[], int]
    close: Callable[[], None]


class ChatTurn:
    """A reply on its way: iterate for text; then `observed` says what was kept of the turn, `answer` the rest."""

    def __init__(self, stream: AnswerStream, observed: list[Observed], finish: Callable[[Answer], None]) -> None:
        self._stream = stream
        self._finish = finish
        self._finished = False
        self.observed = observed

    def __iter__(self) -> Iterator[str]:
        return iter(self._stream)

    @property
    def answer(self) -> Answer:
        """The reply so far, which is then final: it is observed here, once, less what was injected."""
        answer = self._stream.answer
        if not self._finished:
            self._finished = True
            self._finish(answer)
        return answer


class MemoryManager:
    """The memory of one namespace. Use as a context manager, or call `close`.

    Every method raises a `MemosError` with a hint for anything a user can mend, and changes nothing then.
    """

    def __init__(self, parts: Parts, namespace: str, actor: str = "user") -> None:
        self._parts = parts
        self._actor = actor
        self.namespace = namespace
        self.settings = parts.settings
        self._shown: dict[str, deque[str]] = {}
        self._intake = parts.intake(namespace, actor)
        self._answerer = parts.answerer(namespace)
        self.browser = parts.browser(namespace)
        self.figures = NamespaceFigures(
            namespace=namespace, store=parts.store, ledger=parts.ledger, table_slots=parts.table_slots
        )
        self._inspector = Inspector(
            namespace=namespace, settings=parts.settings, store=parts.store, ledger=parts.ledger, audit=parts.audit,
            acceptance=parts.acceptance,
        )  # fmt: skip
        self._forgetter = Forgetter(
            namespace=namespace, home=parts.settings.home, unit=parts.unit, store=parts.store, ledger=parts.ledger,
            audit=parts.audit, actor=actor,
        )  # fmt: skip
        self.ledger = NamespaceLedger(
            namespace=namespace, actor=actor, ledger=parts.ledger, consolidator=self._consolidator, reader=parts.reader,
            adopt=lambda texts, source: self._intake.adopt(texts, source),
        )  # fmt: skip

    # Made at their first use: the grammar and the rules behind them cost more than the whole of `memos status`.

    @cached_property
    def _intake(self) -> Intake:
        return self._parts.intake(self.namespace, self._actor)

    @cached_property
    def _restorer(self) -> Restorer:
        return self._parts.restorer(self.namespace, self._actor)

    @cached_property
    def _answerer(self) -> Answerer:
        return self._parts.answerer(self.namespace)

    @cached_property
    def _hygienist(self) -> Hygienist:
        parts = self._parts
        return Hygienist(
            namespace=self.namespace, unit=parts.unit, store=parts.store, audit=parts.audit,
            policy=parts.hygiene_policy(), actor=self._actor,
        )  # fmt: skip

    def for_namespace(self, namespace: str) -> MemoryManager:
        """The same stores and model for another namespace; nothing is shared but the read-only base."""
        check_namespace(namespace)
        return MemoryManager(self._parts, namespace, self._actor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Save the derived index and release the database."""
        self._parts.close()

    # --- observe ------------------------------------------------------------------------------------------------------

    def observe(
        self,
        text: str,
        *,
        origin: Origin = Origin.USER,
        source: Source | None = None,
        occurred_at: datetime | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> Observed:
        """Hand in one experience. The result says what became of it, and why."""
        return self._intake.observe(
            Draft(text=text, origin=origin, source=source or Source(), occurred_at=occurred_at,
                  metadata=metadata or {})
        )  # fmt: skip

    def observe_many(
        self, drafts: Iterable[Draft], *, progress: Progress | None = None, total: int = 0
    ) -> ImportReport:
        """Many at once, committed in batches; `total` is for the progress report only."""
        return self._intake.observe_many(drafts, progress, total)

    def restore(
        self, archived: Iterable[ArchivedRecord], *, source: str, progress: Progress | None = None, total: int = 0
    ) -> ImportReport:
        """Records of an archive of the namespace `source`, with their past; what is here already is left as it is."""
        return self._restorer.restore(archived, source, progress, total)

    def restore_links(self, archived: Iterable[ArchivedRecord], *, source: str) -> None:
        """The links of restored records, once all of them are here."""
        self._restorer.restore_links(archived, source)

    # --- recall and answer --------------------------------------------------------------------------------------------

    def recall(
        self, query: str, *, k: int | None = None, where: Any | None = None, as_of: datetime | None = None
    ) -> Recall:
        """The records nearest to a query, best first, each with the parts of its score."""
        recall = self.preview(query, k=k, where=where, as_of=as_of)
        self._count_use([hit.record.id for hit in recall.hits], [])
        return recall

    def preview(
        self, query: str, *, k: int | None = None, where: Any | None = None, as_of: datetime | None = None
    ) -> Recall:
        """What `recall` would find, without counting it as a use: for those who look at a memory from outside."""
        return self._answerer.recall(query, k=k, where=where, as_of=as_of)

    def answer(
        self, question: str, *, tier: TierName = "auto", session: str | None = None, as_of: datetime | None = None
    ) -> Answer:
        """Answer from the tier asked for; "auto" leaves it to the recall policy. The question itself is not stored."""
        answer = self._answerer.answer(question, tier=tier, session=session, as_of=as_of)
        self._count_answer(answer)
        return answer

    def stream(
        self, question: str, *, tier: TierName = "auto", session: str | None = None, inject: bool = True
    ) -> AnswerStream:
        """The same, piece by piece."""
        return self._answerer.stream(question, tier=tier, session=session, inject=inject)

    def chat_turn(
        self, text: str, *, session: str, mode: ChatMode = "on", tier: TierName = "auto"
    ) -> ChatTurn:
        """One exchange: observe what the user says, reply, observe the reply less what was injected.

        `read-only` recalls and stores nothing; `off` neither recalls nor stores, whatever `tier` asks for. With a tier
        other than "auto" every text is a question to that tier, and nothing is stored.
        """
        observed: list[Observed] = []
        if mode == "off":
            return ChatTurn(self._answerer.stream(text, inject=False), observed, lambda _answer: None)
        if tier != "auto":
            mode = "read-only"
        from memos.answering import failed_stream

        try:
            stream = self._reply(text, session, tier)
        except (ModelError, ConfigError) as error:  # what was said is kept, whatever becomes of the answer to it
            stream = failed_stream(error)
        if mode == "on":
            said = Draft(text=text, source=Source(session=session, actor="user"))
            observed.append(self._intake.observe(said, [*self._shown.get(session, ())]))
        return ChatTurn(stream, observed, lambda answer: self._after_turn(answer, session, mode, observed))

    def _reply(self, text: str, session: str, tier: TierName) -> AnswerStream:
        if tier != "auto" or self._asks(text):
            return self._answerer.stream(text, tier=tier, session=session)
        return self._answerer.reply(text, session)

    def _asks(self, text: str) -> bool:
        """Whether a turn asks for something memory may hold; a bare statement is only acknowledged."""
        from memos.grammar import extract, parse_question

        return "?" in text or parse_question(text) is not None or (not extract(text) and len(text.split()) > 3)

    def _after_turn(self, answer: Answer, session: str, mode: ChatMode, observed: list[Observed]) -> None:
        shown = self._note_shown(answer, session)
        if mode != "on":
            return
        self._count_answer(answer)
        if answer.text:
            injected = [*shown, *(one.experience.text for one in observed)]
            source = Source(session=session, actor="assistant")
            reply = Draft(text=answer.text, origin=Origin.ASSISTANT, source=source)
            observed.append(self._intake.observe(reply, injected))

    def _note_shown(self, answer: Answer, session: str) -> deque[str]:
        """The recalled texts of a session: what the parameters were read from was before the model as the notes were."""
        shown = self._shown.setdefault(session, deque(maxlen=MOST_SHOWN))
        for record_id in dict.fromkeys([*answer.injected, *(one.record_id for one in answer.attributions)]):
            with suppress(NotFoundError):  # forgotten while the reply was on its way
                text = self._parts.store.get(self.namespace, record_id).text
                if text not in shown:
                    shown.append(text)
        return shown

    def _count_answer(self, answer: Answer) -> None:
        if answer.recall is not None:
            self._count_use([hit.record.id for hit in answer.recall.hits], answer.cited)

    def _count_use(self, recalled: Sequence[str], cited: Sequence[str]) -> None:
        # What was found is worth more than having counted it: a store that cannot be written now is read all the same.
        with suppress(StoreBusy, StoreUnwritable):
            if recalled:
                self._parts.store.touch(self.namespace, recalled, cited, utc_now())

    def load(self) -> None:
        """Load embedder, model and learned rows now, instead of at the first question. Raises what that would raise."""
        self._parts.embedder.embed(["."])
        self._answerer.load()
        self._parts.reader()

    # --- records ------------------------------------------------------------------------------------------------------

    def resolve(self, prefix: str) -> str:
        """The one record id that starts with `prefix`."""
        return self._parts.store.resolve(self.namespace, prefix)

    def ids(self, prefix: str = "", *, limit: int = 100) -> builtins.list[str]:
        """Record ids that start with `prefix`, in order; what a shell offers when half of one is typed."""
        return self._parts.store.ids(self.namespace, prefix, limit)

    def get(self, record_id: str) -> MemoryRecord:
        return self._parts.store.get(self.namespace, self.resolve(record_id))

    def list(
        self,
        *,
        where: Any | None = None,
        states: Sequence[RecordState] = (RecordState.ACTIVE,),
        limit: int = 100,
        offset: int = 0,
        newest_first: bool = True,
    ) -> builtins.list[MemoryRecord]:
        """Records in the order they were learned, or backwards. An empty `states` lists every state."""
        return self._parts.store.list(
            self.namespace, where=where, states=states, limit=limit, offset=offset, newest_first=newest_first
        )

    def history(self, record_id: str) -> builtins.list[Revision]:
        return self._parts.store.history(self.namespace, self.resolve(record_id))

    def links(self, record_id: str) -> tuple[Link, ...]:
        """What the record hangs together with, the heaviest first."""
        return self._parts.store.links(self.namespace, self.resolve(record_id))

    def decisions(self, *, limit: int = 100, record_id: str | None = None) -> builtins.list[RoutingDecision]:
        return self._parts.store.decisions(self.namespace, limit=limit, record_id=record_id)

    def experience(self, experience_id: str) -> Experience:
        """What was said, word for word. Raises NotFoundError when it was not kept."""
        return self._parts.store.experience(self.namespace, experience_id)

    def edit(self, record_id: str, text: str) -> MemoryRecord:
        """Replace a record's text; the old one stays in its history."""
        return self._intake.edit(self.resolve(record_id), text)

    def pause(self, record_id: str) -> MemoryRecord:
        """Out of recall until resumed."""
        return self._set_state(record_id, RecordState.PAUSED, "pause")

    def resume(self, record_id: str) -> MemoryRecord:
        return self._set_state(record_id, RecordState.ACTIVE, "resume")

    def _set_state(self, record_id: str, state: RecordState, kind: str) -> MemoryRecord:
        record = self.get(record_id)
        if record.state is RecordState.SUPERSEDED and record.superseded_by:
            raise InputError(
                f"{record.id} was superseded by {record.superseded_by}", hint="act on the newer record",
                code="input.superseded",
            )  # fmt: skip
        with self._change(kind, record.id):
            return self._parts.store.set_state(self.namespace, record.id, state, f"{kind} by {self._actor}")

    def fade(self) -> builtins.list[Candidate]:
        """Pause what the retention policy lets fade, and say why. Fading is undone by `resume`; only forget erases."""
        fading = self._parts.retention_policy.fading(self.list(limit=EVERYTHING), utc_now())
        for one in fading:
            with self._change("fade", one.record_id):
                self._parts.store.set_state(self.namespace, one.record_id, RecordState.PAUSED, one.reason)
        return fading

    def approve(self, record_ids: Sequence[str]) -> builtins.list[MemoryRecord]:
        """Allow records of other origins than the user to reach the parameters."""
        ids = [self.resolve(one) for one in record_ids]
        with self._change("approve", *ids):
            self._parts.store.approve(self.namespace, ids)
        return [self._parts.store.get(self.namespace, one) for one in ids]

    @contextmanager
    def _change(self, kind: str, *subjects: str) -> Iterator[None]:
        """A change of records and its audit event, in one transaction."""
        with self._parts.unit.begin():
            yield
            self._parts.audit.append(
                namespace=self.namespace, kind=kind, subject=subjects[0] if len(subjects) == 1 else "records",
                payload={"records": [*subjects]}, actor=self._actor,
            )  # fmt: skip

    # --- the conversation window --------------------------------------------------------------------------------------

    def turns(self, session: str) -> Sequence[Experience]:
        """What was said in a session, oldest first."""
        return self._parts.context.turns(self.namespace, session)

    def sessions(self) -> Sequence[str]:
        return self._parts.context.sessions(self.namespace)

    def window(self, session: str) -> WindowUse:
        """How a session spends its window, in tokens. Loads the model for its tokenizer."""
        return self._parts.context.use(self.namespace, session, self.settings.context.max_tokens)

    def pin(self, label: str, text: str) -> None:
        """A block that stays before the model in every session."""
        with self._change("pin", label):
            self._parts.context.pin(self.namespace, label, text)

    def unpin(self, label: str) -> None:
        with self._change("unpin", label):
            self._parts.context.unpin(self.namespace, label)

    def blocks(self) -> dict[str, str]:
        return {block.label: block.text for block in self._parts.context.blocks(self.namespace)}

    # --- consolidate and take back ------------------------------------------------------------------------------------

    def plan_consolidation(
        self, record_ids: Sequence[str] | None = None, *, everything: bool = False
    ) -> ConsolidationPlan:
        """What `consolidate` would write and what it would leave, with reasons. Changes nothing.

        Naming records, or `everything`, lowers the bar to zero; what must never reach the parameters still does not.
        """
        policy = self._parts.consolidation_policy()
        named = [self.get(one) for one in record_ids or ()]
        records = self._with_rivals(named) if named else self.list(limit=EVERYTHING)
        bar = 0.0 if everything or named else None
        chosen, skipped = policy.choose(records, utc_now(), min_score=bar)
        if named:
            ids = {record.id for record in named}
            chosen = [one for one in chosen if one.record_id in ids]
            skipped = [one for one in skipped if one.record_id in ids]
        most = self.settings.consolidation.max_records
        over = [Candidate(**{**one.model_dump(), "reason": f"one run writes at most {most} records"})
                for one in chosen[most:]]  # fmt: skip
        order = {record.id: at for at, record in enumerate(sorted(records, key=lambda record: record.occurred_at))}
        return ConsolidationPlan(
            namespace=self.namespace, policy=policy.name, skipped=(*skipped, *over),
            chosen=tuple(sorted(chosen[:most], key=lambda one: order[one.record_id])),
        )  # fmt: skip

    def _with_rivals(self, named: Sequence[MemoryRecord]) -> builtins.list[MemoryRecord]:
        """Named records and those about the same thing: whether one is contradicted cannot be seen from it alone."""
        records = {record.id: record for record in named}
        for record in named:
            if record.fact is not None:
                rivals = self._parts.store.find_fact(self.namespace, record.fact.subject, record.fact.attribute)
                records |= {rival.id: rival for rival in rivals}
        return [*records.values()]

    def consolidate(self, plan: ConsolidationPlan | None = None, *, progress: Progress | None = None) -> ConsolidationRun:
        """Write a plan's records into the parameters. The run says COMMITTED or REJECTED, with the gate's figures."""
        plan = plan or self.plan_consolidation()
        if plan.namespace != self.namespace:
            raise InputError("the plan is for another namespace", hint="make a plan here", code="input.plan")
        if not plan.chosen:
            raise InputError(
                "nothing to consolidate: no record qualifies",
                hint="memos consolidate --dry-run says why; --all lowers the bar",
                code="consolidation.nothing",
            )
        if self._parts.acceptance is not None:
            self._parts.acceptance.require()  # before a large model is loaded for nothing
        return self._consolidator().consolidate(plan, self._actor, progress)

    def _consolidator(self) -> Consolidator:
        consolidator = self._parts.consolidator()
        if consolidator is None:
            raise InputError(
                f"{self.settings.model.chat_shown} answers from the store alone: it has no parameters that memos can write",
                hint="leave model.chat empty to use a model with a memory layer",
                code="input.no_parameters",
            )
        return consolidator

    def runs(self, limit: int | None = None) -> builtins.list[ConsolidationRun]:
        """Newest first."""
        return self._parts.ledger.runs(self.namespace, limit=limit)

    def run(self, run_id: int) -> ConsolidationRun:
        return self._parts.ledger.run(self.namespace, run_id)

    def revert(
        self, run_id: int, *, record_id: str | None = None, progress: Progress | None = None
    ) -> RevertReport:
        """Take a run, or one record of it, out of the parameters. The records stay in the token store."""
        self.run(run_id)
        full = None if record_id is None else self.resolve(record_id)
        return self._consolidator().revert(self.namespace, run_id, self._actor, full, progress)

    def undo(self) -> RevertReport:
        """Take back the run that wrote last: its rows' former bits are put back, nothing is trained."""
        return self._consolidator().undo(self.namespace, self._actor)

    def rollback(self, point: str | int) -> RevertReport:
        """Back to the state after a run (its number), after an entry ("e" and its number), or to the base (0)."""
        worker = self._consolidator()
        return worker.rollback(self.namespace, worker.trace.point(self.namespace, str(point)).entries, self._actor)

    def forget(
        self, record_ids: Sequence[str], *, dry_run: bool = False, progress: Progress | None = None
    ) -> ForgetReport:
        """Erase records from every tier, and search the bytes of the data folder for what is left."""
        if not record_ids:
            raise InputError("no record was named", hint="memos ls lists their ids", code="input.empty")
        if dry_run:
            return self._forgetter.plan(record_ids)
        self._parts.context.let_go(self.namespace)
        self._shown.clear()
        ids = self._forgetter.resolve(record_ids)
        taught = any(self._parts.ledger.entries(self.namespace, record_id=one) for one in ids)
        return self._forgetter.forget(ids, self._consolidator() if taught else None, progress)

    # --- hygiene ------------------------------------------------------------------------------------------------------

    def examine(
        self, kinds: Iterable[FindingKind] = (), *, most: int = MOST, progress: Progress | None = None
    ) -> Hygiene:
        """What is wrong with the newest `most` records: duplicates, recall loops, secrets, junk, and what has passed."""
        return self._hygienist.examine(utc_now(), kinds=frozenset(kinds), most=most, progress=progress)

    def mend(self, finding: Finding, remedy: Remedy | None = None, *, progress: Progress | None = None) -> None:
        """Carry out a finding's remedy, or another. Only FORGET cannot be taken back by `resume`."""
        chosen = remedy or finding.remedy
        if chosen is Remedy.FORGET:
            self.forget(finding.record_ids, progress=progress)
        else:
            self._hygienist.mend(finding, chosen)

    # --- why, log, checks ---------------------------------------------------------------------------------------------

    def why_record(self, record_id: str) -> RecordStory:
        return self._inspector.record_story(self.resolve(record_id))

    def why_run(self, run_id: int) -> RunStory:
        return self._inspector.run_story(run_id)

    def why_question(self, question: str) -> AnswerStory:
        return self._inspector.answer_story(question, self._answerer, self._parts.reader())

    def log(self, limit: int | None = 50) -> builtins.list[AuditEvent]:
        """This namespace's events, newest first."""
        return self._parts.audit.events(self.namespace, limit=limit)

    def check_log(self) -> int:
        """Number of audit events, each of which follows from the one before. Raises ChainBroken."""
        return self._parts.audit.verify()

    def touched_rows(self, run_id: int | None = None) -> frozenset[int]:
        """Rows of the slot table that live writes own, or those that one run changed."""
        entries = self._parts.ledger.entries(self.namespace, live=True if run_id is None else None, run_id=run_id)
        kept = [one for one in entries if one.file and (run_id is not None or one.kind is EntryKind.WRITE)]
        return frozenset(row for one in kept for row in self._parts.ledger.change(one).rows.tolist())

    def verify(self) -> builtins.list[Check]:
        return self._inspector.verify(self._parts.consolidator)

    def doctor(self, *, rebuild: bool = False, progress: Progress | None = None) -> builtins.list[Check]:
        return self._inspector.doctor(
            self._parts.database, self._parts.consolidator, link_older=lambda: self._intake.link_older(progress),
            rebuild=rebuild, progress=progress,
        )

    def reindex(self, *, progress: Progress | None = None) -> int:
        """Embed every text of the store, in every namespace, with the embedder of the settings; then switch to it.

        The old vectors serve until all new ones are there, and a run that was cut short goes on where it stopped.
        Returns how many texts were embedded.
        """
        def noted() -> None:
            self._parts.audit.append(
                namespace=self.namespace, kind="reindex", subject="store", actor=self._actor,
                payload={"embedder": self._parts.embedder.identity},
            )  # fmt: skip

        return self._parts.store.reindex(progress, noted)

    def status(self) -> Status:
        turns = [turn for session in self.sessions() for turn in self.turns(session)]
        return self._inspector.status(len(turns), sum(len(turn.text.encode()) for turn in turns))

    def learned_records(self) -> builtins.list[MemoryRecord]:
        """Records the parameters hold now."""
        ids = {entry.record_id for entry in self._parts.ledger.entries(self.namespace) if entry.kind is EntryKind.WRITE}
        return [record for record in self.list(states=(), limit=EVERYTHING) if record.id in ids and record.learned_by]


__all__ = ["Action", "ChatMode", "ChatTurn", "MemoryManager", "Parts"]
