"""Between the portal's objects and neutral records, both ways; it sends nothing and remembers nothing."""

from collections.abc import Mapping
from decimal import Decimal, localcontext
from typing import Any

from pydantic import ValidationError

from sync.crm.onlyoffice.customfields import CompanyFields, OpportunityFields, from_text
from sync.crm.onlyoffice.description import split_marker
from sync.crm.onlyoffice.guard import may_own
from sync.crm.onlyoffice.moment import day_of, instant_of
from sync.crm.onlyoffice.participants import company_and_person, locks
from sync.crm.onlyoffice.wire import (
    Contact,
    FieldValue,
    FullPerson,
    Opportunity,
    Stage,
    id_of,
    why_unreadable,
)
from sync.domain import model
from sync.domain.model import Company, Person, Record, Side, State, Unreadable, User, Value

_STATES = {0: State.OPEN, 1: State.WON, 2: State.LOST}  # onlyoffice.md 5.3 (seen 2026-11-22)
_EMAIL = 1
_PER_PERIOD = "the bid is per period; its value and number of periods are kept apart in ONLYOFFICE"


class Translator:
    """How one portal's objects read, given its configured fields and the currency of records without one."""

    def __init__(self, fields: OpportunityFields, default_currency: str) -> None:
        self.fields = fields
        self._default_currency = default_currency

    def row(self, row: Mapping[str, Any], route: str) -> Record | Unreadable:
        """A record out of a listing; a row without a readable id is the listing's fault."""
        record_id = str(id_of(row, route))
        try:
            return self.record(Opportunity.model_validate(row))
        except ValidationError as error:
            return Unreadable(Side.RIGHT, record_id, why_unreadable(error))
        except ValueError as error:
            return Unreadable(Side.RIGHT, record_id, str(error))

    def record(self, opportunity: Opportunity) -> Record:
        """ValueError when a date or a custom field is none."""
        texts = _texts(opportunity.custom_fields)
        description, marker = split_marker(opportunity.description)
        return Record(
            Side.RIGHT,
            str(opportunity.id),
            self._values(opportunity, description, texts),
            stamp=texts.get(self.fields.stamp, "").strip() or marker,
            number=texts.get(self.fields.number, "").strip() or None,
            created_at=instant_of(opportunity.created),
            locked=_locked(opportunity),
        )

    def _values(
        self, opportunity: Opportunity, description: str, texts: Mapping[int | None, str]
    ) -> dict[str, Value]:
        return {
            model.TITLE: opportunity.title,
            model.DESCRIPTION: description,
            model.AMOUNT: amount_of(opportunity),
            model.CURRENCY: self.currency_of(opportunity),
            model.PROBABILITY: opportunity.success_probability,
            model.STAGE: str(opportunity.stage.id),
            model.EXPECTED_CLOSE: day_of(opportunity.expected_close_date),
            model.ACTUAL_CLOSE: day_of(opportunity.actual_close_date),
            model.OWNER: opportunity.responsible.id,
            **company_and_person(opportunity),
            **self._custom(texts),
        }

    def currency_of(self, opportunity: Opportunity) -> str:
        """Imported records may have none, but every write needs one."""
        # onlyoffice.md 4.4 "safe update recipe" (seen 2026-11-22)
        found = opportunity.bid_currency
        return found.abbreviation.upper() if found else self._default_currency

    def _custom(self, texts: Mapping[int | None, str]) -> dict[str, Value]:
        values: dict[str, Value] = {}
        for name, (key, kind) in self.fields.custom.items():
            try:
                values[name] = from_text(kind, texts.get(key, ""))
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from error
        return values


def _texts(fields: tuple[FieldValue, ...]) -> dict[int | None, str]:
    return {field.id: field.field_value for field in fields}


def amount_of(opportunity: Opportunity) -> Decimal:
    """The bid, times its periods where it is per period, without trailing zeros."""
    # onlyoffice.md 5.2 (seen 2026-11-22)
    with localcontext(prec=60):
        periods = opportunity.per_period_value if opportunity.bid_type else 0
        return plain(opportunity.bid_value * (periods or 1))


def plain(amount: Decimal) -> Decimal:
    """The same number written without the nine decimals of the server's column."""
    text = format(amount, "f")
    return Decimal(text.rstrip("0").rstrip(".") if "." in text else text)


def _locked(opportunity: Opportunity) -> dict[str, str]:
    return locks(opportunity) | ({model.AMOUNT: _PER_PERIOD} if opportunity.bid_type else {})


def company_of(contact: Contact, fields: CompanyFields) -> Company:
    texts = _texts(contact.custom_fields)
    return Company(
        Side.RIGHT,
        str(contact.id),
        contact.display_name,
        org_number=texts.get(fields.org_number, "").strip(),
        city=next((address.city for address in contact.addresses if address.city), ""),
        partner_id=texts.get(fields.partner, "").strip() or None,
    )


def person_of(contact: Contact, company_id: str) -> Person:
    """The primary e-mail, else the first."""
    emails = [info for info in contact.common_data if info.info_type == _EMAIL and info.data.strip()]
    emails.sort(key=lambda info: not info.is_primary)
    email = emails[0].data.strip() if emails else ""
    return Person(Side.RIGHT, str(contact.id), company_id, contact.display_name, email)


def stage_of(stage: Stage) -> model.Stage:
    state = _STATES.get(stage.stage_type)
    # Kinds out of range can be stored; offer no such stage.  onlyoffice.md 3.5 (seen 2026-11-22)
    known = state or State.OPEN
    return model.Stage(str(stage.id), stage.title, known, stage.success_probability, active=state is not None)


def user_of(person: FullPerson) -> User:
    return User(person.id, person.display_name, person.user_name, person.email, may_own(person))
