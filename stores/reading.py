"""Reading the token store: records, their history, decisions, experiences, counts. Changes nothing.

Every method filters by namespace inside its query; a foreign id and an unknown one look the same from outside. Knows no
index: nothing here loads numpy or FAISS.
"""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.sql.elements import ColumnElement

from memos.errors import InputError, NotFoundError
from memos.protocols import DayCount, StoreCounts, UseCount
from memos.stores.database import Database
from memos.stores.dialects import byte_length, holds
from memos.stores.filters import Filter, compiled
from memos.stores.links import links_of
from memos.stores.rows import check_text, decision_from, experience_from, record_from, revision_from
from memos.stores.schema import EPOCH, decisions, experiences, records, revisions
from memos.types import Experience, Link, MemoryRecord, RecordState, Revision, RoutingDecision

DAY = 86_400_000_000
"""Microseconds."""

_BY_ID = sa.select(records).where(
    records.c.id == sa.bindparam("id"), records.c.namespace == sa.bindparam("namespace")
)


_other = records.alias("other")
DANGLING = (records.c.supersedes, records.c.superseded_by)
"""Columns that name another record."""


def dangles(column: sa.Column[Any]) -> ColumnElement[bool]:
    """Whether a record names one in this column that is not in its namespace."""
    return sa.and_(column.is_not(None), ~sa.exists().where(_other.c.namespace == records.c.namespace, _other.c.id == column))


