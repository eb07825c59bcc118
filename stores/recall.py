"""Search in SQL's own words: gather candidates from both arms, fuse, let neighbours help, fetch the records.

Everything runs in one view of the database, and every condition acts inside the arms, before anything is cut.
Knows the tables; the arithmetic is in `search.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.sql.elements import ColumnElement

from memos.stores import lexical
from memos.stores.dense import DenseArm
from memos.stores.rows import record_from
from memos.stores.schema import records, to_micros
from memos.stores.search import Scored, Weights, fused, lend, ranked, scaled
from memos.types import RecallHit, RecordState

if TYPE_CHECKING:
    from memos.protocols import Vector

CANDIDATES = 200
"""Taken from each arm, at least; more when more hits are asked for."""
LENDERS = 100
"""How many of the best candidates lend to their neighbours."""

_ENDED = sa.literal_column("valid_to IS NOT NULL", sa.Boolean)  # names the partial index; a bound value would not
_NOT_ACTIVE = sa.literal_column("state <> 'active'", sa.Boolean)


def current(now: datetime) -> ColumnElement[bool]:
    """Holds now. When it began to hold is not asked: a clock that went backwards must hide nothing."""
    return sa.and_(
        records.c.state == RecordState.ACTIVE.value, sa.or_(records.c.valid_to.is_(None), records.c.valid_to > now)
    )


def held_at(moment: datetime) -> ColumnElement[bool]:
    """Held at that moment, by what is known today."""
    return sa.and_(
        records.c.state.in_((RecordState.ACTIVE.value, RecordState.SUPERSEDED.value)),
        records.c.valid_from <= moment, sa.or_(records.c.valid_to.is_(None), records.c.valid_to > moment),
    )


def not_current(connection: Connection, namespace: str, now: datetime) -> list[int]:
    """Keys of the records that do not hold now: usually few, and found by two small indexes."""
    here = records.c.namespace == namespace
    query = sa.union(
        sa.select(records.c.key).where(here, _NOT_ACTIVE),
        sa.select(records.c.key).where(here, _ENDED, records.c.valid_to <= now),
    )
    return list(connection.execute(query).scalars())


def search(
    connection: Connection, dense: DenseArm | None, namespace: str, query: str, vector: Vector | None, k: int, *,
    weights: Weights, now: datetime, as_of: datetime | None, where: ColumnElement[bool] | None,
) -> list[RecallHit]:
    """The best k records, with every part of their scores."""
    valid = current(now) if as_of is None else held_at(as_of)
    condition = valid if where is None else sa.and_(valid, where)
    width = max(CANDIDATES, 4 * k)
    words = lexical.best_matches(connection, namespace, query, width, condition)
    cosines: dict[str, dict[int, float]] = {}
    if dense is not None and vector is not None:
        allowed, excluded = None, []
        if where is None and as_of is None:
            excluded = not_current(connection, namespace, now)
        else:
            allowed = connection.execute(
                sa.select(records.c.key).where(records.c.namespace == namespace, condition)
            ).scalars().all()
        found = dense.nearest(connection, namespace, vector, width, allowed=allowed, excluded=excluded)
        everyone = set(words).union(*found.values())
        # Each arm scores all candidates, not only its own: else what one arm found looks worthless to the other.
        cosines = dense.scores(connection, namespace, vector, everyone)
        cosines["context"] = {**cosines["dense"], **cosines["context"]}

    candidates = fused(
        {"lexical": scaled(words, floor=0.0), **{arm: scaled(scores) for arm, scores in cosines.items()}}, weights
    )
    if weights.neighbour > 0:
        best = ranked(candidates, LENDERS)
        lend(candidates, _adjacent(connection, namespace, best, condition), weights.neighbour)
    shortlist = ranked(candidates, 2 * k)
    rows = {
        row["key"]: row
        for row in connection.execute(
            sa.select(records).where(records.c.key.in_([one.key for one in shortlist]), condition)
        ).mappings()
    }
    shortlist = [one for one in shortlist if one.key in rows]
    _favour_recent(shortlist, {key: to_micros(row["occurred_at"]) for key, row in rows.items()}, weights.recency)
    best = sorted(shortlist, key=lambda one: (-one.score, -one.key))[:k]
    return [
        RecallHit(record=record_from(rows[one.key]), rank=rank, score=one.score, parts=one.parts)
        for rank, one in enumerate(best, start=1)
    ]


def _adjacent(
    connection: Connection, namespace: str, lenders: Sequence[Scored], condition: ColumnElement[bool]
) -> Iterable[tuple[int, int]]:
    """(lender, borrower) for every record one turn before or after a lender in the same session."""
    lender, borrower = records.alias("lender"), records
    steps = []
    for step in (-1, 1):  # one equality a query: with both turns in a list the planner leaves the index of turns alone
        steps.append(
            sa.select(lender.c.key.label("lender"), borrower.c.key.label("borrower"))
            .select_from(lender)
            .join(borrower, sa.and_(
                borrower.c.namespace == namespace, borrower.c.session == lender.c.session,
                borrower.c.turn == lender.c.turn + step,
            ))
            .where(lender.c.key.in_([one.key for one in lenders]), condition)
        )
    return [(row[0], row[1]) for row in connection.execute(sa.union_all(*steps))]


def _favour_recent(candidates: Sequence[Scored], occurred: dict[int, int], weight: float) -> None:
    if weight <= 0 or not candidates:
        return
    share = scaled({one.key: float(occurred[one.key]) for one in candidates})
    for one in candidates:
        one.parts["recency"] = weight * share[one.key]
        one.score += one.parts["recency"]
