"""Companies and the card of one; knows no sale beyond its line on that card."""

from collections.abc import Iterator, Mapping
from datetime import UTC

from sync.crm.superoffice.api import Api, entity_of
from sync.crm.superoffice.archive import Archive
from sync.crm.superoffice.moment import parse_sale_date
from sync.crm.superoffice.tenant import Tenant, understood
from sync.crm.superoffice.translate import amount_of
from sync.crm.superoffice.wire import Contact, ContactRow, FlatContact, Summary, SummarySale
from sync.domain.model import Company, CompanyCard, Side
from sync.errors import OutcomeUnknown, WrongShape

# superoffice.md 5 (seen 2026-11-22); the archive documents no column for the city
_COLUMNS = ("contactId", "name", "department", "orgnr", "contactDeleted")


class Companies:
    """The companies of one installation, which it calls contacts."""

    def __init__(self, api: Api, archive: Archive, tenant: Tenant) -> None:
        self._api = api
        self._archive = archive
        self._tenant = tenant

    def all(self) -> Iterator[Company]:
        for raw in self._archive.rows("Contact", "contactId", _COLUMNS):
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
        answer = self._api.find(f"Contact/{contact_id}", route="Contact/{id}")
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
        """Category and business come from the defaults: superoffice.md 5 (seen 2026-11-22)."""
        given = {"Name": company.name, "Department": company.department, "OrgNr": company.org_number}
        entity = {**self._api.default("Contact"), **given}
        answer = self._api.create("Contact", entity)
        try:
            return _company(entity_of(answer.body, "Contact"), "Contact")
        except WrongShape as error:
            raise OutcomeUnknown(
                "SuperOffice POST Contact: the answer is not a company, look for it"
            ) from error

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
