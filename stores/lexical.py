"""The lexical arm: BM25 over SQLite's FTS5, the namespace and every other condition inside the query.

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

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.sql.elements import ColumnElement

from memos.stores.rows import scope_of
from memos.stores.schema import records
from memos.stores.search import query_words

LEAST_RARITY = 1e-6
"""What FTS5 gives a word that more than half of all texts hold."""

_FTS = sa.table("records_fts", sa.column("rowid", sa.BigInteger))
_BM25: ColumnElement[float] = sa.literal_column("-bm25(records_fts, 0.0, 1.0, 1.0)", sa.Float)


def best_matches(
    connection: Connection, namespace: str, query: str, k: int, condition: ColumnElement[bool]
) -> dict[int, float]:
    """Record key to BM25 score (higher is better) of the best k records that meet the condition."""
    words = query_words(query)
    if not words:
        return {}
    if _alone(connection, namespace):
        matches = _matching(_any_of(words), _BM25)
    else:
        weighted = _weighted(connection, namespace, words)
        if not weighted:
            return {}
        each = sa.union_all(*(
            _matching(_within(namespace, word), _BM25 * factor) for word, factor in weighted
        )).cte("each").prefix_with("MATERIALIZED")  # bm25 works only where FTS5 itself is read
        matches = sa.select(each.c.key, sa.func.sum(each.c.score).label("score")).group_by(each.c.key)
    found = matches.subquery()
    rows = connection.execute(
        sa.select(found.c.key, found.c.score)
        .select_from(found.join(records, records.c.key == found.c.key))
        .where(records.c.namespace == namespace, condition)
        .order_by(found.c.score.desc(), found.c.key.desc())
        .limit(k)
    )
    return {row[0]: row[1] for row in rows}


def rebuild(connection: Connection) -> None:
    """Write the lexical index anew, so that no word of an erased text is left in it.

    FTS5 only marks deleted entries; merging its segments would drop them, but not when one segment holds both.
    """
    connection.exec_driver_sql("INSERT INTO records_fts(records_fts) VALUES ('rebuild')")


def is_whole(connection: Connection) -> bool:
    """Whether the lexical index agrees with the texts it was made from."""
    try:
        connection.exec_driver_sql("INSERT INTO records_fts(records_fts, rank) VALUES ('integrity-check', 1)")
    except sa.exc.DatabaseError:
        return False
    return True


# Every word is quoted, so AND, NEAR, *, ^ and the like are words to look for and not operators.


def _any_of(words: Sequence[str]) -> str:
    return "{actor text} : (" + " OR ".join(f'"{word}"' for word in words) + ")"


def _within(namespace: str, word: str) -> str:
    return f'scope : "{scope_of(namespace)}" AND {_any_of([word])}'


def _matching(expression: str, score: ColumnElement[float]) -> sa.Select[tuple[int, float]]:
    return sa.select(_FTS.c.rowid.label("key"), score.label("score")).where(_match(expression))


def _match(expression: str) -> ColumnElement[bool]:
    return sa.literal_column("records_fts", sa.Text).op("MATCH", is_comparison=True)(expression)


def _alone(connection: Connection, namespace: str) -> bool:
    """Whether all records are of this namespace."""
    others = [
        sa.exists(sa.select(sa.literal(1)).where(other))
        for other in (records.c.namespace < namespace, records.c.namespace > namespace)
    ]
    return not connection.execute(sa.select(sa.or_(*others))).scalar()


def _weighted(connection: Connection, namespace: str, words: Sequence[str]) -> list[tuple[str, float]]:
    """Each word that the namespace holds, with what turns FTS5's score for it into one by the namespace's rarity."""
    counts = [
        sa.select(sa.func.count()).select_from(_FTS).where(_match(expression)).scalar_subquery()
        for word in words for expression in (_any_of([word]), _within(namespace, word))
    ]
    here = sa.select(sa.func.count()).where(records.c.namespace == namespace).scalar_subquery()
    everywhere = sa.select(sa.func.count()).select_from(records).scalar_subquery()
    total, own, *found = connection.execute(sa.select(everywhere, here, *counts)).one()
    weighted = []
    for position, word in enumerate(words):
        in_all, in_own = found[2 * position], found[2 * position + 1]
        if in_own:
            weighted.append((word, _rarity(own, in_own) / _rarity(total, in_all)))
    return weighted


def _rarity(texts: int, holding: int) -> float:
    """BM25's inverse document frequency, as FTS5 reckons it."""
    rarity = math.log((texts - holding + 0.5) / (holding + 0.5))
    return rarity if rarity > 0 else LEAST_RARITY
