"""Companies and their people on the portal: listed, read, created; an existing one is never changed."""

from collections.abc import Iterator
from typing import Any

from sync.crm.onlyoffice.customfields import CompanyFields
from sync.crm.onlyoffice.description import storable, storable_title
from sync.crm.onlyoffice.directory import Directory
from sync.crm.onlyoffice.options import OnlyOfficeOptions
from sync.crm.onlyoffice.paging import Target
from sync.crm.onlyoffice.portal import Portal, is_id, rows_as, written
from sync.crm.onlyoffice.translate import company_of, person_of
from sync.crm.onlyoffice.wire import Contact
from sync.domain.model import Company, Person
from sync.errors import RecordGone, RecordRefused

_CONTACTS = "crm/contact/filter.json"
_CONTACT = "crm/contact/{id}.json"
_PERSONS = "crm/contact/company/{id}/person.json"
_CREATE = "crm/contact/company.json"
_COMPANIES_ONLY = {"contactListView": "company"}


class Companies:
    """An update of a contact would wipe its industry, type and currency, so there is none here."""

    # onlyoffice.md 6.2 (seen 2026-11-22)
    def __init__(self, portal: Portal, directory: Directory, options: OnlyOfficeOptions) -> None:
        self._portal = portal
        self._directory = directory
        self._options = options

    def fetch_all(self) -> Iterator[Company]:
        """All companies, ids ascending."""
        fields = self._directory.company_fields
        # "displayname" is for servers before 12.6.  onlyoffice.md 6.1 (seen 2026-11-22)
        rows_a_page = self._options.rows_a_page
        target = Target(_CONTACTS, _COMPANIES_ONLY, rows_a_page, otherwise="displayname")
        for row in self._portal.listing(target).ascending():
            yield company_of(rows_as(Contact, [row], _CONTACTS)[0], fields)

    def fetch(self, company_id: str) -> Company | None:
        """None also for a person, and for the id that a merge or deletion left behind."""
        # onlyoffice.md 6.2 "contact/merge" (seen 2026-11-22)
        envelope = self._portal.read_id(_CONTACT, company_id)
        if envelope is None:
            return None
        contact = rows_as(Contact, [envelope.response], _CONTACT)[0]
        return company_of(contact, self._directory.company_fields) if contact.is_company else None

    def fetch_persons(self, company_id: str) -> tuple[Person, ...]:
        """People of a company, ids ascending; none for a company that does not exist."""
        # onlyoffice.md 6.1 (seen 2026-11-22)
        if not is_id(company_id):
            return ()
        try:
            rows = self._portal.listing(Target(_PERSONS, of=company_id)).plain()
        except RecordGone:
            return ()
        contacts = sorted(rows_as(Contact, rows, _PERSONS), key=lambda contact: contact.id)
        return tuple(person_of(contact, company_id) for contact in contacts if not contact.is_company)

    def create(self, company: Company) -> Company:
        """Name, organisation number and partner id; no call of the portal is known to take a city."""
        # Share type 0, the default, hides the company from others; which other one is the operator's choice,
        # since the source has nothing like it.  onlyoffice.md 6.2 (seen 2026-11-22)
        name = storable_title(company.name).strip()
        if not name:
            raise RecordRefused("ONLYOFFICE takes no company without a name", {"name": "needed"})
        fields = self._directory.company_fields
        content = {
            "companyName": name,
            "shareType": self._options.company_share_type,
            "customFieldList": _values(company, fields),
        }
        answer = self._portal.write("POST", _CREATE, content)
        return company_of(written(Contact, answer, _CREATE), fields)


def _values(company: Company, fields: CompanyFields) -> list[dict[str, Any]]:
    pairs = ((fields.org_number, company.org_number), (fields.partner, company.id))
    return [{"key": key, "value": storable(text)} for key, text in pairs if key and text]
