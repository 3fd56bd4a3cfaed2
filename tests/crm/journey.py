"""One walk through an adapter's promises, short enough for every switch; it is no test itself."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import certifi

from sync.crm.http import HttpOptions
from sync.domain.model import (
    AMOUNT,
    DESCRIPTION,
    EXPECTED_CLOSE,
    OWNER,
    PROBABILITY,
    STAGE,
    TITLE,
    Record,
    Value,
)
from sync.errors import OpsyncError
from tests.crm.bench import LONG_AGO, NOWHERE, Bench, ids_of, new_values, read

QUICK = HttpOptions("", attempts=2, wait_s=0.001, calls_per_minute=1_000_000)


def write_one_authority(folder: Path) -> Path:
    """A bundle of one certificate: reading the whole of it takes longer than a walk over loopback."""
    path, end = folder / "one.pem", "-----END CERTIFICATE-----\n"
    path.write_text(Path(certifi.where()).read_text().partition(end)[0] + end)
    return path


def outcome(bench: Bench, stamp: str, errors: tuple[type[OpsyncError], ...]) -> str:
    """The walk's fault in a line, empty for none; with `errors` given, one of them must end a first knock."""
    try:
        if errors:
            knock(bench, stamp)
        else:
            walk(bench, stamp)
    except Exception as error:  # noqa: BLE001  whatever goes wrong under a switch is what we look for
        return "" if isinstance(error, errors) else f"{type(error).__name__}: {error}"
    return f"none of {[error.__name__ for error in errors]} was raised" if errors else ""


def knock(bench: Bench, stamp: str) -> None:
    """The first things a run does on a side; one of them fails where the side cannot be used."""
    bench.crm.fetch_access()
    assert ids_of(bench.crm.fetch_census())
    bench.crm.create_record(new_values(bench), stamp)


def walk(bench: Bench, stamp: str) -> None:
    """Everything a run needs, once each; the side is left as it was found."""
    own = _probability_of_stage(bench)
    _companies(bench)
    _rows_are_readable(bench)
    before = ids_of(bench.crm.fetch_census())
    record = _create(bench, stamp, own)
    changed = _update_each(bench, record)
    _same_everywhere(bench, changed, stamp)
    _delete(bench, changed)

    assert ids_of(bench.crm.fetch_census()) == before


def _rows_are_readable(bench: Bench) -> None:
    """What the census shows, a direct read shows too."""
    for row in bench.crm.fetch_census():
        found = bench.crm.fetch_record(row.id)
        if isinstance(row, Record):
            assert isinstance(found, Record), row.id
            assert {**found.values, **row.values} == dict(found.values)


def _probability_of_stage(bench: Bench) -> int:
    """The lists hold what records refer to. Where a server copies this number, nothing changes."""
    lists = bench.crm.fetch_lists()
    assert {bench.a_stage(), bench.other_stage()} <= {row.key for row in lists.stages if row.active}
    assert {bench.an_owner(), bench.other_owner()} <= {row.key for row in lists.users if row.active}
    assert bench.a_currency() in {row.key for row in lists.currencies if row.active}
    return next(row.probability for row in lists.stages if row.key == bench.a_stage())


def _companies(bench: Bench) -> None:
    listed = list(bench.crm.fetch_companies())
    numbers = [int(company.id) for company in listed]
    assert numbers == sorted(set(numbers))
    assert bench.crm.fetch_company(bench.a_company()) in listed
    assert bench.crm.fetch_company(NOWHERE) is None


def _create(bench: Bench, stamp: str, probability: int) -> Record:
    given = new_values(bench, probability=probability)
    record = bench.crm.create_record(given, stamp)
    assert {**record.values, **given} == dict(record.values)
    assert ids_of(bench.crm.find_stamped(stamp, LONG_AGO)) == [record.id]
    return record


def _update_each(bench: Bench, record: Record) -> Record:
    """One field after the other; each update leaves all the rest alone."""
    new: dict[str, Value] = {
        TITLE: "Walked",
        DESCRIPTION: "Line 1\nÆrø & <b>",
        AMOUNT: Decimal("-12.50"),
        PROBABILITY: 35,
        EXPECTED_CLOSE: date(2027, 2, 28),
        OWNER: bench.other_owner(),
    }
    for name, value in new.items():
        after = bench.crm.update_record(record.id, {name: record.values[name]}, {name: value})
        assert dict(after.values) == {**record.values, name: value}, name
        record = after
    moved = bench.crm.update_record(record.id, {}, {STAGE: bench.other_stage()})
    assert moved.values[STAGE] == bench.other_stage()
    return moved


def _same_everywhere(bench: Bench, record: Record, stamp: str) -> None:
    """Direct read, census and the company's list agree on the record."""
    seen = read(bench, record.id)
    row = next(row for row in bench.crm.fetch_census() if row.id == record.id)
    of_company = {row.id: row for row in bench.crm.fetch_records_of_company(bench.a_company())}

    assert (dict(seen.values), seen.stamp) == (dict(record.values), stamp)
    assert isinstance(row, Record)
    assert {**seen.values, **row.values} == dict(seen.values)
    assert of_company[record.id] == seen


def _delete(bench: Bench, record: Record) -> None:
    bench.crm.delete_record(record.id, {TITLE: record.values[TITLE]})
    assert bench.crm.fetch_record(record.id) is None
