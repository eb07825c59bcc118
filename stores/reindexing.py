"""Moving a store to another embedder: every text is embedded again, beside the vectors that go on serving.

    page by page   embed what has no new vector, or one of a text that changed since    a transaction a page
    at the end     under the write lock: the last few, then all new vectors for all old ones, and the embedder's name

So a stop or a crash at any point loses a page at most, and the next run goes on from there; a write in the meantime is
caught up with, by the hash of its text; whoever reads sees the old vectors or the new ones. A process that still works
with the old embedder is told so at its next question. Knows the tables; the index files are the vector arm's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from memos.embedding import in_context
from memos.stores.database import Database
from memos.stores.schema import embeddings, experiences, meta, next_embeddings, records

if TYPE_CHECKING:
    from memos.protocols import Embedder, Progress, Vector

PAGE = 256
"""Texts embedded at a time, and the most that are left for the switch itself."""

TARGET = "next_embedder"
"""Name in `meta` of the embedder that `next_embeddings` are of."""

Pack = Callable[["Vector"], bytes]


class Reindexer:
    """Embeds a store again with one embedder. `pack` checks a vector and gives the form in which a row keeps it;
    `on_switch` is called in the transaction of the switch."""

    def __init__(
        self, database: Database, embedder: Embedder, pack: Pack, on_switch: Callable[[], None] | None = None
    ) -> None:
        self._on_switch = on_switch
        self._database = database
        self._embedder = embedder
        self._pack = pack

    def run(self, progress: Progress | None = None) -> int:
        """Embed everything and switch to it. Returns how many texts this run embedded; a resumed run embeds fewer."""
        self._begin()
        embedded = 0
        while True:
            with self._database.read() as connection:
                total = connection.execute(_TOTAL).scalar_one()
                left = connection.execute(_LEFT).scalar_one()
            if progress:
                progress(total - left, total, "embedding every text again")
            if left <= PAGE:
                return embedded + self._switch(progress, total)
            embedded += self._rounds(progress, total, left)

    def _begin(self) -> None:
        """Vectors left by a run for another embedder are of no use."""
        mine = self._embedder.identity
        with self._database.write() as connection:
            if connection.execute(sa.select(meta.c.value).where(meta.c.key == TARGET)).scalar() != mine:
                _leave(connection)
                connection.execute(sa.insert(meta).values(key=TARGET, value=mine))

    def _rounds(self, progress: Progress | None, total: int, left: int) -> int:
        """Once through what is wanted, by key; what changes behind is for the next round."""
        last, done = 0, 0
        while True:
            with self._database.read() as connection:
                rows = connection.execute(_WANTED, {"last": last}).all()
            if not rows:
                return done
            made = self._embedded(rows)  # outside any transaction: it takes as long as it takes
            with self._database.write() as connection:
                self._put(connection, made)
            last, done = rows[-1].key, done + len(rows)
            if progress:
                progress(min(total, total - left + done), total, "embedding every text again")

    def _embedded(self, rows: Any) -> list[dict[str, Any]]:
        texts = [row.text for row in rows]
        vectors = self._embedder.embed(texts + [in_context(row.text, row.previous) for row in rows])
        made = []
        for row, own, after in zip(rows, vectors, vectors[len(rows) :], strict=False):
            context = None if (own == after).all() else self._pack(after)
            made.append({"key": row.key, "namespace": row.namespace, "text_hash": row.text_hash,
                         "vector": self._pack(own), "context_vector": context})
        return made

    def _put(self, connection: Connection, made: list[dict[str, Any]]) -> None:
        """Keep new vectors, of records that are still there."""
        keys = [one["key"] for one in made]
        connection.execute(sa.delete(next_embeddings).where(next_embeddings.c.key.in_(keys)))
        there = set(connection.execute(sa.select(records.c.key).where(records.c.key.in_(keys))).scalars())
        present = [one for one in made if one["key"] in there]
        if present:
            connection.execute(sa.insert(next_embeddings), present)

    def _switch(self, progress: Progress | None, total: int) -> int:
        if progress:
            progress(total, total, "switching")
        with self._database.write() as connection:
            rows = connection.execute(_WANTED, {"last": 0}).all()
            if len(rows) > 0:
                self._put(connection, self._embedded(rows))
            if connection.execute(_LEFT).scalar_one():  # more came in since they were counted than one page holds
                return len(rows) + self._more(connection)
            self._replace(connection)
            return len(rows)

    def _more(self, connection: Connection) -> int:
        done = 0
        while rows := connection.execute(_WANTED, {"last": 0}).all():
            self._put(connection, self._embedded(rows))
            done += len(rows)
        self._replace(connection)
        return done

    def _replace(self, connection: Connection) -> None:
        columns = ["key", "namespace", "vector", "context_vector"]
        connection.execute(sa.delete(embeddings))
        connection.execute(sa.insert(embeddings).from_select(
            columns, sa.select(*(next_embeddings.c[name] for name in columns)).order_by(next_embeddings.c.key)))
        connection.execute(sa.delete(meta).where(meta.c.key == "embedder"))
        connection.execute(sa.insert(meta).values(key="embedder", value=self._embedder.identity))
        _leave(connection)
        if self._on_switch is not None:
            self._on_switch()


def _leave(connection: Connection) -> None:
    connection.execute(sa.delete(next_embeddings))
    connection.execute(sa.delete(meta).where(meta.c.key == TARGET))


_before = experiences.alias("before")
# The turn before it, as it was when the record was made; none for a record that was kept without its context.
_previous = (
    sa.select(_before.c.text)
    .where(_before.c.namespace == experiences.c.namespace, _before.c.session == experiences.c.session,
           _before.c.key < experiences.c.key)
    .order_by(_before.c.key.desc()).limit(1).scalar_subquery()
)
_had_context = sa.or_(embeddings.c.key.is_(None), embeddings.c.context_vector.is_not(None))
_stale = sa.or_(next_embeddings.c.key.is_(None), next_embeddings.c.text_hash != records.c.text_hash)
_beside_next = records.outerjoin(next_embeddings, next_embeddings.c.key == records.c.key)
_TOTAL = sa.select(sa.func.count()).select_from(records)
_LEFT = sa.select(sa.func.count()).select_from(_beside_next).where(_stale)
_WANTED = (
    sa.select(records.c.key, records.c.namespace, records.c.text, records.c.text_hash,
              sa.case((_had_context, _previous)).label("previous"))
    .select_from(_beside_next.outerjoin(embeddings, embeddings.c.key == records.c.key)
                 .outerjoin(experiences, experiences.c.id == records.c.experience_id))
    .where(records.c.key > sa.bindparam("last"), _stale)
    .order_by(records.c.key).limit(PAGE)
)
