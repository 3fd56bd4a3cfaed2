"""Fills a new portal from the neutral sample world; it must not be called twice on one portal."""

import json
from datetime import UTC, datetime
from importlib.resources import files
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from sync.sandbox.onlyoffice.enums import FieldType, InfoType
from sync.sandbox.onlyoffice.records import Contact, Definition, Info, ListItem, Opportunity, Stage, User
from sync.sandbox.onlyoffice.state import COMPANY, OPPORTUNITY, State
from sync.sandbox.seeds import SeedCompany, SeedDeal, SeedPerson, SeedUser, World

SEEDED_AT = datetime(2025, 6, 2, 7, 0, tzinfo=UTC)
GUEST_LOGIN, DISABLED_LOGIN = "guest", "former"

# (title, probability, colour, stored sort number, type): onlyoffice-default-stages.json (seen 2026-11-22)
DEFAULT_STAGES = (
    ("Initial contact", 1, "#e795c1", 1, 0),
    ("Application of initial fit criteria", 2, "#df7895", 2, 0),
    ("Suspect", 3, "#f48454", 1, 0),
    ("Need assessment", 20, "#b58fd6", 2, 0),
    ("Qualified prospect", 50, "#d28cc8", 3, 0),
    ("Proposal", 75, "#ffb45e", 4, 0),
    ("Negotiations", 90, "#ffd267", 5, 0),
    ("Closure/Transaction", 100, "#6bbd72", 6, 1),
    ("Unsuccessfully closed", 0, "#f2a9be", 7, 2),
)
_STALLED, _WON, _LOST = 3, 7, 8
NOTE_CATEGORIES = ("Note", "Email", "Phone call", "Appointment")
# onlyoffice.md 5.4 (seen 2026-11-22)
_TEMPERATURES = (("Cold", "#8fb5d6"), ("Warm", "#ffb45e"), ("Hot", "#f48454"))
_CONTACT_TYPES = (("Client", ""), ("Supplier", ""), ("Partner", ""), ("Competitor", ""))
_CONTACT_TAGS = ("Lead", "Customer", "Supplier", "Staff")

_TEXT = '{"size":40}'
_FIELDS = (
    (OPPORTUNITY, "Opsync link", FieldType.TEXT_FIELD, _TEXT),
    (OPPORTUNITY, "External number", FieldType.TEXT_FIELD, _TEXT),
    (OPPORTUNITY, "Seats", FieldType.TEXT_FIELD, '{"size":10}'),
    (OPPORTUNITY, "Contract details", FieldType.HEADING, ""),
    (OPPORTUNITY, "Contract date", FieldType.DATE, ""),
    (OPPORTUNITY, "Region", FieldType.SELECT_BOX, '["North","South","Abroad"]'),
    (OPPORTUNITY, "Renewal", FieldType.CHECK_BOX, ""),
    (OPPORTUNITY, "Background", FieldType.TEXT_AREA, '{"rows":5,"cols":40}'),
    (COMPANY, "Organisation number", FieldType.TEXT_FIELD, _TEXT),
    (COMPANY, "SuperOffice contact id", FieldType.TEXT_FIELD, _TEXT),
)


def fill(state: State, world: World) -> None:
    """Users, lists, companies and persons first, then the opportunities that name them."""
    state.currency_table = _currencies()
    users = {seed.key: _user(seed) for seed in world.users}
    state.users = {user.id: user for user in (*users.values(), *_outsiders())}
    _fill_lists(state)
    admin = next(user for user in users.values() if user.is_admin)
    companies = _fill_companies(state, world, admin)
    persons = _fill_persons(state, world, companies, admin)
    for deal in world.deals:
        if deal.on_right:
            contacts = (companies.get(deal.company_key or 0, 0), persons.get(deal.person_key or 0, 0))
            state.save(_opportunity(state, deal, owner=users[deal.owner_key].id, contacts=contacts))


def make_private(state: State, percent: int) -> None:
    """Every so many opportunities are for their responsible and one colleague only."""
    if percent <= 0:
        return
    staff = [user.id for user in state.users.values() if not (user.is_visitor or user.disabled)]
    step = max(1, 100 // percent)
    for number, row in enumerate(list(state.opportunities.values())[::step]):
        row.access = list(dict.fromkeys([row.responsible, staff[number % len(staff)]]))


def _currencies() -> dict[str, dict[str, object]]:
    text = files("sync.sandbox").joinpath("data/currencies.json").read_text(encoding="utf-8")
    return {row["abbreviation"]: row for row in json.loads(text)["currencies"]}


def _guid(login: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"portal:{login}"))


