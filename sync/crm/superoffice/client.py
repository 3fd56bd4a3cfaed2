"""SuperOffice as one side of a pairing: the `Crm` port, put together from its parts."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from sync.crm.http import Call, HttpOptions
from sync.crm.superoffice.access import access_of
from sync.crm.superoffice.api import Api, rows_of
from sync.crm.superoffice.archive import Archive, changed_since, text_is
from sync.crm.superoffice.bracket import content_of
from sync.crm.superoffice.calls import Row
from sync.crm.superoffice.companies import Companies
from sync.crm.superoffice.definitions import Principal
from sync.crm.superoffice.family import Family
from sync.crm.superoffice.moment import parse_instant
from sync.crm.superoffice.money import Money
from sync.crm.superoffice.options import SuperOfficeOptions
from sync.crm.superoffice.sales import Sales
from sync.crm.superoffice.tenant import Tenant, understood
from sync.crm.superoffice.translate import AskDirectly, RowTerms, percent_of, record_from_row, udef_column
from sync.crm.superoffice.wire import FlatSale
from sync.domain.model import (
    AMOUNT,
    Access,
    Company,
    CompanyCard,
    Delta,
    Lists,
    Person,
    Record,
    Side,
    Unreadable,
    Values,
)
from sync.errors import RecordRefused, WrongShape

# superoffice.md 6.4 (seen 2026-11-22)
_COLUMNS = (
    "saleId",
    "heading",
    "description",
    "amount",
    "currencyId",
    "probPercent",
    "saleStatus",
    "stageId",
    "date",
    "saleNumber",
    "associateId",
    "contact/contactId",
    "person/personId",
    "updatedDate",
    "registeredDate",
    "hasQuote",
    "earningPercent",
)


# A sale stamped far ahead (a clock that was wrong once) must not carry the cursor past real changes.
_CLOCK_SLACK = timedelta(days=1)


def _ignore(_call: Call) -> None:
    """Observer that wants nothing."""


class SuperOfficeCrm:
    """The left side."""

    def __init__(
        self,
        options: SuperOfficeOptions,
        http_options: HttpOptions,
        *,
        clock: Callable[[], datetime],
        on_call: Callable[[Call], None] = _ignore,
    ) -> None:
        self._options = options
        self._clock = clock
        self._api = Api(options, http_options, on_call, clock)
        self._family = Family(self._api, options)
        self._tenant = Tenant(self._api, self._family, options)
        self._archive = Archive(
            self._family, page_size=options.page_size, clock=clock, sees_all=lambda: self._tenant.sees_all
        )
        self._money = Money(self._api)
        self._sales = Sales(self._family, options, self._tenant, self._money)
        self._companies = Companies(self._api, self._family, self._archive, self._tenant)

    @property
    def side(self) -> Side:
        return Side.LEFT

    def fetch_access(self) -> Access:
        return access_of(self._api, self._family, self._tenant, self._options)

    def fetch_lists(self) -> Lists:
        return self._tenant.lists()

    def fetch_census(self) -> Iterator[Record | Unreadable]:
        """`IncompleteCensus` too when our user's rights hide the way to later sales."""
        for row in self._archive.all_rows("Sale", "saleId", self._columns):
            record = self._from_row(row)
            if record is not None:
                yield record

    def fetch_open(self) -> Iterator[Record | Unreadable] | None:
        """None where rows tell update times; the agents' rows do not, and a sale's stage may not be filtered
        by: superoffice.md 6.4 (seen 2026-11-22)."""
        return None

    def fetch_ids(self) -> frozenset[str]:
        rows = self._archive.all_rows("Sale", "saleId", ("saleId",))
        return frozenset(str(_sale_id(row)) for row in rows)

    def fetch_delta(self, cursor: str | None) -> Delta | None:
        """The cursor is the greatest update time seen, on the server's own clock."""
        if not self._family.calls.has_update_times:
            return None
        if cursor is None:
            return Delta((), self._server_time().isoformat())
        newest = _instant(cursor)
        limit = self._clock() + _CLOCK_SLACK
        since = newest - timedelta(seconds=self._options.overlap_s)
        records: list[Record | Unreadable] = []
        for row in self._rows(changed_since(since, self._sales.scheme.base_zone)):
            at = _updated_at(row)
            if at is None or at >= since:
                records += filter(None, [self._from_row(row)])
                newest = max(newest, at) if at and at <= limit else newest
        return Delta(tuple(records), newest.isoformat())

    def fetch_record(self, record_id: str) -> Record | Unreadable | None:
        return self._sales.fetch(_number(record_id))

    def fetch_records_of_company(self, company_id: str) -> tuple[Record | Unreadable, ...]:
        """The per-contact call gives flat sales without stage and custom fields: superoffice.md 3.5."""
        route = "Agents/Sale/GetSalesFromContact"
        question: Mapping[str, object] = {"ContactId": _number(company_id), "OnlyOpenSales": False}
        flat = [understood(FlatSale, row, route) for row in rows_of(self._api.ask(route, question), route)]
        records = (self._sales.fetch(row.sale_id) for row in sorted(flat, key=lambda row: row.sale_id))
        return tuple(record for record in records if record is not None)

    def find_stamped(self, stamp: str, since: datetime) -> tuple[Record, ...]:
        field = self._options.stamp_field
        column = udef_column(field) if field else "saleNumber"
        found = (self._sales.fetch(_sale_id(row)) for row in self._rows(text_is(column, stamp)))
        records = [record for record in found if record is not None and _carries(record, stamp)]
        return tuple(self._stamped(record) for record in records if _made_since(record, since))

    def fetch_companies(self) -> Iterator[Company]:
        return self._companies.all()

    def fetch_company(self, company_id: str) -> Company | None:
        return self._companies.fetch(_number(company_id))

    def fetch_persons(self, company_id: str) -> tuple[Person, ...]:
        return self._companies.persons(_number(company_id))

    def fetch_company_card(self, company_id: str, limit: int) -> CompanyCard | None:
        return self._companies.card(_number(company_id), limit)

    def check_create(self, values: Values) -> dict[str, str]:
        return self._sales.check(values)

    def create_record(self, values: Values, stamp: str) -> Record:
        return self._sales.create(values, stamp)

    def update_record(self, record_id: str, expected: Values, changes: Values) -> Record:
        return self._sales.update(_number(record_id), expected, changes)

    def delete_record(self, record_id: str, expected: Values) -> None:
        self._sales.delete(_number(record_id), expected)

    def create_company(self, company: Company) -> Company:
        return self._companies.create(company)

    def close(self) -> None:
        self._api.close()

    @property
    def _columns(self) -> tuple[str, ...]:
        wanted = {row.key for row in self._options.custom_fields.values()} | {self._options.stamp_field}
        return (*_COLUMNS, *(udef_column(key) for key in sorted(wanted) if key))

    def _rows(self, *conditions: str) -> Iterator[Row]:
        return self._archive.rows("Sale", "saleId", self._columns, *conditions)

    def _from_row(self, row: Row) -> Record | Unreadable | None:
        """None for a sale that was deleted while the listing ran."""
        terms = RowTerms(self._tenant.owners(), self._tenant.item_ids)
        record = record_from_row(row, self._sales.scheme, terms)
        if isinstance(record, Record):
            self._money.learn(int(record.id), quoted=AMOUNT in record.locked, percent=percent_of(row))
        return self._sales.fetch(int(record.id)) if isinstance(record, AskDirectly) else record

    def _server_time(self) -> datetime:
        answer = self._api.get("User/currentPrincipal")
        understood(Principal, answer.body, "User/currentPrincipal")
        try:
            return parsedate_to_datetime(answer.headers.get("date", "")).astimezone(UTC)
        except ValueError:
            return self._clock()

    def _stamped(self, record: Record | Unreadable) -> Record:
        if isinstance(record, Unreadable):
            raise RecordRefused(f"SuperOffice sale {record.id} carries our stamp and {record.reason}")
        return record


def _number(key: str) -> int:
    """Ids go into paths, so nothing but digits passes."""
    if not key.isdigit():
        raise RecordRefused("a SuperOffice id is a whole number, this one is not")
    return int(key)


def _sale_id(row: Row) -> int:
    return _number(content_of(str(row.get("saleId", row.get("PrimaryKey")))))


def _carries(record: Record | Unreadable, stamp: str) -> bool:
    """Texts are compared without regard to case by the archive, stamps are not."""
    return isinstance(record, Unreadable) or record.stamp == stamp


def _updated_at(row: Row) -> datetime | None:
    try:
        return parse_instant(str(row.get("updatedDate") or ""), UTC)
    except ValueError:
        return None


def _made_since(record: Record | Unreadable, since: datetime) -> bool:
    return isinstance(record, Unreadable) or record.created_at is None or record.created_at >= since


def _instant(cursor: str) -> datetime:
    try:
        return datetime.fromisoformat(cursor).astimezone(UTC)
    except ValueError as error:
        raise WrongShape("the stored SuperOffice cursor is not a time; run a census") from error
