"""Whether the custom fields that the configuration names exist with a fitting type; it asks no CRM itself."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass

from sync.cli.finding import Finding, bad_config, fine, odd
from sync.domain.model import CustomFieldInfo, FieldKind, Side
from sync.settings import Settings

# ONLYOFFICE has no number type, and its texts hold what a list would.  onlyoffice.md 4.9 (seen 2026-11-22)
_FITTING: Mapping[Side, Mapping[FieldKind, Set[FieldKind]]] = {
    Side.LEFT: {kind: {kind} for kind in FieldKind},
    Side.RIGHT: {kind: {kind} for kind in FieldKind}
    | {FieldKind.NUMBER: {FieldKind.TEXT}, FieldKind.LIST: {FieldKind.LIST, FieldKind.TEXT}},
}
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
    """SuperOffice fields are named by ProgId, ONLYOFFICE's by id or label."""
    found = [info for info in infos if wanted.key in (info.key, info.label if side is Side.RIGHT else "")]
    if len(found) != 1:
        names = ", ".join(f"{info.key} {info.label}" for info in infos) or "none"
        how = "more than one field" if found else "no field"
        return bad_config(side.label, f"{wanted.setting}: {how} {wanted.key!r}", f"it has: {names}")
    if found[0].kind not in _FITTING[side][wanted.kind]:
        kinds = " or ".join(sorted(_FITTING[side][wanted.kind]))
        what = f"{wanted.setting}: {wanted.key!r} is a {found[0].kind} field, wanted is {kinds}"
        return bad_config(side.label, what, "name another field, or correct the type")
    return None
