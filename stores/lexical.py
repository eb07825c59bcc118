"""The lexical arm: BM25 over SQLite's FTS5, the namespace and every other condition inside the query.

The index (`records_fts`, in the migrations) is kept in step with `records` by triggers. Knows FTS5's query language, so
that nobody's words are read as one. Knows nothing of vectors or fusion.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.sql.elements import ColumnElement

from memos.stores.rows import scope_of
from memos.stores.schema import records
from memos.stores.search import query_words

ACTOR_WEIGHT = 1.0
TEXT_WEIGHT = 1.0

_FTS = sa.table("records_fts", sa.column("rowid", sa.BigInteger))
_MATCH: ColumnElement[bool] = sa.text("records_fts MATCH :match")  # type: ignore[assignment]
_RANK: ColumnElement[float] = sa.literal_column(
    f"-bm25(records_fts, 0.0, {ACTOR_WEIGHT}, {TEXT_WEIGHT})", sa.Float
)


def match_expression(namespace: str, query: str) -> str | None:
    """The FTS5 expression for any of the query's words within one namespace; None when it has no word at all.

    Every word is quoted, so AND, NEAR, *, ^ and the like are words to look for and not operators.
    """
    words = query_words(query)
    if not words:
        return None
    quoted = " OR ".join(f'"{word}"' for word in words)
    return f'scope : "{scope_of(namespace)}" AND {{actor text}} : ({quoted})'


def best_matches(
    connection: Connection, namespace: str, query: str, k: int, condition: ColumnElement[bool]
) -> dict[int, float]:
    """Record key to BM25 score (higher is better) of the best k records that meet the condition."""
    match = match_expression(namespace, query)
    if match is None:
        return {}
    found = connection.execute(
        sa.select(_FTS.c.rowid, _RANK.label("bm25"))
        .select_from(_FTS.join(records, records.c.key == _FTS.c.rowid))
        .where(_MATCH, records.c.namespace == namespace, condition)
        .order_by(sa.desc("bm25"))
        .limit(k),
        {"match": match},
    )
    return {row[0]: row[1] for row in found}


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
