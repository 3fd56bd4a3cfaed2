"""Companies that are merged or removed, their persons, and what a user with few rights sees."""

from collections.abc import Iterator

import httpx
import pytest

from sync.domain.model import Person, Record, Side
from sync.errors import IncompleteCensus, RecordRefused, SideDown, WrongShape
from tests.crm.contract import new_values
from tests.crm.superoffice_bench import RespxBench, a_bench, answering
from tests.crm.test_superoffice_sandbox import SandboxBench, at_tenant, basic, crm_at, served

__all__ = ["at_tenant", "served"]


@pytest.fixture
def bench() -> Iterator[RespxBench]:
    with a_bench() as bench:
        yield bench


def test_a_company_that_was_merged_is_gone(bench: RespxBench) -> None:
    """Its sales are read where they went."""
    record_id = bench.user_creates(**new_values(bench))
    del bench.server.contacts[501]
    bench.user_edits(record_id, company="502")

    assert bench.crm.fetch_company("501") is None
    assert bench.crm.fetch_persons("501") == ()
    rows = list(bench.crm.fetch_census())
    assert [row.values["company"] for row in rows if isinstance(row, Record)] == ["502"]


def test_a_removed_company_says_so(bench: RespxBench) -> None:
    """For the days until it is purged it is there and deleted, in listings and direct reads."""
    bench.server.contacts[501]["Deleted"] = True
    company = bench.crm.fetch_company("501")

    assert company is not None and company.deleted
    assert {row.id: row.deleted for row in bench.crm.fetch_companies()} == {"501": True, "502": False}


def test_persons_of_a_company(bench: RespxBench) -> None:
    """By rising id, each once although one of them has two addresses, with the name as it is told."""
    rows = [
        {"PrimaryKey": "9", "personId": 9, "firstName": "Ola", "lastName": "Lie"},
        {"PrimaryKey": "4", "personId": 4, "fullName": "Kari Berg", "email/emailAddress": "kari@x.example"},
        {"PrimaryKey": "4", "personId": 4, "fullName": "Kari Berg", "email/emailAddress": "kb@x.example"},
        {"PrimaryKey": "5", "personId": 5, "fullName": "Gone", "deleted": True},
    ]
    answering(bench, {"/Contact/501/Persons": httpx.Response(200, json={"value": rows})})

    assert bench.crm.fetch_persons("501") == (
        Person(Side.LEFT, "4", "501", "Kari Berg", "kari@x.example"),
        Person(Side.LEFT, "9", "501", "Ola Lie"),
    )
    with pytest.raises(RecordRefused):
        bench.crm.fetch_persons("501/../502")


def test_persons_through_the_agents() -> None:
    """The company's entity lists them where no REST does."""
    persons = [{"PersonId": 8, "Firstname": "Ola", "Lastname": "Lie", "Email": "ola@x.example"}]
    entity = httpx.Response(200, json={"ContactId": 501, "Name": "Fjord", "Persons": persons})
    with a_bench(api="agents") as bench:
        answering(bench, {"/Agents/Contact/GetContactEntity": entity})

        assert bench.crm.fetch_persons("501") == (Person(Side.LEFT, "8", "501", "Ola Lie", "ola@x.example"),)


@pytest.mark.parametrize("hidden_status", [403, 404])
def test_a_hidden_sale_never_ends_a_census(at_tenant: SandboxBench, hidden_status: int) -> None:
    """Rows are taken out of a page after it was cut: an empty page in the middle is noticed, not believed."""
    at_tenant.switch(hidden_sales=3, hidden_status=hidden_status)
    small = crm_at(at_tenant.base_url, basic(at_tenant.tenant), page_size=1)
    large = crm_at(at_tenant.base_url, basic(at_tenant.tenant), page_size=5)

    visible = [row.id for row in large.fetch_census()]
    assert 0 < len(visible) < len(at_tenant.tenant.state.sales)
    with pytest.raises(IncompleteCensus, match="right to see all"):
        list(small.fetch_census())
    small.close()
    large.close()


def test_a_sale_made_during_the_census_is_in_it(bench: RespxBench) -> None:
    """The last look finds it, and that is no hole."""
    ids = [bench.user_creates(**new_values(bench)) for _ in range(2)]
    rows = bench.crm.fetch_census()
    seen = [next(rows).id, next(rows).id]
    handle = bench.server.handle

    def answer(request: httpx.Request) -> httpx.Response:
        if len(ids) == 2:
            ids.append(bench.user_creates(**new_values(bench)))
        return handle(request)

    bench.router.routes.clear()
    bench.router.route().mock(side_effect=answer)

    assert seen + [row.id for row in rows] == ids


def test_a_user_who_sees_a_part_is_told(bench: RespxBench) -> None:
    """Missing proves nothing for anybody but an administrator."""
    principal = {"AssociateId": 77, "Associate": "SYNC", "UserType": "InternalAssociate", "RoleName": "Sales"}
    answering(bench, {"/User/currentPrincipal": httpx.Response(200, json=principal)})
    access = bench.crm.fetch_access()

    assert not access.is_admin
    assert any("a missing one proves nothing" in warning for warning in access.warnings)


def test_stages_that_the_sale_type_does_not_offer_are_named() -> None:
    """New sales get the configured type, so its stages are the ones to map."""
    types = [{"SaleTypeId": 2, "Name": "Project sale", "Stages": [{"SaleStageId": 11}]}]
    with a_bench(sale_type="2") as bench:
        assert not any("does not offer" in warning for warning in bench.crm.fetch_access().warnings)
        answering(bench, {"/List/SaleType/Items": httpx.Response(200, json=types)})
        warnings = bench.crm.fetch_access().warnings

    assert "the configured sale type does not offer Proposal; do not map to them" in warnings


@pytest.mark.parametrize(
    ("answer", "error", "says"),
    [
        (httpx.Response(200, text="<html>Log in</html>"), WrongShape, "HTML page"),
        (httpx.Response(200, text='<?xml version="1.0"?><Sale/>'), WrongShape, "Accept header"),
        (
            httpx.Response(200, json={"Message": "Nothing found", "MessageDetail": "x"}),
            SideDown,
            "with an error",
        ),
    ],
)
def test_a_sale_that_is_no_sale(
    bench: RespxBench, answer: httpx.Response, error: type[Exception], says: str
) -> None:
    """A success that is none says in one line what came instead, and is never taken for a deletion."""
    record_id = bench.user_creates(**new_values(bench))
    answering(bench, {f"/Sale/{record_id}": answer})

    with pytest.raises(error, match=says) as raised:
        bench.crm.fetch_record(record_id)
    assert "\n" not in str(raised.value)


def test_fixed_headers(bench: RespxBench) -> None:
    """One format, one language, one way to spell numbers; instants in UTC on every read of them."""
    record_id = bench.user_creates(**new_values(bench))
    list(bench.crm.fetch_census())
    bench.crm.fetch_record(record_id)
    headers = [row.headers for row in bench.server.requests if "/v1/Sale" in row.url.path]

    assert {row["accept"] for row in headers} == {"application/json"}
    assert {(row["accept-language"], row["so-language"], row["so-culture"]) for row in headers} == {
        ("en", "en", "en-US")
    }
    assert {row["so-timezone"] for row in headers} == {"UTC,includeTZOffset"}
    assert {row["user-agent"].partition("/")[0] for row in headers} == {"opsync"}
