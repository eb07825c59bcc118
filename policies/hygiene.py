"""RuleHygiene: what is wrong with a kept record, by rules. Proposes a remedy, carries none out.

The same judgement as at the door (`routing`, `secrets`, `wording`), made again over what is inside: rules grow, settings
change, and archives bring what other rules let in. Of two records that say the same the one that was used, then the older
one, stays. Knows the record, its nearest and its rivals; reads nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from memos.config import RoutingSettings
from memos.policies import secrets, wording
from memos.policies.routing import MOSTLY_REPEATED, MULTI_VALUED
from memos.policies.wording import Talk
from memos.protocols import KeptView
from memos.types import Finding, FindingKind, MemoryRecord, Origin, Remedy

UNUSED_FOR = timedelta(days=90)
"""Age from which a record that nothing ever asked for is reported."""
PASSED_SINCE = timedelta(days=30)
"""Age from which "tomorrow" is surely over."""
NEAR = 0.93
"""Cosine from which two texts are shown as near duplicates. A person decides, so it may be lower than for a merge."""

_ASKS = "a question that states nothing"
_WHY_JUNK = {
    Talk.ASKS: _ASKS, Talk.REQUESTS: "a request that states nothing", Talk.FILLS: "a greeting or acknowledgement",
    Talk.NOISE: "no words in it",
}


class RuleHygiene:
    """The default. `settings` says whether secrets are a fault at all."""

    name = "rules@1"

    def __init__(self, settings: RoutingSettings | None = None) -> None:
        self.settings = settings or RoutingSettings()

    def shown(self, text: str) -> str:
        """The text with its secrets taken out."""
        return secrets.redact(text).text

    def examine(self, view: KeptView) -> list[Finding]:
        """The faults of one record; a fault between two is told once, of the one that should go."""
        rules = (self._secret, self._junk, self._exact, self._loop, self._near, self._contradicted, self._expired, self._unused)
        found = [finding for rule in rules if (finding := rule(view))]
        kinds = {finding.kind for finding in found}
        # What has no content of its own need not be listed for each way in which it has none.
        if FindingKind.EXACT_DUPLICATE in kinds:
            found = [one for one in found if one.kind is not FindingKind.NEAR_DUPLICATE]
        if FindingKind.JUNK in kinds:
            found = [one for one in found if one.kind in (FindingKind.JUNK, FindingKind.SECRET)]
        return found

    def _secret(self, view: KeptView) -> Finding | None:
        if self.settings.secrets == "keep":
            return None
        kinds = dict.fromkeys(secret.kind for secret in secrets.find(view.record.text))
        if not kinds:
            return None
        return self._finding(view, FindingKind.SECRET, Remedy.FORGET, f"holds a {', a '.join(kinds)}", secrets=len(kinds))

    def _junk(self, view: KeptView) -> Finding | None:
        kind = wording.talk(view.record.text)
        if kind is Talk.STATES or view.record.fact is not None:
            return None
        return self._finding(view, FindingKind.JUNK, Remedy.PAUSE, _WHY_JUNK[kind])

    def _exact(self, view: KeptView) -> Finding | None:
        better = [one for one in view.same if _stays(one, view.record) and _one_speaker(one, view.record)
                  and _one_day(one, view.record)]
        if not better:
            return None
        first = max(better, key=_merit)
        return self._finding(view, FindingKind.EXACT_DUPLICATE, Remedy.MERGE,
                             f"the same words as {_short(first)} of {_day(first.occurred_at)}", first, cosine=1.0)

    def _near(self, view: KeptView) -> Finding | None:
        close = [n for n in view.near if n.cosine >= NEAR and _stays(n.record, view.record)
                 and _says_the_same(n.record, view.record)]
        if not close:
            return None
        nearest = max(close, key=lambda n: n.cosine)
        return self._finding(
            view, FindingKind.NEAR_DUPLICATE, Remedy.MERGE,
            f"cosine {nearest.cosine:.2f} to {_short(nearest.record)} of {_day(nearest.record.occurred_at)}: "
            f"{self.shown(nearest.record.text)[:80]!r}", nearest.record, cosine=nearest.cosine,
        )

    def _loop(self, view: KeptView) -> Finding | None:
        """What an agent or a tool said again, or a note pasted with its frame, of a record that was there before."""
        record = view.record
        older = [n.record for n in view.near if n.record.observed_at < record.observed_at and n.record.id not in record.derived_from]
        if not older:
            return None
        if record.origin in (Origin.ASSISTANT, Origin.TOOL):
            share, new = wording.share_repeated(record.text, [one.text for one in older])
            if share >= MOSTLY_REPEATED:
                return self._finding(
                    view, FindingKind.RECALL_LOOP, Remedy.PAUSE,
                    f"{record.origin.value} text that repeats {share:.0%} of {_short(older[0])} and others, {len(new)} new words",
                    older[0], repeated=share,
                )  # fmt: skip
        if wording.framed_as_note(record.text) and wording.quoted_in(record.text, [one.text for one in older]):
            return self._finding(view, FindingKind.RECALL_LOOP, Remedy.PAUSE,
                                 f"a recalled note, word for word {_short(older[0])}", older[0], repeated=1.0)
        return None

    def _contradicted(self, view: KeptView) -> Finding | None:
        fact = view.record.fact
        if fact is None or fact.attribute in MULTI_VALUED:
            return None
        newer = [one for one in view.same_fact if one.fact and _one_speaker(one, view.record)
                 and not wording.same_value(one.fact.value, fact.value)
                 and (one.valid_from, one.id) > (view.record.valid_from, view.record.id)]
        if not newer:
            return None
        latest = max(newer, key=lambda one: (one.valid_from, one.id))
        assert latest.fact is not None
        return self._finding(
            view, FindingKind.CONTRADICTION, Remedy.PAUSE,
            f"{fact.subject}'s {fact.attribute.replace('_', ' ')}: {fact.value} ({_day(view.record.valid_from)}) against "
            f"{latest.fact.value} ({_day(latest.valid_from)}, {_short(latest)})", latest,
        )

    def _expired(self, view: KeptView) -> Finding | None:
        record = view.record
        if record.valid_to is not None and record.valid_to <= view.now:
            return self._finding(view, FindingKind.EXPIRED, Remedy.PAUSE, f"held until {_day(record.valid_to)}")
        if view.now - record.occurred_at < PASSED_SINCE:
            return None
        why = wording.bound_in_time(record.text)
        if why is None:
            return None
        return self._finding(view, FindingKind.EXPIRED, Remedy.PAUSE, f"{why!r}, said on {_day(record.occurred_at)}")

    def _unused(self, view: KeptView) -> Finding | None:
        record = view.record
        age = view.now - record.observed_at
        if record.access_count or record.cite_count or record.merged or record.learned_by is not None or age < UNUSED_FOR:
            return None
        return self._finding(view, FindingKind.NEVER_USED, Remedy.PAUSE,
                             f"never recalled in {age.days} days, since {_day(record.observed_at)}", days=age.days)

    def _finding(self, view: KeptView, kind: FindingKind, remedy: Remedy, evidence: str,
                 beside: MemoryRecord | None = None, **scores: float) -> Finding:
        record = view.record
        return Finding(
            kind=kind, record_ids=(record.id,), beside=beside.id if beside else None, text=self.shown(record.text),
            evidence=evidence, scores=scores, remedy=remedy,
        )


def _merit(record: MemoryRecord) -> tuple[bool, int, float, str]:
    """What was learned, then what was used, then what was there first."""
    return (record.learned_by is not None, record.access_count + record.cite_count, -record.observed_at.timestamp(), record.id)


def _stays(one: MemoryRecord, other: MemoryRecord) -> bool:
    return _merit(one) > _merit(other)


def _one_speaker(one: MemoryRecord, other: MemoryRecord) -> bool:
    """ "I live in Rome" from two people are two facts."""
    if one.source.actor is None or other.source.actor is None or one.source.actor.casefold() == other.source.actor.casefold():
        return True
    return not (wording.about_speaker(one.text) or wording.about_speaker(other.text))


def _one_day(one: MemoryRecord, other: MemoryRecord) -> bool:
    """ "Dinner tomorrow", said on two days, are two dinners."""
    return one.occurred_at.date() == other.occurred_at.date() or wording.relative_time(other.text) is None


def _says_the_same(one: MemoryRecord, other: MemoryRecord) -> bool:
    """No number, name or negation differs: these change a fact and hardly a vector."""
    if not (_one_speaker(one, other) and _one_day(one, other)):
        return False
    if one.fact and other.fact:
        return one.fact.attribute == other.fact.attribute and wording.same_value(one.fact.value, other.fact.value)
    return wording.telling_words(one.text) == wording.telling_words(other.text)


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"


def _short(record: MemoryRecord) -> str:
    return record.id[:12]
