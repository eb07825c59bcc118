"""The token store: every experience word for word, and the records kept of them, with their history. SQL is the truth.

- A record's present revision is its row in `records`; past ones are in `revisions`. Nothing is deleted by inference: a
  newer fact closes the older one's validity, and both stay readable.
- Every method filters by namespace inside its query; a foreign id and an unknown one look the same from outside.
- Writers never touch an index: the lexical one follows by trigger, the vector one catches up when it is next asked.

Decides nothing: whether a text is new, a repetition or a correction is for a routing policy to say.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from memos.config import RecallWeights, VectorSettings
from memos.errors import IndexStale, InputError
from memos.protocols import Neighbour
from memos.stores import lexical, links as growing
from memos.stores.database import Database
from memos.stores.dialects import holds
from memos.stores.filters import Filter, compiled
from memos.stores.inserting import RowInsert
from memos.stores.lexical import View
from memos.stores.purging import erase
from memos.stores.reading import DANGLING, RecordReader, dangles
from memos.stores.recall import CURRENT, not_current, rows_of, search, speakers
from memos.stores.reindexing import Reindexer
from memos.stores.rows import (
    Row,
    check_text,
    decision_row,
    experience_row,
    fact_columns,
    record_from,
    record_row,
)
from memos.stores.schema import blocks, decisions, embeddings, experiences, mentions, records, revisions
from memos.stores.vector_arm import VectorArm, vector_arm
from memos.types import (
    Action,
    Experience,
    FactKey,
    Link,
    LinkKind,
    MemoryRecord,
    RecallHit,
    RecordState,
    Revision,
    RoutingDecision,
    StoredBytes,
    text_hash,
    utc_now,
)

if TYPE_CHECKING:
    from memos.protocols import Embedder, Progress, Vector

_insert_experience = RowInsert(experiences)
_insert_decision = RowInsert(decisions)
_insert_record = RowInsert(records)
_insert_embedding = RowInsert(embeddings, ("key", "namespace", "vector", "context_vector"))
_HERE = records.c.namespace == sa.bindparam("namespace")
_NEWEST_CURRENT = sa.select(records).where(_HERE, CURRENT).order_by(records.c.valid_from.desc(), records.c.key.desc())
_BY_HASH = _NEWEST_CURRENT.where(records.c.text_hash == sa.bindparam("digest"))
_BY_FACT = _NEWEST_CURRENT.where(
    records.c.fact_subject == sa.bindparam("subject"), records.c.fact_attribute == sa.bindparam("attribute")
)
_ALL_EMBEDDED = ~sa.exists(sa.select(records.c.key).where(~sa.exists().where(embeddings.c.key == records.c.key)))
IN_LIST = 500
"""Most ids named in one statement."""


class SqlTokenStore(RecordReader):
    """The TokenStore protocol over one database.

    `index_folder` holds the derived vector indexes. Without an embedder the store works by words alone.
    """

    def __init__(
        self, database: Database, index_folder: Path, embedder: Embedder | None = None, *,
        weights: RecallWeights | None = None, vectors: VectorSettings | None = None, clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._database = database
        self._embedder = embedder
        self._dense: VectorArm = vector_arm(database, index_folder, embedder, vectors)
        self._weights = weights or RecallWeights()
        self._clock = clock

    # --- writing -----------------------------------------------------------------------------------------------------

    def add_experience(self, experience: Experience, decision: RoutingDecision) -> None:
        """Store the experience and the decision taken about it; a dropped experience keeps its decision, not its text."""
        row = experience_row(experience)
        with self._database.write() as connection:
            if decision.action is not Action.DROP:
                _insert_experience(connection, row)
            _insert_decision(connection, decision_row(experience.namespace, decision))

    def add(self, record: MemoryRecord, vector: Vector | None, context_vector: Vector | None = None, *,
            reason: str = "") -> None:
        """Keep a record. `context_vector` is that of its text after the turn before it, where there is one."""
        row = record_row(record, at=self._clock(), change=Action.ADD, reason=reason)
        with self._database.write() as connection:
            key = _insert_record(connection, row)
            self._put_vectors(connection, record.namespace, key, vector, context_vector)
            for origin in record.derived_from:
                self._join(connection, record.namespace, key, origin, LinkKind.DERIVED_FROM)

    def restore(self, record: MemoryRecord, history: Sequence[Revision], vector: Vector | None,
                context_vector: Vector | None = None) -> None:
        """Keep a record as it was elsewhere, with its past; the last of `history` is its present revision."""
        now = history[-1] if history else None
        row = record_row(record, at=now.at if now else self._clock(), change=Action(now.action) if now else Action.ADD,
                         reason=now.reason if now else "")
        check_text(row["reason"], "a reason")
        for past in history[:-1]:
            check_text(past.text, "a past text")
            check_text(past.reason, "a reason")
        with self._database.write() as connection:
            key = _insert_record(connection, row)
            self._put_vectors(connection, record.namespace, key, vector, context_vector)
            if len(history) > 1:
                connection.execute(sa.insert(revisions), [
                    {"record_key": key, "revision": past.revision, "at": past.at, "change": past.action, "text": past.text,
                     "state": past.state.value, "reason": past.reason} for past in history[:-1]
                ])

    def restore_links(self, namespace: str, record_id: str, links: Sequence[Link]) -> None:
        """Link the record as it was linked elsewhere; links to what is not here are passed over."""
        with self._database.write() as connection:
            key = self._row(connection, namespace, record_id)["key"]
            for link in links:
                self._join(connection, namespace, key, link.target, link.kind, link.reason, link.weight)

    def connect(self, namespace: str, record_id: str, names: Sequence[str], near: Sequence[Neighbour] = ()) -> None:
        """Link a kept record to what it continues, to what names the same, and to the similar among `near`."""
        with self._database.write() as connection:
            row = self._row(connection, namespace, record_id)
            cosines = {neighbour.record.id: neighbour.cosine for neighbour in near}
            keys = connection.execute(
                sa.select(records.c.key, records.c.id).where(
                    records.c.namespace == namespace, records.c.id.in_([*cosines]))
            ).all() if cosines else []
            ranked = sorted(((key, cosines[one]) for key, one in keys), key=lambda pair: (-pair[1], -pair[0]))
            growing.grow(connection, row, names, ranked)

    def nameless(self, namespace: str, limit: int, after: str | None = None) -> builtins.list[MemoryRecord]:
        """Records of which no name is noted, oldest first, those kept after the record `after`: what links may be missing of."""
        with self._database.read() as connection:
            since = 0 if after is None else self._row(connection, namespace, after)["key"]
            noted = sa.exists().where(mentions.c.record_key == records.c.key)
            rows = connection.execute(
                sa.select(records).where(records.c.namespace == namespace, records.c.key > since, ~noted)
                .order_by(records.c.key).limit(limit)
            ).mappings().all()
        return [record_from(row) for row in rows]

    def supersede(self, namespace: str, record_id: str, by: MemoryRecord, at: datetime, reason: str,
                  vector: Vector | None = None, context_vector: Vector | None = None) -> None:
        """Close the older record's validity at `at` and keep `by` after it, unless it is kept already."""
        with self._database.write() as connection:
            old = self._row(connection, namespace, record_id)
            known = connection.execute(
                sa.select(records.c.key).where(records.c.id == by.id, records.c.namespace == namespace)
            ).scalar()
            if by.namespace != namespace:
                raise InputError(f"{by.id} belongs to another namespace")
            if known is None:
                newer = by.model_copy(update={"supersedes": record_id})
                self.add(newer, vector, context_vector, reason=reason)
            else:
                # What it superseded first stays named: a late, older statement does not change that.
                connection.execute(
                    sa.update(records).where(records.c.key == known, records.c.supersedes.is_(None))
                    .values(supersedes=record_id)
                )
            # A clock that went backwards must not make a validity that ends before it began.
            self._revise(connection, old, Action.SUPERSEDE, reason, {
                "state": RecordState.SUPERSEDED.value, "superseded_by": by.id,
                "valid_to": max(at, old["valid_from"]),
            })
            self._join(connection, namespace, self._row(connection, namespace, by.id)["key"], record_id,
                       LinkKind.SUPERSEDES)

    def merge(self, namespace: str, record_id: str, experience: Experience, reason: str) -> MemoryRecord:
        """Count one more sighting of the same content. The text stays, so this is not a revision."""
        with self._database.write() as connection:
            row = self._row(connection, namespace, record_id)
            connection.execute(
                sa.update(records).where(records.c.key == row["key"])
                .values(merged=records.c.merged + 1, observed_at=max(experience.observed_at, row["observed_at"]))
            )
            return self._get(connection, namespace, record_id)

    def update(self, namespace: str, record_id: str, *, text: str, vector: Vector | None, reason: str,
               fact: FactKey | None = None, context_vector: Vector | None = None) -> MemoryRecord:
        """Give a record another text, as a new revision; its vectors are replaced, or dropped where None is given."""
        check_text(text, "the record")
        with self._database.write() as connection:
            row = self._row(connection, namespace, record_id)
            growing.wither(connection, row["key"])
            self._revise(connection, row, Action.UPDATE, reason, {
                "text": text, "text_hash": text_hash(text), **fact_columns(fact),
            })
            connection.execute(sa.delete(embeddings).where(embeddings.c.key == row["key"]))
            self._put_vectors(connection, namespace, row["key"], vector, context_vector)
            return self._get(connection, namespace, record_id)

    def set_state(self, namespace: str, record_id: str, state: RecordState, reason: str) -> MemoryRecord:
        """Pause, restore or otherwise change the state, as a new revision. A superseded record made active holds again."""
        with self._database.write() as connection:
            row = self._row(connection, namespace, record_id)
            changed: Row = {"state": state.value}
            if state is RecordState.ACTIVE and row["state"] == RecordState.SUPERSEDED:
                changed |= {"valid_to": None, "superseded_by": None}
            self._revise(connection, row, Action.UPDATE, reason, changed)
            return self._get(connection, namespace, record_id)

    def approve(self, namespace: str, record_ids: Sequence[str]) -> None:
        """Let these records' texts reach the parameters."""
        self._set_all(namespace, record_ids, approved=True)

    def mark_learned(self, namespace: str, record_ids: Sequence[str], run_id: int | None) -> None:
        """Note the live run that taught these records to the parameters; None when none does any more."""
        self._set_all(namespace, record_ids, learned_by=run_id)

    def unlink(self, namespace: str, record_ids: Sequence[str]) -> None:
        """Let go of names of records that are not there."""
        with self._database.write() as connection:
            for some in _in_lists(record_ids):
                for column in DANGLING:
                    connection.execute(
                        sa.update(records).where(records.c.namespace == namespace, records.c.id.in_(some), dangles(column))
                        .values({column.name: None})
                    )

    def touch(self, namespace: str, recalled: Sequence[str], cited: Sequence[str], at: datetime) -> None:
        """Count a use. Not a revision; ids that are gone meanwhile are passed over."""
        with self._database.write() as connection:
            for ids, counter in ((recalled, "access_count"), (cited, "cite_count")):
                for some in _in_lists(ids):
                    connection.execute(
                        sa.update(records).where(records.c.namespace == namespace, records.c.id.in_(some))
                        .values({counter: records.c[counter] + 1, "last_access": at})
                    )

    def purge(self, namespace: str, record_ids: Sequence[str]) -> dict[str, int]:
        """Erase records with all that quotes them: revisions, experiences, decisions' words, vectors, index entries.

        Returns rows erased by kind. The bytes are gone from disk after `compact`.
        """
        with self._database.write() as connection:
            rows = [self._row(connection, namespace, record_id) for record_id in dict.fromkeys(record_ids)]
            erased = erase(connection, namespace, rows)
            if erased["vectors"]:
                self._dense.purged(namespace)
        return erased

    def still_says(self, text: str) -> bool:
        """Whether any row, of any namespace, rightly holds these words: then their bytes on disk are no leftover."""
        holders = (records.c.text, experiences.c.text, revisions.c.text, blocks.c.text)
        with self._database.read() as connection:
            return any(
                connection.execute(sa.select(sa.literal(1)).where(holds(column, text)).limit(1)).first()
                for column in holders
            )

    def compact(self) -> None:
        """Make erased bytes unreadable on disk. Outside any transaction; takes a while on a large store."""
        if self._database.dialect == "sqlite":  # elsewhere rows that are gone leave nothing in an index of words
            with self._database.write() as connection:
                lexical.rebuild(connection)
        self._dense.sweep(self.namespaces())
        self._database.vacuum()

    def stored_bytes(self) -> StoredBytes:
        return self._database.stored_bytes()

    # --- looking up --------------------------------------------------------------------------------------------------

    def find_exact(self, namespace: str, digest: str) -> MemoryRecord | None:
        """The active record whose normalised text has this `text_hash`."""
        found = self._find(_BY_HASH, namespace=namespace, digest=digest)
        return found[0] if found else None

    def find_fact(self, namespace: str, subject: str, attribute: str) -> builtins.list[MemoryRecord]:
        """Active records about the same subject and attribute, newest first."""
        return self._find(_BY_FACT, namespace=namespace, subject=subject, attribute=attribute)

    def neighbours(self, namespace: str, vector: Vector, k: int) -> builtins.list[Neighbour]:
        """The current records whose own texts are nearest to the vector."""
        with self._database.read() as connection:
            cosines = self._dense.asked(connection, namespace, vector).nearest(
                "dense", k, excluded=not_current(connection, namespace, self._clock())
            )
            rows = View(connection, namespace, self._clock(), CURRENT).run(
                rows_of(CURRENT), keys=[*cosines]).mappings().all()
        near = [Neighbour(record_from(row), cosines[row["key"]]) for row in rows]
        return sorted(near, key=lambda neighbour: -neighbour.cosine)

    def kin(self, namespace: str, record_id: str, k: int) -> builtins.list[Neighbour]:
        """The current records nearest to a kept one, itself left out; none where it has no vector."""
        import numpy as np

        with self._database.read() as connection:
            key = self._row(connection, namespace, record_id)["key"]
            blob = connection.execute(sa.select(embeddings.c.vector).where(embeddings.c.key == key)).scalar()
            if blob is None:
                return []
            near = self.neighbours(namespace, np.frombuffer(blob, "<f4").astype("f4"), k + 1)
        return [neighbour for neighbour in near if neighbour.record.id != record_id][:k]

    def search(self, namespace: str, query: str, vector: Vector | None, k: int, *, where: Filter | None = None,
               as_of: datetime | None = None) -> builtins.list[RecallHit]:
        """The best k records for the query by words, by vector where one is given, and by what stands beside them.

        Without `as_of`, only what holds now; with it, what held at that moment, by what is known today.
        """
        if k <= 0:
            raise InputError(f"k must be at least 1, not {k}")
        check_text(query, "the query")
        with self._database.read() as connection:
            hits = search(
                connection, self._dense if vector is not None else None, namespace, query, vector, k,
                weights=self._weights, now=self._clock(), as_of=as_of,
                where=compiled(where) if where is not None else None,
            )
        self._dense.save_if_due()
        return hits

    def speakers(self, namespace: str) -> frozenset[str]:
        """Who said what is newest: the names that `embedding.unnamed` leaves out of a query before it is embedded."""
        with self._database.read() as connection:
            return speakers(connection, namespace)

    def rebuild_index(self, progress: Progress | None = None) -> int:
        """Make the lexical and every vector index anew from SQL. Returns the number of vectors.

        Where the vectors are another embedder's, every text is embedded again first.
        """
        with self._database.read() as connection:
            anothers = self._dense.is_anothers(connection)
        if anothers:
            self.reindex(progress)
        with self._database.write() as connection:
            lexical.rebuild(connection)
        return self._rebuild_vectors(progress)

    def reindex(self, progress: Progress | None = None, on_switch: Callable[[], None] | None = None) -> int:
        """Embed every text again with this store's embedder, while the old vectors serve; then switch, all at once.

        `on_switch` is called in the transaction of the switch. Returns how many texts were embedded: fewer than all where an earlier run was cut short. See `reindexing.py`.
        """
        if self._embedder is None:
            raise InputError("a store that was opened without an embedder cannot be reindexed")
        with self._database.read() as connection:
            if not self._dense.is_anothers(connection) and connection.execute(sa.select(_ALL_EMBEDDED)).scalar():
                return 0
        embedded = Reindexer(self._database, self._embedder, self._dense.checked, on_switch).run(progress)
        self._rebuild_vectors(progress)
        return embedded

    def _rebuild_vectors(self, progress: Progress | None) -> int:
        with self._database.read() as connection:
            owners = connection.execute(sa.select(embeddings.c.namespace).distinct()).scalars().all()
        total = self._dense.rebuild(owners, progress)
        self._dense.sweep(owners)
        return total

    def check_index(self) -> str:
        """One line about the derived indexes; raises IndexStale when one of them disagrees with SQL."""
        with self._database.write() as connection:
            if not lexical.is_whole(connection):
                raise IndexStale("the lexical index disagrees with the texts", hint="memos doctor --rebuild")
        with self._database.read() as connection:
            owners = connection.execute(sa.select(embeddings.c.namespace).distinct()).scalars().all()
            vectors = sum(self._dense.check(connection, namespace) for namespace in owners)
        return f"words in step; {vectors} vectors in {len(owners)} namespaces"

    def close(self) -> None:
        """Save vector indexes that have changed much. The database is closed by whoever opened it."""
        self._dense.save_if_due(closing=True)

    # --- steps -------------------------------------------------------------------------------------------------------

    def _find(self, query: sa.Select[Any], **values: str) -> builtins.list[MemoryRecord]:
        with self._database.read() as connection:
            return [record_from(row) for row in connection.execute(query, {"now": self._clock(), **values}).mappings()]

    def _join(self, connection: Connection, namespace: str, key: int, other_id: str, kind: LinkKind, reason: str = "",
              weight: float = 1.0) -> None:
        other = connection.execute(
            sa.select(records.c.key).where(records.c.id == other_id, records.c.namespace == namespace)
        ).scalar()
        if other is not None:
            growing.join(connection, namespace, key, other, kind, reason, weight)

    def _put_vectors(self, connection: Connection, namespace: str, key: int, vector: Vector | None,
                     context_vector: Vector | None) -> None:
        if vector is None:
            if context_vector is not None:
                raise InputError("a context vector was given without the vector of the text itself")
            return
        if context_vector is not None and (context_vector == vector).all():
            context_vector = None  # nothing came before it: one copy is enough
        _insert_embedding(connection, {
            "key": key, "namespace": namespace, "vector": self._dense.packed(connection, vector),
            "context_vector": None if context_vector is None else self._dense.packed(connection, context_vector),
        })

    def _revise(self, connection: Connection, row: Any, change: Action, reason: str, values: Row) -> None:
        """File the present revision and put the next one in its place."""
        check_text(reason, "a reason")
        connection.execute(sa.insert(revisions).values(
            record_key=row["key"], revision=row["revision"], at=row["changed_at"], change=row["change"],
            text=row["text"], state=row["state"], reason=row["reason"],
        ))
        connection.execute(sa.update(records).where(records.c.key == row["key"]).values(
            **values, revision=row["revision"] + 1, changed_at=self._clock(), change=change.value, reason=reason,
        ))

    def _set_all(self, namespace: str, record_ids: Sequence[str], **values: Any) -> None:
        """Set columns of every named record, or of none when one of them is unknown."""
        with self._database.write() as connection:
            for record_id in record_ids:
                self._row(connection, namespace, record_id)
            for some in _in_lists(record_ids):
                connection.execute(
                    sa.update(records).where(records.c.namespace == namespace, records.c.id.in_(some)).values(**values)
                )


def _in_lists(ids: Sequence[str]) -> builtins.list[builtins.list[str]]:
    distinct = builtins.list(dict.fromkeys(ids))
    return [distinct[start:start + IN_LIST] for start in range(0, len(distinct), IN_LIST)]
