"""Values of the manager to documents: what each verb shows, as data for scripts and as rows for people.

Pure functions. What goes to scripts is declared in `contract`, which each function imports for itself: building its values
takes time that `memos --help` need not spend. Knows the values in `memos.types` and nothing of how they came.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from memos.apps.render import Document, Table
from memos.types import (
    Action,
    Answer,
    Experience,
    MemoryRecord,
    Observed,
    Recall,
    RecallHit,
    Tier,
)

if TYPE_CHECKING:
    from memos.apps import contract

SHORT = 8  # "m:" and six digits: enough to type, and `resolve` says when it is not


def short_id(record_id: str) -> str:
    """The part of an id that people read and type."""
    return record_id[:SHORT]


def moment(when: datetime | None) -> str:
    """UTC, to the minute; to the second it would be noise in a table."""
    return "" if when is None else when.strftime("%Y-%m-%d %H:%M")


def size(count: int) -> str:
    """Bytes for people."""
    value = float(count)
    for unit in ("B", "KB", "MB", "GB"):
        if value < 1000 or unit == "GB":
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    raise AssertionError("unreachable")


def plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def observed(result: Observed) -> Document:
    """One observation: the decision, its reason, and the record that now holds the text."""
    from memos.apps import contract

    decision, record = result.decision, result.record
    data = contract.Decided(
        action=decision.action,
        id=record.id if record else None,
        experience=result.experience.id,
        target=decision.target,
        reason=decision.reason,
        scores=decision.scores,
        policy=decision.policy,
        text=result.experience.text,
        redacted=tuple(result.experience.metadata.get("redacted", ())),
    )
    subject = short_id(record.id) if record else "-"
    return Document(data, (f"{decision.action.value} {subject}  {decision.reason}",))


def _hit(hit: RecallHit) -> contract.Hit:
    from memos.apps import contract

    record = hit.record
    return contract.Hit(
        id=record.id,
        text=record.text,
        score=hit.score,
        parts=hit.parts,
        tier=hit.tier,
        rank=hit.rank,
        origin=record.origin,
        state=record.state,
        occurred_at=record.occurred_at,
        source=record.source,
    )


def recall(found: Recall, *, explain: bool) -> Document:
    """Hits, best first; with `explain` every score that was fused."""
    from memos.apps import contract

    data = contract.Found(
        query=found.query,
        namespace=found.namespace,
        hits=tuple(map(_hit, found.hits)),
        cut=found.cut,
        elapsed_ms=found.elapsed_ms,
    )
    rows = [
        (
            short_id(hit.record.id),
            f"{hit.score:.3f}",
            moment(hit.record.occurred_at),
            hit.record.source.actor or hit.record.origin.value,
            *((scores(hit.parts),) if explain else ()),
            hit.record.text,
        )
        for hit in found.hits
    ]
    columns = ("id", "score", "when", "who", *(("parts",) if explain else ()), "text")
    return Document(data, (Table(columns, rows),), empty="nothing found; memos ls shows what is stored")


def scores(parts: dict[str, float]) -> str:
    """The parts of a score in one cell."""
    return " ".join(f"{name} {value:.2f}" for name, value in parts.items())


def answer(result: Answer) -> Document:
    """An answer with where it came from; the line about memory is `memory_line`."""
    from memos.apps import contract

    data = contract.Answered(
        answer=result.text,
        known=result.known,
        tier=result.tier,
        confidence=result.confidence,
        cited=result.cited,
        runs=result.runs,
        injected=result.injected,
        recalled=tuple(hit.record.id for hit in result.recall.hits) if result.recall else (),
        attributions=result.attributions,
        reason=result.reason,
        stale=result.stale,
    )
    return Document(data, (result.text,))


def memory_line(result: Answer, stored: Iterable[Observed] | None = None) -> str:
    """What memory did for one answer. Retrieved, injected and cited are three different facts."""
    parts = [*found(result), *filter(None, [known_from(result)]), *kept(stored)]
    return "memory: " + " · ".join(parts or ["not used"])


def known_from(result: Answer) -> str:
    """Which tier knew the answer, in words; "" where none was needed."""
    if result.tier is Tier.PARAMETRIC:
        runs = f"run {', '.join(map(str, result.runs))}" if result.runs else "pretraining"
        return f"from parameters: {runs}" + (" (stale)" if result.stale else "")
    if result.tier is Tier.TOKEN:
        # A model may have notes before it and say something else.
        return "from the store" if result.cited else "with notes from the store"
    if result.tier is Tier.CONTEXT:
        return "from the conversation"
    return "" if result.known else "not known"


def found(result: Answer) -> list[str]:
    """What the store was searched for: recalled, injected, cited; nothing where it was not."""
    if result.recall is None:
        return []
    cited = f" [{' '.join(short_id(one) for one in result.cited)}]" if result.cited else ""
    return [
        f"{len(result.recall.hits)} recalled, {len(result.injected)} injected, {len(result.cited)} cited{cited}"
    ]


def kept(stored: Iterable[Observed] | None) -> list[str]:
    """How much of a turn was stored; nothing where nothing was observed."""
    if stored is None:
        return []
    decisions = [one.decision.action for one in stored]
    dropped = sum(action in {Action.DROP, Action.NOOP} for action in decisions)
    return [f"stored {len(decisions) - dropped}, dropped {dropped}"]


def records(
    listed: Sequence[MemoryRecord], *, tier: Literal[Tier.TOKEN, Tier.PARAMETRIC], empty: str
) -> Document:
    """A list of records, one a row."""
    from memos.apps import contract

    rows = [
        (
            short_id(record.id),
            moment(record.occurred_at),
            record.state.value,
            record.origin.value + ("" if record.approved else " (unapproved)"),
            f"run {record.learned_by}" if record.learned_by is not None else "",
            record.text,
        )
        for record in listed
    ]
    data = contract.RecordList(tier=tier, records=tuple(listed))
    return Document(data, (Table(("id", "when", "state", "origin", "learned", "text"), rows),), empty=empty)


def context(blocks: dict[str, str], turns: Sequence[Experience]) -> Document:
    """The conversation window: pinned blocks, then turns."""
    from memos.apps import contract

    rows = [("pinned", label, "", text) for label, text in blocks.items()]
    rows += [
        ("turn", turn.source.session or "", turn.source.actor or turn.origin.value, turn.text)
        for turn in turns
    ]
    data = contract.ContextList(tier=Tier.CONTEXT, blocks=blocks, turns=tuple(turns))
    return Document(
        data,
        (Table(("kind", "session", "who", "text"), rows),),
        empty="no open conversation; memos chat starts one",
    )


def changed(verb: str, touched: Sequence[MemoryRecord]) -> Document:
    """Records whose state or text changed, one line each."""
    from memos.apps import contract

    data = contract.ChangedRecords(action=verb, records=tuple(touched))
    return Document(data, tuple(f"{verb} {short_id(record.id)}  {record.text}" for record in touched))
