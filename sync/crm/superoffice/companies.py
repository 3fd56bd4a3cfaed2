"""Companies and the card of one; knows no sale beyond its line on that card."""

from collections.abc import Iterator, Mapping
from datetime import UTC

from sync.crm.superoffice.api import Api, entity_of
from sync.crm.superoffice.archive import Archive
from sync.crm.superoffice.entity import Members, overlaid
from sync.crm.superoffice.family import Family
from sync.crm.superoffice.moment import parse_sale_date
from sync.crm.superoffice.tenant import Tenant, understood
from sync.crm.superoffice.translate import amount_of
from sync.crm.superoffice.wire import Contact, ContactRow, FlatContact, PersonLine, Summary, SummarySale
from sync.domain.model import Company, CompanyCard, Person, Side
from sync.errors import OutcomeUnknown, RecordGone, WrongShape

# superoffice.md 5 (seen 2026-11-22); the archive documents no column for the city
_COLUMNS = ("contactId", "name", "department", "orgnr", "contactDeleted")


class Companies:
    """The companies of one installation, which it calls contacts."""

    def __init__(self, api: Api, family: Family, archive: Archive, tenant: Tenant) -> None:
        self._api = api
        self._family = family
        self._archive = archive
        self._tenant = tenant

    def all(self) -> Iterator[Company]:
        for raw in self._archive.all_rows("Contact", "contactId", _COLUMNS):
            row = understood(ContactRow, raw, "Contact (archive)")
            yield Company(
                Side.LEFT,
                str(row.contact_id),
                row.name,
                row.department,
                row.orgnr,
                deleted=row.contact_deleted,
            )

    def fetch(self, contact_id: int) -> Company | None:
        """A merged company is gone, a removed one stays for a while as deleted: superoffice.md 4.10, 5."""
        answer = self._family.calls.find("Contact", contact_id)
        return None if answer is None else _company(entity_of(answer.body, "Contact/{id}"), "Contact/{id}")

    def card(self, contact_id: int, limit: int) -> CompanyCard | None:
        route = "Agents/Contact/GetContactSummary"
        body = self._api.ask(route, {"ContactId": contact_id, "Limit": limit})
        if body is None:
            return None
        summary = understood(Summary, body, route)
        company = _flat(summary.contact) or self.fetch(contact_id)
        lines = tuple(self._line(sale) for sale in summary.sales[:limit])
        return CompanyCard(company, lines) if company else None

    def create(self, company: Company) -> Company:
        """Category and business come from the defaults: superoffice.md 5 (seen 2026-11-22).

        Id 0 makes a save a creation, whatever the defaults say: superoffice.md 3.4 (seen 2026-11-22)."""
        given: Members = {"Name": company.name, "Department": company.department, "OrgNr": company.org_number}
        entity = overlaid(self._family.calls.default("Contact"), given | {"ContactId": 0})
        answer = self._family.calls.create("Contact", entity)
        try:
            return _company(entity_of(answer.body, "Contact"), "Contact")
        except WrongShape as error:
            raise OutcomeUnknown(
                "SuperOffice POST Contact: the answer is not a company, look for it"
            ) from error

    def persons(self, contact_id: int) -> tuple[Person, ...]:
        """None for a company that is gone."""
        route = "Contact/{id}/Persons"
        try:
            rows = self._family.calls.persons(contact_id)
        except RecordGone:
            return ()
        found: dict[int, PersonLine] = {}
        for line in (understood(PersonLine, row, route) for row in rows):
            found.setdefault(line.person_id, line)
        return tuple(
            Person(Side.LEFT, str(key), str(contact_id), line.name, line.email or line.email_address)
            for key, line in sorted(found.items())
            if not line.deleted
        )

    def _line(self, sale: SummarySale) -> str:
        day = parse_sale_date(sale.sale_date, UTC, self._tenant.base_zone or UTC)
        amount = f"{amount_of(sale.amount):,f}"
        return (
            f"{sale.sale_id}  {sale.heading}  {amount} {sale.currency}  {sale.status}  {day or ''}".rstrip()
        )


def _company(raw: Mapping[str, object], route: str) -> Company:
    contact = understood(Contact, raw, route)
    city = contact.address.town if contact.address else ""
    return Company(
        Side.LEFT,
        str(contact.contact_id),
        contact.name,
        contact.department,
        contact.org_nr,
        city,
        deleted=contact.deleted,
    )


def _flat(contact: FlatContact | None) -> Company | None:
    if contact is None or not contact.contact_id:
        return None
    return Company(
        Side.LEFT, str(contact.contact_id), contact.name, contact.department, contact.org_nr, contact.city
    )
