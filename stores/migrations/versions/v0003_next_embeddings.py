"""Vectors of another embedder, kept beside the present ones until all are there.

Frozen: a store that was made by this migration must look the same for ever.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from memos.stores.dialects import Packed

revision = "0003"
down_revision = "0002"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table("next_embeddings",
        sa.Column("key", KEY, nullable=False),
        sa.Column("namespace", TEXT, nullable=False),
        sa.Column("text_hash", TEXT, nullable=False),
        sa.Column("vector", Packed(), nullable=False),
        sa.Column("context_vector", Packed(), nullable=True),
        sa.ForeignKeyConstraint(["key"], ["records.key"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key"),
    )


def downgrade() -> None:
    op.drop_table("next_embeddings")
