"""The one interface of a CRM that the engine knows; it says nothing about HTTP or vendors."""

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from sync.domain.model import (
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


class Crm(Protocol):
    """One side. Every call may raise `RetryLater`, `SideDown` and their kinds; writes say more below."""

    @property
    def side(self) -> Side: ...

    def fetch_access(self) -> Access:
        """Log in if needed and tell who we are."""

    def fetch_lists(self) -> Lists:
        """Stages, currencies, users, sale types and custom fields, deleted ones included."""

    def fetch_census(self) -> Iterator[Record | Unreadable]:
        """All visible records, ids ascending, page by page.

        `IncompleteCensus` on a repeat, a step back or a wrong total."""

    def fetch_open(self) -> Iterator[Record | Unreadable] | None:
        """All visible records in an open stage, with the promise of `fetch_census`; None where the CRM tells
        changes, which is better."""

    def fetch_ids(self) -> frozenset[str]:
        """The ids of all visible records; `IncompleteCensus` as above."""

    def fetch_delta(self, cursor: str | None) -> Delta | None:
        """Records changed since `cursor`; None where the CRM cannot tell. A None cursor gives no records,
        only a starting cursor taken at the time of the call."""

    def fetch_record(self, record_id: str) -> Record | Unreadable | None:
        """One record, read directly; None when it does not exist or is not visible."""

    def fetch_records_of_company(self, company_id: str) -> tuple[Record | Unreadable, ...]:
        """Full records of one company, found through the vendor's per-contact call."""

    def find_stamped(self, stamp: str, since: datetime) -> tuple[Record, ...]:
        """Records carrying `stamp`, created at or after `since` (which allows for clock slack)."""

    def fetch_companies(self) -> Iterator[Company]:
        """All companies, ids ascending; same promise of completeness as `fetch_census`."""

    def fetch_company(self, company_id: str) -> Company | None:
        """One company, or None."""

    def fetch_persons(self, company_id: str) -> tuple[Person, ...]:
        """The contact persons of one company; none for a company that does not exist."""

    def fetch_company_card(self, company_id: str, limit: int) -> CompanyCard | None:
        """The company and its most recent sales, for people to look at."""

    def check_create(self, values: Values) -> dict[str, str]:
        """Messages by field from the vendor's own validation, without writing; empty where it has none."""

    def create_record(self, values: Values, stamp: str) -> Record:
        """Create with `stamp` in the same request.

        `RecordRefused`: the CRM said no. `OutcomeUnknown`: it may exist. `RetryLater`: it surely does not."""

    def update_record(self, record_id: str, expected: Values, changes: Values) -> Record:
        """Change exactly the fields of `changes`, if the record still holds `expected` in them.

        `Moved`: it does not, nothing was written. `RecordGone`. `RecordRefused`. `OutcomeUnknown`.
        The answer is the record as the server stored it."""

    def delete_record(self, record_id: str, expected: Values) -> None:
        """Delete, if the record still holds `expected`; deleting what is gone is not an error.

        `Moved`, `OutcomeUnknown`."""

    def create_company(self, company: Company) -> Company:
        """Create a company from the other side's `company` (whose id may be stored as `partner_id`)."""

    def close(self) -> None:
        """Release connections."""
