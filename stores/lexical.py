"""The lexical arm: BM25, the namespace and every other condition inside the query. SQLite's FTS5; in PostgreSQL the
tables of `postings.py`, with the same formula.

FTS5 weighs a word by how rare it is in the whole table, that is in everybody's memories. A word must count by how rare
it is in the namespace that is asked: a name that half of one's own turns hold says nothing, though nobody else has it.
So where there are several namespaces each word is matched by itself, and its score is brought to the namespace's own
rarity, which also keeps one namespace's ranking from telling what another one holds.

The index (`records_fts`, in the migrations) is kept in step with `records` by triggers. Knows FTS5's query language, so
that nobody's words are read as one. Knows nothing of vectors or fusion.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, CursorResult
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.elements import ColumnElement

from memos.stores import postings
from memos.stores.rows import scope_of
from memos.stores.schema import records
from memos.stores.search import query_words

MOST_WEIGHED = 1_500
"""Texts that a bounded search weighs, about: what FTS5 takes for each grows with the store, what it tells does not."""

LEAST_RARITY = 1e-6
"""What FTS5 gives a word that more than half of all texts hold."""

_FTS = sa.table("records_fts", sa.column("rowid", sa.BigInteger))
_BM25: ColumnElement[float] = sa.literal_column("-bm25(records_fts, 0.0, 1.0, 1.0)", sa.Float)


@dataclass(frozen=True)
class View:
    """What one search may see: a namespace, and a condition on records in which `now` may be a bound name."""

    connection: Connection
    namespace: str
    now: datetime
    condition: ColumnElement[bool]

    def run(self, query: Executable, **values: Any) -> CursorResult[*tuple[Any, ...]]:
        """Execute a query whose bound names may include `namespace` and `now`."""
        return self.connection.execute(query, {"namespace": self.namespace, "now": self.now, **values})


def best_matches(view: View, query: str, k: int, *, bounded: bool = False) -> dict[int, float]:
    """Record key to BM25 score (higher is better) of the best k records that meet the view's condition.

    `bounded` weighs no more than about `MOST_WEIGHED` texts: words that so many hold that they would pass it are left
    out while there are rarer ones. Not for a narrow condition, under which a common word may be all there is to find.
    """
    if _in_postgresql(view.connection):
        return postings.best_matches(view, query, k)
    words = query_words(query)
    if not words:
        return {}
    if not view.run(_OTHERS_EXIST).scalar():
        if not bounded:
            found = view.run(_best_of_all(view.condition), match=_any_of(words), most=k)
            return {row[0]: row[1] for row in found.all()}
        held = list(zip(words, _holding(view, words), strict=True))
        telling = _telling(held)
        if not telling:
            return {}
        bound: dict[str, Any] = {"match": _any_of(telling), "most": k, "weighed": 2 * MOST_WEIGHED}
        best = view.run(_best_of_newest(view.condition), tried=3 * k, **bound).all()
        if len(best) < min(k, sum(holding for word, holding in held if word in telling)):
            # Of those tried many do not meet the condition: there may be more behind them.
            best = view.run(_best_of_newest(view.condition), tried=2 * MOST_WEIGHED, **bound).all()
        return {row[0]: row[1] for row in best}
    weighted = _weighted(view, words, bounded)
    if not weighted:
        return {}
    values: dict[str, Any] = {"most": k}
    for position, (word, factor) in enumerate(weighted):
        values |= {f"match{position}": _within(view.namespace, word), f"factor{position}": factor}
    return {row[0]: row[1] for row in view.run(_best(len(weighted), view.condition), **values).all()}


def rebuild(connection: Connection) -> None:
    """Write the lexical index anew, so that no word of an erased text is left in it.

    FTS5 only marks deleted entries; merging its segments would drop them, but not when one segment holds both.
    """
    if _in_postgresql(connection):
        return postings.rebuild(connection)
    connection.exec_driver_sql("INSERT INTO records_fts(records_fts) VALUES ('rebuild')")


def is_whole(connection: Connection) -> bool:
    """Whether the lexical index agrees with the texts it was made from."""
    if _in_postgresql(connection):
        return postings.is_whole(connection)
    try:
        connection.exec_driver_sql("INSERT INTO records_fts(records_fts, rank) VALUES ('integrity-check', 1)")
    except sa.exc.DatabaseError:
        return False
    return True


def _in_postgresql(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


# Every word is quoted, so AND, NEAR, *, ^ and the like are words to look for and not operators.


def _any_of(words: Sequence[str]) -> str:
    return "{actor text} : (" + " OR ".join(f'"{word}"' for word in words) + ")"


def _within(namespace: str, word: str) -> str:
    return f'scope : "{scope_of(namespace)}" AND {_any_of([word])}'


def _match(name: str) -> ColumnElement[bool]:
    return sa.literal_column("records_fts", sa.Text).op("MATCH", is_comparison=True)(sa.bindparam(name, type_=sa.Text))


# Statements are built once for each number of words: building one costs more than running it on a small store.


@lru_cache(maxsize=16)
def _best_of_all(condition: ColumnElement[bool]) -> sa.Select[tuple[int, float]]:
    """Best of `match` by FTS5's own score, where every text is of the namespace."""
    score = _BM25.label("score")
    return (
        sa.select(_FTS.c.rowid, score)
        .select_from(_FTS.join(records, records.c.key == _FTS.c.rowid))
        .where(_match("match"), records.c.namespace == sa.bindparam("namespace"), condition)
        .order_by(score.desc(), _FTS.c.rowid.desc())
        .limit(sa.bindparam("most", type_=sa.Integer))
    )


