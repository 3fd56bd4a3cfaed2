"""Create the state tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_links()
    _create_intents()
    _create_runs()
    _create_journal()
    _create_company_links()
    _create_conflicts()
    _create_small_tables()


def downgrade() -> None:
    for table in (
        "lease",
        "meta",
        "cursors",
        "conflicts",
        "company_links",
        "journal",
        "runs",
        "intents",
        "links",
    ):
        op.drop_table(table)


def _create_links() -> None:
    op.create_table(
        "links",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("left_id", sa.Text),
        sa.Column("right_id", sa.Text),
        sa.Column("base_left", sa.Text),
        sa.Column("base_right", sa.Text),
        sa.Column("hash_left", sa.Text),
        sa.Column("hash_right", sa.Text),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("gone_left_at", sa.Text),
        sa.Column("gone_right_at", sa.Text),
        sa.Column("refused", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("updated_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_links"),
        sa.UniqueConstraint("left_id", name="uq_links_left_id"),
        sa.UniqueConstraint("right_id", name="uq_links_right_id"),
        sa.CheckConstraint("left_id IS NOT NULL OR right_id IS NOT NULL", name=op.f("ck_links_has_a_record")),
    )
    op.create_index("ix_links_state", "links", ["state"])


def _create_intents() -> None:
    op.create_table(
        "intents",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("link_id", sa.Text, nullable=False),
        sa.Column("side", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("record_id", sa.Text),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("ambiguous", sa.Boolean, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_intents"),
        sa.UniqueConstraint("link_id", name="uq_intents_link_id"),
    )


def _create_runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("started_at", sa.Text, nullable=False),
        sa.Column("finished_at", sa.Text),
        sa.Column("outcome", sa.Text),
        sa.Column("counts", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
    )
    op.create_index("ix_runs_started_at", "runs", ["started_at"])


def _create_journal() -> None:
    op.create_table(
        "journal",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("run_id", sa.Text),
        sa.Column("link_id", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("side", sa.Text),
        sa.Column("record_id", sa.Text),
        sa.Column("fields", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_journal"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_journal_run_id", "journal", ["run_id"])
    op.create_index("ix_journal_link_id", "journal", ["link_id"])


def _create_company_links() -> None:
    op.create_table(
        "company_links",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("left_id", sa.Text),
        sa.Column("right_id", sa.Text),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("tier", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("updated_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_company_links"),
        sa.UniqueConstraint("left_id", name="uq_company_links_left_id"),
        sa.UniqueConstraint("right_id", name="uq_company_links_right_id"),
        sa.CheckConstraint(
            "left_id IS NOT NULL OR right_id IS NOT NULL", name=op.f("ck_company_links_has_a_company")
        ),
    )


def _create_conflicts() -> None:
    op.create_table(
        "conflicts",
        sa.Column("link_id", sa.Text, nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("left_value", sa.Text, nullable=False),
        sa.Column("right_value", sa.Text, nullable=False),
        sa.Column("base_value", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("since", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("link_id", "field", name="pk_conflicts"),
        sa.ForeignKeyConstraint(["link_id"], ["links.id"], name="fk_conflicts_link_id", ondelete="CASCADE"),
    )


def _create_small_tables() -> None:
    op.create_table(
        "cursors",
        sa.Column("side", sa.Text, nullable=False),
        sa.Column("cursor", sa.Text, nullable=False),
        sa.Column("saved_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("side", name="pk_cursors"),
    )
    op.create_table(
        "meta",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_meta"),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("expires_at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_lease"),
    )
