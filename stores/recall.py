"""Search in SQL's own words: gather candidates from both arms, fuse, let neighbours help, fetch the records.

Everything runs in one view of the database, and every condition acts inside the arms, before anything is cut.
Knows the tables; the arithmetic is in `search.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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
HELPED = 60
"""How many of the best candidates are helped by their neighbours, and help them."""

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
    arms: dict[str, dict[int, float]] = {"lexical": scaled(words, floor=0.0)}
    cosines = _Cosines(connection, dense, namespace, vector)
    if cosines:
        if where is None and as_of is None:
            found = cosines.nearest(width, excluded=not_current(connection, namespace, now))
        else:
            found = cosines.nearest(width, allowed=connection.execute(
                sa.select(records.c.key).where(records.c.namespace == namespace, condition)
            ).scalars())
        # Each arm scores all candidates, not only its own: else what one arm found looks worthless to the other.
        arms |= cosines.of({*words, *found})
    candidates = fused(arms, weights)
    if weights.neighbour > 0:
        best = [one.key for one in ranked(candidates, HELPED)]
        adjacent = _adjacent(connection, namespace, best, condition)
        # Those beside the best are found, and help, by their own scores; so theirs are needed, and who helps them.
        beside = {key for pair in adjacent for key in pair} - set(best)
        adjacent |= _adjacent(connection, namespace, beside, condition)
        strangers = {key for pair in adjacent for key in pair} - candidates.keys()
        if cosines and strangers:
            arms |= cosines.of({*candidates, *strangers})
            candidates = fused(arms, weights)
        lend(candidates, adjacent, weights.neighbour)
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


@dataclass(frozen=True)
class _Cosines:
    """The dense arm asked with one vector; false where there is none."""

    connection: Connection
    dense: DenseArm | None
    namespace: str
    vector: Vector | None

    def __bool__(self) -> bool:
        return self.dense is not None and self.vector is not None

    def nearest(self, k: int, *, allowed: Iterable[int] | None = None, excluded: Iterable[int] = ()) -> set[int]:
        assert self.dense is not None and self.vector is not None
        found = self.dense.nearest(self.connection, self.namespace, self.vector, k, allowed=allowed, excluded=excluded)
        return set().union(*found.values())

    def of(self, keys: Iterable[int]) -> dict[str, dict[int, float]]:
        """Scaled cosines of each arm. A cosine of 0 is nothing in common, and counts 0 whatever the others are."""
        assert self.dense is not None and self.vector is not None
        raw = self.dense.scores(self.connection, self.namespace, self.vector, keys)
        # A text that follows no other stands in no context but its own.
        raw["context"] = {**raw["dense"], **raw["context"]}
        return {arm: scaled(scores, floor=0.0) for arm, scores in raw.items()}


def _adjacent(
    connection: Connection, namespace: str, keys: Iterable[int], condition: ColumnElement[bool]
) -> set[tuple[int, int]]:
    """(one, other) and (other, one) for each of `keys` and every record one turn before or after it in its session."""
    one, other = records.alias("one"), records
    wanted = list(keys)
    steps = []
    for step in (-1, 1):  # one equality a query: with both turns in a list the planner leaves the index of turns alone
        steps.append(
            sa.select(one.c.key.label("one"), other.c.key.label("other"))
            .select_from(one)
            .join(other, sa.and_(
                other.c.namespace == namespace, other.c.session == one.c.session, other.c.turn == one.c.turn + step,
            ))
            .where(one.c.key.in_(wanted), condition)
        )
    found = connection.execute(sa.union_all(*steps)).all()
    return {(row[0], row[1]) for row in found} | {(row[1], row[0]) for row in found}


def _favour_recent(candidates: Sequence[Scored], occurred: dict[int, int], weight: float) -> None:
    if weight <= 0 or not candidates:
        return
    share = scaled({one.key: float(occurred[one.key]) for one in candidates})
    for one in candidates:
        one.parts["recency"] = weight * share[one.key]
        one.score += one.parts["recency"]
