"""A small stateful SuperOffice for respx, after the shapes in superoffice-samples.json (seen 2026-11-22)."""

import json
import re
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import httpx

from tests.crm.superoffice_payloads import (
    BASE_URL,
    USERS,
    Json,
    a_blank_sale,
    a_contact,
    contact_row,
    payloads,
    sale_row,
)

AUTHORIZATION = "Basic c3luYzpzZWNyZXQ="
OSLO = ZoneInfo("Europe/Oslo")
_CONDITION = re.compile(
    r"(?P<column>\S+) (?P<operator>gt|lt|is|afterTime|in) (?P<value>'(?:[^']|'')*'|\([^)]*\)|-?\d+)"
)


class SuperOffice:
    """State, switches and faults; `handle` answers one request."""

    def __init__(self) -> None:
        self.now = datetime(2026, 9, 14, 12, 0, 5, tzinfo=UTC)
        self.sales: dict[int, Json] = {}
        self.contacts: dict[int, Json] = {
            501: a_contact(501, "Fjord Marine AS"),
            502: a_contact(502, "Nordvik"),
        }
        self.quoted: set[int] = set()
        self.writes = 0
        self.reads = 0
        self.requests: list[httpx.Request] = []
        self.after_time_is_exact = True
        self.shifts_sale_dates = False
        self.false_412 = self.replaces_custom_fields = False
        self.lost_answers = self.refusals = self.failing_reads = 0
        self.cut_listings = False
        self.before_write: Callable[[], None] | None = None
        self._id_lists: dict[str, list[int]] = {}

    def handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if request.headers.get("authorization") != AUTHORIZATION:
            return self._error(401, "AuthenticationException", "Not authenticated")
        path = unquote(request.url.path).removeprefix("/SuperOffice/api")
        if self._writes(request.method, path):
            return self._write(request, path)
        self.reads += 1
        if self.failing_reads:
            self.failing_reads -= 1
            return httpx.Response(503, text="<html>recycling</html>")
        return self._answer(request, path)

    # -- what people do ------------------------------------------------------------------------------

    def create(self, members: Json) -> int:
        sale_id = max(self.sales, default=1041) + 1
        self.tick()
        entity = a_blank_sale() | {"SaleId": sale_id, "CreatedDate": self.stored(self.now)}
        self.sales[sale_id] = entity
        self.apply(sale_id, members)
        return sale_id

    def apply(self, sale_id: int, members: Json) -> None:
        """Stores members of an entity, named in any casing, and stamps the change."""
        sale = self.sales[sale_id]
        names = {key.casefold(): key for key in sale}
        for key, value in members.items():
            self._set(sale, names[key.casefold()], value)
        self.tick()
        sale["UpdatedDate"] = self.stored(self.now)

    def tick(self) -> None:
        self.now += timedelta(seconds=2)

    @staticmethod
    def stored(at: datetime) -> str:
        return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")

    def _set(self, sale: Json, name: str, value: Any) -> None:
        if name == "CustomFields":
            sale[name] = value if self.replaces_custom_fields else sale[name] | value
        elif name == "Saledate":
            sale[name] = self._local(value)
        elif name not in {"SaleId", "CreatedDate", "UpdatedDate"}:
            sale[name] = None if self._points_nowhere(value) else value

    @staticmethod
    def _points_nowhere(value: Any) -> bool:
        return isinstance(value, dict) and list(value.values()) == [0]

    @staticmethod
    def _local(text: str) -> str:
        at = datetime.fromisoformat(text)
        return (at.astimezone(OSLO) if at.tzinfo else at).strftime("%Y-%m-%dT%H:%M:%S")

    # -- writes --------------------------------------------------------------------------------------

    @staticmethod
    def _writes(method: str, path: str) -> bool:
        return method in {"PATCH", "DELETE"} or (method == "POST" and path in {"/v1/Sale", "/v1/Contact"})

    def _write(self, request: httpx.Request, path: str) -> httpx.Response:
        if self.before_write:
            hook, self.before_write = self.before_write, None
            hook()
        if self.refusals:
            self.refusals -= 1
            return self._error(400, "ArgumentException", "The value 'secret deal' is not accepted")
        response = self._carry_out(request, path)
        if response.is_success:
            self.writes += 1
            if self.lost_answers:
                self.lost_answers -= 1
                raise httpx.ReadTimeout("lost", request=request)
        return response

    def _carry_out(self, request: httpx.Request, path: str) -> httpx.Response:
        if path == "/v1/Sale":
            return self._entity(self.create(json.loads(request.content)), request)
        if path == "/v1/Contact":
            return self._new_contact(json.loads(request.content))
        sale_id = int(path.rsplit("/", 1)[1])
        if sale_id not in self.sales:
            return self._missing(sale_id)
        if self._too_late(sale_id, request):
            return self._error(412, "SoPreconditionException", "Changed later")
        if request.method == "DELETE":
            del self.sales[sale_id]
            return httpx.Response(204)
        return self._patch(sale_id, request)

    def _too_late(self, sale_id: int, request: httpx.Request) -> bool:
        limit = request.headers.get("if-unmodified-since")
        if limit is None:
            return False
        return self.false_412 or self._updated(sale_id) > parsedate_to_datetime(limit)

    def _patch(self, sale_id: int, request: httpx.Request) -> httpx.Response:
        if request.headers["content-type"] != "application/json-patch+json":
            return self._error(415, "FormatException", "Unsupported")
        operations = json.loads(request.content)
        names = {key.casefold(): key for key in self.sales[sale_id]}
        changes: Json = {}
        for row in operations:
            name = names[row["path"].lstrip("/").casefold()]
            if row["op"] == "test" and self.sales[sale_id][name] != row["value"]:
                return self._error(409, "SoPatchException", "Test failed")
            if row["op"] == "replace":
                changes[name] = row["value"]
        self.apply(sale_id, changes)
        return self._entity(sale_id, request)

    def _new_contact(self, body: Json) -> httpx.Response:
        contact_id = max(self.contacts) + 1
        self.contacts[contact_id] = a_contact(contact_id, body["Name"]) | body | {"ContactId": contact_id}
        return httpx.Response(200, json=self.contacts[contact_id])

    # -- reads ---------------------------------------------------------------------------------------

    def _answer(self, request: httpx.Request, path: str) -> httpx.Response:
        simple = payloads()
        if path in simple:
            date = {"Date": format_datetime(self.now, usegmt=True)}
            return httpx.Response(200, json=simple[path], headers=date)
        return self._question(request, path) or self._listing(request, path) or self._one(request, path)

    def _question(self, request: httpx.Request, path: str) -> httpx.Response | None:
        asked = json.loads(request.content) if request.method == "POST" else {}
        match path:
            case "/v1/Sale/Validate":
                problems = {} if asked.get("Heading") else {"Heading": "Title must be filled in"}
                return httpx.Response(200, json=problems)
            case "/v1/Agents/Sale/SaleHasQuote":
                return httpx.Response(200, json=asked["SaleId"] in self.quoted)
            case "/v1/Agents/Sale/GetSalesFromContact":
                ids = self._sales_of(asked["ContactId"])
                return httpx.Response(200, json=[{"SaleId": key, "Title": "flat"} for key in ids])
            case "/v1/Agents/Contact/GetContactSummary":
                return self._summary(asked["ContactId"], asked["Limit"])
        return None

    def _summary(self, contact_id: int, limit: int) -> httpx.Response:
        if contact_id not in self.contacts:
            return httpx.Response(200, content=b"null")
        lines = [
            {
                "SaleId": key,
                "SaleDate": self.sales[key]["Saledate"][:10],
                "Heading": self.sales[key]["Heading"],
                "Amount": self.sales[key]["Amount"],
                "Currency": "NOK",
                "Status": "Open",
            }
            for key in self._sales_of(contact_id)
        ]
        return httpx.Response(200, json={"Contact": None, "Sales": lines[:limit], "Chats": []})

    def _sales_of(self, contact_id: int) -> list[int]:
        return [
            key for key, row in self.sales.items() if (row["Contact"] or {}).get("ContactId") == contact_id
        ]

    def _listing(self, request: httpx.Request, path: str) -> httpx.Response | None:
        tables: dict[str, tuple[dict[int, Json], Callable[[int], Json]]] = {
            "/v1/Sale": (self.sales, self._row),
            "/v1/Contact": (self.contacts, lambda key: contact_row(self.contacts[key])),
        }
        if path not in tables:
            return None
        table, to_row = tables[path]
        query = unquote(request.url.query.decode())
        if query not in self._id_lists:
            # The ids of an equal query are kept for a minute: superoffice.md 6.3
            self._id_lists[query] = self._matching(request.url.params["$filter"], table, to_row)
        ids = [key for key in self._id_lists[query] if key in table][: int(request.url.params["$top"])]
        wanted = {*request.url.params["$select"].split(","), "PrimaryKey", "EntityName"}
        rows = [{key: cell for key, cell in to_row(row_id).items() if key in wanted} for row_id in ids]
        content = json.dumps({"odata.metadata": BASE_URL, "odata.nextLink": None, "value": rows}).encode()
        cut = len(content) // 2 if self.cut_listings and rows else len(content)
        return httpx.Response(200, content=content[:cut])

    def _matching(self, text: str, table: dict[int, Json], to_row: Callable[[int], Json]) -> list[int]:
        conditions = [self._condition(part) for part in text.split(" and ")]
        return [key for key in sorted(table) if all(holds(to_row(key)) for holds in conditions)]

    def _condition(self, text: str) -> Callable[[Json], bool]:
        match = _CONDITION.fullmatch(text)
        assert match, f"the archive cannot read {text!r}"
        column, value = match["column"], match["value"].strip("'").replace("''", "'")
        tests: dict[str, Callable[[Any], bool]] = {
            "gt": lambda cell: int(cell) > int(value),
            "lt": lambda cell: int(cell) < int(value),
            "is": lambda cell: str(cell).casefold() == value.casefold(),
            "afterTime": lambda cell: cell[:10] >= value[:10] if self._by_day() else cell[:19] >= value,
        }
        return lambda row: tests[match["operator"]](row[column])

    def _by_day(self) -> bool:
        return not self.after_time_is_exact

    def _one(self, request: httpx.Request, path: str) -> httpx.Response:
        kind, _, key = path.removeprefix("/v1/").partition("/")
        if kind == "Contact" and key.isdigit() and int(key) in self.contacts:
            return httpx.Response(200, json=self.contacts[int(key)])
        if kind == "Sale" and key.isdigit() and int(key) in self.sales:
            return self._entity(int(key), request)
        return self._missing(int(key) if key.isdigit() else 0)

    def _entity(self, sale_id: int, request: httpx.Request) -> httpx.Response:
        body = deepcopy(self.sales[sale_id])
        utc = request.headers.get("so-timezone") == "UTC,includeTZOffset"
        for name in ("CreatedDate", "UpdatedDate"):
            at = datetime.fromisoformat(body[name]).replace(tzinfo=UTC)
            body[name] = self.stored(at) + "Z" if utc else at.astimezone(OSLO).strftime("%Y-%m-%dT%H:%M:%S")
        body["Saledate"] = self._shifted(body["Saledate"]) if utc else body["Saledate"]
        login, name = USERS[body["Associate"]["AssociateId"]]
        body["Associate"] |= {"Name": login, "FullName": name}
        body["TableRight"] = {"Mask": "Select, Update, Insert, Delete", "Reason": ""}
        for key, value in list(body["CustomFields"].items()):
            body["CustomFields"] |= {f"{key}:org": value, f"{key}:DisplayText": "shown"}
        modified = {"Last-Modified": format_datetime(self._updated(sale_id), usegmt=True)}
        return httpx.Response(200, json=body, headers=modified)

    def _shifted(self, text: str) -> str:
        if not self.shifts_sale_dates:
            return text
        return self.stored(datetime.fromisoformat(text).replace(tzinfo=OSLO)) + "Z"

    def _updated(self, sale_id: int) -> datetime:
        return datetime.fromisoformat(self.sales[sale_id]["UpdatedDate"]).replace(tzinfo=UTC)

    def _row(self, sale_id: int) -> Json:
        sale = self.sales[sale_id]
        return sale_row(sale, self._shifted(sale["Saledate"]), quoted=sale_id in self.quoted)

    def _missing(self, key: int) -> httpx.Response:
        return self._error(404, "SoNotFoundException", f"Sale id {key} not found")

    @staticmethod
    def _error(status: int, kind: str, message: str) -> httpx.Response:
        body = {"Error": True, "ErrorType": kind, "ErrorMessage": message, "ErrorSource": "SuperOffice"}
        return httpx.Response(status, json=body)
