"""recall and answer: which tier is asked, what is put before the model, and where the answer came from.

    question -> RecallPolicy: parameters, store, or both in turn
      parameters: closed book, with the namespace's rows -> confidence, familiarity, attribution -> keep or go on
      store:      search -> cut to a budget -> inject as notes -> generate with the rows left out -> cite

A note read from the store is answered with the rows left out, so that what was learned never bends what is read.
Retrieved, injected and cited are three different facts, and each is in the result. Writes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from memos.config import Settings
from memos.embedding import unnamed
from memos.errors import InputError, MemosError, NotFoundError
from memos.grammar import parse_question
from memos.prompting import Note
from memos.protocols import (
    ContextBuffer,
    Embedder,
    Generator,
    ParametricAnswerView,
    ParametricReader,
    ParametricReading,
    RecallPolicy,
    RecallView,
    Reranker,
    TokenStore,
)
from memos.types import (
    Answer,
    CascadeVerdict,
    Cut,
    MemoryRecord,
    Recall,
    RecallDecision,
    RecallHit,
    RecallRoute,
    RecordState,
    Tier,
    normalise_text,
)

Source = Literal["auto", "store", "parameters", "context"]
SOURCES: tuple[Source, ...] = ("auto", "store", "parameters", "context")


class AnswerStream:
    """Iterate for pieces of text; `answer` is there once the iteration has ended or was stopped."""

    def __init__(self, pieces: Iterator[str], finish: Callable[[str], Answer]) -> None:
        self._pieces = pieces
        self._finish = finish
        self._text: list[str] = []
        self._answer: Answer | None = None

    def __iter__(self) -> Iterator[str]:
        for piece in self._pieces:
            self._text.append(piece)
            yield piece

    @property
    def answer(self) -> Answer:
        """The answer made of what was yielded so far: stopping early keeps the part that was seen."""
        if self._answer is None:
            self._answer = self._finish("".join(self._text).strip())
        return self._answer


@dataclass(frozen=True)
class Prepared:
    """What will be put before the model, and what was found and cut on the way."""

    recall: Recall
    notes: tuple[Note, ...]
    injected: tuple[MemoryRecord, ...]


class Answerer:
    """Answers for one namespace."""

    def __init__(
        self,
        *,
        namespace: str,
        store: TokenStore,
        context: ContextBuffer,
        embedder: Embedder,
        policy: RecallPolicy,
        generator: Generator,
        parametric: ParametricReader | None,
        live_writes: Callable[[], int],
        sees_turns: bool,
        settings: Settings,
        reranker: Reranker | None = None,
    ) -> None:
        self._namespace = namespace
        self._store = store
        self._context = context
        self._embedder = embedder
        self._policy = policy
        self._generator = generator
        self._parametric = parametric
        self._live_writes = live_writes
        self._sees_turns = sees_turns
        self._settings = settings
        self._reranker = reranker

    def load(self) -> None:
        """Load the model, which otherwise comes with the first question."""
        self._generator.count_tokens(".")

    # --- search -------------------------------------------------------------------------------------------------------

    def recall(
        self, query: str, *, k: int | None = None, where: Any | None = None, as_of: datetime | None = None
    ) -> Recall:
        """Ranked records with their score parts; nothing is cut and no model is loaded."""
        if not query.strip():
            raise InputError("the query is empty", hint="say what to look for", code="input.empty")
        started = time.perf_counter()
        vector = self._embedder.embed([unnamed(query, self._store.speakers(self._namespace))])[0]
        settings = self._settings.recall
        wanted = settings.k if k is None else k
        most = wanted if self._reranker is None else max(wanted, settings.reranked)
        hits = self._store.search(self._namespace, query, vector, most, where=where, as_of=as_of)
        if self._reranker is not None and hits:
            from memos.reranking import reranked

            hits = reranked(self._reranker, query, hits, settings.rerank_weight)[:wanted]
        elapsed = 1000 * (time.perf_counter() - started)
        return Recall(query=query, namespace=self._namespace, hits=tuple(hits), elapsed_ms=round(elapsed, 2))

    def prepare(self, question: str, as_of: datetime | None = None) -> Prepared:
        """Search, then keep what fits: by what it states, by distance from the best hit, by count and by tokens."""
        recall = self.recall(question, as_of=as_of)
        settings = self._settings.recall
        kept: list[RecallHit] = []
        cut: list[Cut] = []
        tokens = 0
        best = max((_own(hit) for hit in recall.hits), default=0.0)
        asked = parse_question(question)
        for hit in recall.hits:
            cost = self._generator.count_tokens(hit.record.text)
            if asked is not None and _states_another(hit.record, asked):
                cut.append(Cut(record_id=hit.record.id, reason="states something else than what is asked"))
            elif _own(hit) < settings.weak_hit * best:
                cut.append(Cut(record_id=hit.record.id, reason=f"score {_own(hit):.2f}, best is {best:.2f}"))
            elif len(kept) >= settings.inject:
                cut.append(Cut(record_id=hit.record.id, reason=f"{settings.inject} records are injected at most"))
            elif tokens + cost > settings.token_budget:
                cut.append(Cut(record_id=hit.record.id, reason=f"token budget {settings.token_budget} is used up"))
            else:
                kept.append(hit)
                tokens += cost
        # Oldest first: where two notes disagree the newer one stands last, as in a conversation.
        ordered = sorted((hit.record for hit in kept), key=lambda record: record.occurred_at)
        notes = tuple(Note(record.text, record.occurred_at) for record in ordered)
        return Prepared(recall.model_copy(update={"cut": tuple(cut), "tokens": tokens}), notes, tuple(ordered))

    # --- answer -------------------------------------------------------------------------------------------------------

    def answer(self, question: str, *, tier: Source = "auto", session: str | None = None,
               as_of: datetime | None = None) -> Answer:  # fmt: skip
        """The same as `stream` in one piece, with the model's confidence."""
        stream = self.stream(question, tier=tier, session=session, as_of=as_of, whole=True)
        for _ in stream:
            pass
        return stream.answer

    def stream(self, question: str, *, tier: Source = "auto", session: str | None = None, inject: bool = True,
               as_of: datetime | None = None, whole: bool = False) -> AnswerStream:  # fmt: skip
        """The one path every answer takes. Raises InputError for an empty question or a tier that is not there."""
        if not question.strip():
            raise InputError("the question is empty", hint="ask something", code="input.empty")
        if tier not in SOURCES:
            raise InputError(f"no tier {tier!r}", hint="one of " + ", ".join(SOURCES), code="input.tier")
        if tier == "parameters" and self._parametric is None:
            raise InputError(
                f"{self._generator.identity} answers from the store alone: it has no memory layer",
                hint="leave model.chat empty to use a model with parameters that learn",
                code="input.no_parameters",
            )
        history = self._history(session)
        if not inject:
            return self._plain(question, history, "memory is off")
        if tier == "context":
            return self._from_context(question, session, whole)
        decision = self._policy.decide(
            question,
            RecallView(
                live_records=self._live_writes() if self._parametric is not None else 0,
                has_parameters=self._parametric is not None,
                has_store=True,
                forced=None if tier == "auto" else tier,
            ),
        )
        return self._follow(question, decision, history, as_of, whole)

    def reply(self, text: str, session: str | None) -> AnswerStream:
        """A reply to something that asks nothing: an acknowledgement, small talk."""
        return self._plain(text, self._history(session), "nothing was asked")

    def _follow(
        self, question: str, decision: RecallDecision, history: Sequence[dict[str, str]], as_of: datetime | None,
        whole: bool,
    ) -> AnswerStream:  # fmt: skip
        reading: ParametricReading | None = None
        verdict: CascadeVerdict | None = None
        if decision.route in (RecallRoute.PARAMETERS, RecallRoute.PARAMETERS_THEN_STORE) and self._parametric:
            reading = self._parametric.read(self._namespace, question)
            newer = self.overruling(question, reading)
            verdict = self._policy.keep(
                ParametricAnswerView(
                    text=reading.text, known=reading.known, confidence=reading.confidence,
                    familiarity=reading.familiarity, newer_record=newer,
                    other_fact=self._leaked_from(question, reading),
                )
            )  # fmt: skip
            if decision.route is RecallRoute.PARAMETERS or verdict.keep:
                return _spoken(self._parametric_answer(reading, verdict.reason, newer))
        reason = verdict.reason if verdict is not None else decision.reason
        return self._from_store(question, history, as_of, reason, reading, whole)

    def _from_store(
        self, question: str, history: Sequence[dict[str, str]], as_of: datetime | None, reason: str,
        reading: ParametricReading | None, whole: bool,
    ) -> AnswerStream:  # fmt: skip
        prepared = self.prepare(question, as_of)
        # What the parameters know may yet be the answer: it cannot be shown before the store's is judged.
        fallback = reading is not None and reading.known
        pieces, confidence = self._generated(question, prepared.notes, history, whole or fallback)

        def finish(text: str) -> Answer:
            answer = self._stored_answer(text, prepared, reason, confidence)
            if not answer.known and reading is not None and reading.known and not reading.attributions:
                # What pretraining taught belongs to no write, so it is unfamiliar; it still beats knowing nothing.
                return self._parametric_answer(reading, "the store holds nothing about it", None)
            return answer

        return _spoken(finish("".join(pieces).strip())) if fallback else AnswerStream(pieces, finish)

    def _generated(
        self, question: str, notes: Sequence[Note], history: Sequence[dict[str, str]], whole: bool
    ) -> tuple[Iterator[str], float | None]:
        """Pieces as they come, or all at once with the model's confidence."""
        if not whole:
            return self._generator.stream(question, notes, history), None
        made = self._generator.answer(question, notes, history)
        return iter([made.text]), made.confidence

    def _from_context(self, question: str, session: str | None, whole: bool) -> AnswerStream:
        if session is None:
            raise InputError(
                "answering from the context needs a session", hint="pass --session", code="input.no_session"
            )
        turns = [turn for turn in self._context.turns(self._namespace, session) if turn.text != question]
        notes = tuple(Note(turn.text, turn.occurred_at) for turn in turns[-self._settings.recall.inject :])

        def finish(text: str) -> Answer:
            known = self._is_known(text)
            return Answer(text=text, known=known, tier=Tier.CONTEXT if known else None, confidence=confidence,
                          reason=f"{len(notes)} turns of this session")  # fmt: skip

        pieces, confidence = self._generated(question, notes, (), whole)
        return AnswerStream(pieces, finish)

    def _plain(self, text: str, history: Sequence[dict[str, str]], reason: str) -> AnswerStream:
        def finish(reply: str) -> Answer:
            return Answer(text=reply, known=self._is_known(reply), tier=None, reason=reason)

        return AnswerStream(self._generator.stream(text, (), history), finish)

    def _history(self, session: str | None) -> list[dict[str, str]]:
        """Pinned blocks and the latest turns; only the blocks for a model that answers one exchange at a time."""
        if session is None:
            return []
        messages = self._context.messages(self._namespace, session, self._settings.context.max_tokens)
        return [one for one in messages if self._sees_turns or one["role"] == "system"]

    # --- where it came from -------------------------------------------------------------------------------------------

    def overruling(self, question: str, reading: ParametricReading) -> str | None:
        """The record by which the store overrules what the parameters learned, if there is one: freshness wins.

        A newer statement, or the very record that was learned, once it was edited, paused, superseded or erased.
        """
        asked = reading.asked or parse_question(question)
        if asked is not None:
            stored = self._store.find_fact(self._namespace, *asked)
            if stored and stored[0].learned_by is None:
                return stored[0].id
        for attribution in reading.attributions[:1]:
            try:
                record = self._store.get(self._namespace, attribution.record_id)
            except NotFoundError:
                return attribution.record_id
            if record.state is not RecordState.ACTIVE or record.learned_by is None:
                return record.superseded_by or record.id
        return None

    def _leaked_from(self, question: str, reading: ParametricReading) -> str | None:
        """The record an answer was mostly read from, when it states another fact than the one asked for.

        A write may leak into a neighbouring question; the ledger knows what was written, so the leak shows.
        """
        asked = reading.asked or parse_question(question)
        if asked is None or not reading.attributions:
            return None
        try:
            record = self._store.get(self._namespace, reading.attributions[0].record_id)
        except NotFoundError:
            return None
        return record.id if _states_another(record, asked) else None

    def _parametric_answer(self, reading: ParametricReading, reason: str, newer: str | None) -> Answer:
        return Answer(
            text=reading.text, known=reading.known, tier=Tier.PARAMETRIC if reading.known else None,
            confidence=reading.confidence, runs=tuple(dict.fromkeys(one.run_id for one in reading.attributions)),
            attributions=reading.attributions, reason=reason, stale=newer is not None,
        )  # fmt: skip

    def _stored_answer(self, text: str, prepared: Prepared, reason: str, confidence: float | None) -> Answer:
        known = self._is_known(text)
        cited = tuple(record.id for record in prepared.injected if known and _supports(record.text, text))
        return Answer(
            text=text, known=known, tier=Tier.TOKEN if known and prepared.injected else None, confidence=confidence,
            recall=prepared.recall,
            injected=tuple(record.id for record in prepared.injected), cited=cited, reason=reason,
        )  # fmt: skip

    def _is_known(self, text: str) -> bool:
        return self._generator.is_answer(text)


