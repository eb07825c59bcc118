"""Records, experiences, decisions, vectors, the audit chain, the context window and the slot ledger.

Frozen: a store that was made by this migration must look the same for ever.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# Text is compared byte by byte, as SQLite does, whatever language the server's database speaks.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


class Vector(sa.types.UserDefinedType[bytes]):
    """pgvector's own type; no length, for the embedder is not known yet."""

    def get_col_spec(self, **_: object) -> str:
        return "vector"


VECTOR = sa.LargeBinary().with_variant(Vector(), "postgresql")

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

# PostgreSQL's text search ranks without knowing how rare a word is, so its parser and stemmer are used and BM25 is
# reckoned from postings: a row for each word of each record, with the record's length. `memos_folded` makes of a text
# words and blanks only (no accents, no case), so that the parser finds no mail addresses, signs or hyphens to be clever
# about; FTS5's unicode61 does the same. No stop words: they are left out of queries.
WORDS = (
    "CREATE TEXT SEARCH DICTIONARY memos_stem (TEMPLATE = snowball, LANGUAGE = porter)",
    "CREATE TEXT SEARCH CONFIGURATION memos_words (COPY = pg_catalog.simple)",
    "ALTER TEXT SEARCH CONFIGURATION memos_words ALTER MAPPING FOR asciiword, word, numword WITH memos_stem",
    r"""CREATE FUNCTION memos_folded(said text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT lower(regexp_replace(
            normalize(regexp_replace(normalize(said, NFD), '[\u0300-\u036f]', '', 'g'), NFC) COLLATE {collation},
            '[^[:alnum:]]+', ' ', 'g'))
    $$""",
    """CREATE FUNCTION memos_lexemes(said text) RETURNS TABLE (lexeme text, times integer)
        LANGUAGE sql STABLE PARALLEL SAFE AS $$
        SELECT lexeme, coalesce(array_length(positions, 1), 1)
        FROM unnest(to_tsvector('memos_words', memos_folded(said)))
    $$""",
)

POSTINGS = (
    """CREATE TABLE word_postings (
        namespace text COLLATE "C" NOT NULL, lexeme text COLLATE "C" NOT NULL, record_key bigint NOT NULL
            REFERENCES records (key) ON DELETE CASCADE,
        times integer NOT NULL, length integer NOT NULL, PRIMARY KEY (namespace, lexeme, record_key)
    )""",
    "CREATE INDEX word_postings_by_record ON word_postings (record_key)",
    """CREATE TABLE word_totals (
        namespace text COLLATE "C" PRIMARY KEY, texts bigint NOT NULL, words bigint NOT NULL
    ) WITH (fillfactor = 50)""",
    """CREATE FUNCTION memos_post() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE many integer;
        BEGIN
            IF TG_OP <> 'INSERT' THEN
                SELECT coalesce(max(length), 0) INTO many FROM word_postings WHERE record_key = OLD.key;
                DELETE FROM word_postings WHERE record_key = OLD.key;
                UPDATE word_totals SET texts = texts - 1, words = words - many WHERE namespace = OLD.namespace;
            END IF;
            IF TG_OP <> 'DELETE' THEN
                SELECT coalesce(sum(times), 0) INTO many FROM memos_lexemes(concat_ws(' ', NEW.actor, NEW.text));
                INSERT INTO word_postings (namespace, lexeme, record_key, times, length)
                    SELECT NEW.namespace, lexeme, NEW.key, times, many
                    FROM memos_lexemes(concat_ws(' ', NEW.actor, NEW.text));
                INSERT INTO word_totals AS total (namespace, texts, words) VALUES (NEW.namespace, 1, many)
                    ON CONFLICT (namespace) DO UPDATE SET texts = total.texts + 1, words = total.words + many;
                RETURN NEW;
            END IF;
            RETURN OLD;
        END $$""",
    # The rows of a record that goes are counted while they are there: before the delete, after everything else.
    "CREATE TRIGGER records_post_kept AFTER INSERT OR UPDATE OF actor, text, namespace ON records"
    " FOR EACH ROW EXECUTE FUNCTION memos_post()",
    "CREATE TRIGGER records_post_gone BEFORE DELETE ON records FOR EACH ROW EXECUTE FUNCTION memos_post()",
    # Two vectors of a record stay beside its key, where a scan reads them without a second look.
    "ALTER TABLE embeddings ALTER COLUMN vector SET STORAGE EXTERNAL",
    "ALTER TABLE embeddings ALTER COLUMN context_vector SET STORAGE EXTERNAL",
    "ALTER TABLE embeddings SET (toast_tuple_target = 8160)",
)

