"""The hash chain of audit events: canonical form, hash, next link, verification. Pure.

An event's hash is sha256 over the canonical JSON of everything else in it, the previous hash included; so no event can
be changed, taken out or put in without every later hash being wrong. Payloads hold ids and numbers, never texts:
forgetting must not need to break the chain. Knows no database and no clock.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from memos.errors import ChainBroken
from memos.types import AuditEvent, JsonDict

GENESIS = "0" * 64
"""What the first event names as the hash before it."""


def canonical_json(value: Any) -> bytes:
    """One form for equal values: sorted keys, no spaces, ASCII, no NaN."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode()


def event_hash(*, seq: int, at: datetime, actor: str, namespace: str, kind: str, subject: str, payload: JsonDict,
               prev_hash: str) -> str:
    """sha256, hex, of an event without its own hash."""
    return hashlib.sha256(canonical_json({
        "seq": seq, "at": at.astimezone(UTC).isoformat(timespec="microseconds"), "actor": actor,
        "namespace": namespace, "kind": kind, "subject": subject, "payload": payload, "prev_hash": prev_hash,
    })).hexdigest()


def next_event(previous: tuple[int, str] | None, *, at: datetime, actor: str, namespace: str, kind: str, subject: str,
               payload: JsonDict) -> AuditEvent:
    """The event that follows `previous` (its number and hash), or the first one."""
    seq, prev_hash = (previous[0] + 1, previous[1]) if previous else (1, GENESIS)
    # The stored payload is what JSON gives back: a tuple hashed as such would not verify as the list it becomes.
    payload = json.loads(canonical_json(payload))
    digest = event_hash(seq=seq, at=at, actor=actor, namespace=namespace, kind=kind, subject=subject,
                        payload=payload, prev_hash=prev_hash)
    return AuditEvent(seq=seq, at=at, actor=actor, namespace=namespace, kind=kind, subject=subject, payload=payload,
                      prev_hash=prev_hash, hash=digest)


def verify_chain(events: Iterable[AuditEvent]) -> int:
    """Number of events checked, oldest first. Raises ChainBroken naming the first that does not follow."""
    expected_seq, expected_prev, checked = 1, GENESIS, 0
    for event in events:
        if event.seq != expected_seq:
            raise _broken(expected_seq, f"is missing; the next one present is {event.seq}")
        if event.prev_hash != expected_prev:
            raise _broken(event.seq, "does not follow from the one before it")
        if event.hash != event_hash(**event.model_dump(exclude={"hash"})):
            raise _broken(event.seq, "was changed after it was written")
        expected_seq, expected_prev, checked = event.seq + 1, event.hash, checked + 1
    return checked


def _broken(seq: int, how: str) -> ChainBroken:
    return ChainBroken(f"audit event {seq} {how}", hint="compare memos.db with a backup; the log cannot be trusted from there on")
