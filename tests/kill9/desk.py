"""One sandbox seen from the screen of a person: its records, an edit, a new record; it knows no opsync."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from sync.domain.model import AMOUNT, DESCRIPTION, TITLE, Side

TIMEOUT_S = 60.0
STAMP_LABEL = "Opsync link"
STAMP_FIELD = "SuperOffice:1"
WIRE_NAMES = {
    Side.LEFT: {TITLE: "Heading", DESCRIPTION: "SaleText", AMOUNT: "Amount"},
    Side.RIGHT: {TITLE: "title", DESCRIPTION: "description", AMOUNT: "bidValue"},
}
_SECTIONS = {Side.LEFT: "superoffice", Side.RIGHT: "onlyoffice"}


@dataclass(frozen=True, slots=True)
class Row:
    """What these tests look at in a record; `stamp` is opsync's mark, empty where it made nothing."""

    id: str
    values: Mapping[str, object]
    stamp: str


class Desk:
    """`told` is what `opsync sandbox` printed."""

    def __init__(self, side: Side, told: Path) -> None:
        self.side = side
        url = json.loads(told.read_text(encoding="utf-8"))[_SECTIONS[side]]["control_url"]
        self._client = httpx.Client(base_url=url, timeout=TIMEOUT_S)

    def close(self) -> None:
        self._client.close()

    def edit(self, record_id: str, field: str, value: object) -> None:
        name = WIRE_NAMES[self.side][field]
        self._send("POST", "edit", {"id": int(record_id), "changes": {name: value}})

    def create(self, title: str) -> str:
        made = self._send("POST", "create", {"values": {WIRE_NAMES[self.side][TITLE]: title}})
        return str(made["id"])

    def dump(self) -> Any:
        return self._send("GET", "dump")

    def rows(self) -> dict[str, Row]:
        dump = self.dump()
        if self.side is Side.LEFT:
            found = [_sale(row) for row in dump["sales"]]
        else:
            (key,) = [str(one["id"]) for one in dump["customFields"] if one["label"] == STAMP_LABEL]
            found = [_opportunity(row, key) for row in dump["opportunities"]]
        return {row.id: row for row in found}

    def _send(self, method: str, path: str, body: object = None) -> Any:
        answer = self._client.request(method, path, json=body)
        answer.raise_for_status()
        return answer.json()


def _sale(row: Mapping[str, Any]) -> Row:
    values = {TITLE: row["Heading"], DESCRIPTION: row["SaleText"], AMOUNT: float(row["Amount"])}
    return Row(str(row["SaleId"]), values, row["UserDefinedFields"].get(STAMP_FIELD, ""))


def _opportunity(row: Mapping[str, Any], stamp_key: str) -> Row:
    values = {TITLE: row["title"], DESCRIPTION: row["description"], AMOUNT: float(row["bid_value"])}
    return Row(str(row["id"]), values, row["fields"].get(stamp_key, ""))
