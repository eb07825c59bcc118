"""The audit log in SQL: one global hash chain, appended to inside the transaction it reports on.

The hashing is in `memos.audit`. Knows the table `audit_events` and nothing of what events mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row

from memos.audit import next_event, verify_chain
from memos.errors import ChainBroken, InputError
from memos.stores.database import Database
from memos.stores.inserting import RowInsert
from memos.stores.rows import check_names
from memos.stores.schema import audit_events
from memos.types import AuditEvent, JsonDict, utc_now

_HEAD = "SELECT seq, hash FROM audit_events ORDER BY seq DESC LIMIT 1"
_insert = RowInsert(audit_events, tuple(audit_events.c.keys()))
_ISSUED = {
    "sqlite": sa.text("SELECT seq FROM sqlite_sequence WHERE name = 'audit_events'"),
    "postgresql": sa.text("SELECT seq FROM audit_issued"),
}
_PAGE = 1000


class SqlAuditLog:
    """Append-only. `append` holds the write lock before it reads the last hash, so two writers cannot fork the chain."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._clock = clock

    def append(self, *, namespace: str, kind: str, subject: str, payload: JsonDict, actor: str) -> AuditEvent:
        """Add one event, in the caller's transaction if one is open. The payload holds ids and numbers, never texts."""
        check_names(namespace=namespace, kind=kind, subject=subject, actor=actor)
        with self._database.write() as connection:
            head = connection.exec_driver_sql(_HEAD).first()
            try:
                event = next_event((head.seq, head.hash) if head else None, at=self._clock(), actor=actor,
                                   namespace=namespace, kind=kind, subject=subject, payload=payload)
            except (TypeError, ValueError) as error:
                raise InputError(f"an audit payload is not JSON: {error}") from None
            _insert(connection, event.__dict__)
        return event

    def events(self, namespace: str | None = None, *, limit: int | None = None, kinds: Sequence[str] = (),
               newest_first: bool = True) -> list[AuditEvent]:
        """Events of one namespace, or of all."""
        query = sa.select(audit_events)
        if namespace is not None:
            query = query.where(audit_events.c.namespace == namespace)
        if kinds:
            query = query.where(audit_events.c.kind.in_(list(kinds)))
        query = query.order_by(audit_events.c.seq.desc() if newest_first else audit_events.c.seq)
        if limit is not None:
            query = query.limit(limit)
        with self._database.read() as connection:
            return [_event(row) for row in connection.execute(query)]

    def last_sequence(self) -> int:
        """Number of the newest event; 0 when there is none."""
        with self._database.read() as connection:
            return int(connection.execute(sa.select(sa.func.max(audit_events.c.seq))).scalar() or 0)

    def verify(self) -> int:
        """Number of events checked. Raises ChainBroken naming the first event that does not follow."""
        with self._database.read() as connection:
            checked = verify_chain(self._oldest_first(connection))
            # The highest number that was ever given: the chain alone cannot tell that its end was cut off.
            issued = connection.execute(_ISSUED[connection.dialect.name]).scalar()
        if issued is not None and issued > checked:
            raise ChainBroken(f"audit event {checked + 1} is missing from the end of the log: {issued} were written",
                              hint="compare the store with a backup")
        return checked

    @staticmethod
    def _oldest_first(connection: sa.Connection) -> Iterator[AuditEvent]:
        after = 0
        while True:
            page = connection.execute(
                sa.select(audit_events).where(audit_events.c.seq > after).order_by(audit_events.c.seq).limit(_PAGE)
            ).all()
            if not page:
                return
            yield from map(_event, page)
            after = page[-1].seq


def _event(row: Row[Any]) -> AuditEvent:
    return AuditEvent(**row._mapping)