def _user(seed: SeedUser) -> User:
    return User(_guid(seed.login), seed.login, seed.first_name, seed.last_name, seed.email, seed.is_admin)


def _outsiders() -> tuple[User, User]:
    """A guest, who has no CRM at all, and an account that was disabled."""
    guest = User(_guid(GUEST_LOGIN), GUEST_LOGIN, "Gina", "Guest", "guest@example.com", is_visitor=True)
    former = User(
        _guid(DISABLED_LOGIN), DISABLED_LOGIN, "Finn", "Former", "former@example.com", disabled=True
    )
    return guest, former


def _fill_lists(state: State) -> None:
    for title, probability, color, position, kind in DEFAULT_STAGES:
        key = state.next_id("stage")
        state.stages[key] = Stage(key, title, probability, color, kind, position)
    for position, (entity, label, field_kind, mask) in enumerate(_FIELDS, start=1):
        key = state.next_id("field")
        state.definitions[key] = Definition(key, entity, label, field_kind, position, mask)
    state.note_categories = {state.next_id("category"): title for title in NOTE_CATEGORIES}
    state.contact_stages = _items(state, _TEMPERATURES)
    state.contact_types = _items(state, _CONTACT_TYPES)
    state.contact_tags = [*_CONTACT_TAGS]


def _items(state: State, rows: tuple[tuple[str, str], ...]) -> dict[int, ListItem]:
    keys = [state.next_id("list") for _ in rows]
    return {key: ListItem(key, title, color) for key, (title, color) in zip(keys, rows, strict=True)}


def _fill_companies(state: State, world: World, admin: User) -> dict[int, int]:
    """{company key: contact id} of every company this side has."""
    number_field = next(row.id for row in state.definitions_of(COMPANY))
    found = {}
    for seed in world.companies:
        if seed.right_name is not None:
            row = _company(seed, state.next_id("contact"), admin)
            row.fields = {number_field: seed.org_number} if seed.org_number else {}
            found[seed.key] = row.id
            state.contacts[row.id] = row
    return found


def _company(seed: SeedCompany, key: int, admin: User) -> Contact:
    return Contact(
        id=key,
        is_company=True,
        name=seed.right_name or "",
        created=SEEDED_AT,
        created_by=admin.id,
        city=seed.city,
        street="Main street 1",
        industry="Manufacturing",
        contact_type="Client",
        currency="EUR",
    )


def _fill_persons(state: State, world: World, companies: dict[int, int], admin: User) -> dict[int, int]:
    """{person key: contact id}; a person is here when the company is."""
    found = {}
    for seed in world.persons:
        if seed.company_key in companies:
            row = _person(state, seed, companies[seed.company_key], admin)
            found[seed.key] = row.id
            state.contacts[row.id] = row
    return found


def _person(state: State, seed: SeedPerson, company: int, admin: User) -> Contact:
    return Contact(
        id=state.next_id("contact"),
        is_company=False,
        name=seed.first_name,
        last_name=seed.last_name,
        created=SEEDED_AT,
        created_by=admin.id,
        company=company,
        infos=[Info(state.next_id("info"), InfoType.EMAIL, 1, seed.email, is_primary=True)],
    )


def _opportunity(state: State, deal: SeedDeal, *, owner: str, contacts: tuple[int, int]) -> Opportunity:
    stage = _stage_of(state, deal)
    close_at = _midnight(deal, state.zone())
    return Opportunity(
        id=state.next_id(OPPORTUNITY),
        title=deal.title,
        description=deal.right_description if deal.on_left else deal.description,
        responsible=owner,
        stage=stage.id,
        currency=deal.currency,
        created=deal.created_at,
        created_by=owner,
        modified=deal.created_at,
        modified_by=owner,
        contact=contacts[0],
        members=[contact for contact in contacts if contact],
        bid_value=deal.amount,
        probability=deal.probability,
        actual_close=close_at if stage.kind else None,
        expected_close=close_at,
    )


def _midnight(deal: SeedDeal, zone: ZoneInfo) -> datetime:
    """A close date as the browser stores it."""
    # onlyoffice.md 5.6 "Semantics" (seen 2026-11-22)
    return datetime(deal.close_on.year, deal.close_on.month, deal.close_on.day, tzinfo=zone).astimezone(UTC)


def _stage_of(state: State, deal: SeedDeal) -> Stage:
    """Steps follow the creation order of the open stages; nothing can be stalled on this side."""
    index = {"won": _WON, "lost": _LOST, "stalled": _STALLED}.get(deal.outcome, deal.step)
    return list(state.stages.values())[index]
