"""Other servers, proxies and bad days: what the ONLYOFFICE adapter works with, and how it says no."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal

import httpx
import pytest
import respx

from sync.crm.onlyoffice.client import OnlyOfficeCrm
from sync.domain.model import AMOUNT, TITLE, Company, Record, Side
from sync.errors import IncompleteCensus, OpsyncError, OutcomeUnknown, RecordRefused, WrongShape
from tests.crm.contract import LONG_AGO, STAMP, new_values
from tests.crm.onlyoffice_bench import HTTP, OPTIONS, DoubleBench, Watch, a_record, double_bench
from tests.crm.respx_onlyoffice import Json, PortalDouble, failure, success


@pytest.fixture
def at_double() -> Iterator[DoubleBench]:
    with double_bench() as bench:
        yield bench


class OlderServer:
    """Does not sort by id: gives rows by title, or breaks when asked for ids; the double does the rest."""

    def __init__(self, portal: PortalDouble, *, breaks: bool = False) -> None:
        self._portal = portal
        self._breaks = breaks
        self.asked: list[str | None] = []

    def __call__(self, request: httpx.Request) -> httpx.Response | None:
        query = request.url.params
        if not request.url.path.endswith("/opportunity/filter.json"):
            return None
        self.asked.append(query.get("sortBy"))
        if self._breaks and query.get("sortBy") == "id":
            return failure(500, "Object reference not set to an instance of an object.")
        return self._page(int(query["startIndex"]), int(query["count"]))

    def _page(self, start: int, count: int) -> httpx.Response:
        rows = sorted(self._portal.opportunities.values(), key=lambda row: str(row["title"]))
        more = {"nextIndex": start + count + 1} if start + count < len(rows) else {}
        return success(rows[start : start + count], total=len(rows), **more)


def shuffled(bench: DoubleBench) -> list[str]:
    """Twelve opportunities whose titles are in another order than their ids."""
    return [bench.user_creates(**new_values(bench, title=f"Deal {n * 7 % 12:02}")) for n in range(12)]


@pytest.mark.parametrize("breaks", [False, True])
def test_servers_before_12_6(at_double: DoubleBench, breaks: bool) -> None:
    """Where sorting by id does not work, everything is read by title, once, in order, and from then on."""
    made = shuffled(at_double)
    older = at_double.portal.instead = OlderServer(at_double.portal, breaks=breaks)
    first = [row.id for row in at_double.crm.fetch_census()]
    older.asked.clear()
    second = [row.id for row in at_double.crm.fetch_census()]

    assert first == second == made
    assert older.asked == ["title"]


@pytest.mark.parametrize("breaks", [False, True])
def test_stamps_at_servers_before_12_6(at_double: DoubleBench, breaks: bool) -> None:
    """A stamp is found where newest first is not to be had: no early end is believed."""
    shuffled(at_double)
    record = at_double.crm.create_record(new_values(at_double, title="Deal 03b"), STAMP)
    for n in range(60):
        at_double.user_creates(**new_values(at_double, title=f"Zed {n:02}"))
    at_double.portal.instead = OlderServer(at_double.portal, breaks=breaks)

    assert [row.id for row in at_double.crm.find_stamped(STAMP, LONG_AGO)] == [record.id]


class Pages:
    """Listing pages by the ids that they hold, one after another; the total is always three."""

    def __init__(self, portal: PortalDouble, *pages: list[int]) -> None:
        self._rows = {key: portal.store(key, _body(key)) for key in (1, 2, 3)}
        self._pages = iter(pages)

    def __call__(self, request: httpx.Request) -> httpx.Response | None:
        if not _is_list(request):
            return None
        return success([self._rows[key] for key in next(self._pages)], total=3)


def test_rows_that_change_places_are_looked_for_again(at_double: DoubleBench) -> None:
    """Rows of equal titles may swap between pages: one that is missed in a pass is found in the next."""
    at_double.portal.instead = Pages(at_double.portal, [3, 1], [3, 1], [1], [3, 2], [1])

    assert [row.id for row in at_double.crm.fetch_census()] == ["1", "2", "3"]


def test_rows_that_stay_away_break_the_census(at_double: DoubleBench) -> None:
    """A row that no pass shows is not taken for deleted."""
    at_double.portal.instead = Pages(at_double.portal, [3, 1], *([[3, 1], [1]] * 3))

    with pytest.raises(IncompleteCensus):
        list(at_double.crm.fetch_census())


def _is_list(request: httpx.Request) -> bool:
    return request.url.path.endswith("/opportunity/filter.json")


def _body(key: int) -> Json:
    return {"title": f"Deal {key}", "responsibleid": "x" * 36, "bidCurrencyAbbr": "EUR", "stageid": 41}


def test_a_total_that_moves_breaks_the_census(at_double: DoubleBench) -> None:
    """When rows come or go while everything is read, nothing is proved."""
    shuffled(at_double)
    totals = iter(range(12, 100))
    rows = list(at_double.portal.opportunities.values())[::-1]
    at_double.portal.instead = lambda request: (
        success(rows, total=next(totals)) if _is_list(request) else None
    )

    with pytest.raises(IncompleteCensus):
        list(at_double.crm.fetch_census())


def test_addresses_without_suffix() -> None:
    """With the suffix switched off no address has it, log-in and writes included."""
    with respx.mock(assert_all_called=False) as router:
        portal = PortalDouble()
        router.route(host="portal.example").mock(side_effect=portal.answer)
        crm = OnlyOfficeCrm(replace(OPTIONS, json_suffix=False), HTTP, clock=Watch())
        crm.fetch_lists()
        record = crm.create_record(new_values(DoubleBench(crm, portal)), STAMP)
        crm.update_record(record.id, {}, {TITLE: "Ours"})
        crm.delete_record(record.id, {})
        crm.close()

    assert len(portal.requests) > 8
    assert not [one.url.path for one in portal.requests if one.url.path.endswith(".json")]


def in_success(message: str = "Object reference not set") -> httpx.Response:
    error = {"message": message, "hresult": -2147467261, "data": {}}
    return httpx.Response(200, json={"status": 1, "statusCode": 404, "error": error, "response": {"id": 301}})


@pytest.mark.parametrize(
    "call",
    [
        lambda crm: crm.fetch_record("301"),
        lambda crm: list(crm.fetch_census()),
        lambda crm: list(crm.fetch_companies()),
        lambda crm: crm.fetch_lists(),
        lambda crm: crm.fetch_company("12"),
        lambda crm: crm.fetch_persons("12"),
        lambda crm: crm.fetch_access(),
        lambda crm: crm.find_stamped("x", LONG_AGO),
    ],
)
def test_error_inside_a_success(at_double: DoubleBench, call: Callable[[OnlyOfficeCrm], object]) -> None:
    """An error object in an answer called successful is no record, no empty list and no deletion."""
    at_double.portal.instead = lambda _request: in_success("SECRET text")

    with pytest.raises(WrongShape) as caught:
        call(at_double.crm)  # type: ignore[arg-type]  # the bench knows only the port
    assert "\n" not in str(caught.value) and "SECRET" not in str(caught.value)


def test_error_inside_a_successful_write(at_double: DoubleBench) -> None:
    """Nobody knows what a write did that answers with an error and success at once."""
    record = a_record(at_double)
    at_double.portal.instead = lambda request: None if request.method == "GET" else in_success()

    with pytest.raises(OutcomeUnknown):
        at_double.crm.update_record(record.id, {}, {TITLE: "Ours"})


@pytest.mark.parametrize(
    "page",
    [
        lambda: httpx.Response(200, html="<!DOCTYPE html><html>Sign in</html>"),
        lambda: httpx.Response(200, text="<result><count>1</count></result>"),
        lambda: httpx.Response(302, headers={"Location": "https://elsewhere.example/"}),
        lambda: httpx.Response(401, text="Unauthorized"),
        lambda: httpx.Response(403, html="<html>blocked</html>"),
        lambda: failure(402, "PaymentRequired"),
        lambda: failure(503, "ServiceUnavailable"),
    ],
)
def test_bad_days_are_one_clear_line(at_double: DoubleBench, page: Callable[[], httpx.Response]) -> None:
    """Whatever answers in the portal's place: one line, naming the side, without a secret."""
    at_double.portal.instead = lambda _request: page()

    with pytest.raises(OpsyncError) as caught:
        list(at_double.crm.fetch_census())
    text = str(caught.value)
    assert text.startswith("ONLYOFFICE ") and "\n" not in text
    assert not [secret for secret in ("secret-word", "sync@", at_double.portal.token) if secret in text]


