"""One ONLYOFFICE portal as a `Crm`; it must never call the bulk deletes of the API."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sync.crm.http import Call, HttpOptions
from sync.crm.onlyoffice import body
from sync.crm.onlyoffice.customfields import CompanyFields
from sync.crm.onlyoffice.description import storable
from sync.crm.onlyoffice.directory import Directory
from sync.crm.onlyoffice.options import OnlyOfficeOptions
from sync.crm.onlyoffice.portal import Portal, rows_as, written
from sync.crm.onlyoffice.translate import Translator, company_of
from sync.crm.onlyoffice.wire import Build, Contact, FullPerson, Opportunity, wrong_shape
from sync.domain.model import (
    COMPANY,
    CURRENCY,
    OWNER,
    STAGE,
    TITLE,
    Access,
    Company,
    CompanyCard,
    Delta,
    Lists,
    Record,
    Side,
    Unreadable,
    Values,
)
from sync.errors import Moved, OutcomeUnknown, RecordGone, RecordRefused

_FILTER = "crm/opportunity/filter.json"
_CREATE = "crm/opportunity.json"
_ONE = "crm/opportunity/{id}.json"
_FIELD = "crm/opportunity/{id}/customfield/{field}.json"
_BY_CONTACT = "crm/opportunity/bycontact/{id}.json"
_CONTACTS = "crm/contact/filter.json"
_CONTACT = "crm/contact/{id}.json"
_CREATE_COMPANY = "crm/contact/company.json"
_SELF = "people/@self.json"
_BUILD = "settings/version/build.json"
_COMPANIES_ONLY = {"contactListView": "company"}
_ROWS_BY_CONTACT = 1000  # default and maximum of that call; onlyoffice.md 4.3 (seen 2026-11-22)
_ROWS_OF_NEWEST = 50


def _ignore(_call: Call) -> None:
    """Observer that wants nothing."""


class OnlyOfficeCrm:
    """Opportunities and companies of one portal; safe to share between threads."""

    side = Side.RIGHT

    def __init__(
        self,
        options: OnlyOfficeOptions,
        http_options: HttpOptions,
        *,
        clock: Callable[[], datetime],
        on_call: Callable[[Call], None] = _ignore,
    ) -> None:
        self._options = options
        self._portal = Portal(options, http_options, clock=clock, on_call=on_call)
        self._directory = Directory(self._portal, options)

    def close(self) -> None:
        self._portal.close()

    def fetch_access(self) -> Access:
        me = self._portal.read_one(FullPerson, _SELF)
        build = self._portal.read_one(Build, _BUILD)
        is_admin = me.is_admin or me.is_owner or "crm" in me.list_admin_modules
        tenant = urlsplit(self._options.base_url).hostname or ""
        warnings = _warnings(self._directory.lists, is_admin=is_admin)
        return Access(
            me.user_name or me.display_name, me.id, tenant, build.community_server, is_admin, warnings
        )

    def fetch_lists(self) -> Lists:
        return self._directory.refresh()

    def fetch_census(self) -> Iterator[Record | Unreadable]:
        translator = self._directory.translator
        for row in self._portal.listing(_FILTER, {}, self._options.rows_a_page).ascending():
            yield translator.row(row, _FILTER)

    def fetch_delta(self, cursor: str | None) -> Delta | None:  # noqa: ARG002  the port's signature
        """None: the portal shows no change date anywhere."""
        # onlyoffice.md 7 (seen 2026-11-22)
        return None

    def fetch_record(self, record_id: str) -> Record | Unreadable | None:
        envelope = self._portal.read_id(_ONE, record_id)
        if envelope is None:
            return None
        if not isinstance(envelope.response, dict):
            raise wrong_shape(_ONE, "one opportunity")
        return self._directory.translator.row(envelope.response, _ONE)

    def fetch_records_of_company(self, company_id: str) -> tuple[Record | Unreadable, ...]:
        """Those whose primary contact it is; the vendor's call also gives those it only takes part in."""
        # onlyoffice.md 4.3 (seen 2026-11-22)
        rows = self._rows_of_company(company_id)
        own = (row for row in rows if isinstance(row, Unreadable) or row.values[COMPANY] == company_id)
        return tuple(sorted(own, key=lambda row: int(row.id)))

    def find_stamped(self, stamp: str, since: datetime) -> tuple[Record, ...]:
        """Newest first; `created` can be set back by hand, so only a whole page of older ones ends it."""
        # onlyoffice.md 4.12 and 8 (seen 2026-11-22)
        translator, found = self._directory.translator, dict[str, Record]()
        for page in self._portal.listing(_FILTER, {}, _ROWS_OF_NEWEST).descending_pages():
            read = (translator.row(row, _FILTER) for row in page)
            recent = [row for row in read if isinstance(row, Record) and _is_since(row, since)]
            found |= {row.id: row for row in recent if row.stamp == stamp}
            if not recent:
                break
        return tuple(found.values())

    def fetch_companies(self) -> Iterator[Company]:
        fields = self._directory.company_fields
        for row in self._portal.listing(_CONTACTS, _COMPANIES_ONLY, self._options.rows_a_page).ascending():
            contact = rows_as(Contact, [row], _CONTACTS)[0]
            yield company_of(contact, fields)

    def fetch_company(self, company_id: str) -> Company | None:
        envelope = self._portal.read_id(_CONTACT, company_id)
        if envelope is None:
            return None
        contact = rows_as(Contact, [envelope.response], _CONTACT)[0]
        return company_of(contact, self._directory.company_fields) if contact.is_company else None

    def fetch_company_card(self, company_id: str, limit: int) -> CompanyCard | None:
        company = self.fetch_company(company_id)
        if company is None:
            return None
        names = {stage.key: stage.name for stage in self._directory.lists.stages}
        rows = sorted(self._rows_of_company(company_id), key=lambda row: int(row.id), reverse=True)
        return CompanyCard(company, tuple(_line(row, names) for row in rows[:limit]))

    def check_create(self, values: Values) -> dict[str, str]:
        """The portal validates nothing ahead, and takes owners it does not know: so this looks itself."""
        # onlyoffice.md 4.4 and 9 (seen 2026-11-22)
        lists = self._directory.lists
        known = {
            STAGE: {row.key for row in lists.stages if row.active},
            CURRENCY: {row.key for row in lists.currencies if row.active},
            OWNER: {row.key for row in lists.users if row.active},
        }
        unknown = {
            name: "not in ONLYOFFICE's list" for name, keys in known.items() if values.get(name) not in keys
        }
        return unknown | body.missing_values(values)

    def create_record(self, values: Values, stamp: str) -> Record:
        translator = self._directory.translator
        body.check_names(values, translator.fields)
        if missing := body.missing_values(values):
            raise RecordRefused("ONLYOFFICE would refuse an opportunity with these fields empty", missing)
        content = body.create_body(values, stamp, translator.fields)
        return _stored(
            translator, written(Opportunity, self._portal.write("POST", _CREATE, content), _CREATE)
        )

    def update_record(self, record_id: str, expected: Values, changes: Values) -> Record:
        translator = self._directory.translator
        fresh, record = self._look(record_id, expected)
        body.check_names(changes, translator.fields)
        if locked := body.refused_locks(record.locked, changes):
            raise RecordRefused(
                f"ONLYOFFICE opportunity {record_id} has fields that cannot be written", locked
            )
        content = body.update_body(fresh, changes, translator)
        answer = written(Opportunity, self._portal.write("PUT", _ONE, content, id=record_id), _ONE)
        cleared = body.cleared_fields(changes, translator.fields)
        for field_id in cleared:
            self._portal.write("POST", _FIELD, {"fieldValue": ""}, id=record_id, field=field_id)
        kept = tuple(field for field in answer.custom_fields if field.id not in cleared)
        return _stored(translator, answer.model_copy(update={"custom_fields": kept}))

    def delete_record(self, record_id: str, expected: Values) -> None:
        try:
            self._look(record_id, expected)
            self._portal.write("DELETE", _ONE, None, id=record_id)
        except RecordGone:
            return

    def create_company(self, company: Company) -> Company:
        """Name, organisation number and partner id; a city has no place in that call."""
        # Share type 0, the default, hides the company from others.  onlyoffice.md 6.2 (seen 2026-11-22)
        fields = self._directory.company_fields
        content = {
            "companyName": storable(company.name),
            "shareType": self._options.company_share_type,
            "customFieldList": _company_values(company, fields),
        }
        answer = self._portal.write("POST", _CREATE_COMPANY, content)
        return company_of(written(Contact, answer, _CREATE_COMPANY), fields)

    def _rows_of_company(self, company_id: str) -> list[Record | Unreadable]:
        if not company_id.isdigit():
            return []
        translator = self._directory.translator
        listing = self._portal.listing(_BY_CONTACT, {}, _ROWS_BY_CONTACT, of=company_id)
        return [translator.row(row, _BY_CONTACT) for row in listing.plain()]

    def _look(self, record_id: str, expected: Values) -> tuple[Opportunity, Record]:
        """The record as it is right now, as the portal sends it and as we read it: it has no precondition."""
        # onlyoffice.md 8 (seen 2026-11-22)
        envelope = self._portal.read_id(_ONE, record_id)
        if envelope is None:
            raise RecordGone(f"ONLYOFFICE opportunity {record_id} does not exist or is not visible")
        try:
            fresh = Opportunity.model_validate(envelope.response)
            record = self._directory.translator.record(fresh)
        except ValueError as error:
            raise RecordRefused(
                f"ONLYOFFICE opportunity {record_id} cannot be understood, correct it there"
            ) from error
        moved = sorted(name for name, value in expected.items() if record.values.get(name) != value)
        if moved:
            raise Moved(f"ONLYOFFICE opportunity {record_id} changed in {', '.join(moved)}; plan again")
        return fresh, record


