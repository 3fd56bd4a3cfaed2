"""Private opportunities stay as private as they were, whatever the ONLYOFFICE adapter writes."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from sync.domain.model import (
    AMOUNT,
    COMPANY,
    CURRENCY,
    DESCRIPTION,
    EXPECTED_CLOSE,
    OWNER,
    PROBABILITY,
    STAGE,
    TITLE,
    Value,
)
from sync.errors import RecordRefused, SideDown
from sync.sandbox.onlyoffice.app import build
from sync.sandbox.server import start
from sync.sandbox.world import make_world
from tests.crm.contract import Bench, new_values, read
from tests.crm.onlyoffice_bench import DoubleBench, a_record, double_bench
from tests.crm.onlyoffice_portal import SandboxBench, crm_at, now, options_of
from tests.crm.respx_onlyoffice import GUEST, KARI, OLE, success

UPDATES = 1000
PRIVATE = 8


@pytest.fixture
def at_double() -> Iterator[DoubleBench]:
    with double_bench() as bench:
        yield bench


@pytest.fixture
def at_portal() -> Iterator[SandboxBench]:
    portal = build(make_world(companies=4, sales=4, seed=11), clock=now, password="sandbox")
    server = start(portal.app)
    crm = crm_at(options_of(portal, server.base_url))
    yield SandboxBench(crm, portal, server.base_url)
    crm.close()
    server.stop()


def private_ones(bench: SandboxBench) -> list[str]:
    """Private opportunities with people, participants and custom fields; our own account is in some lists."""
    contacts = [row.id for row in bench.portal.state.contacts.values()][:4]
    us = bench.portal.credentials["user"]
    made = [bench.user_creates(**new_values(bench, title=f"Deal {n}")) for n in range(PRIVATE)]
    for n, record_id in enumerate(made):
        names = [bench.an_owner(), bench.other_owner(), *([us] if n % 2 else [])]
        row: dict[str, Any] = {"isPrivate": True, "accessList": names}
        row |= {"members": [int(bench.a_company()), *contacts[: n % 4]], "customFields": {"Region": f"R{n}"}}
        bench.portal.control.edit(int(record_id), row, None)
    return made


def kept(bench: SandboxBench) -> dict[str, Any]:
    """What no update may change; our own name in an access list, which the server adds, does not count."""
    us = next(
        row.id for row in bench.portal.state.users.values() if row.email == bench.portal.credentials["user"]
    )
    rows = bench.portal.state.opportunities.values()
    return {
        str(row.id): (
            bool(row.access),
            [name for name in row.access if name != us],
            list(row.members),
            dict(row.fields),
            row.created_by,
        )
        for row in rows
    }


def random_changes(chance: random.Random, bench: Bench) -> dict[str, Value]:
    possible: dict[str, Value] = {
        TITLE: f"Title {chance.random()}",
        DESCRIPTION: "x" * chance.randrange(50),
        AMOUNT: Decimal(chance.randrange(10**9)) / 100,
        CURRENCY: chance.choice(["EUR", "NOK"]),
        PROBABILITY: chance.randrange(101),
        STAGE: chance.choice([bench.a_stage(), bench.other_stage()]),
        EXPECTED_CLOSE: chance.choice([None, date(2027, 3, chance.randrange(1, 29))]),
        OWNER: chance.choice([bench.an_owner(), bench.other_owner()]),
    }
    return {name: possible[name] for name in chance.sample(sorted(possible), chance.randrange(1, 5))}


def test_a_thousand_updates_leak_nothing(at_portal: SandboxBench) -> None:
    """After a thousand random updates, who may see a private opportunity, who takes part in it and its
    unmapped custom fields are exactly what they were."""
    private, chance = private_ones(at_portal), random.Random(4)
    before = kept(at_portal)
    for _ in range(UPDATES):
        changes = random_changes(chance, at_portal)
        after = at_portal.crm.update_record(chance.choice(private), {}, changes)
        assert {**after.values, **changes} == dict(after.values)

    assert kept(at_portal) == before
    assert all(before[record_id][0] for record_id in private)
    lists = [at_portal.portal.state.opportunities[int(record_id)].access for record_id in private]
    assert all(len(names) == len(set(names)) <= 3 for names in lists)


def test_our_own_name_changes_no_value(at_portal: SandboxBench) -> None:
    """The server adds us to the access list; the record reads the same before and after."""
    record_id = private_ones(at_portal)[0]
    before = read(at_portal, record_id)
    at_portal.crm.update_record(record_id, {}, {TITLE: before.values[TITLE]})

    assert read(at_portal, record_id) == before


def test_an_account_without_rights_changes_no_access(at_portal: SandboxBench) -> None:
    """A plain user, who is on the list, updates a private opportunity and leaves it private."""
    record_id = private_ones(at_portal)[0]
    plain = at_portal.portal.credentials["plain_user"]
    at_portal.portal.control.edit(int(record_id), {"isPrivate": True, "accessList": [plain]}, None)
    before = kept(at_portal)[record_id]
    crm = crm_at(replace(options_of(at_portal.portal, at_portal.base_url), user=plain))
    crm.update_record(record_id, {}, {TITLE: "Ours"})
    crm.close()

    assert kept(at_portal)[record_id] == before
    assert read(at_portal, record_id).values[TITLE] == "Ours"


def test_participants_we_cannot_see_stay(at_portal: SandboxBench) -> None:
    """Participants hidden from our account are not lost by an update that is not about them."""
    company, person = at_portal.a_company(), at_portal.a_person()
    record_id = at_portal.user_creates(**new_values(at_portal))
    at_portal.portal.control.edit(int(record_id), {"members": [int(company), int(person)]}, None)
    at_portal.portal.state.contacts[int(person)].share_type = 0
    plain = at_portal.portal.credentials["plain_user"]
    crm = crm_at(replace(options_of(at_portal.portal, at_portal.base_url), user=plain))
    crm.update_record(record_id, {}, {TITLE: "Ours"})
    crm.close()

    assert at_portal.portal.state.opportunities[int(record_id)].members == [int(company), int(person)]


@pytest.mark.parametrize(
    "shown",
    [
        {"isPrivate": True, "accessList": []},
        {"isPrivate": True, "accessList": None},
        {"isPrivate": False, "accessList": [{"id": OLE}]},
        {"isPrivate": True, "accessList": ["not a person"]},
        {"isPrivate": True, "accessList": [{"displayName": "no id"}]},
        {"isPrivate": None, "accessList": [{"id": OLE}]},
    ],
)
def test_unclear_access_is_never_written(at_double: DoubleBench, shown: dict[str, Any]) -> None:
    """Where a direct read does not show who may see an opportunity, nothing is written to it."""
    record_id = at_double.user_creates(**new_values(at_double))
    row = at_double.portal.opportunities[int(record_id)] | shown
    at_double.portal.opportunities[int(record_id)] = {k: v for k, v in row.items() if v is not None}

    with pytest.raises(RecordRefused):
        at_double.crm.update_record(record_id, {}, {TITLE: "Ours"})
    assert at_double.portal.writes == 0


@pytest.mark.parametrize(
    "after",
    [
        {"isPrivate": False, "accessList": []},
        {"isPrivate": True, "accessList": [{"id": OLE}]},
        {"isPrivate": True, "accessList": [{"id": OLE}, {"id": KARI}, {"id": GUEST}, {"id": GUEST[::-1]}]},
    ],
)
def test_a_server_that_opens_a_record_is_not_written_again(
    at_double: DoubleBench, after: dict[str, Any]
) -> None:
    """When an answer shows that an update changed who may see a record, the side stops at once."""
    record = a_record(at_double, isPrivate=True, accessList=[{"id": OLE}, {"id": KARI}])
    stored = at_double.portal.opportunities[int(record.id)] | after
    at_double.portal.instead = lambda request: None if request.method == "GET" else success(stored)

    with pytest.raises(SideDown, match="may see it"):
        at_double.crm.update_record(record.id, {}, {TITLE: "Ours"})


def test_a_private_ones_new_owner_must_see_it(at_double: DoubleBench) -> None:
    """An owner outside the access list is refused, as the list is never widened; an administrator is fine."""
    record = a_record(at_double, isPrivate=True, accessList=[{"id": GUEST}], responsible={"id": GUEST})

    with pytest.raises(RecordRefused, match="Kari Example") as refusal:
        at_double.crm.update_record(record.id, {}, {OWNER: KARI})
    assert OWNER in refusal.value.messages
    assert at_double.crm.update_record(record.id, {}, {OWNER: OLE}).values[OWNER] == OLE
    assert at_double.portal.sent("PUT", "301.json")[0]["accessList"] == [GUEST]


@pytest.mark.parametrize(("owner", "word"), [(GUEST, "Gerd Guest"), (GUEST[::-1], "not in ONLYOFFICE")])
def test_owners_without_the_crm_are_refused(at_double: DoubleBench, owner: str, word: str) -> None:
    """The portal would take guests and strangers as owners, so the adapter does not send them."""
    record = a_record(at_double)

    with pytest.raises(RecordRefused, match=word):
        at_double.crm.update_record(record.id, {}, {OWNER: owner})
    with pytest.raises(RecordRefused, match=word):
        at_double.crm.create_record(new_values(at_double, owner=owner), "stamp")
    assert word in at_double.crm.check_create(new_values(at_double, owner=owner))[OWNER]
    assert at_double.portal.writes == 0


def test_a_record_keeps_an_owner_who_left(at_double: DoubleBench) -> None:
    """Only a change of owner is checked: other fields of a former colleague's record can still be written."""
    record = a_record(at_double, responsible={"id": GUEST})

    changes: dict[str, Value] = {TITLE: "Ours", OWNER: GUEST}
    assert at_double.crm.update_record(record.id, {}, changes).values[OWNER] == GUEST


def test_company_change_keeps_the_access(at_portal: SandboxBench) -> None:
    """Another company for a private opportunity changes its participants, not who may see it."""
    record_id = private_ones(at_portal)[3]
    before = kept(at_portal)[record_id]
    companies = [row.id for row in at_portal.portal.state.contacts.values() if row.is_company]
    at_portal.crm.update_record(record_id, {}, {COMPANY: str(companies[1])})

    after = kept(at_portal)[record_id]
    assert (after[0], after[1], after[3], after[4]) == (before[0], before[1], before[3], before[4])
    assert after[2][0] == companies[1]
