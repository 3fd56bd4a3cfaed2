"""The tables as SQLAlchemy Core knows them; only the migrations create them."""

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    false,
)
from sqlalchemy.types import TypeDecorator

from sync.domain.model import Values
from sync.store.codec import dump_values, load_values

REVISION_TABLE = "opsync_revision"


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant as ISO-8601 text of fixed width, so that text order is time order everywhere."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> str | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("an instant needs a time zone")
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")

    def process_result_value(self, value: str | None, _dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)


class ValuesText(TypeDecorator[Values]):
    """Record values as the canonical tagged JSON of `codec`."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Values | None, _dialect: Dialect) -> str | None:
        return None if value is None else dump_values(value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> Values | None:
        return None if value is None else load_values(value)


class Prose(TypeDecorator[str]):
    """Text for people, part of it from vendors: what a database cannot hold becomes a replacement mark."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        # PostgreSQL's text type refuses U+0000, and no driver can send half a surrogate pair.
        return None if value is None else value.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
    }
)

LINKS = Table(
    "links",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("left_id", Text, unique=True),
    Column("right_id", Text, unique=True),
    Column("base_left", ValuesText),
    Column("base_right", ValuesText),
    Column("hash_left", Text),
    Column("hash_right", Text),
    Column("state", Text, nullable=False, index=True),
    Column("reason", Prose, nullable=False),
    Column("origin", Text, nullable=False),
    Column("gone_left_at", Instant),
    Column("gone_right_at", Instant),
    Column("refused", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("born_left_at", Instant),
    Column("born_right_at", Instant),
    CheckConstraint("left_id IS NOT NULL OR right_id IS NOT NULL", name="has_a_record"),
)

INTENTS = Table(
    "intents",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("run_id", Text, nullable=False),
    Column("link_id", Text, nullable=False, unique=True),
    Column("side", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("record_id", Text),
    Column("payload", ValuesText, nullable=False),
    Column("ambiguous", Boolean, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
)

RUNS = Table(
    "runs",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("started_at", Instant, nullable=False, index=True),
    Column("finished_at", Instant),
    Column("outcome", Text),
    Column("counts", Text, nullable=False),
    Column("detail", Prose, nullable=False),
)

JOURNAL = Table(
    "journal",
    METADATA,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("run_id", Text, index=True),
    Column("link_id", Text, nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("event", Text, nullable=False),
    Column("side", Text),
    Column("record_id", Text),
    Column("fields", Text, nullable=False),
    Column("reason", Prose, nullable=False),
    Column("pruned", Boolean, nullable=False, server_default=false()),
    Index("ix_journal_pruned", "pruned", "at"),
    sqlite_autoincrement=True,
)

COMPANY_LINKS = Table(
    "company_links",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("left_id", Text, unique=True),
    Column("right_id", Text, unique=True),
    Column("name", Prose, nullable=False),
    Column("tier", Text, nullable=False),
    Column("reason", Prose, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    CheckConstraint("left_id IS NOT NULL OR right_id IS NOT NULL", name="has_a_company"),
)

CONFLICTS = Table(
    "conflicts",
    METADATA,
    Column("link_id", Text, ForeignKey("links.id", ondelete="CASCADE"), primary_key=True),
    Column("field", Text, primary_key=True),
    Column("left_value", Text, nullable=False),
    Column("right_value", Text, nullable=False),
    Column("base_value", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("reason", Prose, nullable=False),
    Column("since", Instant, nullable=False),
)

CURSORS = Table(
    "cursors",
    METADATA,
    Column("side", Text, primary_key=True),
    Column("cursor", Text, nullable=False),
    Column("saved_at", Instant, nullable=False),
)

META = Table(
    "meta",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

LEASE = Table(
    "lease",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("token", Text, nullable=False),
    Column("expires_at", Instant, nullable=False),
)

PAUSES = Table(
    "pauses",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("scope", Text, nullable=False),
    Column("side", Text),
    Column("target_id", Text),
    Column("who", Prose, nullable=False),
    Column("why", Prose, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("until", Instant),
)
