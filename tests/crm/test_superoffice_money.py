"""Amounts pass through without a float, up to what a double and a Decimal can hold."""

import ast
import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.crm.http_json import from_json, to_json
from sync.crm.superoffice.entity import earning_of, members_of
from sync.crm.superoffice.translate import amount_of
from sync.domain.model import Record
from sync.errors import Moved, RecordRefused
from tests.crm.contract import new_values
from tests.crm.superoffice_bench import a_bench, read, sent
from tests.crm.test_superoffice_values import record

CRM = Path(__file__).parents[2] / "sync/crm"
LOG_IN = {"admission.py", "claims.py"}
SOURCES = [
    CRM / "http_json.py",
    *(path for path in (CRM / "superoffice").glob("*.py") if path.name not in LOG_IN),
]


@pytest.mark.parametrize(
    ("wire", "amount"),
    [
        ("1.7976931348623157E+308", Decimal("1.79769313486232E+308")),
        ("-1.7976931348623157E+308", Decimal("-1.79769313486232E+308")),
        ("5E-324", Decimal("5E-324")),
        ("-0.0", Decimal(0)),
        ("0", Decimal(0)),
        ("0.1", Decimal("0.1")),
        ("0.30000000000000004", Decimal("0.3")),
        ("-12.35", Decimal("-12.35")),
        ("999999999999999", Decimal(999999999999999)),
    ],
)
def test_amounts_at_the_limits(wire: str, amount: Decimal) -> None:
    """What a double can spell becomes the decimal that was meant."""
    parsed = from_json(wire.encode())

    assert record(Amount=parsed).values["amount"] == amount
    assert str(record(Amount=parsed).values["amount"])[:2] != "-0"


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=2, min_value=-(10**13) + 1, max_value=10**13 - 1
    )
)
def test_ordinary_amounts_survive_a_double(amount: Decimal) -> None:
    """Fifteen digits go through the vendor's double and come back equal."""
    body = to_json(members_of({"amount": amount}, {}, closed=False))
    stored = json.dumps(json.loads(body)["Amount"])

    assert amount_of(Decimal(str(from_json(stored.encode())))) == amount


@given(st.decimals(allow_nan=False, allow_infinity=False), st.decimals(-100, 100, places=1))
def test_profit_has_no_limit_of_its_own(amount: Decimal, percent: Decimal) -> None:
    """Whatever amount the other side holds, the profit beside it can be computed."""
    if abs(amount.adjusted()) < 300:
        earning = earning_of(amount, percent)
        assert bool(earning) is bool(percent)


def test_no_float_is_made_on_the_way() -> None:
    """No module that touches a value names the type float; the seconds of a log-in are no value."""
    assert [path.name for path in SOURCES if "float" in _names(path)] == []
    assert {"translate.py", "entity.py", "http_json.py", "sales.py"} <= {path.name for path in SOURCES}


def _names(path: Path) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Name)}


def test_no_float_reaches_a_record() -> None:
    """Everything a listing, a read and a write return is text, whole number, decimal, flag or date."""
    with a_bench() as bench:
        made = bench.crm.create_record(new_values(bench), "s")
        changed = bench.crm.update_record(made.id, {}, {"amount": Decimal("0.10")})
        rows = list(bench.crm.fetch_census())

        for found in (made, changed, *rows):
            assert isinstance(found, Record)
            assert isinstance(found.values["amount"], Decimal)
            assert not any(isinstance(value, float) for value in found.values.values())
        assert _floats_in(from_json(b'{"Amount": 0.1, "Rows": [{"Rate": 1.5E3}]}')) == []


def _floats_in(value: object) -> list[float]:
    if isinstance(value, Mapping):
        return [found for item in value.values() for found in _floats_in(item)]
    if isinstance(value, list):
        return [found for item in value for found in _floats_in(item)]
    return [value] if isinstance(value, float) else []


def test_profit_follows_a_changed_amount_only() -> None:
    """Profit is written beside an amount, and never beside anything else."""
    with a_bench() as bench:
        record_id = bench.user_creates(**new_values(bench))
        bench.crm.update_record(record_id, {}, {"amount": Decimal("-12.35")})
        bench.crm.update_record(record_id, {}, {"title": "Other"})
        first, second = sent(bench, "PATCH", f"/Sale/{record_id}")

        assert {"op": "replace", "path": "/Earning", "value": -2.47} in first
        assert [row["path"] for row in second if row["op"] == "replace"] == ["/Heading"]


def test_a_quote_is_asked_for_only_before_money_is_written() -> None:
    """Reads and other writes cost no extra call."""
    with a_bench() as bench:
        record_id = bench.user_creates(**new_values(bench))
        list(bench.crm.fetch_census())
        read(bench, record_id)
        bench.crm.update_record(record_id, {}, {"title": "Other"})
        assert sent(bench, "POST", "/SaleHasQuote") == []

        bench.crm.update_record(record_id, {}, {"currency": "3"})
        assert sent(bench, "POST", "/SaleHasQuote") == [{"SaleId": int(record_id)}]


def test_a_quote_that_nobody_knew_of_sends_the_plan_back() -> None:
    """The plan is made again, and this time it sees the lock."""
    with a_bench() as bench:
        record_id = bench.user_creates(**new_values(bench))
        bench.server.quoted.add(int(record_id))

        with pytest.raises(Moved, match="quote"):
            bench.crm.update_record(record_id, {}, {"amount": Decimal(1)})
        assert set(read(bench, record_id).locked) == {"amount", "currency"}
        with pytest.raises(RecordRefused) as refused:
            bench.crm.update_record(record_id, {}, {"amount": Decimal(1)})
        assert refused.value.messages == {"amount": "a quote decides it"}
        assert bench.server.writes == 0
