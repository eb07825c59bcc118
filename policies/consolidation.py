"""ThresholdConsolidation: which records graduate into the parameters, and why the others do not.

Knows records and the clock. Two kinds of refusal: *never* (a rule; no threshold lifts it) and *not yet* (a score
below the bar). The score is a weighted sum of five shares, each in [0, 1]:

    states a fact    .30   the record has a recognised subject, attribute and value
    use              .30   1 - exp(-(recalled + 2 cited + 2 further sightings) / 3)
    stability        .15   1 - exp(-days without contradiction / 14)
    importance       .15   as the record carries it
    sessions         .10   1 - 1 / (sessions in which the same fact was stated)

A record without a recognised fact keeps half of its sum: a lesson cannot be made of it by template.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from memos.config import ConsolidationSettings
from memos.policies import secrets, wording
from memos.policies.routing import MULTI_VALUED
from memos.types import Candidate, MemoryRecord, RecordState

_PASSING_ATTRIBUTES = wording.word_set("destination appointment meeting price weather mood")


@dataclass(frozen=True)
class ScoreParts:
    """The five shares behind a score."""

    fact: float
    use: float
    stability: float
    importance: float
    sessions: float

    @property
    def total(self) -> float:
        weighted = .30 * self.fact + .30 * self.use + .15 * self.stability + .15 * self.importance + .10 * self.sessions
        return weighted if self.fact else weighted / 2

    def __str__(self) -> str:
        fact = "states a fact" if self.fact else "states no recognised fact (half)"
        return f"{fact}, use {self.use:.2f}, stability {self.stability:.2f}, importance {self.importance:.2f}, sessions {self.sessions:.2f}"


class ThresholdConsolidation:
    """The default. `settings` gives the bar and the most records one run takes."""

    name = "threshold@1"

    def __init__(self, settings: ConsolidationSettings | None = None) -> None:
        self.settings = settings or ConsolidationSettings()

    def choose(
        self, records: Sequence[MemoryRecord], now: datetime, *, min_score: float | None = None
    ) -> tuple[list[Candidate], list[Candidate]]:
        """(chosen, skipped), best first. `min_score` replaces the setting; the rules hold at any score."""
        bar = self.settings.min_score if min_score is None else min_score
        by_fact = _by_fact(records, now)
        possible: list[Candidate] = []
        skipped: list[Candidate] = []
        for record in records:
            if refusal := _never(record, by_fact, now):
                skipped.append(Candidate(record_id=record.id, text=record.text, score=0.0, reason=f"never: {refusal}"))
                continue
            parts = score(record, by_fact.get(_key(record), ()), now)
            candidate = Candidate(record_id=record.id, text=record.text, score=parts.total, reason=str(parts))
            if parts.total >= bar:
                possible.append(candidate)
            else:
                reason = f"score {parts.total:.2f} is below {bar:.2f}: {parts}"
                skipped.append(candidate.model_copy(update={"reason": reason}))
        possible.sort(key=lambda c: -c.score)
        most = self.settings.max_records
        for candidate in possible[most:]:
            reason = f"beyond the {most} records one run takes; {candidate.reason}"
            skipped.append(candidate.model_copy(update={"reason": reason}))
        skipped.sort(key=lambda c: -c.score)
        return possible[:most], skipped


def score(record: MemoryRecord, same_fact: Sequence[MemoryRecord], now: datetime) -> ScoreParts:
    """The shares of one record. `same_fact`: active records with the same subject and attribute, itself included."""
    sightings = record.access_count + 2 * record.cite_count + 2 * record.merged
    days = max(0.0, (now - record.valid_from).total_seconds() / 86_400)
    sessions = {r.source.session for r in same_fact if r.source.session and _states_the_same(r, record)}
    return ScoreParts(
        fact=float(record.fact is not None),
        use=1 - math.exp(-max(0, sightings) / 3),
        stability=1 - math.exp(-days / 14),
        importance=min(1.0, max(0.0, record.importance)),
        sessions=1 - 1 / max(1, len(sessions)),
    )


_FactGroup = tuple[str, str] | None


def _key(record: MemoryRecord) -> _FactGroup:
    return (record.fact.subject.casefold(), record.fact.attribute) if record.fact else None


def _by_fact(records: Sequence[MemoryRecord], now: datetime) -> dict[_FactGroup, list[MemoryRecord]]:
    """Active records that state a fact, by subject and attribute, oldest first."""
    groups: dict[_FactGroup, list[MemoryRecord]] = defaultdict(list)
    for record in sorted(records, key=lambda r: (r.valid_from, r.observed_at, r.id)):
        if record.fact and record.state is RecordState.ACTIVE and not (record.valid_to and record.valid_to <= now):
            groups[_key(record)].append(record)
    return groups


def _states_the_same(one: MemoryRecord, other: MemoryRecord) -> bool:
    return bool(one.fact and other.fact and wording.same_value(one.fact.value, other.fact.value))


def _never(record: MemoryRecord, by_fact: dict[_FactGroup, list[MemoryRecord]], now: datetime) -> str | None:
    """The rule that keeps a record out of the parameters, if one does."""
    if record.state is not RecordState.ACTIVE:
        return record.state.value + (f" by {record.superseded_by}" if record.superseded_by else "")
    if record.valid_to is not None:
        return "expired" if record.valid_to <= now else f"holds only until {record.valid_to:%Y-%m-%d}"
    if record.valid_from > now:
        return f"holds only from {record.valid_from:%Y-%m-%d}"
    if record.learned_by is not None:
        return f"already learned, by run {record.learned_by}"
    if not record.approved:
        return f"{record.origin.value} text that nobody approved"
    if found := secrets.find(record.text):
        return f"holds a secret ({found[0].kind})"
    if marks := secrets.marks(record.text):
        return f"a secret was redacted from it ({', '.join(marks)})"
    lasting = record.fact is not None and record.fact.attribute not in _PASSING_ATTRIBUTES
    if passing := wording.passing(record.text, record.occurred_at, lasting=lasting):
        return f"volatile: {passing}"
    return _outranked(record, by_fact.get(_key(record), []))


def _outranked(record: MemoryRecord, group: list[MemoryRecord]) -> str | None:
    """The layer teaches one answer a question: a fact with two answers, or stated twice, is written once or not at all."""
    assert not group or record.fact is not None
    if record.fact is None or len(group) < 2:
        return None
    label = f"{record.fact.subject}'s {record.fact.attribute.replace('_', ' ')}"
    if all(_states_the_same(record, other) for other in group):
        first = next((r for r in group if r.learned_by is not None), group[0])
        return None if first is record else f"says the same of {label} as {first.id}"
    if record.fact.attribute in MULTI_VALUED:
        return f"{label} has several values at once; the store gives all of them"
    newest = group[-1]
    if _states_the_same(record, newest):
        first = next(r for r in group if _states_the_same(r, newest))
        return None if first is record else f"says the same of {label} as {first.id}"
    return f"contradicted by {newest.id}, which is newer"
