"""The portal's tables in memory and the plain questions about them; it must not know HTTP."""

import random
import re
import threading
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sync.sandbox.onlyoffice.encoder import nine_places
from sync.sandbox.onlyoffice.failures import ApiFailure
from sync.sandbox.onlyoffice.records import (
    AuditEvent,
    Contact,
    Definition,
    ListItem,
    Note,
    Opportunity,
    Rate,
    Stage,
    User,
)
from sync.sandbox.onlyoffice.search import SearchIndex
from sync.sandbox.switches import Switches
from sync.sandbox.wire import Clock, JsonObject

OPPORTUNITY, COMPANY = "opportunity", "company"
TITLE_LENGTH = 255
_ADDED = {"ISK": "Icelandic krona", "TWD": "New Taiwan dollar"}
_NON_BMP = re.compile(r"[\U00010000-\U0010ffff]")


class State:
    """Every table of one portal; hold `lock` around each request."""

    def __init__(self, *, clock: Clock, switches: Switches, seed: int) -> None:
        self.clock = clock
        self.switches = switches
        self.lock = threading.RLock()
        self.random = random.Random(seed)  # noqa: S311  only shuffles equal rows
        self.users: dict[str, User] = {}
        self.stages: dict[int, Stage] = {}
        self.definitions: dict[int, Definition] = {}
        self.contacts: dict[int, Contact] = {}
        self.opportunities: dict[int, Opportunity] = {}
        self.notes: dict[int, Note] = {}
        self.note_categories: dict[int, str] = {}
        self.tags: list[str] = []
        self.contact_tags: list[str] = []
        self.contact_stages: dict[int, ListItem] = {}
        self.contact_types: dict[int, ListItem] = {}
        self.rates: dict[int, Rate] = {}
        self.audit: list[AuditEvent] = []
        self.feed_read: dict[str, datetime] = {}
        self.currency_table: dict[str, JsonObject] = {}
        self._currencies: dict[str, dict[str, JsonObject]] = {}
        self.search = SearchIndex()
        self.totals: dict[tuple[str, ...], tuple[datetime, int]] = {}
        self.next_ids = {"stage": 41, "field": 7, "contact": 101, "opportunity": 301}

    def next_id(self, table: str) -> int:
        """Ascending and never reused, as MySQL 8 does it."""
        given = self.next_ids.get(table, 21)
        self.next_ids[table] = given + 1
        return given

    def zone(self) -> ZoneInfo:
        return ZoneInfo(str(self.switches.get("timezone")))

    def ordered_stages(self) -> list[Stage]:
        """In display order; empty until somebody opens the CRM in a browser."""
        # Sort numbers collide; ties go by id.  onlyoffice.md 5.4 (seen 2026-11-22)
        rows = (row for row in self.stages.values() if self._is_there(row))
        return sorted(rows, key=lambda stage: (stage.position, stage.id))

    def stage(self, stage_id: int) -> Stage | None:
        row = self.stages.get(stage_id)
        return row if row and self._is_there(row) else None

    def _is_there(self, stage: Stage) -> bool:
        """Unless nobody opened the CRM yet, or the row has vanished."""
        # onlyoffice.md 4.1 and 5.4 (seen 2026-11-22)
        return self.switches.on("crm_opened") and stage.title != self.switches.get("stage_gone")

    @property
    def currencies(self) -> dict[str, JsonObject]:
        """By code; the list is a database table, so an installation may have more rows, or fewer."""
        # onlyoffice.md 5.2 (seen 2026-11-22)
        kind = str(self.switches.get("currencies"))
        if kind not in self._currencies:
            self._currencies[kind] = _installed(self.currency_table, kind)
        return self._currencies[kind]

    def definitions_of(self, entity: str) -> list[Definition]:
        rows = (row for row in self.definitions.values() if row.entity == entity)
        return sorted(rows, key=lambda row: (row.position, row.id))

    def stored_text(self, text: str, length: int) -> str:
        """Text as MySQL keeps it: cut at `length` characters and, if so switched, before an emoji."""
        # onlyoffice.md 5.7 and 14.3 (seen 2026-11-22)
        kept = _NON_BMP.split(text, maxsplit=1)[0] if self.switches.get("cut_non_bmp") else text
        if len(kept[:length]) < len(text) and self.switches.on("strict_sql"):
            raise ApiFailure(500, "Data too long for column or incorrect string value", -2147467259)
        return kept[:length]

    def stored_time(self, moment: datetime) -> datetime:
        """As a `datetime` column keeps it: whole seconds, cut or rounded."""
        # onlyoffice.md 5.6 "Precision" and 14.4 (seen 2026-11-22)
        half = timedelta(milliseconds=500) if self.switches.get("sub_seconds") == "round" else timedelta()
        return (moment + half).replace(microsecond=0)

    def save(self, draft: Opportunity) -> Opportunity:
        """Stores a copy the way the columns keep it and returns that row."""
        description = self.stored_text(draft.description or "", 65535)
        row = replace(
            draft,
            title=self.stored_text(draft.title, TITLE_LENGTH),
            description=description.encode()[:65535].decode(errors="ignore"),
            bid_value=nine_places(draft.bid_value),
            created=self.stored_time(draft.created),
            actual_close=draft.actual_close and self.stored_time(draft.actual_close),
            expected_close=draft.expected_close and self.stored_time(draft.expected_close),
        )
        self.opportunities[row.id] = row
        self.reindex(row)
        return row

    def reindex(self, row: Opportunity) -> None:
        words = "\n".join((row.title, row.description or "", *row.fields.values()))
        self.search.put(row.id, words, now=self.clock(), delay_s=float(self.switches.get("search_delay_s")))

    def touch(self, row: Opportunity, user: User) -> None:
        """The modification stamp nobody can read over the API."""
        row.modified, row.modified_by = self.clock(), user.id

    def remove(self, row: Opportunity) -> None:
        """Physically: no recycle bin, no tombstone, and its notes go too."""
        # onlyoffice.md 4.7 (seen 2026-11-22)
        del self.opportunities[row.id]
        self.search.drop(row.id)
        self.notes = {key: note for key, note in self.notes.items() if note.entity_id != row.id}
        self.forget_totals()

    def forget_totals(self) -> None:
        self.totals.clear()


def _installed(table: dict[str, JsonObject], kind: str) -> dict[str, JsonObject]:
    match kind:
        case "basic":
            return {code: row for code, row in table.items() if row["isBasic"]}
        case "extended":
            return table | {code: _added(code, title) for code, title in _ADDED.items()}
    return table


def _added(code: str, title: str) -> JsonObject:
    return {
        "title": title,
        "symbol": code,
        "abbreviation": code,
        "cultureName": code[:2],
        "isConvertable": False,
        "isBasic": False,
    }
