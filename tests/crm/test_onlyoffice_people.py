"""Contact persons in ONLYOFFICE: read with their company, and kept among an opportunity's participants."""

from collections.abc import Iterator

import httpx
import pytest

from sync.domain.model import COMPANY, PERSON, Person, Side, Value
from sync.errors import RecordRefused, WrongShape
from sync.sandbox.onlyoffice.app import build
from sync.sandbox.server import start
from sync.sandbox.world import make_world
from tests.crm.contract import STAMP, new_values, read
from tests.crm.onlyoffice_bench import DoubleBench, a_record, double_bench
from tests.crm.onlyoffice_portal import SandboxBench, crm_at, now, options_of
from tests.crm.respx_onlyoffice import Json, company, success

ANNA = company(77, "Anna Berg", is_company=False)
BO = company(78, "Bo Dahl", is_company=False)
ACME, OTHER = company(12, "Example Nordic AS"), company(13, "Other AS")


@pytest.fixture
def at_double() -> Iterator[DoubleBench]:
    with double_bench() as bench:
        bench.portal.companies |= {row["id"]: row for row in (OTHER, ANNA, BO)}
        yield bench


@pytest.fixture
def at_portal() -> Iterator[SandboxBench]:
    portal = build(make_world(companies=6, sales=6, seed=5), clock=now, password="sandbox")
    server = start(portal.app)
    crm = crm_at(options_of(portal, server.base_url))
    yield SandboxBench(crm, portal, server.base_url)
    crm.close()
    server.stop()


def email(data: str, *, primary: bool = False, kind: int = 1) -> Json:
    return {
        "infoType": kind,
        "data": data,
        "isPrimary": primary,
        "category": 1,
        "categoryName": "Work",
        "id": 1,
    }


def test_persons_of_a_company(at_double: DoubleBench) -> None:
    """People come with their primary e-mail, else the first one, ids ascending, companies left out."""
    anna = ANNA | {
        "commonData": [email("555", kind=0), email("a@x.example"), email("b@x.example", primary=True)]
    }
    bo = BO | {"commonData": [email(" bo@x.example ")]}
    cy = company(79, "Cy Eng", is_company=False)
    at_double.portal.persons[12] = [cy, bo, OTHER, anna]

    assert at_double.crm.fetch_persons("12") == (
        Person(Side.RIGHT, "77", "12", "Anna Berg", "b@x.example"),
        Person(Side.RIGHT, "78", "12", "Bo Dahl", "bo@x.example"),
        Person(Side.RIGHT, "79", "12", "Cy Eng", ""),
    )
    assert at_double.crm.fetch_persons("99") == at_double.crm.fetch_persons("x") == ()


def test_persons_behind_a_proxy_page(at_double: DoubleBench) -> None:
    """A page that is not the portal's is no company without people."""
    at_double.portal.instead = lambda _request: httpx.Response(404, html="<html>no</html>")

    with pytest.raises(WrongShape):
        at_double.crm.fetch_persons("12")


def test_persons_at_a_portal(at_portal: SandboxBench) -> None:
    """Every person of the portal's companies is found once, with the address stored there."""
    rows = at_portal.portal.state.contacts.values()
    wanted = {str(row.id): str(row.company) for row in rows if not row.is_company and row.company}
    found = [
        person for one in at_portal.crm.fetch_companies() for person in at_portal.crm.fetch_persons(one.id)
    ]

    assert {person.id: person.company_id for person in found} == wanted
    assert wanted and len(found) == len(wanted)
    assert any("@" in person.email for person in found)


@pytest.mark.parametrize(
    ("contact", "members", "company_id", "person_id", "locked"),
    [
        (ACME, [ACME], "12", None, set()),
        (ACME, [ACME, ANNA], "12", "77", set()),
        (ACME, [BO, OTHER, ANNA, ACME], "12", "77", {PERSON}),
        (ACME, [], "12", None, set()),
        (ANNA, [ANNA, BO, ACME], None, "77", {COMPANY}),
        (BO, [ANNA], None, "78", {COMPANY}),
        (None, [ANNA], None, "77", set()),
        (None, [ACME], None, None, set()),
        (None, [], None, None, set()),
    ],
)
def test_company_and_person_are_read(
    at_double: DoubleBench,
    contact: Json | None,
    members: list[Json],
    company_id: str | None,
    person_id: str | None,
    locked: set[str],
) -> None:
    """The primary company, and the only person taking part; with several, the lowest id, locked."""
    record = a_record(at_double, contact=contact, members=members)

    assert (record.values[COMPANY], record.values[PERSON]) == (company_id, person_id)
    assert set(record.locked) == locked


