"""Records, experiences, decisions, vectors, the audit chain, the context window and the slot ledger.

Frozen: a store that was made by this migration must look the same for ever.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# The lexical index keeps no copy of the texts: it reads them from `records`. An external-content index stays right only
# if it is told the old values on every change, which a trigger knows and a caller may not.
LEXICAL = (
    """CREATE VIRTUAL TABLE records_fts USING fts5(
        scope, actor, text, content='records', content_rowid='key', tokenize='porter unicode61')""",
    """CREATE TRIGGER records_fts_insert AFTER INSERT ON records BEGIN
        INSERT INTO records_fts(rowid, scope, actor, text) VALUES (new.key, new.scope, new.actor, new.text);
    END""",
    """CREATE TRIGGER records_fts_delete AFTER DELETE ON records BEGIN
        INSERT INTO records_fts(records_fts, rowid, scope, actor, text)
        VALUES ('delete', old.key, old.scope, old.actor, old.text);
    END""",
    """CREATE TRIGGER records_fts_update AFTER UPDATE OF scope, actor, text ON records BEGIN
        INSERT INTO records_fts(records_fts, rowid, scope, actor, text)
        VALUES ('delete', old.key, old.scope, old.actor, old.text);
        INSERT INTO records_fts(rowid, scope, actor, text) VALUES (new.key, new.scope, new.actor, new.text);
    END""",
)

VECTOR_CHANGES = (
    """CREATE TRIGGER embeddings_insert AFTER INSERT ON embeddings BEGIN
        INSERT INTO vector_changes(namespace, record_key) VALUES (new.namespace, new.key);
    END""",
    """CREATE TRIGGER embeddings_update AFTER UPDATE ON embeddings BEGIN
        INSERT INTO vector_changes(namespace, record_key) VALUES (new.namespace, new.key);
    END""",
    """CREATE TRIGGER embeddings_delete AFTER DELETE ON embeddings BEGIN
        INSERT INTO vector_changes(namespace, record_key) VALUES (old.namespace, old.key);
    END""",
)


def upgrade() -> None:
    op.create_table("audit_events",
        sa.Column("seq", KEY, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("namespace", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("prev_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sqlite_autoincrement=True,
    )
    op.create_index("audit_events_by_namespace", "audit_events", ["namespace", "seq"], unique=False)
    op.create_table("blocks",
        sa.Column("namespace", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("namespace", "label"),
    )
    op.create_table("context_turns",
        sa.Column("namespace", sa.Text(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("experience_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("namespace", "session", "position"),
    )
    op.create_index("context_turns_by_experience", "context_turns", ["experience_id"], unique=False)
    op.create_table("decisions",
        sa.Column("key", KEY, nullable=False),
        sa.Column("namespace", sa.Text(), nullable=False),
        sa.Column("experience_id", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("scores", sa.JSON(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("fact", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("key"),
        sqlite_autoincrement=True,
    )
    op.create_index("decisions_by_experience", "decisions", ["experience_id"], unique=False)
    op.create_index("decisions_by_namespace", "decisions", ["namespace", "key"], unique=False)
    op.create_index("decisions_by_target", "decisions", ["target"], unique=False, sqlite_where=sa.text("target IS NOT NULL"))
    op.create_table("experiences",
        sa.Column("key", KEY, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("namespace", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("session", sa.Text(), nullable=True),
        sa.Column("turn", sa.Integer(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("occurred_at", sa.BigInteger(), nullable=False),
        sa.Column("observed_at", sa.BigInteger(), nullable=False),
        sa.Column("metadata", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
        sa.UniqueConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("experiences_by_session", "experiences", ["namespace", "session"], unique=False)
    op.create_table("meta",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table("records",
        sa.Column("key", KEY, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("namespace", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=False),
        sa.Column("session", sa.Text(), nullable=True),
        sa.Column("turn", sa.Integer(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("experience_id", sa.Text(), nullable=True),
        sa.Column("fact_subject", sa.Text(), nullable=True),
        sa.Column("fact_attribute", sa.Text(), nullable=True),
        sa.Column("fact_value", sa.Text(), nullable=True),
        sa.Column("occurred_at", sa.BigInteger(), nullable=False),
        sa.Column("observed_at", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.BigInteger(), nullable=False),
        sa.Column("valid_to", sa.BigInteger(), nullable=True),
        sa.Column("supersedes", sa.Text(), nullable=True),
        sa.Column("superseded_by", sa.Text(), nullable=True),
        sa.Column("derived_from", sa.JSON(), nullable=False),
        sa.Column("links", sa.JSON(), nullable=False),
        sa.Column("importance", sa.Float(), nullable=False),
        sa.Column("merged", sa.Integer(), nullable=False),
        sa.Column("access_count", sa.Integer(), nullable=False),
        sa.Column("cite_count", sa.Integer(), nullable=False),
        sa.Column("last_access", sa.BigInteger(), nullable=True),
        sa.Column("learned_by", sa.Integer(), nullable=True),
        sa.Column("metadata", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
        sa.UniqueConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("records_by_experience", "records", ["experience_id"], unique=False)
    op.create_index("records_by_fact", "records", ["namespace", "fact_subject", "fact_attribute"], unique=False, sqlite_where=sa.text("fact_subject IS NOT NULL"))
    op.create_index("records_by_hash", "records", ["namespace", "text_hash"], unique=False)
    op.create_index("records_by_namespace", "records", ["namespace", "key"], unique=False)
    op.create_index("records_by_turn", "records", ["namespace", "session", "turn"], unique=False)
    op.create_index("records_not_active", "records", ["namespace", "state"], unique=False, sqlite_where=sa.text("state <> 'active'"))
    op.create_index("records_that_end", "records", ["namespace", "valid_to"], unique=False, sqlite_where=sa.text("valid_to IS NOT NULL"))
    op.create_table("runs",
        sa.Column("id", KEY, nullable=False),
        sa.Column("namespace", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("record_ids", sa.JSON(), nullable=False),
        sa.Column("rejected_ids", sa.JSON(), nullable=False),
        sa.Column("gate", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("digest_before", sa.Text(), nullable=False),
        sa.Column("digest_after", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("runs_by_namespace", "runs", ["namespace", "id"], unique=False)
    op.create_table("vector_changes",
        sa.Column("seq", KEY, nullable=False),
        sa.Column("namespace", sa.Text(), nullable=False),
        sa.Column("record_key", KEY, nullable=False),
        sa.Column("token", sa.LargeBinary(), server_default=sa.text("(randomblob(8))"), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sqlite_autoincrement=True,
    )
    op.create_index("vector_changes_by_namespace", "vector_changes", ["namespace", "seq"], unique=False)
    op.create_table("embeddings",
        sa.Column("key", KEY, nullable=False),
        sa.Column("namespace", sa.Text(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("context_vector", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["key"], ["records.key"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("embeddings_by_namespace", "embeddings", ["namespace"], unique=False)
    op.create_index("embeddings_in_context", "embeddings", ["namespace"], unique=False, sqlite_where=sa.text("context_vector IS NOT NULL"))
    op.create_table("ledger_entries",
        sa.Column("seq", KEY, nullable=False),
        sa.Column("run_id", KEY, nullable=False),
        sa.Column("namespace", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=True),
        sa.Column("lesson", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("layer", sa.Integer(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("digest_before", sa.Text(), nullable=False),
        sa.Column("digest_after", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], ),
        sa.PrimaryKeyConstraint("seq"),
        sqlite_autoincrement=True,
    )
    op.create_index("ledger_entries_by_record", "ledger_entries", ["record_id"], unique=False)
    op.create_index("ledger_entries_by_run", "ledger_entries", ["run_id"], unique=False)
    op.create_index("ledger_entries_live", "ledger_entries", ["namespace", "live", "seq"], unique=False)
    op.create_table("revisions",
        sa.Column("record_key", KEY, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["record_key"], ["records.key"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("record_key", "revision"),
        sqlite_with_rowid=False,
    )

    for statement in LEXICAL + VECTOR_CHANGES:
        op.execute(statement)