@lru_cache(maxsize=16)
def _best_of_newest(condition: ColumnElement[bool]) -> sa.Select[tuple[int, float]]:
    """The same among the newest `weighed` of them: all, but where one word alone is held by more.

    Only the best `tried` are looked up as records, which costs more than weighing them.
    """
    score = _BM25.label("score")
    newest = (
        sa.select(_FTS.c.rowid.label("key"), score).where(_match("match"))
        .order_by(_FTS.c.rowid.desc()).limit(sa.bindparam("weighed", type_=sa.Integer))
    ).subquery()
    tried = (
        sa.select(newest.c.key, newest.c.score)
        .order_by(newest.c.score.desc(), newest.c.key.desc()).limit(sa.bindparam("tried", type_=sa.Integer))
    ).subquery()
    return (
        sa.select(tried.c.key, tried.c.score).select_from(tried.join(records, records.c.key == tried.c.key))
        .where(records.c.namespace == sa.bindparam("namespace"), condition)
        .order_by(tried.c.score.desc(), tried.c.key.desc()).limit(sa.bindparam("most", type_=sa.Integer))
    )


@lru_cache(maxsize=64)
def _holders(words: int) -> sa.Select[Any]:
    """For each word how many texts hold it, counted no further than `MOST_WEIGHED` + 1."""
    return sa.select(*(
        sa.select(sa.func.count()).select_from(
            sa.select(_FTS.c.rowid).where(_match(f"match{word}")).limit(MOST_WEIGHED + 1).subquery()
        ).scalar_subquery()
        for word in range(words)
    ))


def _holding(view: View, words: Sequence[str]) -> Sequence[int]:
    return view.run(_holders(len(words)), **{f"match{place}": _any_of([word]) for place, word in enumerate(words)}).one()


def _telling(held: Sequence[tuple[str, int]]) -> list[str]:
    """The rarest words that together no more than `MOST_WEIGHED` texts hold; at least one, if any is held at all."""
    telling: list[str] = []
    weighed = 0
    for word, holding in sorted(held, key=lambda pair: pair[1]):
        weighed += holding
        if telling and weighed > MOST_WEIGHED:
            break
        if holding:
            telling.append(word)
    return telling


@lru_cache(maxsize=256)
def _best(parts: int, condition: ColumnElement[bool]) -> sa.Select[tuple[int, float]]:
    """Sum of the scores of `match0`, `match1`, … each times its factor, best first."""
    each = sa.union_all(*(
        sa.select(_FTS.c.rowid.label("key"), (_BM25 * sa.bindparam(f"factor{part}", type_=sa.Float)).label("score"))
        .where(_match(f"match{part}"))
        for part in range(parts)
    )).cte("each").prefix_with("MATERIALIZED")  # bm25 works only where FTS5 itself is read
    found = sa.select(each.c.key, sa.func.sum(each.c.score).label("score")).group_by(each.c.key).subquery()
    return (
        sa.select(found.c.key, found.c.score)
        .select_from(found.join(records, records.c.key == found.c.key))
        .where(records.c.namespace == sa.bindparam("namespace"), condition)
        .order_by(found.c.score.desc(), found.c.key.desc())
        .limit(sa.bindparam("most", type_=sa.Integer))
    )


@lru_cache(maxsize=64)
def _counts(words: int) -> sa.Select[Any]:
    """Texts in all, texts of the namespace; then for each word those that hold it, in all and in the namespace."""
    everywhere = sa.select(sa.func.count()).select_from(records).scalar_subquery()
    here = sa.select(sa.func.count()).where(records.c.namespace == sa.bindparam("namespace")).scalar_subquery()
    each = [
        sa.select(sa.func.count()).select_from(_FTS).where(_match(f"{where}{word}")).scalar_subquery()
        for word in range(words) for where in ("all", "own")
    ]
    return sa.select(everywhere, here, *each)


_OTHERS_EXIST = sa.select(sa.or_(*(
    sa.exists(sa.select(sa.literal(1)).where(other))
    for other in (records.c.namespace < sa.bindparam("namespace"), records.c.namespace > sa.bindparam("namespace"))
)))


def _weighted(view: View, words: Sequence[str], bounded: bool) -> list[tuple[str, float]]:
    """Each word that the namespace holds, with what turns FTS5's score for it into one by the namespace's rarity."""
    values = {f"all{position}": _any_of([word]) for position, word in enumerate(words)}
    values |= {f"own{position}": _within(view.namespace, word) for position, word in enumerate(words)}
    total, own, *found = view.run(_counts(len(words)), **values).one()
    chosen = set(_telling(list(zip(words, found[1::2], strict=True))) if bounded else words)
    return [
        (word, _rarity(own, in_own) / _rarity(total, in_all))
        for word, in_all, in_own in zip(words, found[::2], found[1::2], strict=True)
        if in_own and word in chosen
    ]


def _rarity(texts: int, holding: int) -> float:
    """BM25's inverse document frequency, as FTS5 reckons it."""
    rarity = math.log((texts - holding + 0.5) / (holding + 0.5))
    return rarity if rarity > 0 else LEAST_RARITY