@pytest.mark.parametrize(
    ("contact", "members", "changes", "primary", "sent"),
    [
        (ACME, [ACME], {PERSON: "77"}, 12, [12, 77]),
        (ACME, [ACME, ANNA, OTHER], {PERSON: "78"}, 12, [12, 78, 13]),
        (ACME, [ACME, ANNA, OTHER], {PERSON: None}, 12, [12, 13]),
        (ACME, [ACME, ANNA], {COMPANY: "13"}, 13, [13, 77]),
        (ACME, [ACME, ANNA], {COMPANY: None}, 0, [77]),
        (ACME, [ACME, ANNA], {COMPANY: "13", PERSON: "78"}, 13, [13, 78]),
        (ACME, [ACME, ANNA], {COMPANY: None, PERSON: None}, 0, [0]),
        (ACME, [], {PERSON: "77"}, 12, [12, 77]),
        (ACME, [], {COMPANY: None}, 0, []),
        (ANNA, [ANNA, OTHER], {PERSON: "78"}, 78, [78, 13]),
        (ANNA, [ANNA], {PERSON: None}, 0, [0]),
        (None, [], {COMPANY: "12"}, 12, [12]),
        (None, [OTHER, ANNA], {COMPANY: "12"}, 12, [12, 13, 77]),
        (None, [], {PERSON: "77"}, 0, [77]),
    ],
)
def test_company_and_person_are_written(
    at_double: DoubleBench,
    contact: Json | None,
    members: list[Json],
    changes: dict[str, Value],
    primary: int,
    sent: list[int],
) -> None:
    """New ones take the old ones' places, all other participants stay, and it reads back as written."""
    record = a_record(at_double, contact=contact, members=members)
    after = at_double.crm.update_record(record.id, {}, changes)
    body = at_double.portal.sent("PUT", "301.json")[0]

    assert (body["contactid"], body["members"]) == (primary, sent)
    assert dict(after.values) == {**record.values, **changes}
    assert read(at_double, record.id).values == after.values


def test_one_of_several_persons_is_not_replaced(at_double: DoubleBench) -> None:
    """Where several persons take part nobody knows which one to replace."""
    record = a_record(at_double, members=[ACME, ANNA, BO])

    with pytest.raises(RecordRefused) as refusal:
        at_double.crm.update_record(record.id, {}, {PERSON: None})
    assert PERSON in refusal.value.messages


@pytest.mark.parametrize("with_company", [True, False])
def test_new_records_have_their_person(at_portal: SandboxBench, with_company: bool) -> None:
    """A person of a new record takes part beside the company, and is the primary contact without one."""
    company_id = at_portal.a_company() if with_company else None
    values = new_values(at_portal, company=company_id) | {PERSON: at_portal.a_person()}
    record = at_portal.crm.create_record(values, STAMP)

    assert (record.values[COMPANY], record.values[PERSON]) == (company_id, at_portal.a_person())
    assert read(at_portal, record.id).values == record.values


def test_census_and_direct_read_agree_on_people(at_portal: SandboxBench) -> None:
    """List rows and single reads name the same company and person, whoever takes part."""
    contacts = [row.id for row in at_portal.portal.state.contacts.values()]
    for n in range(6):
        record_id = at_portal.user_creates(**new_values(at_portal))
        at_portal.portal.control.edit(int(record_id), {"members": contacts[: n * 2]}, None)

    rows = list(at_portal.crm.fetch_census())
    assert rows == [at_portal.crm.fetch_record(row.id) for row in rows]


def test_records_of_a_company_that_takes_no_part(at_double: DoubleBench) -> None:
    """A primary contact left out of the participants by some other client still has its records."""
    without = a_record(at_double, members=[])
    taking_part = a_record(at_double)

    found = [row.id for row in at_double.crm.fetch_records_of_company("12")]
    assert found == [without.id, taking_part.id]


def test_records_of_a_company_when_one_is_hidden(at_double: DoubleBench) -> None:
    """The per-contact call may be empty for a plain user; the records that can be seen are found anyway."""
    record = a_record(at_double)
    at_double.portal.instead = lambda request: success([]) if "bycontact" in request.url.path else None

    assert [row.id for row in at_double.crm.fetch_records_of_company("12")] == [record.id]


def test_merged_company_is_gone(at_portal: SandboxBench) -> None:
    """After a merge or deletion the old id has no company, no people and no records."""
    company_id = at_portal.a_company()
    del at_portal.portal.state.contacts[int(company_id)]

    assert at_portal.crm.fetch_company(company_id) is None
    assert at_portal.crm.fetch_company_card(company_id, 5) is None
    assert at_portal.crm.fetch_persons(company_id) == ()
    assert at_portal.crm.fetch_records_of_company(company_id) == ()
