"""The people of the demo, who edit both sandboxes over HTTP and look at the result; they never sync."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx

from sync.cli.dumps import records_of
from sync.domain.link import Link, LinkState
from sync.domain.model import AMOUNT, COMPANY, DESCRIPTION, PROBABILITY, STAGE, TITLE, Side, Values

Records = Mapping[Side, Mapping[str, Values]]
CAST = 5
_TIMEOUT_S = 30.0


class Hand:
    """Somebody at the screen of one CRM, through the sandbox's control endpoint."""

    def __init__(self, side: Side, control_url: str) -> None:
        self.side = side
        self._client = httpx.Client(base_url=control_url, timeout=_TIMEOUT_S)

    def close(self) -> None:
        self._client.close()

    def edit(self, record_id: str, changes: Mapping[str, object]) -> None:
        self._send("POST", "edit", {"id": int(record_id), "changes": changes})

    def delete(self, record_id: str) -> None:
        self._send("POST", "delete", {"id": int(record_id)})

    def records(self) -> dict[str, Values]:
        return records_of(self.side, self._send("GET", "dump"))

    def forget(self) -> None:
        """Empty the server's request log."""
        self._send("DELETE", "log")

    def requests(self) -> tuple[int, int]:
        """(all, writes) in the server's own log since it was emptied."""
        log = self._send("GET", "log")
        return len(log), sum(1 for entry in log if entry["write"])

    def _send(self, method: str, path: str, body: object = None) -> Any:
        answer = self._client.request(method, path, json=body)
        answer.raise_for_status()
        return answer.json()


@dataclass(frozen=True, slots=True)
class Cast:
    """The linked pairs that the story is about, one for each thing that can happen."""

    merged: Link
    from_left: Link
    from_right: Link
    clash: Link
    deleted: Link


@dataclass(frozen=True, slots=True)
class Scene:
    """What was done to one pair, and whether the world afterwards shows what had to come of it."""

    told: str
    expected: str
    came_true: bool = False


def choose_cast(links: list[Link], records: Records) -> Cast | None:
    """Five pairs in sync with a company whose sale is open; None when the world is too small."""
    fit = [
        link
        for link in sorted(links, key=lambda link: int(link.left_id or 0))
        if link.whole and link.state is LinkState.IN_SYNC and _is_open(records[Side.LEFT][str(link.left_id)])
    ]
    return Cast(*fit[:CAST]) if len(fit) >= CAST else None


def _is_open(sale: Values) -> bool:
    return str(sale[STAGE]).startswith("open/") and sale[COMPANY] is not None


def act(cast: Cast, left: Hand, right: Hand) -> list[str]:
    """People work on both sides; gives one line for each thing they did."""
    left.edit(str(cast.merged.left_id), {"Amount": 125_000})
    right.edit(str(cast.merged.right_id), {"title": "Renamed in ONLYOFFICE"})
    left.edit(str(cast.from_left.left_id), {"SaleText": "Written in SuperOffice"})
    right.edit(str(cast.from_right.right_id), {"successProbability": 33})
    left.edit(str(cast.clash.left_id), {"Amount": 1_000})
    right.edit(str(cast.clash.right_id), {"bidValue": 2_000})
    right.delete(str(cast.deleted.right_id))
    return [
        f"{_pair(cast.merged)}: amount changed in SuperOffice, title in ONLYOFFICE",
        f"{_pair(cast.from_left)}: description changed in SuperOffice",
        f"{_pair(cast.from_right)}: probability changed in ONLYOFFICE",
        f"{_pair(cast.clash)}: amount changed to 1,000 in SuperOffice and to 2,000 in ONLYOFFICE",
        f"{_pair(cast.deleted)}: the opportunity was deleted in ONLYOFFICE",
    ]


def outcome(cast: Cast, records: Records) -> list[Scene]:
    """What had to come of each after one sync, read from the two servers."""
    merged, clash = _both(cast.merged, records), _both(cast.clash, records)
    stage = str(_both(cast.deleted, records)[0].get(STAGE))
    return [
        Scene(
            _pair(cast.merged),
            "both edits are on both sides",
            _all(merged, AMOUNT, Decimal(125_000)) and _all(merged, TITLE, "Renamed in ONLYOFFICE"),
        ),
        Scene(
            _pair(cast.from_left),
            "the description arrived in ONLYOFFICE",
            _all(_both(cast.from_left, records), DESCRIPTION, "Written in SuperOffice"),
        ),
        Scene(
            _pair(cast.from_right),
            "the probability arrived in SuperOffice",
            _all(_both(cast.from_right, records), PROBABILITY, 33),
        ),
        Scene(
            _pair(cast.clash),
            "a conflict: nobody's amount was overwritten",
            [values.get(AMOUNT) for values in clash] == [Decimal(1_000), Decimal(2_000)],
        ),
        Scene(
            _pair(cast.deleted),
            "missing, which counts only when seen twice: the sale is untouched",
            stage.startswith("open/"),
        ),
    ]


def aftermath(cast: Cast, records: Records) -> Scene:
    """What had to come of the deletion once it was seen a second time."""
    stage = _both(cast.deleted, records)[0].get(STAGE)
    return Scene(
        _pair(cast.deleted), "missing again: the sale is closed as lost, not deleted", stage == "lost"
    )


def _both(link: Link, records: Records) -> tuple[Values, Values]:
    """The pair as it is now; empty where a record is gone."""
    left = records[Side.LEFT].get(str(link.left_id), {})
    return left, records[Side.RIGHT].get(str(link.right_id), {})


def _all(pair: tuple[Values, Values], field: str, value: object) -> bool:
    return all(values.get(field) == value for values in pair)


def _pair(link: Link) -> str:
    return f"sale {link.left_id} ↔ opportunity {link.right_id}"
