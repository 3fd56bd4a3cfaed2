"""Let the journal say which entries have lost their values to age, and find old ones quickly."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("journal", sa.Column("pruned", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_index("ix_journal_pruned", "journal", ["pruned", "at"])


def downgrade() -> None:
    op.execute("UPDATE journal SET fields = '{}' WHERE pruned")  # marks would be taken for values
    op.drop_index("ix_journal_pruned", "journal")
    op.drop_column("journal", "pruned")
