"""A small portal behind respx, after onlyoffice-samples.json (seen 2026-11-22); the sandbox does more."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import httpx

Json = dict[str, Any]
BASE_URL = "http://portal.example/office"
TOKEN = "b3BhcXVlLXRva2Vu=="
KARI, OLE = "66666666-7777-8888-9999-aaaaaaaaaaaa", "11111111-2222-3333-4444-555555555555"
GUEST = "22222222-3333-4444-5555-666666666666"
UNSET = "0001-01-01T00:00:00.0000000Z"
STAGES = (
    {"successProbability": 50, "stageType": 0, "title": "Qualified prospect", "color": "#d28cc8", "id": 41},
    {"successProbability": 75, "stageType": 0, "title": "Proposal", "color": "#ffb45e", "id": 42},
    {"successProbability": 100, "stageType": 1, "title": "Closure", "color": "#40865c", "id": 44},
    {"successProbability": 0, "stageType": 2, "title": "Unsuccessfully closed", "color": "#f2a9be", "id": 45},
)


def person(key: str) -> Json:
    names = {KARI: "Kari Example", OLE: "Sync Service", GUEST: "Gerd Guest"}
    return {"id": key, "displayName": names.get(key, "Somebody")}


def account(key: str) -> Json:
    return {
        **person(key),
        "userName": key[:4],
        "email": f"{key[:4]}@example.com",
        "status": 1,
        "isAdmin": key == OLE,
        "isVisitor": key == GUEST,
    }


def failure(status: int, message: str) -> httpx.Response:
    error = {"message": message, "hresult": -2147467259, "data": {}}
    return httpx.Response(status, json={"status": 1, "statusCode": status, "error": error})


def not_found() -> httpx.Response:
    return failure(404, "Not found")


def success(response: object, *, status: int = 200, **more: int) -> httpx.Response:
    return httpx.Response(status, json={"status": 0, "statusCode": status, **more, "response": response})


def company(key: int, name: str, *, is_company: bool = True) -> Json:
    return {"displayName": name, "isCompany": is_company, "isPrivate": False, "shareType": 2, "id": key}


@dataclass
class PortalDouble:
    """State and faults of the double; `answer` is respx's side effect."""

    opportunities: dict[int, Json] = field(default_factory=dict)
    companies: dict[int, Json] = field(default_factory=lambda: {12: company(12, "Example Nordic AS")})
    persons: dict[int, list[Json]] = field(default_factory=dict)
    requests: list[httpx.Request] = field(default_factory=list)
    writes: int = 0
    logins: int = 0
    token: str = TOKEN
    lose: bool = False
    refuse: bool = False
    failing_reads: int = 0
    truncated: bool = False
    utc_offset: str = "01:00:00"
    login_answer: Callable[[], httpx.Response] | None = None
    instead: Callable[[httpx.Request], httpx.Response | None] = lambda _request: None
    """Asked first about every call but the login; None lets the double answer."""

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        path = request.url.path.removeprefix("/office/api/2.0/").removesuffix(".json")
        if path == "authentication":
            return self._login()
        if request.headers.get("Authorization") != self.token:
            return httpx.Response(401, text="Unauthorized")
        return self.instead(request) or self._routed(path, request)

    def _routed(self, path: str, request: httpx.Request) -> httpx.Response:
        return self._read(path, request) if request.method == "GET" else self._write(path, request)

    def _login(self) -> httpx.Response:
        self.logins += 1
        if self.login_answer:
            return self.login_answer()
        return success({"token": self.token, "expires": "2027-02-03T09:00:00.1234567+01:00"}, status=201)

    def _read(self, path: str, request: httpx.Request) -> httpx.Response:
        if self.failing_reads:
            self.failing_reads -= 1
            return httpx.Response(502, html="<html>Bad gateway</html>")
        fixed: dict[str, object] = {
            "people/@self": account(OLE),
            "settings/version/build": {"communityServer": "12.7.1"},
            "settings": {"utcOffset": self.utc_offset, "culture": "en-US"},
            "crm/opportunity/stage": list(STAGES),
            "crm/settings/currency": [{"abbreviation": "EUR"}, {"abbreviation": "NOK"}],
            "crm/opportunity/customfield/definitions": [],
            "crm/company/customfield/definitions": [],
        }
        return success(fixed[path]) if path in fixed else self._read_rows(path, request.url.params)

    def _read_rows(self, path: str, query: httpx.QueryParams) -> httpx.Response:
        if path == "people/filter":
            rows = [account(KARI), account(OLE), account(GUEST)] if query["employeeStatus"] == "1" else []
            return self._page(rows, query)
        if path == "crm/opportunity/filter":
            rows = list(self.opportunities.values())
            contact, kind = query.get("contactid"), query.get("stageType")
            rows = [row for row in rows if contact in (None, self._primary(row))]
            return self._page([row for row in rows if kind is None or kind == self._kind(row)], query)
        if path == "crm/contact/filter":
            return self._page(list(self.companies.values()), query)
        if found := re.fullmatch(r"crm/opportunity/bycontact/(\d+)", path):
            rows = [row for row in self.opportunities.values() if self._takes_part(row, int(found[1]))]
            return success(rows, count=len(rows))
        if found := re.fullmatch(r"crm/contact/company/(\d+)/person", path):
            rows = self.persons.get(int(found[1]), [])
            return success(rows, count=len(rows)) if int(found[1]) in self.companies else not_found()
        kind, _, key = path.rpartition("/")
        row = {"crm/opportunity": self.opportunities, "crm/contact": self.companies}[kind].get(int(key))
        return success(row, count=1) if row else not_found()

    def _kind(self, row: Json) -> str:
        return str(row["stage"]["stageType"])

    def _primary(self, row: Json) -> str:
        return str(row.get("contact", {}).get("id", 0))

    def _takes_part(self, row: Json, contact: int) -> bool:
        return any(member["id"] == contact for member in row["members"])

    def _page(self, rows: list[Json], query: httpx.QueryParams) -> httpx.Response:
        ordered = sorted(rows, key=lambda row: str(row["id"]).zfill(9))
        if query.get("sortOrder") == "descending":
            ordered.reverse()
        start, count = int(query["startIndex"]), int(query["count"])
        page = ordered[start : start + count]
        more = {"nextIndex": start + count + 1} if start + count < len(ordered) else {}
        kept = page[:-1] if self.truncated else page
        return success(kept, startIndex=start, total=len(ordered), **more)

    def _write(self, path: str, request: httpx.Request) -> httpx.Response:
        if self.refuse:
            self.refuse = False
            return failure(400, "Value does not fall within the expected range.")
        answer = self._carry_out(request.method, path, json.loads(request.content or b"{}"))
        self.writes += answer.is_success
        if self.lose:
            self.lose = False
            raise httpx.ReadError("connection reset", request=request)
        return answer

    def _carry_out(self, method: str, path: str, body: Json) -> httpx.Response:
        if (method, path) == ("POST", "crm/opportunity"):
            return success(self.store(max(self.opportunities, default=300) + 1, body), status=201)
        if (method, path) == ("POST", "crm/contact/company"):
            key = max(self.companies) + 1
            self.companies[key] = company(key, body["companyName"])
            return success(self.companies[key], status=201)
        key = int(path.rpartition("/")[2])
        if key not in self.opportunities:
            return not_found()
        return success(self.opportunities.pop(key) if method == "DELETE" else self.store(key, body))

    def store(self, key: int, body: Json) -> Json:
        """What create and update share: everything not sent is reset, members and fields are kept."""
        old = self.opportunities.get(key, {"members": [], "accessList": []})
        contact = self.companies.get(int(body.get("contactid") or 0))
        members = [self.companies[item] for item in body.get("members", ()) if item in self.companies]
        row: Json = {
            "createBy": person(OLE),
            "created": "2026-02-03T09:15:42.0000000+01:00",
            "members": members if body.get("members") else old["members"],
            "title": body["title"],
            "description": body.get("description") or "",
            "responsible": person(body["responsibleid"]),
            "bidValue": float(Decimal(body.get("bidValue") or 0)),
            "bidCurrency": {"abbreviation": body["bidCurrencyAbbr"]},
            "stage": next(stage for stage in STAGES if stage["id"] == int(body["stageid"])),
            "actualCloseDate": self._moment(body.get("actualCloseDate")),
            "expectedCloseDate": self._moment(body.get("expectedCloseDate")),
            "isPrivate": bool(body.get("isPrivate") and body.get("accessList")),
            "accessList": [person(item) for item in body.get("accessList", ())],
            "canEdit": True,
            "customFields": [],
            "id": key,
            **({"contact": contact} if contact else {}),
            **({"bidType": body["bidType"]} if body.get("bidType") else {}),
            **({"perPeriodValue": body["perPeriodValue"]} if body.get("perPeriodValue") else {}),
        }
        if body.get("successProbability"):
            row["successProbability"] = int(body["successProbability"])
        self.opportunities[key] = row
        return row

    def _moment(self, day: str | None) -> str:
        if day and "T" in day:
            return day if "." in day else f"{day[:19]}.0000000{day[19:]}"
        return f"{day}T00:00:00.0000000+01:00" if day else UNSET

    def sent(self, method: str, ending: str) -> list[Json]:
        """Bodies of the requests of one kind."""
        path = re.compile(rf"{ending}$")
        hits = (one for one in self.requests if one.method == method and path.search(one.url.path))
        return [json.loads(one.content or b"{}") for one in hits]