# SQLite remembers the highest number that it gave an event, so that an end that was cut off shows. Here a row does; a
# sequence would not do, for it also counts what was rolled back.
ISSUED = (
    "CREATE TABLE audit_issued (one boolean PRIMARY KEY DEFAULT true CHECK (one), seq bigint NOT NULL)",
    """CREATE FUNCTION memos_issued() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO audit_issued AS known (seq) VALUES (NEW.seq)
                ON CONFLICT (one) DO UPDATE SET seq = greatest(known.seq, excluded.seq);
            RETURN NEW;
        END $$""",
    "CREATE TRIGGER audit_events_issued AFTER INSERT ON audit_events FOR EACH ROW EXECUTE FUNCTION memos_issued()",
)

TABLES = ("ledger_entries", "runs", "revisions", "embeddings", "decisions", "audit_events", "context_turns", "blocks",
          "experiences", "meta")
GONE = (
    "DROP TABLE word_postings", "DROP TABLE word_totals", "DROP TABLE audit_issued", "DROP TABLE records",
    "DROP FUNCTION memos_post()", "DROP FUNCTION memos_issued()", "DROP FUNCTION memos_lexemes(text)",
    "DROP FUNCTION memos_folded(text)", "DROP TEXT SEARCH CONFIGURATION memos_words",
    "DROP TEXT SEARCH DICTIONARY memos_stem",
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS vector")
    op.create_table("audit_events",
        sa.Column("seq", KEY, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("namespace", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("prev_hash", TEXT, nullable=False),
        sa.Column("hash", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sqlite_autoincrement=True,
    )
    op.create_index("audit_events_by_namespace", "audit_events", ["namespace", "seq"], unique=False)
    op.create_table("blocks",
        sa.Column("namespace", TEXT, nullable=False),
        sa.Column("label", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("position", KEY, nullable=False),
        sa.PrimaryKeyConstraint("namespace", "label"),
    )
    op.create_table("context_turns",
        sa.Column("namespace", TEXT, nullable=False),
        sa.Column("session", TEXT, nullable=False),
        sa.Column("position", KEY, nullable=False),
        sa.Column("experience_id", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("namespace", "session", "position"),
    )
    op.create_index("context_turns_by_experience", "context_turns", ["experience_id"], unique=False)
    op.create_table("decisions",
        sa.Column("key", KEY, nullable=False),
        sa.Column("namespace", TEXT, nullable=False),
        sa.Column("experience_id", TEXT, nullable=False),
        sa.Column("action", TEXT, nullable=False),
        sa.Column("tier", TEXT, nullable=False),
        sa.Column("target", TEXT, nullable=True),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("scores", sa.JSON(), nullable=False),
        sa.Column("policy", TEXT, nullable=False),
        sa.Column("fact", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("key"),
        sqlite_autoincrement=True,
    )
    op.create_index("decisions_by_experience", "decisions", ["experience_id"], unique=False)
    op.create_index("decisions_by_namespace", "decisions", ["namespace", "key"], unique=False)
    op.create_index("decisions_by_target", "decisions", ["target"], unique=False, sqlite_where=sa.text("target IS NOT NULL"), postgresql_where=sa.text("target IS NOT NULL"))
    op.create_table("experiences",
        sa.Column("key", KEY, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("namespace", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("origin", TEXT, nullable=False),
        sa.Column("session", TEXT, nullable=True),
        sa.Column("turn", KEY, nullable=True),
        sa.Column("actor", TEXT, nullable=True),
        sa.Column("occurred_at", sa.BigInteger(), nullable=False),
        sa.Column("observed_at", sa.BigInteger(), nullable=False),
        sa.Column("metadata", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
        sa.UniqueConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("experiences_by_session", "experiences", ["namespace", "session"], unique=False)
    op.create_table("meta",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table("records",
        sa.Column("key", KEY, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("namespace", TEXT, nullable=False),
        sa.Column("scope", TEXT, nullable=False),
        sa.Column("revision", KEY, nullable=False),
        sa.Column("tier", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("text_hash", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("origin", TEXT, nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=False),
        sa.Column("session", TEXT, nullable=True),
        sa.Column("turn", KEY, nullable=True),
        sa.Column("actor", TEXT, nullable=True),
        sa.Column("experience_id", TEXT, nullable=True),
        sa.Column("fact_subject", TEXT, nullable=True),
        sa.Column("fact_attribute", TEXT, nullable=True),
        sa.Column("fact_value", TEXT, nullable=True),
        sa.Column("occurred_at", sa.BigInteger(), nullable=False),
        sa.Column("observed_at", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.BigInteger(), nullable=False),
        sa.Column("valid_to", sa.BigInteger(), nullable=True),
        sa.Column("supersedes", TEXT, nullable=True),
        sa.Column("superseded_by", TEXT, nullable=True),
        sa.Column("derived_from", sa.JSON(), nullable=False),
        sa.Column("links", sa.JSON(), nullable=False),
        sa.Column("importance", sa.Float(), nullable=False),
        sa.Column("merged", KEY, nullable=False),
        sa.Column("access_count", KEY, nullable=False),
        sa.Column("cite_count", KEY, nullable=False),
        sa.Column("last_access", sa.BigInteger(), nullable=True),
        sa.Column("learned_by", KEY, nullable=True),
        sa.Column("metadata", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("change", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("key"),
        sa.UniqueConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("records_by_experience", "records", ["experience_id"], unique=False)
    op.create_index("records_by_fact", "records", ["namespace", "fact_subject", "fact_attribute"], unique=False, sqlite_where=sa.text("fact_subject IS NOT NULL"), postgresql_where=sa.text("fact_subject IS NOT NULL"))
    op.create_index("records_by_hash", "records", ["namespace", "text_hash"], unique=False)
    op.create_index("records_by_namespace", "records", ["namespace", "key"], unique=False)
    op.create_index("records_by_turn", "records", ["namespace", "session", "turn"], unique=False)
    op.create_index("records_not_active", "records", ["namespace", "state"], unique=False, sqlite_where=sa.text("state <> 'active'"), postgresql_where=sa.text("state <> 'active'"))
    op.create_index("records_that_end", "records", ["namespace", "valid_to"], unique=False, sqlite_where=sa.text("valid_to IS NOT NULL"), postgresql_where=sa.text("valid_to IS NOT NULL"))
    op.create_table("runs",
        sa.Column("id", KEY, nullable=False),
        sa.Column("namespace", TEXT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("fingerprint", TEXT, nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("record_ids", sa.JSON(), nullable=False),
        sa.Column("rejected_ids", sa.JSON(), nullable=False),
        sa.Column("gate", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("rows", KEY, nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("digest_before", TEXT, nullable=False),
        sa.Column("digest_after", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("runs_by_namespace", "runs", ["namespace", "id"], unique=False)
    op.create_table("embeddings",
        sa.Column("key", KEY, nullable=False),
        sa.Column("namespace", TEXT, nullable=False),
        sa.Column("vector", VECTOR, nullable=False),
        sa.Column("context_vector", VECTOR, nullable=True),
        sa.ForeignKeyConstraint(["key"], ["records.key"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("embeddings_by_namespace", "embeddings", ["namespace"], unique=False)
    op.create_index("embeddings_in_context", "embeddings", ["namespace"], unique=False, sqlite_where=sa.text("context_vector IS NOT NULL"), postgresql_where=sa.text("context_vector IS NOT NULL"))
    op.create_table("ledger_entries",
        sa.Column("seq", KEY, nullable=False),
        sa.Column("run_id", KEY, nullable=False),
        sa.Column("namespace", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("record_id", TEXT, nullable=True),
        sa.Column("lesson", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("layer", KEY, nullable=False),
        sa.Column("file", TEXT, nullable=False),
        sa.Column("rows", KEY, nullable=False),
        sa.Column("seed", TEXT, nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("digest_before", TEXT, nullable=False),
        sa.Column("digest_after", TEXT, nullable=False),
        sa.Column("hash", TEXT, nullable=False),
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
        sa.Column("revision", KEY, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("change", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["record_key"], ["records.key"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("record_key", "revision"),
        sqlite_with_rowid=False,
    )

    if op.get_bind().dialect.name == "sqlite":
        _derived_in_sqlite()
    else:
        _derived_in_postgresql()


def _derived_in_sqlite() -> None:
    op.create_table("vector_changes",
        sa.Column("seq", KEY, nullable=False),
        sa.Column("namespace", TEXT, nullable=False),
        sa.Column("record_key", KEY, nullable=False),
        sa.Column("token", sa.LargeBinary(), server_default=sa.text("(randomblob(8))"), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sqlite_autoincrement=True,
    )
    op.create_index("vector_changes_by_namespace", "vector_changes", ["namespace", "seq"], unique=False)
    for statement in LEXICAL + VECTOR_CHANGES:
        op.execute(statement)


def _derived_in_postgresql() -> None:
    # Which characters are letters must not depend on the database's locale: "C" knows English only.
    collation = op.get_bind().exec_driver_sql(
        "SELECT quote_ident(collname) FROM pg_collation WHERE collname IN ('pg_c_utf8', 'und-x-icu')"
        " ORDER BY collname LIMIT 1"
    ).scalar() or '"default"'
    for statement in (*WORDS, *POSTINGS, *ISSUED):
        op.get_bind().exec_driver_sql(statement.replace("{collation}", collation))


def downgrade() -> None:
    """Back to an empty database: everything that memos ever stored in it goes."""
    for table in TABLES:
        op.drop_table(table)
    if op.get_bind().dialect.name == "sqlite":
        for table in ("vector_changes", "records_fts", "records"):
            op.drop_table(table)
        return
    for statement in GONE:
        op.get_bind().exec_driver_sql(statement)