class RecordReader:
    """What can be asked of the store without a query text or a vector."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, namespace: str, record_id: str) -> MemoryRecord:
        with self._database.read() as connection:
            return self._get(connection, namespace, record_id)

    def resolve(self, namespace: str, prefix: str) -> str:
        """The one id that starts with `prefix`, with or without its "m:". NotFoundError for none, InputError for several."""
        table = experiences if prefix.startswith("x:") else records
        start = prefix if ":" in prefix else f"m:{prefix}"
        check_text(start, "an id")
        if start in ("m:", "x:"):
            raise InputError("an empty id", hint="memos ls")
        found = self._starting_with(table, namespace, start, 6)
        if not found:
            raise _unknown(prefix)
        if len(found) > 1 and found[0] != start:
            raise InputError(f"{prefix!r} is the beginning of {', '.join(found[:5])}{' …' if len(found) > 5 else ''}",
                             hint="give more of the id")
        return str(found[0])

    def ids(self, namespace: str, prefix: str, limit: int) -> builtins.list[str]:
        """Ids of records that start with `prefix`, with or without its "m:", in order; any record's for an empty one."""
        start = prefix if prefix.startswith("m:") else f"m:{prefix}"
        check_text(start, "an id")
        return self._starting_with(records, namespace, start, limit)

    def _starting_with(self, table: sa.Table, namespace: str, start: str, limit: int) -> builtins.list[str]:
        query = sa.select(table.c.id).where(
            table.c.namespace == namespace, table.c.id >= start, table.c.id < start + "\U0010ffff"
        )
        with self._database.read() as connection:
            return builtins.list(connection.execute(query.order_by(table.c.id).limit(limit)).scalars())

    def list(self, namespace: str, *, where: Filter | None = None, states: Sequence[RecordState] = (),
             limit: int = 100, offset: int = 0, newest_first: bool = True) -> builtins.list[MemoryRecord]:
        """Records in the order they were learned. All states unless some are named."""
        query = sa.select(records).where(records.c.namespace == namespace, *_conditions(where, states))
        query = query.order_by(records.c.key.desc() if newest_first else records.c.key).limit(limit).offset(offset)
        with self._database.read() as connection:
            return [record_from(row) for row in connection.execute(query).mappings()]

    def history(self, namespace: str, record_id: str) -> builtins.list[Revision]:
        """Every revision, oldest first; the last is the present one."""
        with self._database.read() as connection:
            row = self._row(connection, namespace, record_id)
            past = connection.execute(
                sa.select(revisions).where(revisions.c.record_key == row["key"]).order_by(revisions.c.revision)
            ).mappings().all()
        return [revision_from(record_id, old) for old in past] + [revision_from(record_id, {**row, "at": row["changed_at"]})]

    def links(self, namespace: str, record_id: str) -> tuple[Link, ...]:
        """Every link of the record, from it and to it, the heaviest first."""
        with self._database.read() as connection:
            return links_of(connection, namespace, self._row(connection, namespace, record_id)["key"])

    def dangling(self, namespace: str) -> builtins.list[tuple[str, str]]:
        """(record id, id it names) wherever a record names one that supersedes, or was superseded, and is not there."""
        with self._database.read() as connection:
            return [
                (row[0], row[1]) for column in DANGLING for row in connection.execute(
                    sa.select(records.c.id, column).where(records.c.namespace == namespace, dangles(column))
                    .order_by(records.c.key)
                )
            ]

    def decisions(self, namespace: str, *, limit: int = 100,
                  record_id: str | None = None) -> builtins.list[RoutingDecision]:
        """Newest first; with `record_id`, those that made the record or were taken against it."""
        query = sa.select(decisions).where(decisions.c.namespace == namespace)
        with self._database.read() as connection:
            if record_id is not None:
                made_by = self._row(connection, namespace, record_id)["experience_id"]
                query = query.where(sa.or_(decisions.c.experience_id == made_by, decisions.c.target == record_id))
            rows = connection.execute(query.order_by(decisions.c.key.desc()).limit(limit)).mappings()
            return [decision_from(row) for row in rows]

    def experience(self, namespace: str, experience_id: str) -> Experience:
        with self._database.read() as connection:
            row = connection.execute(
                sa.select(experiences).where(experiences.c.id == experience_id, experiences.c.namespace == namespace)
            ).mappings().first()
        if row is None:
            raise _unknown(experience_id)
        return experience_from(row)

    def experiences(self, namespace: str, *, session: str | None = None,
                    limit: int = 100) -> builtins.list[Experience]:
        """The latest `limit`, in the order they were observed."""
        query = sa.select(experiences).where(experiences.c.namespace == namespace)
        if session is not None:
            query = query.where(experiences.c.session == session)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(experiences.c.key.desc()).limit(limit)).mappings().all()
        return [experience_from(row) for row in reversed(rows)]

    def namespaces(self) -> builtins.list[str]:
        """Every namespace that ever observed something, by name."""
        with self._database.read() as connection:
            return builtins.list(connection.execute(
                sa.union(sa.select(records.c.namespace), sa.select(decisions.c.namespace)).order_by("namespace")
            ).scalars())

    def counts(self, namespace: str) -> StoreCounts:
        """Rows of one namespace; `bytes` is the size of its texts."""
        with self._database.read() as connection:
            kept = connection.execute(
                sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(byte_length(experiences.c.text)), 0)).where(experiences.c.namespace == namespace)
            ).one()
            total = connection.execute(
                sa.select(sa.func.count()).select_from(records).where(records.c.namespace == namespace)
            ).scalar_one()
            others: dict[str, int] = {row[0]: row[1] for row in connection.execute(
                sa.select(records.c.state, sa.func.count())
                .where(records.c.namespace == namespace, sa.text("state <> 'active'")).group_by(records.c.state)
            )}
        return StoreCounts(
            experiences=kept[0], records=total, active=total - sum(others.values()),
            paused=others.get(RecordState.PAUSED.value, 0), superseded=others.get(RecordState.SUPERSEDED.value, 0),
            bytes=int(kept[1]),
        )

    def days(self, namespace: str) -> builtins.list[DayCount]:
        """Every record counted once, by the day it was learned and its state now, oldest first."""
        table = records.c
        day = (sa.type_coerce(table.observed_at, sa.BigInteger) // DAY).label("day")
        query = (
            sa.select(
                day, table.state, sa.func.count(), sa.func.sum(byte_length(table.text)),
                sa.func.sum(sa.case((table.access_count > 0, 1), else_=0)),
                sa.func.sum(sa.case((table.cite_count > 0, 1), else_=0)),
            )
            .where(table.namespace == namespace).group_by(day, table.state).order_by(day, table.state)
        )
        with self._database.read() as connection:
            return [
                DayCount((EPOCH + timedelta(days=int(row[0]))).date(), row[1], *map(int, row[2:]))
                for row in connection.execute(query)
            ]

    def use(self, namespace: str) -> builtins.list[UseCount]:
        """Every active record counted once, by how often it was recalled and cited, the least used first."""
        table = records.c
        query = (
            sa.select(table.access_count, table.cite_count, sa.func.count())
            .where(table.namespace == namespace, table.state == RecordState.ACTIVE.value)
            .group_by(table.access_count, table.cite_count).order_by(table.access_count, table.cite_count)
        )
        with self._database.read() as connection:
            return [UseCount(*row) for row in connection.execute(query)]

    def contains_text(self, text: str) -> bool:
        """Whether any record, revision or experience, of any namespace, holds these words as they stand."""
        holders = (records.c.text, revisions.c.text, experiences.c.text)
        with self._database.read() as connection:
            return any(
                connection.execute(sa.select(sa.literal(1)).where(holds(column, text)).limit(1)).first()
                for column in holders
            )

    def _get(self, connection: Connection, namespace: str, record_id: str) -> MemoryRecord:
        return record_from(self._row(connection, namespace, record_id))

    @staticmethod
    def _row(connection: Connection, namespace: str, record_id: str) -> Any:
        row = connection.execute(_BY_ID, {"namespace": namespace, "id": record_id}).mappings().first()
        if row is None:
            raise _unknown(record_id)
        return row


def _conditions(where: Filter | None, states: Sequence[RecordState]) -> builtins.list[ColumnElement[bool]]:
    conditions = [] if where is None else [compiled(where)]
    if states:
        conditions.append(records.c.state.in_([state.value for state in states]))
    return conditions


def _unknown(record_id: str) -> NotFoundError:
    return NotFoundError(f"no memory {record_id!r} here", hint="memos ls", code="not_found.record")
