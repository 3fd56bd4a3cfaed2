"""Whether the custom fields that the configuration names exist with a fitting type; it asks no CRM itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sync.cli.finding import Finding, bad_config, fine, odd
from sync.domain.field_guess import FITTING, strange_items
from sync.domain.model import CustomFieldInfo, FieldKind, Lists, Side
from sync.settings import Settings
from sync.settings.mapping import CustomRow

_UNSTAMPED = {
    Side.LEFT: "no stamp_field: a new sale carries our mark in its Number",
    Side.RIGHT: "no stamp_field: a new opportunity carries our mark as the last line of its description",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A custom field that a setting names."""

    setting: str
    key: str
    kind: FieldKind


def field_findings(settings: Settings, side: Side, infos: tuple[CustomFieldInfo, ...]) -> Iterator[Finding]:
    wanted = list(_wanted(settings, side))
    problems = [problem for field in wanted if (problem := _problem(field, side, infos))]
    yield from problems
    if wanted and not problems:
        yield fine(side.label, f"all {len(wanted)} configured custom fields are there")
    if not _stamp_field(settings, side):
        yield odd(side.label, _UNSTAMPED[side], "make a text field for it and name it in stamp_field")


def item_findings(settings: Settings, lists: Mapping[Side, Lists]) -> Iterator[Finding]:
    """List items without an image: a record that gets one of them waits."""
    for row in (row for row in settings.mapping.custom if row.kind is FieldKind.LIST):
        left = _found(row.superoffice, Side.LEFT, lists[Side.LEFT].custom_fields)
        right = _found(row.onlyoffice, Side.RIGHT, lists[Side.RIGHT].custom_fields)
        if len(left) != 1 or len(right) != 1:
            continue
        where, to_do = f"mapping.custom {row.name}", "add them there, or pair them under `items`"
        if lacking := strange_items(left[0], right[0], row.items):
            yield odd("mapping", f"{where}: ONLYOFFICE's list lacks {', '.join(lacking)}", to_do)
        if unknown := _without_way_back(row, left[0], right[0]):
            yield odd("mapping", f"{where}: SuperOffice's list lacks {', '.join(unknown)}", to_do)


def _without_way_back(row: CustomRow, left: CustomFieldInfo, right: CustomFieldInfo) -> list[str]:
    known = {row.items.get(option.name, option.name) for option in left.options}
    return [option.name for option in right.options if option.active and option.name not in known]


def _stamp_field(settings: Settings, side: Side) -> str:
    return settings.superoffice.stamp_field if side is Side.LEFT else settings.onlyoffice.stamp_field


def _wanted(settings: Settings, side: Side) -> Iterator[Wanted]:
    name = "superoffice" if side is Side.LEFT else "onlyoffice"
    if stamp := _stamp_field(settings, side):
        yield Wanted(f"{name}.stamp_field", stamp, FieldKind.TEXT)
    if side is Side.RIGHT and settings.onlyoffice.number_field:
        yield Wanted("onlyoffice.number_field", settings.onlyoffice.number_field, FieldKind.TEXT)
    for row in settings.mapping.custom:
        key = row.superoffice if side is Side.LEFT else row.onlyoffice
        yield Wanted(f"mapping.custom {row.name}", key, row.kind)


def _problem(wanted: Wanted, side: Side, infos: tuple[CustomFieldInfo, ...]) -> Finding | None:
    found = _found(wanted.key, side, infos)
    if len(found) != 1:
        names = ", ".join(f"{info.key} {info.label}" for info in infos) or "none"
        how = "more than one field" if found else "no field"
        return bad_config(side.label, f"{wanted.setting}: {how} {wanted.key!r}", f"it has: {names}")
    if found[0].kind not in FITTING[side][wanted.kind]:
        kinds = " or ".join(sorted(FITTING[side][wanted.kind]))
        what = f"{wanted.setting}: {wanted.key!r} is a {found[0].kind} field, wanted is {kinds}"
        return bad_config(side.label, what, "name another field, or correct the type")
    return None


def _found(key: str, side: Side, infos: tuple[CustomFieldInfo, ...]) -> list[CustomFieldInfo]:
    """SuperOffice fields are named by ProgId, ONLYOFFICE's by id or label."""
    return [info for info in infos if key in (info.key, info.label if side is Side.RIGHT else "")]
