"""From neutral values to members of a SaleEntity; reads nothing from a server."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Literal

from sync.crm.superoffice.custom_text import to_custom, to_user_defined, values_of
from sync.crm.superoffice.moment import to_sale_date
from sync.crm.superoffice.options import CustomField
from sync.crm.superoffice.translate import CLOSED, amount_of
from sync.domain.model import (
    ACTUAL_CLOSE,
    AMOUNT,
    COMPANY,
    CURRENCY,
    CUSTOM,
    DESCRIPTION,
    EXPECTED_CLOSE,
    OWNER,
    PERSON,
    PROBABILITY,
    STAGE,
    TITLE,
    Value,
    Values,
)

Members = dict[str, object]
Bucket = Literal["CustomFields", "UserDefinedFields"]
BUCKETS: tuple[Bucket, ...] = ("CustomFields", "UserDefinedFields")
_STATUS = {"sold": "Sold", "lost": "Lost", "stalled": "Stalled"}
_SPELLING = {"CustomFields": to_custom, "UserDefinedFields": to_user_defined}


def _stage(value: Value) -> Members:
    """A closed sale keeps its rating: superoffice.md 4.1 (seen 2026-11-22)."""
    state, _, rating = str(value).partition("/")
    if state in _STATUS:
        return {"Status": _STATUS[state]}
    return {"Status": "Open", "Rating": {"Id": int(rating)}}


def _reference(member: str, id_name: str) -> Callable[[Value], Members]:
    """Whole objects with only the id, 0 for none: superoffice.md 3.3 and 4.6 (seen 2026-11-22)."""
    return lambda value: {member: {id_name: int(str(value or 0))}}


_MEMBERS: Mapping[str, Callable[[Value], Members]] = {
    TITLE: lambda value: {"Heading": value},
    DESCRIPTION: lambda value: {"SaleText": value},
    AMOUNT: lambda value: {"Amount": value},
    PROBABILITY: lambda value: {"Probability": value},
    STAGE: _stage,
    CURRENCY: _reference("Currency", "Id"),
    OWNER: _reference("Associate", "AssociateId"),
    COMPANY: _reference("Contact", "ContactId"),
    PERSON: _reference("Person", "PersonId"),
}


def members_of(
    values: Values,
    custom_fields: Mapping[str, CustomField],
    *,
    closed: bool,
    bucket: Bucket = "CustomFields",
) -> Members:
    """The members that `values` set; `closed` tells which of two dates the one sale date is."""
    members: Members = {}
    for name, to_members in _MEMBERS.items():
        if name in values:
            members |= to_members(values[name])
    day = _sale_day(values, closed=closed)
    if day is not None:
        members["Saledate"] = to_sale_date(day)
    custom = {
        wanted.key: _SPELLING[bucket](wanted.kind, values[CUSTOM + name])
        for name, wanted in custom_fields.items()
        if CUSTOM + name in values
    }
    return members | ({bucket: custom} if custom else {})


def bucket_of(entity: Mapping[str, object]) -> Bucket:
    """Where a server keeps custom fields; older ones fill only the other one: superoffice.md 4.7."""
    members = folded(entity)
    full = {name: _texts_in(members.get(name.casefold())) for name in BUCKETS}
    return "UserDefinedFields" if full["UserDefinedFields"] and not full["CustomFields"] else "CustomFields"


def folded(entity: Mapping[str, object]) -> dict[str, object]:
    """Members by name in lower case."""
    return {str(key).casefold(): value for key, value in entity.items()}


def is_closed(stage: Value) -> bool:
    return stage in CLOSED


def earning_of(amount: Decimal, percent: Decimal) -> Members:
    """Profit that fits the amount; the server is not known to compute it: superoffice.md 4.5.

    Without a percentage the profit is the users' own figure and stays.
    """
    return {"Earning": amount_of(amount * percent / 100)} if percent else {}


def without_unedited(entity: Mapping[str, object]) -> Members:
    """A blank entity without custom fields that nobody edited: each equals its `:org`, so it says nothing,
    and a damaged default would only be refused. superoffice.md 4.7 (seen 2026-11-22)"""
    wanted = {name.casefold() for name in (*BUCKETS, "ExtraFields")}
    return {
        key: _edited_only(value) if key.casefold() in wanted and isinstance(value, dict) else value
        for key, value in entity.items()
    }


def _edited_only(bucket: Mapping[str, object]) -> Members:
    return {
        key: value
        for key, value in bucket.items()
        if ":" not in key.removeprefix("SuperOffice:") and bucket.get(f"{key}:org", value) != value
    }


def overlaid(entity: Mapping[str, object], members: Members) -> Members:
    """`entity` with `members` in place, whatever the casing of its names; custom fields are merged."""
    names = {key.casefold(): key for key in entity}
    result = dict(entity)
    for key, value in members.items():
        name = names.get(key.casefold(), key)
        before = result.get(name)
        result[name] = _merged(before, value) if key in BUCKETS else value
    return result


def _merged(before: object, value: object) -> object:
    if isinstance(before, dict) and isinstance(value, dict):
        return {**before, **value}
    return value


def _texts_in(bucket: object) -> dict[str, str]:
    return (
        values_of({str(key): str(text) for key, text in bucket.items()})
        if isinstance(bucket, Mapping)
        else {}
    )


def _sale_day(values: Values, *, closed: bool) -> date | None:
    """None when no date is to be written: the column cannot be empty, superoffice.md 3.6."""
    order = (ACTUAL_CLOSE, EXPECTED_CLOSE) if closed else (EXPECTED_CLOSE, ACTUAL_CLOSE)
    days = [day for name in order if isinstance(day := values.get(name), date)]
    return days[0] if days else None