def _warnings(lists: Lists, *, is_admin: bool) -> tuple[str, ...]:
    # onlyoffice.md 5.4 and 9 (seen 2026-11-22)
    found = {
        "our user is no CRM administrator: hidden opportunities look deleted": not is_admin,
        "there are no stages: open the CRM once in a browser": not lists.stages,
    }
    return tuple(text for text, applies in found.items() if applies)


def _is_since(record: Record, since: datetime) -> bool:
    """A record without a readable time counts as recent."""
    return record.created_at is None or record.created_at >= since


def _line(row: Record | Unreadable, stages: dict[str, str]) -> str:
    if isinstance(row, Unreadable):
        return f"{row.id} unreadable: {row.reason}"
    values = row.values
    stage = stages.get(str(values[STAGE]), "?")
    return f"{row.id} {values[TITLE]} | {values['amount']} {values[CURRENCY]} | {stage}"


def _stored(translator: Translator, opportunity: Opportunity) -> Record:
    try:
        return translator.record(opportunity)
    except ValueError as error:
        raise OutcomeUnknown(
            f"ONLYOFFICE stored opportunity {opportunity.id} but it cannot be read"
        ) from error


def _company_values(company: Company, fields: CompanyFields) -> list[dict[str, Any]]:
    pairs = ((fields.org_number, company.org_number), (fields.partner, company.id))
    return [{"key": key, "value": storable(text)} for key, text in pairs if key and text]