def test_lists_are_read_once(at_double: DoubleBench) -> None:
    """A run that reads its lists first reads none of them again."""
    at_double.crm.fetch_lists()
    before = len(at_double.portal.requests)
    record = at_double.crm.create_record(new_values(at_double), STAMP)
    at_double.crm.check_create(new_values(at_double))
    at_double.crm.update_record(record.id, {}, {"owner": at_double.other_owner(), "stage": "42"})
    list(at_double.crm.fetch_census())

    assert len(at_double.portal.requests) == before + 4


def test_amounts_are_rounded_as_they_will_be_stored(at_double: DoubleBench) -> None:
    """A create answers from memory, so what is sent already has the column's nine places."""
    values = new_values(at_double, amount=Decimal("0.1234567895"))
    record = at_double.crm.create_record(values, STAMP)

    assert isinstance(record, Record)
    assert record.values[AMOUNT] == Decimal("0.123456790")


@pytest.mark.parametrize("name", ["", "  ", "🚀"])
def test_company_without_a_name(at_double: DoubleBench, name: str) -> None:
    """A name of which nothing can be stored is refused before anything is sent."""
    with pytest.raises(RecordRefused):
        at_double.crm.create_company(Company(Side.LEFT, "77", name))
    assert at_double.portal.requests == []
