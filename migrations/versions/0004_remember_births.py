"""Let a link say when its records were created, so that another record under the same number is known."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

COLUMNS = ("born_left_at", "born_right_at")


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("links", sa.Column(name, sa.Text))


def downgrade() -> None:
    for name in COLUMNS:
        op.drop_column("links", name)
