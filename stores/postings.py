"""The lexical arm in PostgreSQL: BM25 from a table of postings, by the rarity of each word in the namespace that asks.

PostgreSQL's own ranking (`ts_rank_cd`) does not know how rare a word is. So its parser and stemmer make the words, a trigger keeps a row for each word of each record, and the formula
is here: the one of FTS5, with its constants. Every posting carries its namespace, first in the primary key: what another
namespace holds is neither read nor counted.

Words of a query are bound values that pass through the same parser as the texts: none of them is an operator. Knows the
tables `word_postings` and `word_totals`, which only their triggers write. Knows nothing of vectors or fusion.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.sql.elements import ColumnElement

from memos.stores.schema import records
from memos.stores.search import query_words

if TYPE_CHECKING:
    from memos.stores.lexical import View

K1, B = 1.2, 0.75
LEAST_RARITY = 1e-6
"""What FTS5 gives a word that more than half of all texts hold."""

_POSTINGS = sa.table(
    "word_postings", sa.column("namespace", sa.Text), sa.column("lexeme", sa.Text), sa.column("record_key", sa.BigInteger),
    sa.column("times", sa.Integer), sa.column("length", sa.Integer),
)
_TOTALS = sa.table(
    "word_totals", sa.column("namespace", sa.Text), sa.column("texts", sa.BigInteger), sa.column("words", sa.BigInteger))

_STEMS = sa.text("SELECT array_agg(lexeme) FROM memos_lexemes(:words)")

# What the postings of a namespace should say, against what they say.
_FRESH = """
    SELECT r.namespace, w.lexeme, r.key AS record_key, w.times,
           (sum(w.times) OVER (PARTITION BY r.key))::integer AS length
    FROM records r CROSS JOIN LATERAL memos_lexemes(concat_ws(' ', r.actor, r.text)) w
"""
_STORED = "SELECT namespace, lexeme, record_key, times, length FROM word_postings"
_DIFFERENT = f"""
    SELECT EXISTS (({_FRESH}) EXCEPT ({_STORED})) OR EXISTS (({_STORED}) EXCEPT ({_FRESH}))
        OR EXISTS (SELECT namespace, count(*) FROM records GROUP BY namespace
                   EXCEPT SELECT namespace, texts FROM word_totals)
"""
_REBUILD = (
    "DELETE FROM word_postings", "DELETE FROM word_totals",
    f"INSERT INTO word_postings (namespace, lexeme, record_key, times, length) {_FRESH}",
    """INSERT INTO word_totals (namespace, texts, words)
        SELECT r.namespace, count(*), coalesce(sum(p.length), 0) FROM records r
        LEFT JOIN (SELECT DISTINCT record_key, length FROM word_postings) p ON p.record_key = r.key
        GROUP BY r.namespace""",
)


def best_matches(view: View, query: str, k: int) -> dict[int, float]:
    """Record key to BM25 score (higher is better) of the best k records that meet the view's condition."""
    words = query_words(query)
    stems = view.connection.execute(_STEMS, {"words": " ".join(words)}).scalar() if words else None
    if not stems:
        return {}
    return {row[0]: row[1] for row in view.run(_best(view.condition), stems=stems, most=k)}


def rebuild(connection: Connection) -> None:
    """Write postings and totals anew from the texts."""
    for statement in _REBUILD:
        connection.exec_driver_sql(statement)


def is_whole(connection: Connection) -> bool:
    """Whether the postings agree with the texts they were made from. Reads every text."""
    return not connection.exec_driver_sql(_DIFFERENT).scalar()


@lru_cache(maxsize=64)
def _best(condition: ColumnElement[bool]) -> sa.Select[tuple[int, float]]:
    namespace = sa.bindparam("namespace", type_=sa.Text)
    posting = _POSTINGS.c
    held = (
        sa.select(posting.record_key, posting.lexeme, posting.times, posting.length)
        .where(posting.namespace == namespace,
               posting.lexeme == sa.any_(sa.bindparam("stems", type_=sa.ARRAY(sa.Text))))
        .cte("held")
    )
    totals = sa.select(_TOTALS.c.texts, _TOTALS.c.words).where(_TOTALS.c.namespace == namespace).subquery("totals")
    counted = sa.select(held.c.lexeme, sa.func.count().label("holding")).group_by(held.c.lexeme).subquery("counted")
    texts, holding = sa.cast(totals.c.texts, sa.Double), sa.cast(counted.c.holding, sa.Double)
    rarity = (
        sa.select(counted.c.lexeme,
                  sa.func.greatest(sa.func.ln((texts - holding + 0.5) / (holding + 0.5)), LEAST_RARITY).label("rarity"),
                  (sa.cast(totals.c.words, sa.Double) / sa.func.greatest(totals.c.texts, 1)).label("usual"))
        .select_from(counted.join(totals, sa.true()))
        .subquery("rarity")
    )
    times = sa.cast(held.c.times, sa.Double)
    # FTS5 gives every word that it can find at least a little: rarity is never 0 or below.
    score = sa.func.sum(
        rarity.c.rarity * times * (K1 + 1.0)
        / (times + K1 * (1.0 - B + B * held.c.length / sa.func.greatest(rarity.c.usual, 1.0)))
    ).label("score")
    found = (
        sa.select(held.c.record_key.label("key"), score)
        .select_from(held.join(rarity, rarity.c.lexeme == held.c.lexeme)).group_by(held.c.record_key).subquery("found")
    )
    return (
        sa.select(found.c.key, found.c.score)
        .select_from(found.join(records, records.c.key == found.c.key))
        .where(records.c.namespace == namespace, condition)
        .order_by(found.c.score.desc(), found.c.key.desc())
        .limit(sa.bindparam("most", type_=sa.Integer))
    )
