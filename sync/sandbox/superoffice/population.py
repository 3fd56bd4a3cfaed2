"""Fills a tenant with the left side of a world; it must not invent data of its own."""

from __future__ import annotations

from datetime import UTC, datetime, time

from sync.sandbox.seeds import SeedCompany, SeedDeal, World
from sync.sandbox.superoffice import list_seeds
from sync.sandbox.superoffice.rows import AssociateRow, ContactRow, PersonRow, SaleRow
from sync.sandbox.superoffice.store import Store

_STATUSES = {"open": "Open", "won": "Sold", "lost": "Lost", "stalled": "Stalled"}
_BEFORE_ALL = datetime(2025, 1, 7, 9, 0, tzinfo=UTC)
_USER_OFFSET = 10  # associate ids begin beyond the keys of the world, so that nobody mixes them up


def populate(store: Store, world: World) -> None:
    for user in world.users:
        if user.on_left:
            full_name = f"{user.first_name} {user.last_name}"
            kind = "SystemAssociate" if user.is_admin else "InternalAssociate"
            row = AssociateRow(
                _USER_OFFSET + user.key, user.login, full_name, user.email, kind, 2, user.is_admin
            )
            store.associates[row.id] = row
    contacts = {firm.key: _add_contact(store, firm) for firm in world.companies if firm.left_name}
    persons = _add_persons(store, world, contacts)
    for deal in world.deals:
        if deal.on_left:
            _add_sale(store, deal, contacts, persons)


def _add_contact(store: Store, firm: SeedCompany) -> int:
    owner = _USER_OFFSET + 2
    contact_id = store.next_contact_id()
    store.contacts[contact_id] = ContactRow(
        id=contact_id,
        name=firm.left_name or "",
        org_number=firm.org_number,
        city=firm.city,
        associate_id=owner,
        created_at=_BEFORE_ALL,
        updated_at=_BEFORE_ALL,
        created_by=owner,
        updated_by=owner,
        number2=f"C-{contact_id}",
    )
    return contact_id


def _add_persons(store: Store, world: World, contacts: dict[int, int]) -> dict[int, int]:
    added: dict[int, int] = {}
    for number, seed in enumerate((p for p in world.persons if p.company_key in contacts), start=31):
        row = PersonRow(number, contacts[seed.company_key], seed.first_name, seed.last_name, seed.email)
        store.persons[number] = row
        added[seed.key] = number
    return added


def _add_sale(store: Store, deal: SeedDeal, contacts: dict[int, int], persons: dict[int, int]) -> None:
    owner, sale_id = _USER_OFFSET + deal.owner_key, store.next_sale_id()
    currency = next(item.id for item in list_seeds.CURRENCIES if item.name == deal.currency)
    store.sales[sale_id] = SaleRow(
        id=sale_id,
        heading=deal.title,
        sale_date=datetime.combine(deal.close_on, time()),
        associate_id=owner,
        created_at=deal.created_at,
        updated_at=deal.created_at,
        created_by=owner,
        updated_by=owner,
        rating_id=list_seeds.STAGES[deal.step].id,
        sale_type_id=list_seeds.DEFAULT_SALE_TYPE,
        currency_id=currency,
        number=f"S-{sale_id}",
        text=deal.description,
        amount=float(deal.amount),
        probability=deal.probability,
        status=_STATUSES[deal.outcome],
        completed="Completed" if deal.outcome in {"won", "lost"} else "NotStarted",
        contact_id=contacts.get(deal.company_key or 0, 0),
        person_id=persons.get(deal.person_key or 0, 0),
    )
