"""Whether a side's listings can be read to their end, as findings of `opsync check`; it keeps no record."""

from collections.abc import Iterator
from itertools import islice

from sync.cli.finding import Finding, broken, fine, odd
from sync.crm.port import Crm
from sync.domain.model import Company, Record, Side, Unreadable
from sync.engine.pairing import Progress

Row = Record | Unreadable | Company
_NAMES = {Side.LEFT: "sales", Side.RIGHT: "opportunities"}
_NAMED = 3


class _Tally:
    """Counts rows while they pass, and notes what is wrong with them."""

    def __init__(self) -> None:
        self.count = 0
        self.unreadable: list[Unreadable] = []
        self._before, self._last = 0, 0
        self._in_order = True

    def note(self, row: Row) -> None:
        self.count += 1
        if isinstance(row, Unreadable):
            self.unreadable.append(row)
        if self._in_order:
            self._before, self._last = self._last, int(row.id)
            self._in_order = self._before < self._last

    def disorder(self, of: str) -> str:
        """What is wrong with the ids; nothing when they ascend."""
        return "" if self._in_order else f"the ids of {of} do not ascend: {self._last} after {self._before}"


def reading_findings(crm: Crm) -> Iterator[Finding]:
    """The first of each kind proves the right to read, and that the company fields exist."""
    records = sum(1 for _ in islice(crm.fetch_census(), 1))
    companies = sum(1 for _ in islice(crm.fetch_companies(), 1))
    if records and companies:
        yield fine(crm.side.label, "records and companies can be read")
    else:
        yield _nothing_to_see(crm.side, records, companies)


def completeness_findings(crm: Crm, progress: Progress) -> Iterator[Finding]:
    """Everything is listed, each once and in order; a listing that cannot prove that raises."""
    name = _NAMES[crm.side]
    records = _tallied(crm.fetch_census(), f"{crm.side.label} {name}", progress)
    companies = _tallied(crm.fetch_companies(), f"{crm.side.label} companies", progress)
    disorders = [
        found for tally, of in ((records, name), (companies, "companies")) if (found := tally.disorder(of))
    ]
    for disorder in disorders:
        yield broken(crm.side.label, disorder, "report it: no deletion can be proven here")
    if not disorders:
        yield fine(crm.side.label, f"all pages complete: {name} {records.count}, companies {companies.count}")
    if not records.count or not companies.count:
        yield _nothing_to_see(crm.side, records.count, companies.count)
    if records.unreadable:
        yield _unreadable(crm.side, records.unreadable)


def _nothing_to_see(side: Side, records: int, companies: int) -> Finding:
    missing = " and ".join(
        kind for kind, seen in (("records", records), ("companies", companies)) if not seen
    )
    return odd(side.label, f"no {missing} to see", "if there are some, give the user the right to see them")


def _unreadable(side: Side, rows: list[Unreadable]) -> Finding:
    named = "; ".join(f"{row.id}: {row.reason}" for row in rows[:_NAMED])
    more = f" and {len(rows) - _NAMED} more" if len(rows) > _NAMED else ""
    return odd(
        side.label, f"records that cannot be understood: {named}{more}", "correct them there; they wait"
    )


def _tallied(rows: Iterator[Row], what: str, progress: Progress) -> _Tally:
    tally = _Tally()
    for row in rows:
        tally.note(row)
        progress(what, tally.count, None)
    progress(what, tally.count, tally.count)
    return tally
