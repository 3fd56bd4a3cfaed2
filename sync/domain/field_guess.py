"""Which custom fields of the two systems could be kept equal, by label and type; it pairs none for good."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from itertools import chain, count

from sync.domain.model import CustomFieldInfo, FieldKind, Lists, Side

STAMP_LABEL = "Opsync link"
"""What the README tells people to call the field that carries our mark."""

# ONLYOFFICE has no number type, and its texts hold what a list would.  onlyoffice.md 4.9 (seen 2026-11-22)
FITTING: Mapping[Side, Mapping[FieldKind, Set[FieldKind]]] = {
    Side.LEFT: {kind: {kind} for kind in FieldKind},
    Side.RIGHT: {kind: {kind} for kind in FieldKind}
    | {FieldKind.NUMBER: {FieldKind.TEXT}, FieldKind.LIST: {FieldKind.LIST, FieldKind.TEXT}},
}
"""The field types of a side that can hold values of a mapped type."""


@dataclass(frozen=True, slots=True)
class FieldGuess:
    """Two custom fields with one label; `name` is how the configuration would call the pair, and `strangers`
    are list items of SuperOffice that ONLYOFFICE's list does not have."""

    name: str
    left: CustomFieldInfo
    right: CustomFieldInfo
    strangers: tuple[str, ...] = ()


def guess_fields(left: Lists, right: Lists) -> list[FieldGuess]:
    """Only labels that are unique on their side, and not the stamp's."""
    lefts, rights = _by_label(left.custom_fields), _by_label(right.custom_fields)
    guesses: list[FieldGuess] = []
    for label, one in lefts.items():
        other = rights.get(label)
        if other is not None and label != _plain(STAMP_LABEL) and other.kind in FITTING[Side.RIGHT][one.kind]:
            name = _free_name(one.label, {guess.name for guess in guesses})
            guesses.append(FieldGuess(name, one, other, strange_items(one, other)))
    return guesses


def find_stamp(lists: Lists) -> CustomFieldInfo | None:
    """The one text field that is labelled as the stamp's."""
    found = _by_label(lists.custom_fields).get(_plain(STAMP_LABEL))
    return found if found is not None and found.kind is FieldKind.TEXT else None


def strange_items(
    left: CustomFieldInfo, right: CustomFieldInfo, items: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """Active items of the left list whose image the right list lacks; a text field takes any."""
    if right.kind is not FieldKind.LIST:
        return ()
    known = {option.name for option in right.options}
    names = [option.name for option in left.options if option.active]
    return tuple(name for name in names if (items or {}).get(name, name) not in known)


def _by_label(infos: Iterable[CustomFieldInfo]) -> dict[str, CustomFieldInfo]:
    groups: dict[str, list[CustomFieldInfo]] = {}
    for info in infos:
        groups.setdefault(_plain(info.label), []).append(info)
    return {label: group[0] for label, group in groups.items() if label and len(group) == 1}


def _plain(label: str) -> str:
    return " ".join(label.casefold().split())


def _free_name(label: str, taken: Set[str]) -> str:
    """Letters, digits, `_` and `-` only, as the configuration wants it."""
    plain = unicodedata.normalize("NFKD", label.casefold()).encode("ascii", "ignore").decode()
    stem = "_".join(re.findall(r"[a-z0-9]+", plain)) or "field"
    names = chain((stem,), (f"{stem}_{number}" for number in count(2)))
    return next(name for name in names if name not in taken)