def _spoken(answer: Answer) -> AnswerStream:
    """An answer that was complete before it could be shown, as a stream."""
    return AnswerStream(iter([answer.text]), lambda _text: answer)


def failed_stream(error: MemosError) -> AnswerStream:
    """An answer that fails before its first word."""

    def pieces() -> Iterator[str]:
        raise error
        yield ""  # a generator: it raises when it is read, not here

    return AnswerStream(pieces(), lambda _text: Answer(text="", known=False, tier=None, reason=error.message))


def _own(hit: RecallHit) -> float:
    """A hit's score without what its session and its time are worth: they say where an answer is, not that it is in this text."""
    return hit.score - hit.parts.get("session", 0.0) - hit.parts.get("time", 0.0)


def _states_another(record: MemoryRecord, asked: tuple[str, str]) -> bool:
    """Whether a record is known to state one fact, and not the one asked for: a cat's name is no dog's name.

    A near miss is what misleads a small reader most. Texts that state nothing recognisable are never cut for it.
    """
    if record.fact is None:
        return False
    subject, attribute = asked
    return (record.fact.subject.casefold(), record.fact.attribute) != (subject.casefold(), attribute)


def _supports(note: str, answer: str) -> bool:
    """A note is cited when it says the answer, or most of the answer's words."""
    said, given = normalise_text(note), normalise_text(answer)
    if given and given in said:
        return True
    words = {word.strip(".,;:!?\"'") for word in given.split() if len(word) > 3}
    return len(words) >= 3 and sum(word in said for word in words) >= 0.6 * len(words)


__all__ = ["SOURCES", "AnswerStream", "Answerer", "Prepared", "Source", "failed_stream"]
