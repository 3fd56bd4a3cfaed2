"""Queries over leases: which process may write, and until when; waiting and renewing are the caller's."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, insert, or_, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from sync.store.tables import LEASE


@dataclass(frozen=True, slots=True)
class Claim:
    """What a process asks for: `holder` tells people who it is, `token` is unique to this process."""

    name: str
    holder: str
    token: str


@dataclass(frozen=True, slots=True)
class Lease:
    """A claim that was granted, until `expires_at`."""

    claim: Claim
    expires_at: datetime


def acquire(connection: Connection, claim: Claim, now: datetime, ttl_s: float) -> bool:
    """Take the lease if it is free, expired or ours already."""
    takeable = or_(LEASE.c.token == claim.token, LEASE.c.expires_at <= now)
    expires_at = now + timedelta(seconds=ttl_s)
    return _extend(connection, claim, takeable, expires_at) or _add(connection, claim, expires_at)


def renew(connection: Connection, claim: Claim, now: datetime, ttl_s: float) -> bool:
    """Prolong our lease; False when somebody else took it after it had expired."""
    return _extend(connection, claim, LEASE.c.token == claim.token, now + timedelta(seconds=ttl_s))


def holds(connection: Connection, claim: Claim, now: datetime) -> bool:
    """The fence before a write: the lease is ours and has not expired."""
    ours = (LEASE.c.name == claim.name, LEASE.c.token == claim.token, LEASE.c.expires_at > now)
    return connection.scalar(select(LEASE.c.name).where(*ours)) is not None


def release(connection: Connection, claim: Claim) -> bool:
    """Give our lease back; False when it was not ours any more."""
    ours = (LEASE.c.name == claim.name, LEASE.c.token == claim.token)
    return connection.execute(delete(LEASE).where(*ours)).rowcount == 1


def holder_of(connection: Connection, name: str) -> Lease | None:
    """The last one granted and not released; it may have expired."""
    row = connection.execute(select(LEASE).where(LEASE.c.name == name)).one_or_none()
    return None if row is None else Lease(Claim(row.name, row.holder, row.token), row.expires_at)


def _extend(connection: Connection, claim: Claim, where: ColumnElement[bool], expires_at: datetime) -> bool:
    granted = {"holder": claim.holder, "token": claim.token, "expires_at": expires_at}
    statement = update(LEASE).where(LEASE.c.name == claim.name, where).values(granted)
    return connection.execute(statement).rowcount == 1


def _add(connection: Connection, claim: Claim, expires_at: datetime) -> bool:
    row = {"name": claim.name, "holder": claim.holder, "token": claim.token, "expires_at": expires_at}
    try:
        with connection.begin_nested():
            connection.execute(insert(LEASE), row)
    except IntegrityError:  # the lease exists and is another's
        return False
    return True
