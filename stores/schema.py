"""Every table, as SQLAlchemy sees it. The migrations build them; a test holds the two together.

Times are whole microseconds since 1970 UTC, so that two machines never read one database differently. `key` is the
integer by which the lexical and the vector index name a record; `id` is the name people see.

Knows no query.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from memos.stores.dialects import Packed

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def to_micros(moment: datetime) -> int:
    """Whole microseconds since 1970 UTC; exact, where a float of seconds is not."""
    return (moment - EPOCH) // MICROSECOND


def from_micros(value: int) -> datetime:
    """The moment that `to_micros` made the number of."""
    return EPOCH + timedelta(microseconds=value)


class UtcTime(TypeDecorator[datetime]):
    """A timezone-aware UTC datetime, kept as an integer."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else to_micros(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else from_micros(value)


# SQLite gives an autoincrementing 64-bit key only to a column declared INTEGER.
Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

metadata = sa.MetaData()

meta = sa.Table(
    "meta", metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

experiences = sa.Table(
    "experiences", metadata,
    sa.Column("key", Key, primary_key=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("namespace", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("origin", sa.Text, nullable=False),
    sa.Column("session", sa.Text),
    sa.Column("turn", Key),
    sa.Column("actor", sa.Text),
    sa.Column("occurred_at", UtcTime, nullable=False),
    sa.Column("observed_at", UtcTime, nullable=False),
    sa.Column("metadata", sa.JSON, nullable=False),
    sa.Index("experiences_by_session", "namespace", "session"),
    sqlite_autoincrement=True,
)

records = sa.Table(
    "records", metadata,
    sa.Column("key", Key, primary_key=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("namespace", sa.Text, nullable=False),
    sa.Column("scope", sa.Text, nullable=False),  # the namespace as one lexical term of digits, see lexical.py
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("tier", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("text_hash", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("origin", sa.Text, nullable=False),
    sa.Column("approved", sa.Boolean, nullable=False),
    sa.Column("session", sa.Text),
    sa.Column("turn", Key),
    sa.Column("actor", sa.Text),
    sa.Column("experience_id", sa.Text),
    sa.Column("fact_subject", sa.Text),
    sa.Column("fact_attribute", sa.Text),
    sa.Column("fact_value", sa.Text),
    sa.Column("occurred_at", UtcTime, nullable=False),
    sa.Column("observed_at", UtcTime, nullable=False),
    sa.Column("valid_from", UtcTime, nullable=False),
    sa.Column("valid_to", UtcTime),
    sa.Column("supersedes", sa.Text),
    sa.Column("superseded_by", sa.Text),
    sa.Column("derived_from", sa.JSON, nullable=False),
    sa.Column("importance", sa.Float, nullable=False),
    sa.Column("merged", sa.Integer, nullable=False),
    sa.Column("access_count", sa.Integer, nullable=False),
    sa.Column("cite_count", sa.Integer, nullable=False),
    sa.Column("last_access", UtcTime),
    sa.Column("learned_by", sa.Integer),
    sa.Column("metadata", sa.JSON, nullable=False),
    # the present revision's own line of history; past ones are in `revisions`
    sa.Column("changed_at", UtcTime, nullable=False),
    sa.Column("change", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Index("records_by_namespace", "namespace", "key"),
    sa.Index("records_by_hash", "namespace", "text_hash"),
    sa.Index("records_by_turn", "namespace", "session", "turn"),
    sa.Index("records_by_time", "namespace", "occurred_at"),
    sa.Index("records_by_experience", "experience_id"),
    sa.Index("records_by_fact", "namespace", "fact_subject", "fact_attribute",
             sqlite_where=sa.text("fact_subject IS NOT NULL")),
    sa.Index("records_not_active", "namespace", "state", sqlite_where=sa.text("state <> 'active'")),
    sa.Index("records_that_end", "namespace", "valid_to", sqlite_where=sa.text("valid_to IS NOT NULL")),
    sqlite_autoincrement=True,
)

revisions = sa.Table(
    "revisions", metadata,
    sa.Column("record_key", Key, sa.ForeignKey("records.key", ondelete="CASCADE"), primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("change", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sqlite_with_rowid=False,
)

links = sa.Table(
    "links", metadata,
    sa.Column("from_key", Key, sa.ForeignKey("records.key", ondelete="CASCADE"), primary_key=True),
    sa.Column("to_key", Key, sa.ForeignKey("records.key", ondelete="CASCADE"), primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("namespace", sa.Text, nullable=False),
    sa.Column("weight", sa.Float, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Index("links_to", "to_key"),
    sqlite_with_rowid=False,
)

# The names a record's text mentions, folded: which others mention them too is one look into the index.
mentions = sa.Table(
    "mentions", metadata,
    sa.Column("namespace", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("record_key", Key, sa.ForeignKey("records.key", ondelete="CASCADE"), primary_key=True),
    sa.Index("mentions_by_record", "record_key"),
    sqlite_with_rowid=False,
)

embeddings = sa.Table(
    "embeddings", metadata,
    sa.Column("key", Key, sa.ForeignKey("records.key", ondelete="CASCADE"), primary_key=True),
    sa.Column("namespace", sa.Text, nullable=False),
    sa.Column("vector", Packed, nullable=False),  # float32, little end first
    sa.Column("context_vector", Packed),
    sa.Index("embeddings_by_namespace", "namespace"),
    sa.Index("embeddings_in_context", "namespace", sqlite_where=sa.text("context_vector IS NOT NULL")),
)

# Vectors of another embedder while a store moves to it; `text_hash` tells which text they were made of.
next_embeddings = sa.Table(
    "next_embeddings", metadata,
    sa.Column("key", Key, sa.ForeignKey("records.key", ondelete="CASCADE"), primary_key=True),
    sa.Column("namespace", sa.Text, nullable=False),
    sa.Column("text_hash", sa.Text, nullable=False),
    sa.Column("vector", Packed, nullable=False),
    sa.Column("context_vector", Packed),
)

# One row for every vector written or erased, by trigger; derived indexes catch up by `seq`. `token` tells a store that
# was restored from a backup and went another way from the one an index file was saved for.
vector_changes = sa.Table(
    "vector_changes", metadata,
    sa.Column("seq", Key, primary_key=True),
    sa.Column("namespace", sa.Text, nullable=False),
    sa.Column("record_key", Key, nullable=False),
    sa.Column("token", sa.LargeBinary, nullable=False, server_default=sa.text("(randomblob(8))")),
    sa.Index("vector_changes_by_namespace", "namespace", "seq"),
    sqlite_autoincrement=True,
)

decisions = sa.Table(
    "decisions", metadata,
    sa.Column("key", Key, primary_key=True),
    sa.Column("namespace", sa.Text, nullable=False),
    sa.Column("experience_id", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("tier", sa.Text, nullable=False),
    sa.Column("target", sa.Text),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("scores", sa.JSON, nullable=False),
    sa.Column("policy", sa.Text, nullable=False),
    sa.Column("fact", sa.JSON(none_as_null=True)),
    sa.Index("decisions_by_namespace", "namespace", "key"),
    sa.Index("decisions_by_experience", "experience_id"),
    sa.Index("decisions_by_target", "target", sqlite_where=sa.text("target IS NOT NULL")),
    sqlite_autoincrement=True,
)

audit_events = sa.Table(
    "audit_events", metadata,
    sa.Column("seq", Key, primary_key=True),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("namespace", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("payload", sa.JSON, nullable=False),
    sa.Column("prev_hash", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
    sa.Index("audit_events_by_namespace", "namespace", "seq"),
    sqlite_autoincrement=True,
)

context_turns = sa.Table(
    "context_turns", metadata,
    sa.Column("namespace", sa.Text, primary_key=True),
    sa.Column("session", sa.Text, primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("experience_id", sa.Text, nullable=False),
    sa.Index("context_turns_by_experience", "experience_id"),
)

blocks = sa.Table(
    "blocks", metadata,
    sa.Column("namespace", sa.Text, primary_key=True),
    sa.Column("label", sa.Text, primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
)

runs = sa.Table(
    "runs", metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("namespace", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("fingerprint", sa.Text, nullable=False),
    sa.Column("seed", sa.BigInteger, nullable=False),
    sa.Column("record_ids", sa.JSON, nullable=False),
    sa.Column("rejected_ids", sa.JSON, nullable=False),
    sa.Column("gate", sa.JSON(none_as_null=True)),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("seconds", sa.Float, nullable=False),
    sa.Column("digest_before", sa.Text, nullable=False),
    sa.Column("digest_after", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Index("runs_by_namespace", "namespace", "id"),
    sqlite_autoincrement=True,
)

ledger_entries = sa.Table(
    "ledger_entries", metadata,
    sa.Column("seq", Key, primary_key=True),
    sa.Column("run_id", Key, sa.ForeignKey("runs.id"), nullable=False),
    sa.Column("namespace", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("record_id", sa.Text),
    sa.Column("lesson", sa.JSON(none_as_null=True)),
    sa.Column("layer", sa.Integer, nullable=False),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("seed", sa.Text, nullable=False),  # seeds of writes are 64-bit hashes: too wide for a signed integer
    sa.Column("settings", sa.JSON, nullable=False),
    sa.Column("report", sa.JSON, nullable=False),
    sa.Column("digest_before", sa.Text, nullable=False),
    sa.Column("digest_after", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
    sa.Column("live", sa.Boolean, nullable=False),
    sa.Index("ledger_entries_live", "namespace", "live", "seq"),
    sa.Index("ledger_entries_by_record", "record_id"),
    sa.Index("ledger_entries_by_run", "run_id"),
    sqlite_autoincrement=True,
)
