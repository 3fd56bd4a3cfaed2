"""The bodies of creates and updates; an update carries everything, because it replaces everything."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

from sync.crm.onlyoffice.customfields import OpportunityFields, to_text
from sync.crm.onlyoffice.description import join_marker, split_marker, storable_title
from sync.crm.onlyoffice.moment import day_of, echo_of
from sync.crm.onlyoffice.participants import contacts_of_new, members_after, primary_after
from sync.crm.onlyoffice.translate import Translator
from sync.crm.onlyoffice.wire import Opportunity
from sync.domain.model import (
    ACTUAL_CLOSE,
    AMOUNT,
    CURRENCY,
    CUSTOM,
    DESCRIPTION,
    EXPECTED_CLOSE,
    FIELDS,
    OWNER,
    PROBABILITY,
    STAGE,
    TITLE,
    Value,
    Values,
)
from sync.errors import RecordRefused

_DATES = {EXPECTED_CLOSE: "expectedCloseDate", ACTUAL_CLOSE: "actualCloseDate"}
_NINE_PLACES = Decimal("1e-9")


def check_names(names: Iterable[str], fields: OpportunityFields) -> None:
    """`RecordRefused` for a field that this portal does not have."""
    unknown = sorted(set(names) - set(FIELDS) - set(fields.custom))
    if unknown:
        raise RecordRefused("ONLYOFFICE has no such field", dict.fromkeys(unknown, "not a field here"))


def missing_values(values: Values) -> dict[str, str]:
    """Messages for what the portal insists on; a title of blanks would pass it, but helps nobody."""
    # onlyoffice.md 4.4 (seen 2026-11-22)
    given = {name: str(values.get(name) or "") for name in (TITLE, OWNER, STAGE, CURRENCY)}
    return {
        name: "ONLYOFFICE needs a value" for name, text in given.items() if not storable_title(text).strip()
    }


def create_body(values: Values, stamp: str, fields: OpportunityFields) -> dict[str, Any]:
    """A public opportunity with its stamp; the primary contact is the company, else the person."""
    # onlyoffice.md 4.4 (seen 2026-11-22)
    contacts = contacts_of_new(values)
    return {
        **_scalars(values),
        **_dates(values),
        "description": join_marker(str(values.get(DESCRIPTION) or ""), None if fields.stamp else stamp),
        "bidType": 0,
        "perPeriodValue": 0,
        "contactid": contacts[0] if contacts else 0,
        "members": contacts,
        "customFieldList": _custom_list(values, fields) + _stamp_list(stamp, fields),
        "isPrivate": False,
        "accessList": [],
        "isNotify": False,
    }


def update_body(fresh: Opportunity, changes: Values, translator: Translator) -> dict[str, Any]:
    """The whole of `fresh` with `changes` in it; what is left out would be reset or made public. Only
    participants and custom fields stay as they are when left out, so they are sent only to be changed."""
    # onlyoffice.md 4.4 (seen 2026-11-22)
    values = _held(fresh, translator) | dict(changes)
    members = members_after(fresh, changes)
    return {
        **_scalars(values),
        **_dates(values),
        **_unmoved_dates(fresh, values),
        "description": _description(fresh, changes),
        "bidType": fresh.bid_type,
        "perPeriodValue": fresh.per_period_value,
        "contactid": primary_after(fresh, changes),
        **({} if members is None else {"members": members}),
        "customFieldList": _custom_list(changes, translator.fields),
        "isPrivate": fresh.is_private,
        "accessList": [person.id for person in fresh.access_list],
        "isNotify": False,
    }


def cleared_fields(changes: Values, fields: OpportunityFields) -> list[int]:
    """Definition ids whose value becomes empty, which the update itself cannot do."""
    # onlyoffice.md 4.4 "customFieldList", 4.9 (seen 2026-11-22)
    return [
        fields.custom[name][0] for name in changes if name in fields.custom and not to_text(changes[name])
    ]


def _held(fresh: Opportunity, translator: Translator) -> dict[str, Value]:
    """What the opportunity holds; the amount is the bid itself, not the bid times its periods."""
    return {
        TITLE: fresh.title,
        AMOUNT: fresh.bid_value,
        CURRENCY: translator.currency_of(fresh),
        PROBABILITY: fresh.success_probability,
        STAGE: str(fresh.stage.id),
        OWNER: fresh.responsible.id,
        EXPECTED_CLOSE: day_of(fresh.expected_close_date),
        ACTUAL_CLOSE: day_of(fresh.actual_close_date),
    }


def _description(fresh: Opportunity, changes: Values) -> str:
    """The stored text, untouched unless it changes; a new one keeps the stamp's line."""
    if DESCRIPTION not in changes:
        return fresh.description
    return join_marker(str(changes[DESCRIPTION] or ""), split_marker(fresh.description)[1])


def _scalars(values: Values) -> dict[str, Any]:
    """Amounts travel as text: a JSON fraction would pass through a double."""
    # onlyoffice.md 3.5 (seen 2026-11-22)
    return {
        "title": storable_title(str(values[TITLE])),
        "responsibleid": str(values[OWNER]),
        "stageid": int(str(values[STAGE])),
        "bidCurrencyAbbr": str(values[CURRENCY]),
        "bidValue": format(_nine_places(Decimal(str(values.get(AMOUNT) or 0))), "f"),
        "successProbability": int(str(values.get(PROBABILITY) or 0)),
    }


def _nine_places(amount: Decimal) -> Decimal:
    """As the column rounds it: the answer to a create still shows what was sent, and not what was stored."""
    # onlyoffice.md 4.4 "The POST answer", 5.2 (seen 2026-11-22)
    with localcontext(prec=60):
        rounded = amount.quantize(_NINE_PLACES, ROUND_HALF_UP)
    return amount if rounded == amount else rounded


def _dates(values: Values) -> dict[str, str]:
    """Dates without a time are days of the portal's own zone; an unset one is left out."""
    # onlyoffice.md 5.6 (seen 2026-11-22)
    days = ((wire, values.get(name)) for name, wire in _DATES.items())
    return {wire: day.isoformat() for wire, day in days if isinstance(day, date)}


def _unmoved_dates(fresh: Opportunity, values: Values) -> dict[str, str]:
    """Close dates that stay on their day keep their time of day."""
    held = {EXPECTED_CLOSE: fresh.expected_close_date, ACTUAL_CLOSE: fresh.actual_close_date}
    unmoved = {name: text for name, text in held.items() if values[name] == day_of(text) is not None}
    return {_DATES[name]: echo_of(text) for name, text in unmoved.items()}


def _custom_list(values: Values, fields: OpportunityFields) -> list[dict[str, Any]]:
    """Only fields with a value: empty ones would be skipped."""
    texts = ((fields.custom[name][0], to_text(values[name])) for name in values if name.startswith(CUSTOM))
    return [{"key": key, "value": text} for key, text in texts if text]


def _stamp_list(stamp: str, fields: OpportunityFields) -> list[dict[str, Any]]:
    return [{"key": fields.stamp, "value": stamp}] if fields.stamp else []


def refused_locks(locked: Mapping[str, str], changes: Values) -> dict[str, str]:
    return {name: locked[name] for name in changes if name in locked}
