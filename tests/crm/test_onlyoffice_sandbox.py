"""The ONLYOFFICE adapter keeps the contract against the sandbox portal over real HTTP on loopback."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from sync.domain.model import (
    ACTUAL_CLOSE,
    AMOUNT,
    COMPANY,
    EXPECTED_CLOSE,
    PERSON,
    TITLE,
    Company,
    Side,
    Unreadable,
    Value,
)
from sync.errors import LoginRefused, RecordRefused, SideDown, WrongShape
from sync.sandbox.onlyoffice.app import build
from sync.sandbox.server import start
from sync.sandbox.switches import Fault
from sync.sandbox.world import make_world
from tests.crm.contract import STAMP, Bench, CrmContract, new_values, read
from tests.crm.onlyoffice_portal import SandboxBench, crm_at, now, options_of, with_fields


@pytest.fixture
def at_portal() -> Iterator[SandboxBench]:
    portal = build(make_world(companies=8, sales=14, seed=7), clock=now, password="sandbox")
    server = start(portal.app)
    crm = crm_at(options_of(portal, server.base_url))
    yield SandboxBench(crm, portal, server.base_url)
    crm.close()
    server.stop()


class TestPlainPortal(CrmContract):
    """No custom fields configured: the stamp is a line of the description."""

    @pytest.fixture
    def bench(self, at_portal: SandboxBench) -> Bench:
        return at_portal


class TestPortalWithFields(CrmContract):
    """Stamp, number and mapped fields are custom fields."""

    @pytest.fixture
    def bench(self, at_portal: SandboxBench) -> Iterator[Bench]:
        at_portal.crm.close()
        at_portal.crm = crm_at(with_fields(at_portal))
        yield at_portal
        at_portal.crm.close()


class TestOlderPortal(CrmContract):
    """A server before 12.6 that fails when asked to sort by id, and shows ties in any order."""

    @pytest.fixture
    def bench(self, at_portal: SandboxBench) -> Bench:
        at_portal.portal.switches.set("sort_by_id", False)
        at_portal.portal.switches.set("memory_sort", "fails")
        at_portal.portal.switches.set("version", "12.5.2")
        return at_portal


# what only a whole portal shows


@pytest.fixture
def fielded(at_portal: SandboxBench) -> Iterator[SandboxBench]:
    """A bench whose adapter maps custom fields."""
    at_portal.crm.close()
    at_portal.crm = crm_at(with_fields(at_portal))
    yield at_portal
    at_portal.crm.close()


GIVEN: dict[str, Value] = {
    "custom:seats": Decimal("12.5"),
    "custom:signed": date(2026, 3, 1),
    "custom:region": "South",
    "custom:renewal": True,
}
EMPTY: dict[str, Value] = {
    "custom:seats": None,
    "custom:signed": None,
    "custom:region": None,
    "custom:renewal": False,
}


def test_custom_fields_are_written_and_cleared(fielded: SandboxBench) -> None:
    """Mapped fields travel with creates and updates, and become empty again; the stamp stays."""
    record = fielded.crm.create_record(new_values(fielded) | GIVEN, STAMP)
    fielded.user_edits(record.id, customFields={"External number": "N-77"})  # type: ignore[arg-type]  # wire form
    cleared = fielded.crm.update_record(record.id, GIVEN, EMPTY | {TITLE: "Ours"})
    again = read(fielded, record.id)

    assert {**record.values, **GIVEN} == dict(record.values)
    assert {**cleared.values, **EMPTY} == dict(cleared.values)
    assert (again.values, again.stamp, again.number) == (cleared.values, STAMP, "N-77")


def test_nonsense_in_a_custom_field_is_unreadable(fielded: SandboxBench) -> None:
    """Text that is no number parks the record, and nothing overwrites it."""
    record_id = fielded.user_creates(**new_values(fielded))
    fielded.user_edits(record_id, customFields={"Seats": "a dozen"})  # type: ignore[arg-type]  # wire form
    found = fielded.crm.fetch_record(record_id)

    assert found == Unreadable(Side.RIGHT, record_id, "custom:seats: not a number")
    with pytest.raises(RecordRefused):
        fielded.crm.update_record(record_id, {}, {TITLE: "Ours"})


def test_unknown_field_is_refused(fielded: SandboxBench) -> None:
    """A value for a field that is not configured is not silently dropped."""
    with pytest.raises(RecordRefused):
        fielded.crm.create_record(new_values(fielded) | {"custom:colour": "red"}, STAMP)


def test_companies_carry_their_numbers(fielded: SandboxBench) -> None:
    """Organisation number and the other side's id are company fields."""
    theirs = Company(Side.LEFT, "77", "Nordlicht Werke", org_number="811222333")
    made = fielded.crm.create_company(theirs)

    assert (made.org_number, made.partner_id) == ("811222333", "77")
    assert any(company.org_number and company.city for company in fielded.crm.fetch_companies())


