"""Values to rows and rows to values, and what a text or its metadata must be to become one.

Knows the columns of `records`, `experiences` and `decisions`. Runs no query.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.engine import RowMapping

from memos.errors import InputError
from memos.types import (
    Action,
    Experience,
    FactKey,
    JsonDict,
    MemoryRecord,
    Origin,
    RecordState,
    Revision,
    RoutingDecision,
    Source,
    Tier,
    text_hash,
)

Row = dict[str, Any]

RESERVED_METADATA = frozenset({*MemoryRecord.model_fields, *Experience.model_fields, *Source.model_fields, "key", "scope"})
"""Names that are fields already: metadata must not be able to pass for one of them."""


def check_text(text: str, what: str) -> None:
    """Refuse what a database cannot hold as text, rather than store something else."""
    if "\x00" in text:
        raise InputError(f"{what} contains a NUL character", hint="remove it: databases end a text there")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InputError(f"{what} is not valid Unicode: half a surrogate pair at character {error.start}",
                         hint="decode it with errors='replace'") from None


def check_metadata(metadata: JsonDict) -> None:
    reserved = sorted(RESERVED_METADATA & metadata.keys())
    if reserved:
        raise InputError(f"metadata key {reserved[0]!r} is reserved", hint="choose another name")
    try:
        check_text(json.dumps(metadata, ensure_ascii=False, allow_nan=False).replace("\\u0000", "\x00"), "metadata")
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(f"metadata is not JSON: {error}", hint="strings, numbers, booleans, lists and objects") from None


def check_names(**names: str | None) -> None:
    for name, value in names.items():
        if value is not None:
            check_text(value, name)


def scope_of(namespace: str) -> str:
    """The namespace as one lexical term. Digits only: the stemmer leaves them alone."""
    return str(int.from_bytes(hashlib.sha256(namespace.encode()).digest()[:8], "big"))


def experience_row(experience: Experience) -> Row:
    """Raises InputError for a text or metadata that no database could give back unchanged."""
    check_text(experience.text, "the experience")
    check_metadata(experience.metadata)
    source = experience.source
    check_names(namespace=experience.namespace, session=source.session, actor=source.actor)
    return {
        "id": experience.id, "namespace": experience.namespace, "text": experience.text,
        "origin": experience.origin.value, "session": source.session, "turn": source.turn, "actor": source.actor,
        "occurred_at": experience.occurred_at, "observed_at": experience.observed_at,
        "metadata": experience.metadata,
    }


def experience_from(row: RowMapping) -> Experience:
    return Experience(
        id=row["id"], namespace=row["namespace"], text=row["text"], origin=Origin(row["origin"]),
        source=Source(session=row["session"], turn=row["turn"], actor=row["actor"]),
        occurred_at=row["occurred_at"], observed_at=row["observed_at"], metadata=row["metadata"],
    )


def record_row(record: MemoryRecord, *, at: datetime, change: Action, reason: str) -> Row:
    """Raises InputError for a text or metadata that no database could give back unchanged."""
    check_text(record.text, "the record")
    check_metadata(record.metadata)
    source, fact = record.source, record.fact
    check_names(namespace=record.namespace, session=source.session, actor=source.actor)
    return {
        "id": record.id, "namespace": record.namespace, "scope": scope_of(record.namespace),
        "revision": record.revision, "tier": record.tier.value, "text": record.text,
        "text_hash": text_hash(record.text), "state": record.state.value, "origin": record.origin.value,
        "approved": record.approved, "session": source.session, "turn": source.turn, "actor": source.actor,
        "experience_id": record.experience_id, **fact_columns(fact),
        "occurred_at": record.occurred_at, "observed_at": record.observed_at, "valid_from": record.valid_from,
        "valid_to": record.valid_to, "supersedes": record.supersedes, "superseded_by": record.superseded_by,
        "derived_from": list(record.derived_from), "importance": record.importance, "merged": record.merged, "access_count": record.access_count,
        "cite_count": record.cite_count, "last_access": record.last_access, "learned_by": record.learned_by,
        "metadata": record.metadata, "changed_at": at, "change": change.value, "reason": reason,
    }


def fact_columns(fact: FactKey | None) -> Row:
    if fact is None:
        return {"fact_subject": None, "fact_attribute": None, "fact_value": None}
    check_names(subject=fact.subject, attribute=fact.attribute, value=fact.value)
    return {"fact_subject": fact.subject, "fact_attribute": fact.attribute, "fact_value": fact.value}


def record_from(row: RowMapping) -> MemoryRecord:
    fact = None
    if row["fact_subject"] is not None:
        fact = FactKey(subject=row["fact_subject"], attribute=row["fact_attribute"], value=row["fact_value"])
    return MemoryRecord(
        id=row["id"], revision=row["revision"], namespace=row["namespace"], tier=Tier(row["tier"]),
        text=row["text"], state=RecordState(row["state"]), origin=Origin(row["origin"]), approved=row["approved"],
        source=Source(session=row["session"], turn=row["turn"], actor=row["actor"]),
        experience_id=row["experience_id"], fact=fact, occurred_at=row["occurred_at"],
        observed_at=row["observed_at"], valid_from=row["valid_from"], valid_to=row["valid_to"],
        supersedes=row["supersedes"], superseded_by=row["superseded_by"], derived_from=tuple(row["derived_from"]),
        importance=row["importance"], merged=row["merged"], access_count=row["access_count"], cite_count=row["cite_count"],
        last_access=row["last_access"], learned_by=row["learned_by"], metadata=row["metadata"],
    )


def revision_from(record_id: str, row: Mapping[Any, Any]) -> Revision:
    return Revision(
        record_id=record_id, revision=row["revision"], at=row["at"], action=row["change"], text=row["text"],
        state=RecordState(row["state"]), reason=row["reason"],
    )


def decision_row(namespace: str, decision: RoutingDecision) -> Row:
    check_text(decision.reason, "the reason of a decision")
    return {
        "namespace": namespace, "experience_id": decision.experience_id, "action": decision.action.value,
        "tier": decision.tier.value, "target": decision.target, "reason": decision.reason, "scores": decision.scores,
        "policy": decision.policy, "fact": decision.fact.model_dump() if decision.fact else None,
    }


def decision_from(row: RowMapping) -> RoutingDecision:
    return RoutingDecision(
        experience_id=row["experience_id"], action=Action(row["action"]), tier=Tier(row["tier"]),
        target=row["target"], reason=row["reason"], scores=row["scores"], policy=row["policy"],
        fact=FactKey(**row["fact"]) if row["fact"] else None,
    )
