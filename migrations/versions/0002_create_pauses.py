"""Create the table of pauses."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pauses",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("side", sa.Text),
        sa.Column("target_id", sa.Text),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("until", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_pauses"),
    )


def downgrade() -> None:
    op.drop_table("pauses")
