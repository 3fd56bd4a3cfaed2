"""The portal's lists (stages, currencies, people, custom fields), read when first needed; no writes."""

from collections.abc import Callable, Mapping
from threading import RLock
from typing import Any, TypeVar

from sync.crm.onlyoffice.customfields import (
    CompanyFields,
    company_fields,
    described,
    opportunity_fields,
)
from sync.crm.onlyoffice.guard import sees_everything
from sync.crm.onlyoffice.options import OnlyOfficeOptions
from sync.crm.onlyoffice.paging import Target
from sync.crm.onlyoffice.portal import Portal, rows_as
from sync.crm.onlyoffice.translate import Translator, stage_of, user_of
from sync.crm.onlyoffice.wire import Currency, FieldValue, FullPerson
from sync.crm.onlyoffice.wire import Stage as WireStage
from sync.domain.model import Choice, Lists, Stage

_STAGES = "crm/opportunity/stage.json"
_CURRENCIES = "crm/settings/currency.json"
_PEOPLE = "people/filter.json"
_SELF = "people/@self.json"
_FIELDS = "crm/opportunity/customfield/definitions.json"
_COMPANY_FIELDS = "crm/company/customfield/definitions.json"
_STATUSES = ("1", "2")
"""Active and disabled accounts, asked for apart because the default is not the same everywhere."""

T = TypeVar("T")


class Directory:
    """Each list is read once and kept until `refresh`; all threads share them."""

    def __init__(self, portal: Portal, options: OnlyOfficeOptions) -> None:
        self._portal = portal
        self._options = options
        self._lock = RLock()
        self._kept: dict[str, Any] = {}

    def refresh(self) -> Lists:
        """Read everything again."""
        with self._lock:
            self._kept.clear()
            return self.lists

    @property
    def lists(self) -> Lists:
        return Lists(
            stages=tuple(self.stages.values()),
            currencies=self.currencies,
            users=tuple(user_of(person) for person in self.people.values()),
            custom_fields=tuple(info for row in self._definitions if (info := described(row))),
            sees_all=sees_everything(self.me),
        )

    @property
    def me(self) -> FullPerson:
        """Our own account."""
        return self._once("me", self._read_me)

    def _read_me(self) -> FullPerson:
        return self._portal.read_one(FullPerson, _SELF)

    @property
    def stages(self) -> Mapping[str, Stage]:
        """{stage id: stage}, in display order."""
        return self._once("stages", self._read_stages)

    @property
    def people(self) -> Mapping[str, FullPerson]:
        """{user id: account}, disabled ones included."""
        return self._once("people", self._read_people)

    @property
    def currencies(self) -> tuple[Choice, ...]:
        return self._once("currencies", self._read_currencies)

    @property
    def translator(self) -> Translator:
        """`Misconfigured` when a configured field is not defined."""
        return self._once("translator", self._make_translator)

    @property
    def company_fields(self) -> CompanyFields:
        """`Misconfigured` when a configured field is not defined."""
        return self._once("company_fields", self._read_company_fields)

    @property
    def _definitions(self) -> tuple[FieldValue, ...]:
        return self._once("definitions", lambda: self._portal.read_rows(FieldValue, _FIELDS))

    def _once(self, name: str, read: Callable[[], T]) -> T:
        with self._lock:
            if name not in self._kept:
                self._kept[name] = read()
            found: T = self._kept[name]
            return found

    def _read_stages(self) -> dict[str, Stage]:
        rows = self._portal.read_rows(WireStage, _STAGES)
        return {str(row.id): stage_of(row) for row in rows}

    def _read_people(self) -> dict[str, FullPerson]:
        found: dict[str, FullPerson] = {}
        for status in _STATUSES:
            target = Target(_PEOPLE, {"employeeStatus": status}, self._options.rows_a_page)
            rows = self._portal.listing(target).plain()
            found |= {person.id: person for person in rows_as(FullPerson, rows, _PEOPLE)}
        return found

    def _read_currencies(self) -> tuple[Choice, ...]:
        rows = self._portal.read_rows(Currency, _CURRENCIES)
        return tuple(Choice(row.abbreviation, row.abbreviation) for row in rows)

    def _make_translator(self) -> Translator:
        options = self._options
        needed = bool(options.stamp_field or options.number_field or options.custom_fields)
        rows = self._definitions if needed else ()
        return Translator(opportunity_fields(rows, options), options.default_currency)

    def _read_company_fields(self) -> CompanyFields:
        needed = bool(self._options.org_number_field or self._options.partner_field)
        rows = self._portal.read_rows(FieldValue, _COMPANY_FIELDS) if needed else ()
        return company_fields(rows, self._options)
