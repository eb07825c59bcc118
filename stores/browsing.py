"""One namespace, read page by page for somebody who looks through it: keys in order first, then the rows of a window.

A list of keys is small and stable: a view of it scrolls to any place at once, and a record written meanwhile moves
nothing. Every query names the namespace; what the reader typed is bound, never SQL. Changes nothing and loads no index.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from memos.stores.database import Database
from memos.stores.filters import Filter, compiled
from memos.stores.rows import check_text, decision_from, record_from
from memos.stores.schema import audit_events, decisions, experiences, records
from memos.types import Activity, AuditEvent, DecisionSeen, MemoryRecord, RecordOrder, RecordState, utc_now

DAY = 86_400_000_000  # microseconds

_ORDERS: dict[RecordOrder, tuple[sa.ColumnElement[Any], ...]] = {
    RecordOrder.NEWEST: (records.c.key.desc(),),
    RecordOrder.OLDEST: (records.c.key,),
    RecordOrder.RECALLED: (records.c.access_count.desc(), records.c.key.desc()),
    RecordOrder.IMPORTANT: (records.c.importance.desc(), records.c.key.desc()),
}


class SqlBrowser:
    """The Browser protocol over one database and one namespace."""

    def __init__(self, database: Database, namespace: str, *, clock: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._namespace = namespace
        self._clock = clock

    def sequence(self) -> int:
        """Number of the newest audit event of any namespace: another number, something was written."""
        self._database.present()
        with self._database.read() as connection:
            return int(connection.execute(sa.select(sa.func.max(audit_events.c.seq))).scalar() or 0)

    # --- records ------------------------------------------------------------------------------------------------------

    def record_keys(
        self, *, words: str = "", where: Filter | None = None, states: Sequence[RecordState] = (),
        order: RecordOrder = RecordOrder.NEWEST,
    ) -> array[int]:
        query = sa.select(records.c.key).where(records.c.namespace == self._namespace, *_holding(words, records.c.text))
        if where is not None:
            query = query.where(compiled(where))
        if states:
            query = query.where(records.c.state.in_([state.value for state in states]))
        return self._keys(query.order_by(*_ORDERS[order]))

    def records(self, keys: Sequence[int]) -> dict[int, MemoryRecord]:
        query = sa.select(records).where(records.c.namespace == self._namespace, records.c.key.in_(list(keys)))
        with self._database.read() as connection:
            return {row["key"]: record_from(row) for row in connection.execute(query).mappings()}

    def record_key(self, record_id: str) -> int | None:
        """Where a record stands among `record_keys`; None where it is not."""
        query = sa.select(records.c.key).where(records.c.namespace == self._namespace, records.c.id == record_id)
        with self._database.read() as connection:
            return connection.execute(query).scalar()

    # --- decisions ----------------------------------------------------------------------------------------------------

    def decision_keys(self, *, words: str = "", action: str = "") -> array[int]:
        query = sa.select(decisions.c.key).where(decisions.c.namespace == self._namespace)
        if action:
            query = query.where(decisions.c.action == action.upper())
        if words:
            query = query.outerjoin(experiences, _OF_EXPERIENCE).where(
                sa.or_(*_holding(words, decisions.c.reason), *_holding(words, experiences.c.text))
            )
        return self._keys(query.order_by(decisions.c.key.desc()))

    def decisions(self, keys: Sequence[int]) -> dict[int, DecisionSeen]:
        return self._decisions(decisions.c.key.in_(list(keys)))

    def decisions_about(self, experience_id: str) -> dict[int, DecisionSeen]:
        return self._decisions(decisions.c.experience_id == experience_id)

    def _decisions(self, which: sa.ColumnElement[bool]) -> dict[int, DecisionSeen]:
        query = (
            sa.select(decisions, experiences.c.text, experiences.c.observed_at, records.c.id.label("record_id"))
            .select_from(decisions.outerjoin(experiences, _OF_EXPERIENCE).outerjoin(records, _OF_RECORD))
            .where(decisions.c.namespace == self._namespace, which)
        )
        with self._database.read() as connection:
            return {
                row["key"]: DecisionSeen(
                    number=row["key"], decision=decision_from(row), text=row["text"], at=row["observed_at"],
                    record_id=row["record_id"],
                )
                for row in connection.execute(query).mappings()
            }  # fmt: skip

    # --- events -------------------------------------------------------------------------------------------------------

    def event_keys(self, *, words: str = "") -> array[int]:
        query = sa.select(audit_events.c.seq).where(audit_events.c.namespace == self._namespace)
        if words:
            columns = (audit_events.c.kind, audit_events.c.subject, audit_events.c.actor)
            query = query.where(sa.or_(*(part for column in columns for part in _holding(words, column))))
        return self._keys(query.order_by(audit_events.c.seq.desc()))

    def events(self, keys: Sequence[int]) -> dict[int, AuditEvent]:
        query = sa.select(audit_events).where(
            audit_events.c.namespace == self._namespace, audit_events.c.seq.in_(list(keys))
        )
        with self._database.read() as connection:
            return {row.seq: AuditEvent(**row._mapping) for row in connection.execute(query)}

    # --- figures ------------------------------------------------------------------------------------------------------

    def activity(self, days: int = 30) -> Activity:
        """Records a day for the last `days`, decisions by action, and how much of the store was ever recalled."""
        today = self._clock().replace(hour=0, minute=0, second=0, microsecond=0)
        first = today - timedelta(days=days - 1)
        day = sa.type_coerce(records.c.observed_at, sa.BigInteger).op("/")(DAY)
        here = records.c.namespace == self._namespace
        by_day = sa.select(day, sa.func.count()).where(here, records.c.observed_at >= first).group_by(day)
        by_action = (
            sa.select(decisions.c.action, sa.func.count())
            .where(decisions.c.namespace == self._namespace).group_by(decisions.c.action)
        )  # fmt: skip
        use = sa.select(
            sa.func.coalesce(sa.func.sum(records.c.access_count), 0),
            sa.func.coalesce(sa.func.sum(records.c.cite_count), 0),
            sa.func.coalesce(sa.func.sum(sa.case((records.c.access_count > 0, 1), else_=0)), 0),
            sa.func.coalesce(sa.func.sum(sa.case((records.c.approved.is_(False), 1), else_=0)), 0),
        ).where(here)
        with self._database.read() as connection:
            counted = {int(row[0]): int(row[1]) for row in connection.execute(by_day)}
            actions = {str(row[0]): int(row[1]) for row in connection.execute(by_action)}
            recalled, cited, used, unapproved = connection.execute(use).one()
        start = int(first.timestamp()) // 86_400
        return Activity(
            days=tuple(counted.get(start + position, 0) for position in range(days)), actions=actions,
            recalled=recalled, cited=cited, records_used=used, unapproved=unapproved,
        )  # fmt: skip

    def _keys(self, query: sa.Select[int]) -> array[int]:
        with self._database.read() as connection:
            return array("q", connection.execute(query).scalars())


_OF_EXPERIENCE = (experiences.c.id == decisions.c.experience_id) & (experiences.c.namespace == decisions.c.namespace)
_OF_RECORD = (records.c.experience_id == decisions.c.experience_id) & (records.c.namespace == decisions.c.namespace)


def _holding(words: str, column: sa.ColumnElement[str]) -> list[sa.ColumnElement[bool]]:
    """One condition a word, in any case; % and _ are letters like others."""
    check_text(words, "the filter")
    return [column.icontains(word, autoescape=True) for word in words.split()]
