"""One ONLYOFFICE portal as a `Crm`; it must never call the bulk deletes of the API."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from sync.crm.http import Call, HttpOptions
from sync.crm.onlyoffice import body, guard
from sync.crm.onlyoffice.closing import with_stage_change, with_stage_of_new
from sync.crm.onlyoffice.companies import Companies
from sync.crm.onlyoffice.directory import Directory
from sync.crm.onlyoffice.moment import minutes_of
from sync.crm.onlyoffice.options import OnlyOfficeOptions
from sync.crm.onlyoffice.paging import Target
from sync.crm.onlyoffice.portal import Portal, is_id, written
from sync.crm.onlyoffice.translate import Translator
from sync.crm.onlyoffice.wire import Build, FullPerson, Opportunity, PortalSettings, wrong_shape
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
    Person,
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
_BUILD = "settings/version/build.json"
_SETTINGS = "settings.json"
_ROWS_OF_NEWEST = 50
_OTHERWISE = "title"  # before 12.6; onlyoffice.md 7 (seen 2026-11-22)


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
        self._companies = Companies(self._portal, self._directory, options)
        self._clock = clock

    def close(self) -> None:
        self._portal.close()

    def fetch_access(self) -> Access:
        me = self._directory.me
        build = self._portal.read_one(Build, _BUILD)
        is_admin = guard.sees_everything(me)
        tenant = urlsplit(self._options.base_url).hostname or ""
        warnings = _warnings(me, has_stages=bool(self._directory.stages))
        return Access(
            me.user_name or me.display_name,
            me.id,
            tenant,
            build.community_server,
            is_admin,
            warnings,
            self._portal.server_time,
        )

    def fetch_lists(self) -> Lists:
        return self._directory.refresh()

    def fetch_census(self) -> Iterator[Record | Unreadable]:
        return self._listed({})

    def fetch_open(self) -> Iterator[Record | Unreadable] | None:
        # onlyoffice.md 4.2 "stageType", 7 "Two-speed plan" (seen 2026-11-22)
        return self._listed({"stageType": "0"})

    def fetch_ids(self) -> frozenset[str]:
        """No cheaper than a census: the rows come whole."""
        return frozenset(record.id for record in self.fetch_census())

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
        return tuple(row for row in rows if isinstance(row, Unreadable) or row.values[COMPANY] == company_id)

    def find_stamped(self, stamp: str, since: datetime) -> tuple[Record, ...]:
        """Newest first; `created` can be set back by hand, so only a whole page of older ones ends it."""
        # onlyoffice.md 4.12 and 8 (seen 2026-11-22)
        translator, found = self._directory.translator, dict[str, Record]()
        target = Target(_FILTER, count=_ROWS_OF_NEWEST, otherwise=_OTHERWISE)
        for page in self._portal.listing(target).descending_pages():
            read = (translator.row(row, _FILTER) for row in page)
            recent = [row for row in read if isinstance(row, Record) and _is_since(row, since)]
            found |= {row.id: row for row in recent if row.stamp == stamp}
            if not recent:
                break
        return tuple(found.values())

    def fetch_companies(self) -> Iterator[Company]:
        return self._companies.fetch_all()

    def fetch_company(self, company_id: str) -> Company | None:
        return self._companies.fetch(company_id)

    def fetch_persons(self, company_id: str) -> tuple[Person, ...]:
        return self._companies.fetch_persons(company_id)

    def fetch_company_card(self, company_id: str, limit: int) -> CompanyCard | None:
        company = self.fetch_company(company_id)
        if company is None:
            return None
        names = {key: stage.name for key, stage in self._directory.stages.items()}
        rows = self._rows_of_company(company_id)[::-1]
        return CompanyCard(company, tuple(_line(row, names) for row in rows[:limit]))

    def check_create(self, values: Values) -> dict[str, str]:
        """The portal validates nothing ahead, and takes owners it does not know: so this looks itself."""
        # onlyoffice.md 4.4 and 9 (seen 2026-11-22)
        directory = self._directory
        currencies = {row.key for row in directory.currencies if row.active}
        unknown = guard.unknown_choices(values, directory.stages, currencies, directory.people)
        return unknown | body.missing_values(values)

    def create_record(self, values: Values, stamp: str) -> Record:
        """Public, as a new opportunity of the browser is unless somebody chooses otherwise."""
        translator = self._directory.translator
        body.check_names(values, translator.fields)
        if missing := body.missing_values(values):
            raise RecordRefused("ONLYOFFICE would refuse an opportunity with these fields empty", missing)
        guard.require_owner(values, self._directory.people)
        filled = with_stage_of_new(values, self._directory.stages, self._today)
        content = body.create_body(filled, stamp, translator.fields)
        return _stored(
            translator, written(Opportunity, self._portal.write("POST", _CREATE, content), _CREATE)
        )

    def update_record(self, record_id: str, expected: Values, changes: Values) -> Record:
        translator = self._directory.translator
        fresh, record = self._look(record_id, expected)
        body.check_names(changes, translator.fields)
        self._require_allowed(fresh, record, changes)
        changes = with_stage_change(fresh, changes, self._directory.stages, self._today)
        content = body.update_body(fresh, changes, translator)
        answer = written(Opportunity, self._portal.write("PUT", _ONE, content, id=record_id), _ONE)
        guard.require_same_access(fresh, answer)
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
        return self._companies.create(company)

    def _listed(self, query: Mapping[str, str]) -> Iterator[Record | Unreadable]:
        translator = self._directory.translator
        target = Target(_FILTER, query, self._options.rows_a_page, otherwise=_OTHERWISE)
        for row in self._portal.listing(target).ascending():
            yield translator.row(row, _FILTER)

    def _rows_of_company(self, company_id: str) -> list[Record | Unreadable]:
        """By id. The per-contact call alone misses opportunities whose primary contact takes no part in them,
        and for other accounts than administrators may be empty; the filter knows the primary contact only."""
        # onlyoffice.md 4.2 "contactid", 4.3 (seen 2026-11-22)
        if not is_id(company_id):
            return []
        translator = self._directory.translator
        primary = Target(_FILTER, {"contactid": company_id}, self._options.rows_a_page, otherwise=_OTHERWISE)
        taking_part = self._portal.listing(Target(_BY_CONTACT, of=company_id)).plain()
        rows = [translator.row(row, _BY_CONTACT) for row in taking_part]
        rows += [translator.row(row, _FILTER) for row in self._portal.listing(primary).ascending()]
        found = {int(row.id): row for row in rows}
        return [row for _key, row in sorted(found.items())]

    def _require_allowed(self, fresh: Opportunity, record: Record, changes: Values) -> None:
        """`RecordRefused` where an update would leak, or store what the portal takes but cannot mean."""
        guard.require_privacy(fresh)
        if locked := body.refused_locks(record.locked, changes):
            raise RecordRefused(
                f"ONLYOFFICE opportunity {record.id} has fields that cannot be written", locked
            )
        if changes.get(OWNER, fresh.responsible.id) != fresh.responsible.id:
            guard.require_owner(changes, self._directory.people)
            guard.require_readable_owner(fresh, changes, self._directory.people)

    def _today(self) -> date:
        """The day it is now in the portal's zone."""
        offset = self._portal.read_one(PortalSettings, _SETTINGS).utc_offset
        try:
            return (self._clock() + timedelta(minutes=minutes_of(offset))).date()
        except ValueError as error:
            raise wrong_shape(_SETTINGS, "an offset to UTC") from error

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


def _warnings(me: FullPerson, *, has_stages: bool) -> tuple[str, ...]:
    # onlyoffice.md 4.3, 5.4 and 9 (seen 2026-11-22)
    found = {
        "our user is no CRM administrator: hidden opportunities look deleted": not guard.sees_everything(me),
        "our user is a guest: guests have no CRM at all": me.is_visitor,
        "there are no stages: open the CRM once in a browser": not has_stages,
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
