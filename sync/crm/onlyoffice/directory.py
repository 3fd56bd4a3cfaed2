"""The portal's lists (stages, currencies, people, custom fields), read when first needed; no writes."""

from threading import RLock

from sync.crm.onlyoffice.customfields import (
    CompanyFields,
    company_fields,
    described,
    opportunity_fields,
)
from sync.crm.onlyoffice.options import OnlyOfficeOptions
from sync.crm.onlyoffice.portal import Portal, rows_as
from sync.crm.onlyoffice.translate import Translator, stage_of, user_of
from sync.crm.onlyoffice.wire import Currency, FieldValue, FullPerson, Stage
from sync.domain.model import Choice, Lists, User

_STAGES = "crm/opportunity/stage.json"
_CURRENCIES = "crm/settings/currency.json"
_PEOPLE = "people/filter.json"
_FIELDS = "crm/opportunity/customfield/definitions.json"
_COMPANY_FIELDS = "crm/company/customfield/definitions.json"
_STATUSES = ("1", "2")
"""Active and disabled accounts, asked for apart because the default is not the same everywhere."""


class Directory:
    """Lists kept until `refresh`; all threads share them."""

    def __init__(self, portal: Portal, options: OnlyOfficeOptions) -> None:
        self._portal = portal
        self._options = options
        self._lock = RLock()
        self._lists: Lists | None = None
        self._translator: Translator | None = None
        self._company: CompanyFields | None = None

    def refresh(self) -> Lists:
        """Read everything again."""
        with self._lock:
            definitions = self._portal.read_rows(FieldValue, _FIELDS)
            self._lists = Lists(
                stages=tuple(stage_of(row) for row in self._portal.read_rows(Stage, _STAGES)),
                currencies=self._currencies(),
                users=self._users(),
                custom_fields=tuple(info for row in definitions if (info := described(row))),
            )
            self._translator = self._company = None
            return self._lists

    @property
    def lists(self) -> Lists:
        with self._lock:
            return self._lists or self.refresh()

    @property
    def translator(self) -> Translator:
        """`Misconfigured` when a configured field is not defined."""
        with self._lock:
            if self._translator is None:
                options = self._options
                needed = bool(options.stamp_field or options.number_field or options.custom_fields)
                rows = self._portal.read_rows(FieldValue, _FIELDS) if needed else ()
                self._translator = Translator(opportunity_fields(rows, options), options.default_currency)
            return self._translator

    @property
    def company_fields(self) -> CompanyFields:
        """`Misconfigured` when a configured field is not defined."""
        with self._lock:
            if self._company is None:
                needed = bool(self._options.org_number_field or self._options.partner_field)
                rows = self._portal.read_rows(FieldValue, _COMPANY_FIELDS) if needed else ()
                self._company = company_fields(rows, self._options)
            return self._company

    def _currencies(self) -> tuple[Choice, ...]:
        rows = self._portal.read_rows(Currency, _CURRENCIES)
        return tuple(Choice(row.abbreviation, row.abbreviation) for row in rows)

    def _users(self) -> tuple[User, ...]:
        found: dict[str, FullPerson] = {}
        for status in _STATUSES:
            listing = self._portal.listing(_PEOPLE, {"employeeStatus": status}, self._options.rows_a_page)
            found |= {person.id: person for person in rows_as(FullPerson, listing.plain(), _PEOPLE)}
        return tuple(user_of(person) for person in found.values())