def test_updates_keep_participants_and_privacy(at_portal: SandboxBench) -> None:
    """An update of a private opportunity leaves it private, with its people and its participants."""
    person, company = at_portal.a_person(), at_portal.a_company()
    record_id = at_portal.user_creates(**new_values(at_portal))
    row = {"members": [int(company), int(person)], "isPrivate": True, "accessList": [at_portal.other_owner()]}
    at_portal.portal.control.edit(int(record_id), row, None)
    before = at_portal.portal.state.opportunities[int(record_id)]
    at_portal.crm.update_record(record_id, {}, {TITLE: "Ours", AMOUNT: Decimal("5")})
    after = at_portal.portal.state.opportunities[int(record_id)]

    assert (after.title, after.members) == ("Ours", before.members)
    assert set(before.access) <= set(after.access)


def test_company_can_be_taken_away(at_portal: SandboxBench) -> None:
    """Without a company an opportunity has no participants left, so the company no longer lists it."""
    record_id = at_portal.user_creates(**new_values(at_portal))
    company = at_portal.a_company()
    after = at_portal.crm.update_record(record_id, {COMPANY: company}, {COMPANY: None})

    assert after.values[COMPANY] is None
    assert at_portal.portal.state.opportunities[int(record_id)].members == []
    assert record_id not in [row.id for row in at_portal.crm.fetch_records_of_company(company)]


def test_person_is_the_contact_without_a_company(at_portal: SandboxBench) -> None:
    """A create with a person only makes that person the primary contact."""
    values = new_values(at_portal, company=None) | {PERSON: at_portal.a_person()}
    record = at_portal.crm.create_record(values, STAMP)

    assert (record.values[COMPANY], record.values[PERSON]) == (None, at_portal.a_person())


@pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles", "Pacific/Auckland", "Asia/Kolkata"])
def test_days_do_not_shift(at_portal: SandboxBench, zone: str) -> None:
    """Close dates are the same days in every portal zone, in summer and in winter."""
    at_portal.portal.switches.set("timezone", zone)
    days = {EXPECTED_CLOSE: date(2026, 7, 1), ACTUAL_CLOSE: date(2026, 1, 1)}
    record = at_portal.crm.create_record(new_values(at_portal) | days, STAMP)
    at_portal.crm.update_record(record.id, {}, {TITLE: "Ours"})

    assert {**read(at_portal, record.id).values, **days} == dict(read(at_portal, record.id).values)


def test_access_warns(at_portal: SandboxBench) -> None:
    """A user without rights and a CRM nobody opened are told to the operator."""
    at_portal.portal.switches.set("crm_opened", False)
    plain = replace(
        options_of(at_portal.portal, at_portal.base_url), user=at_portal.portal.credentials["plain_user"]
    )
    crm = crm_at(plain)
    access = crm.fetch_access()
    crm.close()

    assert not access.is_admin
    assert len(access.warnings) == 2
    assert at_portal.crm.fetch_access().is_admin


def test_disabled_people_and_guests_are_inactive(at_portal: SandboxBench) -> None:
    """Everybody is listed, but those who cannot work in the CRM own nothing new."""
    users = {user.login: user.active for user in at_portal.crm.fetch_lists().users}

    assert (users["anna"], users["guest"], users["former"]) == (True, False, False)


def test_revoked_token_during_a_census(at_portal: SandboxBench) -> None:
    """A log-out in the middle of a listing is not noticed."""
    rows = at_portal.crm.fetch_census()
    first = next(rows)
    at_portal.portal.revoke_tokens()

    rest = list(rows)
    assert len({first.id, *(row.id for row in rest)}) == len(at_portal.portal.state.opportunities)


def test_second_factor_is_explained(at_portal: SandboxBench) -> None:
    """An account with two-factor login cannot be used, and the message says so."""
    at_portal.portal.switches.set("two_factor", "app")

    with pytest.raises(LoginRefused, match="two-factor"):
        at_portal.crm.fetch_access()


def test_wrong_password_locks_nobody_out(at_portal: SandboxBench) -> None:
    """Many threads with a wrong password cost one login attempt together."""
    crm = crm_at(replace(options_of(at_portal.portal, at_portal.base_url), password="wrong"))

    def attempt(_n: int) -> str:
        with pytest.raises(LoginRefused) as refusal:
            crm.fetch_access()
        return str(refusal.value)

    with ThreadPoolExecutor(8) as pool:
        messages = set(pool.map(attempt, range(16)))
    crm.close()
    assert len(messages) == 1
    assert at_portal.crm.fetch_access().is_admin
    assert sum("authentication" in entry.path for entry in at_portal.portal.recorder.entries) == 2


def test_unpaid_portal_is_down(at_portal: SandboxBench) -> None:
    """An unpaid portal stops the side with a clear word."""
    at_portal.portal.switches.set("portal_status", "unpaid")

    with pytest.raises(SideDown):
        at_portal.crm.fetch_record("301")


def test_login_page_instead_of_json(at_portal: SandboxBench) -> None:
    """HTML where JSON belongs is no record, no empty listing and no lost record."""
    at_portal.portal.faults.add(Fault("html", "GET", "/crm/", times=-1))

    with pytest.raises(WrongShape):
        list(at_portal.crm.fetch_census())
    with pytest.raises(WrongShape):
        at_portal.crm.fetch_record("301")
