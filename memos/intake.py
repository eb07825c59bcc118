"""observe: from what was said to what is kept, in one transaction an experience.

    Draft -> secrets out -> Experience -> fact, vectors -> RoutingView -> RoutingDecision
          -> {experience, decision, record, context turn, audit event} committed together

Knows the store, the policy and the embedder by their protocols. The decision is the policy's; carrying it out is done
here and nowhere else.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from memos.config import Settings
from memos.embedding import in_context
from memos.errors import InputError
from memos.grammar import extract
from memos.merging import Adoption
from memos.naming import names_in
from memos.protocols import (
    AuditLog,
    ContextBuffer,
    Embedder,
    Neighbour,
    Progress,
    RoutingPolicy,
    RoutingView,
    TokenStore,
    UnitOfWork,
)
from memos.types import (
    Action,
    Draft,
    Experience,
    FactKey,
    ImportReport,
    MemoryRecord,
    Observed,
    Origin,
    RoutingDecision,
    text_hash,
    utc_now,
)

if TYPE_CHECKING:
    from memos.protocols import Vector

Item = TypeVar("Item")

BATCH = 64
"""Experiences embedded and committed together on import: large enough for the embedder, small enough to lose little."""

NEIGHBOURS = 5


def new_id(prefix: str) -> str:
    """`m:` for records, `x:` for experiences; 48 random bits."""
    return f"{prefix}:{os.urandom(6).hex()}"


class Intake:
    """Observes for one namespace."""

    def __init__(
        self,
        *,
        namespace: str,
        unit: UnitOfWork,
        store: TokenStore,
        context: ContextBuffer,
        audit: AuditLog,
        embedder: Embedder,
        policy: RoutingPolicy,
        settings: Settings,
        actor: str,
    ) -> None:
        self._namespace = namespace
        self._unit = unit
        self._store = store
        self._context = context
        self._audit = audit
        self._embedder = embedder
        self._policy = policy
        self._settings = settings
        self._actor = actor

    def observe(self, draft: Draft, injected: Sequence[str] = ()) -> Observed:
        """One experience, one transaction. `injected` is what was put before the model in this exchange: text that
        repeats it is not a new experience (invariant 4). Raises InputError for text that cannot be accepted."""
        observed = self._observe_batch([draft], injected)[0]
        if observed.decision.action is Action.DROP and not self._policy.prepare(observed.experience).found:
            self._context.pass_by(observed.experience)
        return observed

    def observe_many(self, drafts: Iterable[Draft], progress: Progress | None, total: int = 0) -> ImportReport:
        """Batches of `BATCH`, each its own transaction: an interruption keeps every batch that was committed."""
        actions: Counter[str] = Counter()
        done = 0
        for batch in batched(drafts, BATCH):
            observed = self._observe_batch(batch, ())
            actions.update(one.decision.action.value for one in observed)
            done += len(batch)
            if progress is not None:
                progress(done, total, "observed")
        return ImportReport(observed=done, by_action=dict(actions))

    def edit(self, record_id: str, text: str) -> MemoryRecord:
        """Replace a record's text under a new revision, with new vectors and a new reading of what it states.

        The same rules hold as for a new text: secrets are redacted, or refused where the setting is to drop them.
        """
        record = self._store.get(self._namespace, record_id)
        experience, secrets = self._prepared(Draft(text=text, origin=record.origin, source=record.source), utc_now())
        if secrets and self._settings.routing.secrets == "drop":
            raise InputError(f"the new text holds a secret ({', '.join(secrets)})", hint="leave it out",
                             code="input.secret")  # fmt: skip
        text = experience.text
        vector = self._embedder.embed([text])[0]
        with self._unit.begin():
            edited = self._store.update(
                self._namespace, record_id, text=text, vector=vector, fact=_fact(text, record.origin),
                reason=f"edited by {self._actor}",
            )  # fmt: skip
            near = [one for one in self._store.neighbours(self._namespace, vector, NEIGHBOURS) if one.record.id != record_id]
            self._connect(edited, near)
            self._store.mark_learned(self._namespace, [record_id], None)
            self._audit.append(
                namespace=self._namespace, kind="edit", subject=record_id, actor=self._actor,
                payload={"revision": edited.revision},
            )  # fmt: skip
            return self._store.get(self._namespace, record_id)

    def adopt(self, texts: Mapping[str, str], source: str) -> Adoption:
        """Records for texts that the parameters are about to take over from another ledger; ids there -> text.

        A text that an active record says already is that record's. The others become approved records of the origin
        `import`: who joins a ledger approves it. Where one states another value of a known fact it supersedes the
        older record. Nothing is stored before the adoption's `keep`. Raises InputError for text that cannot be accepted.
        """
        now = utc_now()
        known: dict[str, str] = {}
        fresh: dict[str, MemoryRecord] = {}
        twice: dict[str, str] = {}
        said: dict[str, str] = {}
        for told, text in texts.items():
            if text in said:
                twice[told] = said[text]
                continue
            check_text(text, self._settings.store.max_text_chars)
            found = self._store.find_exact(self._namespace, text_hash(text))
            if found is not None and found.text == text:
                known[told] = said[text] = found.id
                continue
            fresh[told] = MemoryRecord(
                id=new_id("m"), namespace=self._namespace, text=text, origin=Origin.IMPORT, approved=True,
                fact=_fact(text, Origin.IMPORT), occurred_at=now, observed_at=now, valid_from=now,
                metadata={"learned_from": source},
            )  # fmt: skip
            said[text] = fresh[told].id
        vectors = self._embedder.embed([one.text for one in fresh.values()]) if fresh else ()
        return Adoption(
            known | twice | {told: record.id for told, record in fresh.items()},
            lambda: self._keep_adopted(list(zip(fresh.values(), vectors, strict=True)), [*known.values()], source),
        )

    def _keep_adopted(self, fresh: Sequence[tuple[MemoryRecord, Vector]], known: Sequence[str], source: str) -> None:
        for record_id in known:  # gone since it was found: then what was learned of it must not be kept either
            self._store.get(self._namespace, record_id)
        self._store.approve(self._namespace, known)
        for record, vector in fresh:
            fact = record.fact
            rivals = self._store.find_fact(self._namespace, fact.subject, fact.attribute) if fact else []
            self._store.add(record, vector, reason=f"learned from {source}")
            self._connect(record, ())
            for rival in rivals:
                self._store.supersede(
                    self._namespace, rival.id, by=record, at=record.valid_from, reason=f"learned from {source}"
                )

    def _observe_batch(self, drafts: Sequence[Draft], injected: Sequence[str]) -> list[Observed]:
        now = utc_now()
        experiences, previous = self._in_session([self._prepared(draft, now)[0] for draft in drafts])
        with_context = [in_context(one.text, before) for before, one in zip(previous, experiences, strict=True)]
        vectors = self._embedder.embed([one.text for one in experiences] + with_context)
        half = len(experiences)
        with self._unit.begin():
            return [
                self._carry_out(one, vectors[i], vectors[half + i], injected) for i, one in enumerate(experiences)
            ]

    def _prepared(self, draft: Draft, now: datetime) -> tuple[Experience, tuple[str, ...]]:
        """The experience as it may be stored, and the kinds of secret that were found in it."""
        check_text(draft.text, self._settings.store.max_text_chars)
        experience = Experience(
            id=new_id("x"), namespace=self._namespace, text=draft.text, origin=draft.origin, source=draft.source,
            occurred_at=draft.occurred_at or now, observed_at=now, metadata=draft.metadata,
        )  # fmt: skip
        text, kinds = self._policy.prepare(experience)
        if text != experience.text:
            metadata = {**draft.metadata, "redacted": list(kinds)}
            experience = experience.model_copy(update={"text": text, "metadata": metadata})
        return experience, kinds

    def _in_session(self, experiences: Sequence[Experience]) -> tuple[list[Experience], list[str | None]]:
        """Each experience with its turn number, and the text before it in its session.

        A turn is embedded alone and in its context, and found through its neighbours by number.
        """
        last: dict[str, Experience | None] = {}
        placed: list[Experience] = []
        texts: list[str | None] = []
        for one in experiences:
            session = one.source.session
            if session is None:
                placed.append(one)
                texts.append(None)
                continue
            if session not in last:
                turns = self._context.turns(self._namespace, session, latest=1)
                last[session] = turns[-1] if turns else None
            before = last[session]
            if one.source.turn is None:
                number = 1 if before is None else (before.source.turn or 0) + 1
                one = one.model_copy(update={"source": one.source.model_copy(update={"turn": number})})
            placed.append(one)
            texts.append(None if before is None else before.text)
            last[session] = one
        return placed, texts

    def _carry_out(
        self, experience: Experience, vector: Vector, context_vector: Vector, injected: Sequence[str]
    ) -> Observed:
        view = self._view(experience, vector, injected)
        decision = self._policy.route(experience, view)
        self._store.add_experience(experience, decision)
        record = self._apply(experience, decision, vector, context_vector)
        if record is not None and record.experience_id == experience.id:
            self._connect(record, view.neighbours)
        if experience.source.session is not None and decision.action is not Action.DROP:
            self._context.append(experience)
        self._audit.append(
            namespace=self._namespace, kind="observe", subject=experience.id, actor=self._actor,
            payload={"action": decision.action.value, "record": None if record is None else record.id,
                     "target": decision.target, "origin": experience.origin.value, "policy": decision.policy},
        )  # fmt: skip
        return Observed(experience=experience, decision=decision, record=record)

    def link_older(self, progress: Progress | None = None) -> int:
        """Grow the links of records that were kept before links were: as if now, each only to what was kept before it.

        Done again it changes nothing, and a run cut short goes on. Returns how many records were looked at.
        """
        done, last = 0, None
        while page := self._store.nameless(self._namespace, BATCH, last):
            with self._unit.begin():
                for record in page:
                    near = self._store.kin(self._namespace, record.id, NEIGHBOURS)
                    self._connect(record, [one for one in near if one.record.observed_at <= record.observed_at])
            done, last = done + len(page), page[-1].id
            if progress is not None:
                progress(done, done, "links")
        return done

    def _connect(self, record: MemoryRecord, near: Sequence[Neighbour]) -> None:
        names = names_in(record.text, fact=record.fact, actor=record.source.actor)
        self._store.connect(self._namespace, record.id, names, near)

    def _view(self, experience: Experience, vector: Vector, injected: Sequence[str]) -> RoutingView:
        fact = _fact(experience.text, experience.origin)
        return RoutingView(
            fact=fact,
            exact=self._store.find_exact(self._namespace, text_hash(experience.text)),
            same_fact=self._store.find_fact(self._namespace, fact.subject, fact.attribute) if fact else (),
            neighbours=self._store.neighbours(self._namespace, vector, NEIGHBOURS),
            injected=injected,
            now=experience.observed_at,
        )

    def _apply(
        self, experience: Experience, decision: RoutingDecision, vector: Vector, context_vector: Vector
    ) -> MemoryRecord | None:
        if decision.action is Action.DROP:
            return None
        if decision.action is Action.NOOP:
            return self._store.get(self._namespace, decision.target) if decision.target else None
        if decision.action is Action.MERGE and decision.target:
            return self._store.merge(self._namespace, decision.target, experience, decision.reason)
        if decision.action is Action.UPDATE and decision.target and self._may_rewrite(decision.target, experience):
            self._store.update(
                self._namespace, decision.target, text=experience.text, vector=vector, context_vector=context_vector,
                fact=decision.fact, reason=decision.reason,
            )  # fmt: skip
            self._store.mark_learned(self._namespace, [decision.target], None)
            rewritten = self._store.get(self._namespace, decision.target)
            self._connect(rewritten, ())
            return rewritten
        record = self._record(experience, decision)
        if decision.action is Action.SUPERSEDE and decision.target:
            record = record.model_copy(update={"supersedes": decision.target})
            self._store.add(record, vector, context_vector)
            self._store.supersede(
                self._namespace, decision.target, by=record, at=experience.occurred_at, reason=decision.reason
            )
            return record
        if decision.action is Action.ADD and decision.target:
            # An old statement that arrives late: true once, and already overruled.
            newer = self._store.get(self._namespace, decision.target)
            self._store.add(record, vector, context_vector)
            self._store.supersede(self._namespace, record.id, by=newer, at=newer.valid_from, reason=decision.reason)
            return self._store.get(self._namespace, record.id)
        self._store.add(record, vector, context_vector)
        return record

    def _may_rewrite(self, record_id: str, experience: Experience) -> bool:
        """Text that nobody approved must not take the place of text that may reach the parameters."""
        return experience.origin is Origin.USER or not self._store.get(self._namespace, record_id).approved

    def _record(self, experience: Experience, decision: RoutingDecision) -> MemoryRecord:
        return MemoryRecord(
            id=new_id("m"), namespace=self._namespace, text=experience.text, origin=experience.origin,
            approved=experience.origin is Origin.USER, source=experience.source, experience_id=experience.id,
            fact=decision.fact, occurred_at=experience.occurred_at, observed_at=experience.observed_at,
            valid_from=experience.occurred_at, metadata=experience.metadata,
        )  # fmt: skip


def _fact(text: str, origin: Origin) -> FactKey | None:
    """The one fact a text states. An assistant's "I" is not the user, and two facts have no single key."""
    facts = extract(text) if origin is not Origin.ASSISTANT else []
    if len(facts) != 1:
        return None
    return FactKey(subject=facts[0].subject, attribute=facts[0].relation, value=facts[0].value)


def check_text(text: str, limit: int) -> None:
    """Raises InputError for what cannot be kept as text: nothing, too much, NUL bytes, half a surrogate pair."""
    if not text.strip():
        raise InputError("the experience is empty", hint="give it some text", code="input.empty")
    if len(text) > limit:
        raise InputError(
            f"the experience has {len(text):,} characters; the limit is {limit:,}",
            hint="split it, or raise store.max_text_chars",
            code="input.too_long",
        )
    if "\x00" in text:
        raise InputError("the experience contains a NUL byte", hint="remove it", code="input.nul")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise InputError(
            "the experience contains half a surrogate pair and is not valid Unicode",
            hint="decode the source with the right encoding",
            code="input.surrogate",
        ) from None


def batched(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
