"""Links between records in a table of their own, with the names that records mention.

What the old column of links held moves over, with what the records themselves say of what they superseded. Frozen: a
store that was made by this migration must look the same for ever.
"""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KINDS = ("same-entity", "continues", "supersedes", "derived-from", "similar")


def upgrade() -> None:
    op.create_table("links",
        sa.Column("from_key", KEY, nullable=False),
        sa.Column("to_key", KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("namespace", sa.Text(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["from_key"], ["records.key"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["to_key"], ["records.key"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("from_key", "to_key", "kind"),
        sqlite_with_rowid=False,
    )
    op.create_index("links_to", "links", ["to_key"], unique=False)
    op.create_table("mentions",
        sa.Column("namespace", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("record_key", KEY, nullable=False),
        sa.ForeignKeyConstraint(["record_key"], ["records.key"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("namespace", "name", "record_key"),
        sqlite_with_rowid=False,
    )
    op.create_index("mentions_by_record", "mentions", ["record_key"], unique=False)
    _move_links()
    op.drop_column("records", "links")


def _move_links() -> None:
    connection = op.get_bind()
    found = connection.execute(sa.text(
        "SELECT key, namespace, supersedes, derived_from, links FROM records"
        " WHERE supersedes IS NOT NULL OR CAST(derived_from AS TEXT) <> '[]' OR CAST(links AS TEXT) <> '[]'"
    )).all()
    begun: dict[tuple[int, int, str], str] = {}
    for key, namespace, supersedes, derived_from, links in found:
        wanted = [("supersedes", supersedes)] if supersedes else []
        wanted += [("derived-from", target) for target in _list(derived_from)]
        wanted += [(kind, target) for kind, target in _list(links) if kind in KINDS]
        for kind, target in wanted:
            other = connection.execute(
                sa.text("SELECT key FROM records WHERE id = :id AND namespace = :namespace"),
                {"id": target, "namespace": namespace},
            ).scalar()
            if other is not None and other != key:
                begun[key, other, kind] = namespace
    insert = sa.text(
        "INSERT INTO links (from_key, to_key, kind, namespace, weight, reason)"
        " VALUES (:from_key, :to_key, :kind, :namespace, 1.0, '')"
    )
    for (key, other, kind), namespace in begun.items():
        connection.execute(insert, {"from_key": key, "to_key": other, "kind": kind, "namespace": namespace})


def _list(value: Any) -> list[Any]:
    """A JSON column, which one driver gives as text and another as a list."""
    return list(json.loads(value) if isinstance(value, str) else value or ())


def downgrade() -> None:
    """The column comes back empty: what superseded what, and what was made of what, the records say themselves."""
    op.add_column("records", sa.Column("links", sa.JSON(), nullable=False, server_default="[]"))
    op.drop_table("mentions")
    op.drop_table("links")
