"""The chain in memory and in SQL: nothing can be changed, dropped or put in unseen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings, strategies as st

from memos.audit import GENESIS, canonical_json, next_event, verify_chain
from memos.errors import ChainBroken, InputError
from memos.stores.audit import SqlAuditLog
from memos.stores.database import Database
from memos.stores.schema import audit_events
from memos.types import AuditEvent
from tests.contracts.values import START, Clock
from tests.servers import ENGINES, store_url

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-2**53, 2**53) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3), max_leaves=6,
)
payloads = st.dictionaries(st.text(), json_values, max_size=4)


def chain(of: list[dict[str, Any]]) -> list[AuditEvent]:
    events: list[AuditEvent] = []
    for number, payload in enumerate(of):
        head = (events[-1].seq, events[-1].hash) if events else None
        events.append(next_event(head, at=START, actor="t", namespace="ana", kind="observe", subject=f"m:{number}",
                                 payload=payload))
    return events


@given(st.lists(payloads, max_size=6))
def test_a_chain_verifies_and_survives_json(of: list[dict[str, Any]]) -> None:
    events = chain(of)
    again = [AuditEvent.model_validate_json(event.model_dump_json()) for event in events]
    assert verify_chain(again) == len(of)
    assert not events or events[0].prev_hash == GENESIS


@given(st.lists(payloads, min_size=2, max_size=6), st.data())
def test_any_tampering_names_the_first_event_that_is_wrong(of: list[dict[str, Any]], data: st.DataObject) -> None:
    events = chain(of)
    at = data.draw(st.integers(0, len(events) - 1))
    how = data.draw(st.sampled_from(["payload", "subject", "actor", "hash", "drop", "swap", "namespace"]))
    if how == "drop":
        if at == len(events) - 1:
            return  # the chain alone cannot see its end cut off; the store can
        del events[at]
    elif how == "swap":
        if at == len(events) - 1:
            return
        events[at], events[at + 1] = events[at + 1], events[at]
    else:
        change = {"payload": {"forged": 1}, "subject": "m:forged", "actor": "x", "hash": "f" * 64, "namespace": "bob"}[how]
        events[at] = events[at].model_copy(update={how: change})
    with pytest.raises(ChainBroken, match=f"event {at + 1} "):
        verify_chain(events)


@given(payloads)
def test_canonical_form_does_not_depend_on_order(payload: dict[str, Any]) -> None:
    assert canonical_json(payload) == canonical_json(dict(reversed(payload.items())))


@pytest.fixture(params=ENGINES)
def db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with store_url(request.param, tmp_path) as url:
        database = Database(url)
        yield database
        database.close()


def log_of(db: Database, events: int) -> SqlAuditLog:
    log = SqlAuditLog(db, clock=Clock())
    for number in range(events):
        log.append(namespace="ana" if number % 2 else "bob", kind="observe" if number % 3 else "forget",
                   subject=f"m:{number}", payload={"n": number, "ids": ("a", "b")}, actor="t")
    return log


def test_events_come_back_by_namespace_and_kind(db: Database) -> None:
    log = log_of(db, 10)
    assert log.verify() == log.last_sequence() == 10
    assert [event.seq for event in log.events(limit=3)] == [10, 9, 8]
    assert [event.seq for event in log.events("ana", newest_first=False)] == [2, 4, 6, 8, 10]
    assert [event.seq for event in log.events(kinds=["forget"], newest_first=False)] == [1, 4, 7, 10]
    assert log.events(limit=1)[0].payload == {"n": 9, "ids": ["a", "b"]}


def test_an_event_is_part_of_the_transaction_it_reports_on(db: Database) -> None:
    log = log_of(db, 2)
    with pytest.raises(ZeroDivisionError), db.begin():
        log.append(namespace="ana", kind="observe", subject="m:x", payload={}, actor="t")
        raise ZeroDivisionError
    assert log.last_sequence() == 2
    log.append(namespace="ana", kind="observe", subject="m:y", payload={}, actor="t")
    assert log.verify() == 3


@pytest.mark.parametrize(("harm", "first"), [
    ("UPDATE audit_events SET payload = '{\"n\":99}' WHERE seq = 4", 4),
    ("UPDATE audit_events SET at = at + 1 WHERE seq = 5", 5),
    ("DELETE FROM audit_events WHERE seq = 6", 6),
    ("DELETE FROM audit_events WHERE seq > 7", 8),
    ("UPDATE audit_events SET prev_hash = hash WHERE seq = 3", 3),
])
def test_the_store_names_the_first_broken_event(db: Database, harm: str, first: int) -> None:
    log = log_of(db, 9)
    with db.write() as connection:
        connection.exec_driver_sql(harm)
    with pytest.raises(ChainBroken, match=f"event {first} ") as caught:
        log.verify()
    assert caught.value.hint and caught.value.exit_code == 5


def test_what_is_not_json_or_not_text_is_refused(db: Database) -> None:
    log = log_of(db, 1)
    for payload in ({"x": object()}, {"x": float("nan")}):
        with pytest.raises(InputError):
            log.append(namespace="ana", kind="k", subject="s", payload=payload, actor="t")
    with pytest.raises(InputError):
        log.append(namespace="ana", kind="k", subject="\ud800", payload={}, actor="t")
    assert log.verify() == 1


@given(of=st.lists(payloads, min_size=1, max_size=5))
@settings(max_examples=25, deadline=None)
def test_any_payload_verifies_after_storage(tmp_path_factory: pytest.TempPathFactory, of: list[dict[str, Any]]) -> None:
    database = _shared(tmp_path_factory)
    log = SqlAuditLog(database)
    before = log.last_sequence()
    for payload in of:
        log.append(namespace="ana", kind="k", subject="s", payload=payload, actor="t")
    assert log.verify() == before + len(of)
    with database.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(audit_events)).scalar() == before + len(of)


_databases: list[Database] = []


def _shared(factory: pytest.TempPathFactory) -> Database:
    """One database for all examples: making one costs more than an example."""
    if not _databases:
        _databases.append(Database(f"sqlite:///{factory.mktemp('audit')}/memos.db"))
    return _databases[0]
