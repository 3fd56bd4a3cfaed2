"""Exchange rates people typed in, and what the portal converts with them; opportunities never change here."""

from decimal import Decimal

from sync.sandbox.onlyoffice.calls import Call, Rule, rule
from sync.sandbox.onlyoffice.customfields import admin_only
from sync.sandbox.onlyoffice.failures import bad_argument, not_found
from sync.sandbox.onlyoffice.records import Rate
from sync.sandbox.wire import JsonObject, JsonValue


def _shaped(row: Rate) -> JsonObject:
    return {"fromCurrency": row.from_code, "toCurrency": row.to_code, "rate": row.rate, "id": row.id}


def every(call: Call) -> JsonValue:
    return [_shaped(row) for row in call.state.rates.values()]


def _known(call: Call) -> Rate:
    key = call.args.integer("rateid")
    if key <= 0:
        raise bad_argument()
    row = call.state.rates.get(key)
    if row is None:
        raise not_found()
    return row


def read_one(call: Call) -> JsonValue:
    return _shaped(_known(call))


def between(call: Call) -> JsonValue:
    pair = (call.args.text("fromCurrency") or "", call.args.text("toCurrency") or "")
    for row in call.state.rates.values():
        if (row.from_code, row.to_code) == (pair[0].upper(), pair[1].upper()):
            return _shaped(row)
    raise not_found()


def _asked(call: Call, key: int) -> Rate:
    args = call.args
    codes = ((args.text("fromCurrency") or "").upper(), (args.text("toCurrency") or "").upper())
    rate = args.decimal("rate")
    if not all(codes) or rate < 0:
        raise bad_argument()
    return Rate(key, codes[0], codes[1], rate)


def create(call: Call) -> JsonValue:
    row = _asked(call, call.state.next_id("rate"))
    call.state.rates[row.id] = row
    return _shaped(row)


def update(call: Call) -> JsonValue:
    row = _asked(call, _known(call).id)
    call.state.rates[row.id] = row
    return _shaped(row)


def delete(call: Call) -> JsonValue:
    row = _known(call)
    del call.state.rates[row.id]
    return _shaped(row)


def _rate(call: Call, from_code: str, to_code: str) -> Decimal:
    """The typed rate, the other way round if only that is known, else nothing."""
    for row in call.state.rates.values():
        if (row.from_code, row.to_code) == (from_code, to_code):
            return row.rate
        if (row.to_code, row.from_code) == (from_code, to_code) and row.rate:
            return 1 / row.rate
    return Decimal(from_code == to_code)


def convert(call: Call) -> JsonValue:
    # onlyoffice.md 5.2 (seen 2026-11-22)
    codes = [(call.args.text(name) or "").upper() for name in ("fromcurrency", "tocurrency")]
    if any(code not in call.state.currencies for code in codes):
        raise bad_argument()
    return call.args.decimal("amount") * _rate(call, codes[0], codes[1])


def summary_table(call: Call) -> JsonValue:
    code = (call.args.text("currency") or "").upper()
    if code not in call.state.currencies:
        raise bad_argument()
    rows = call.state.currencies
    return [rows[other] | {"rate": _rate(call, other, code)} for other in sorted(rows) if other != code]


def set_default(call: Call) -> JsonValue:
    """An administrator's choice; nothing reads it back."""
    code = (call.args.text("currency") or "").upper()
    admin_only(call)
    if code not in call.state.currencies:
        raise bad_argument()
    call.state.switches.set("default_currency", code)
    return call.state.currencies[code]


RULES: tuple[Rule, ...] = (
    rule("GET", "crm/currency/rates", every),
    rule("GET", "crm/currency/rates/{rateid}", read_one),
    rule("GET", "crm/currency/rates/{fromCurrency:any}/{toCurrency:any}", between),
    rule("POST", "crm/currency/rates", create),
    rule("PUT", "crm/currency/rates/{rateid}", update),
    rule("DELETE", "crm/currency/rates/{rateid}", delete),
    rule("GET", "crm/settings/currency/convert", convert),
    rule("GET", "crm/settings/currency/summarytable", summary_table),
    rule("PUT", "crm/settings/currency", set_default),
)
