"""Search in SQL's own words: gather candidates from both arms, fuse, let neighbours help, fetch the records.

Everything runs in one view of the database, and every condition acts inside the arms, before anything is cut.
Knows the tables; the arithmetic is in `search.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.sql.elements import ColumnElement

from memos.config import RecallWeights
from memos.stores import lexical
from memos.stores.lexical import View
from memos.stores.links import linked
from memos.stores.rows import record_from
from memos.stores.schema import UtcTime, from_micros, records
from memos.stores.search import (
    REACH,
    best,
    fused,
    lent,
    of_the_session,
    parts,
    said_by_the_named,
    scaled,
    summed,
    walked,
)
from memos.stores.vector_arm import ARMS, VectorArm
from memos.stores.when import Around, Interval, asked_time
from memos.types import LinkKind, RecallHit, RecordState

if TYPE_CHECKING:
    from memos.protocols import Vector

CANDIDATES = 100
"""Taken from each arm, at least; more when more hits are asked for."""
PLACED = 80
"""Of how many of the best candidates who said them, where and when is looked at; more when more are asked for."""
HELPED = 24
"""Around how many of these, and along whose links, others are looked for that no arm found."""
WALKED = (LinkKind.SAME_ENTITY, LinkKind.DERIVED_FROM)
"""Turns in sequence are neighbours already, what was superseded holds no more, and what is similar the vectors find."""

# Word for word the conditions of two partial indexes: only then does SQLite see that it may use them.
_ENDED = sa.text("valid_to IS NOT NULL")
_NOT_ACTIVE = sa.text("state <> 'active'")

CURRENT: ColumnElement[bool] = sa.and_(
    records.c.state == RecordState.ACTIVE.value,
    sa.or_(records.c.valid_to.is_(None), records.c.valid_to > sa.bindparam("now", type_=UtcTime)),
)
"""Holds at the bound moment `now`. When it began to hold is not asked: a clock that went backwards must hide nothing."""


def held_at(moment: datetime) -> ColumnElement[bool]:
    """Held at that moment, by what is known today."""
    return sa.and_(
        records.c.state.in_((RecordState.ACTIVE.value, RecordState.SUPERSEDED.value)),
        records.c.valid_from <= moment, sa.or_(records.c.valid_to.is_(None), records.c.valid_to > moment),
    )


def not_current(connection: Connection, namespace: str, now: datetime) -> list[int]:
    """Keys of the records that do not hold now: usually few, and found by two small indexes."""
    return list(connection.execute(_NOT_CURRENT, {"namespace": namespace, "now": now}).scalars())


_HERE = records.c.namespace == sa.bindparam("namespace")
_NOT_CURRENT = sa.union(
    sa.select(records.c.key).where(_HERE, _NOT_ACTIVE),
    sa.select(records.c.key).where(_HERE, _ENDED, records.c.valid_to <= sa.bindparam("now", type_=UtcTime)),
)


def search(
    connection: Connection, dense: VectorArm | None, namespace: str, query: str, vector: Vector | None, k: int, *,
    weights: RecallWeights, now: datetime, as_of: datetime | None, where: ColumnElement[bool] | None,
) -> list[RecallHit]:
    """The best k records, with every part of their scores."""
    valid = CURRENT if as_of is None else held_at(as_of)
    view = View(connection, namespace, now, valid if where is None else sa.and_(valid, where))
    width = max(CANDIDATES, 4 * k)
    words = lexical.best_matches(view, query, width, bounded=view.condition is CURRENT)
    arms: dict[str, dict[int, float]] = {"lexical": scaled(words, floor=0.0)}
    when = _when(view, query, now if as_of is None else as_of) if weights.time > 0 else None
    timely = _within(view, when, width) if when is not None else []
    cosines = _Cosines(view, dense, vector) if dense is not None and vector is not None else None
    if cosines:
        if view.condition is CURRENT:
            found = cosines.nearest(width, excluded=not_current(connection, namespace, now))
        else:
            found = cosines.nearest(width, allowed=view.run(
                sa.select(records.c.key).where(_HERE, view.condition)
            ).scalars())
        # Each arm scores all candidates, not only its own: else what one arm found looks worthless to the other.
        arms |= cosines.of({*words, *found, *timely})
    own = fused(arms, weights)
    near = best(own, max(PLACED, 4 * k))
    beside = _around(view, near[:max(HELPED, 2 * k)]) if weights.neighbour > 0 or weights.further > 0 else set()
    links = linked(view, near[:max(HELPED, 2 * k)], WALKED) if weights.link > 0 else []
    beside |= {other for _, other, _ in links}
    if cosines and (strangers := beside - own.keys()):
        arms |= cosines.of(strangers)
        own = fused(arms, weights)
    places = _places(view, {*near, *beside, *timely})
    own = {key: own[key] for key in places if key in own}
    added: dict[str, dict[int, float]] = {
        "neighbour": lent(own, {key: (at.session, at.turn) for key, at in places.items() if at.turn is not None}, weights),
        "link": walked(own, links, weights.link),
        "session": of_the_session(own, {key: at.session for key, at in places.items() if at.session}, weights.session),
        "speaker": dict.fromkeys(
            said_by_the_named(query, {key: at.actor for key, at in places.items() if at.actor}), weights.speaker
        ),
        "time": {} if when is None else {
            key: weights.time * when.closeness(from_micros(at.micros)) for key, at in places.items()
        },
    }
    scores = summed([dict.fromkeys(places, 0.0), own, *added.values()])
    shortlist = best(scores, 2 * k)
    rows = {row["key"]: row for row in view.run(rows_of(view.condition), keys=shortlist).mappings().all()}
    added["recency"] = {
        key: weights.recency * newness
        for key, newness in scaled({key: float(places[key].micros) for key in rows}).items()
    }
    scores = {key: scores[key] + added["recency"][key] for key in rows}
    return [
        RecallHit(record=record_from(rows[key]), rank=rank, score=scores[key], parts={
            **parts(key, arms, weights), **{name: extra[key] for name, extra in added.items() if extra.get(key)},
        })
        for rank, key in enumerate(best(scores, k), start=1)
    ]


@lru_cache(maxsize=16)
def rows_of(condition: ColumnElement[bool]) -> sa.Select[Any]:
    """The records with the bound `keys` that are of the bound `namespace` and meet the condition."""
    return sa.select(records).where(records.c.key.in_(sa.bindparam("keys", expanding=True)), _HERE, condition)


class _Cosines:
    """The dense arm asked with one vector. Remembers the cosines it gave, so that all are scaled alike."""

    def __init__(self, view: View, dense: VectorArm, vector: Vector) -> None:
        self._asked = dense.asked(view.connection, view.namespace, vector)
        self._raw: dict[str, dict[int, float]] = {"dense": {}, "context": {}}

    def nearest(self, k: int, *, allowed: Iterable[int] | None = None, excluded: Sequence[int] = ()) -> set[int]:
        keep = None if allowed is None else list(allowed)
        return {key for arm in ARMS for key in self._asked.nearest(arm, k, allowed=keep, excluded=excluded)}

    def of(self, keys: Iterable[int]) -> dict[str, dict[int, float]]:
        """Scaled cosines, of these keys and of all asked before. A cosine of 0 is nothing in common, and counts 0."""
        fresh = self._asked.scores(keys)
        self._raw["dense"] |= fresh["dense"]
        # A text that follows no other stands in no context but its own.
        self._raw["context"] |= {**fresh["dense"], **fresh["context"]}
        return {arm: scaled(scores, floor=0.0) for arm, scores in self._raw.items()}


def _when(view: View, query: str, now: datetime) -> Interval | None:
    """The time that the query asks about. An event in it happened when people spoke of it: what fits its words best was said."""
    asked = asked_time(query, now)
    if not isinstance(asked, Around):
        return asked
    spoken = lexical.best_matches(view, asked.event, 1, bounded=view.condition is CURRENT)
    return next((asked.of(from_micros(at.micros)) for at in _places(view, spoken).values()), None)


def _within(view: View, when: Interval, most: int) -> list[int]:
    """The newest of what was said in an interval that is closed: so that it is found by whatever words it was said in."""
    if when.start is None or when.end is None:
        return []
    return list(view.run(_within_query(view.condition), start=when.start, end=when.end, most=most).scalars().all())


@lru_cache(maxsize=16)
def _within_query(condition: ColumnElement[bool]) -> sa.Select[tuple[int]]:
    return (
        sa.select(records.c.key)
        .where(
            _HERE, records.c.occurred_at >= sa.bindparam("start", type_=UtcTime),
            records.c.occurred_at < sa.bindparam("end", type_=UtcTime), condition,
        )
        .order_by(records.c.occurred_at.desc(), records.c.key.desc()).limit(sa.bindparam("most", type_=sa.Integer))
    )


def _places(view: View, keys: Iterable[int]) -> dict[int, sa.Row[Any]]:
    """Who said it, where and when: `actor`, `session`, `turn` and `micros` by key, of those that the view may see."""
    return {row.key: row for row in view.run(_places_query(view.condition), keys=list(keys)).all()}


@lru_cache(maxsize=16)
def _places_query(condition: ColumnElement[bool]) -> sa.Select[Any]:
    occurred = sa.type_coerce(records.c.occurred_at, sa.BigInteger).label("micros")
    return sa.select(records.c.key, records.c.actor, records.c.session, records.c.turn, occurred).where(
        records.c.key.in_(sa.bindparam("keys", expanding=True)), _HERE, condition
    )


LATELY = 200
"""Of how many of the newest records the speakers are known to `speakers`."""


def speakers(connection: Connection, namespace: str) -> frozenset[str]:
    """Who said the newest records of a namespace."""
    newest = sa.select(records.c.actor).where(records.c.namespace == namespace).order_by(records.c.key.desc()).limit(LATELY)
    found = newest.subquery()
    return frozenset(connection.execute(sa.select(found.c.actor).where(found.c.actor.is_not(None)).distinct()).scalars())


def _around(view: View, keys: Sequence[int]) -> set[int]:
    """What stands at most two turns from these, in their sessions, whether the view may see it or not."""
    return set(view.run(_AROUND, keys=list(keys)).scalars().all())


_ONE = records.alias("one")
_AROUND = (
    sa.select(records.c.key).select_from(_ONE)
    .join(records, sa.and_(
        _HERE, records.c.session == _ONE.c.session,
        records.c.turn >= _ONE.c.turn - REACH, records.c.turn <= _ONE.c.turn + REACH,
    ))
    .where(_ONE.c.key.in_(sa.bindparam("keys", expanding=True)))
)
