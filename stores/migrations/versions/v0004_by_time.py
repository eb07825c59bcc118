"""What was said when: an index for queries that name a time.

Frozen: a store that was made by this migration must look the same for ever.
"""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_index("records_by_time", "records", ["namespace", "occurred_at"])


def downgrade() -> None:
    op.drop_index("records_by_time", "records")
