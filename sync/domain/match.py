"""Finding which record or company over there is the same one: tiers of evidence, never a guess."""

import re
import unicodedata
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sync.domain.field import Unmapped
from sync.domain.mapping import Mapping
from sync.domain.model import (
    ACTUAL_CLOSE,
    AMOUNT,
    COMPANY,
    CURRENCY,
    EXPECTED_CLOSE,
    TITLE,
    Company,
    Person,
    Record,
    Side,
)

Item = TypeVar("Item", Record, Company, Person)
Key = Callable[[Item], Hashable | None]
"""What must be equal; None means this item has no such evidence."""


@dataclass(frozen=True, slots=True)
class Pair:
    left_id: str
    right_id: str
    tier: str


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Several candidates for one thing: a person must choose. Ids are sorted."""

    tier: str
    left_ids: tuple[str, ...]
    right_ids: tuple[str, ...]

    def ids(self, side: Side) -> tuple[str, ...]:
        return self.left_ids if side is Side.LEFT else self.right_ids

    def reason(self, side: Side) -> str:
        """What a person reads at one of the candidates on `side`."""
        there = self.ids(side.other)
        twins = f" ({len(self.ids(side))} alike here)" if len(self.ids(side)) > 1 else ""
        return f"same {self.tier} as {side.other.label} {', '.join(there)}{twins}: link the right one by hand"


@dataclass(frozen=True, slots=True)
class Matches:
    pairs: tuple[Pair, ...]
    ambiguous: tuple[Ambiguous, ...]

    def ids(self, side: Side) -> frozenset[str]:
        """Everything on `side` that is like something on the other one."""
        paired = {pair.left_id if side is Side.LEFT else pair.right_id for pair in self.pairs}
        return frozenset(paired.union(*(group.ids(side) for group in self.ambiguous)))


def match_records(left: Sequence[Record], right: Sequence[Record], mapping: Mapping) -> Matches:
    """Stamp, then external number, then title + company + amount + currency + close date."""
    tiers: list[tuple[str, Key[Record], Key[Record]]] = [
        ("stamp", lambda record: record.stamp, lambda record: record.stamp),
        ("external number", lambda record: record.number, lambda record: record.number),
        (
            "title, company, amount, currency and date",
            lambda record: _likeness(record, mapping),
            lambda record: _likeness(record, mapping),
        ),
    ]
    return _match(left, right, tiers)


def match_companies(left: Sequence[Company], right: Sequence[Company]) -> Matches:
    """Stamped id, then organisation number, then name and city, then name where nothing contradicts it."""
    tiers: list[tuple[str, Key[Company], Key[Company]]] = [
        ("stamped id", lambda company: company.id, lambda company: company.partner_id),
        ("stamped id", lambda company: company.partner_id, lambda company: company.id),
        ("organisation number", _org_number, _org_number),
        ("name and city", _name_and_city, _name_and_city),
        ("name", _name, _name),
    ]
    return _match(left, right, tiers)


def match_people(left: Sequence[Person], right: Sequence[Person]) -> Matches:
    """Colleagues of one linked company: by e-mail address, then by full name."""
    tiers: list[tuple[str, Key[Person], Key[Person]]] = [
        ("e-mail", lambda person: fold(person.email), lambda person: fold(person.email)),
        ("name", lambda person: fold(person.name), lambda person: fold(person.name)),
    ]
    return _match(left, right, tiers)


def _match(
    left: Sequence[Item], right: Sequence[Item], tiers: Iterable[tuple[str, Key[Item], Key[Item]]]
) -> Matches:
    """Each tier works on what stronger evidence left over; whatever is ambiguous is out of the game."""
    pairs: list[Pair] = []
    ambiguous: list[Ambiguous] = []
    lefts, rights = {item.id: item for item in left}, {item.id: item for item in right}
    for tier, left_key, right_key in tiers:
        ours, theirs = _group(lefts.values(), left_key), _group(rights.values(), right_key)
        for key in ours.keys() & theirs.keys():
            one, other = tuple(sorted(ours[key], key=_by_id)), tuple(sorted(theirs[key], key=_by_id))
            if len(one) == len(other) == 1 and not _contradict(lefts[one[0]], rights[other[0]]):
                pairs.append(Pair(one[0], other[0], tier))
            else:
                ambiguous.append(Ambiguous(tier, one, other))
            for taken, ids in ((lefts, one), (rights, other)):
                for item_id in ids:
                    del taken[item_id]
    by_left = sorted(pairs, key=lambda pair: _by_id(pair.left_id))
    return Matches(tuple(by_left), tuple(sorted(ambiguous, key=lambda group: _by_id(group.left_ids[0]))))


def _group(items: Iterable[Item], key: Key[Item]) -> dict[Hashable, list[str]]:
    groups: dict[Hashable, list[str]] = {}
    for item in items:
        if evidence := key(item):
            groups.setdefault(evidence, []).append(item.id)
    return groups


def _by_id(item_id: str) -> tuple[int, str]:
    """Numbers without leading zeros, in order."""
    return len(item_id), item_id


def _contradict(left: Record | Company | Person, right: Record | Company | Person) -> bool:
    """Equal names with different organisation numbers, or in different cities, may be two companies."""
    if not isinstance(left, Company) or not isinstance(right, Company):
        return False
    pairs = ((_org_number(left), _org_number(right)), (fold(left.city), fold(right.city)))
    return any(ours and theirs and ours != theirs for ours, theirs in pairs)


def _likeness(record: Record, mapping: Mapping) -> Hashable | None:
    """The record as the left would hold it; no evidence without a title and a translatable rest."""
    values = record.values
    likeness: list[Hashable] = [fold(str(values.get(TITLE) or ""))]
    for field in filter(None, map(mapping.field, (COMPANY, CURRENCY, AMOUNT))):
        value = values.get(field.name)
        image = field.image(value, Side.LEFT) if record.side is Side.RIGHT else value
        if isinstance(image, Unmapped):
            return None
        likeness.append(field.holds[Side.LEFT].hold(image))
    likeness.append(values.get(ACTUAL_CLOSE) or values.get(EXPECTED_CLOSE))
    return tuple(likeness) if likeness[0] else None


def _org_number(company: Company) -> str | None:
    """Digits only where there are enough of them: "NO 987 654 321 MVA" is 987654321."""
    digits = re.sub(r"\D", "", company.org_number)
    if len(digits) >= 6:
        return digits
    return re.sub(r"[^0-9a-z]", "", company.org_number.casefold()) or None


def _name(company: Company) -> str | None:
    return normal_name(f"{company.name} {company.department}") or None


def _name_and_city(company: Company) -> tuple[str, str] | None:
    name, city = _name(company), fold(company.city)
    return (name, city) if name and city else None


_LEGAL_FORMS = frozenset(
    [
        "as",
        "asa",
        "aps",
        "ab",
        "oy",
        "oyj",
        "ag",
        "gmbh",
        "kg",
        "sa",
        "sarl",
        "srl",
        "spa",
        "bv",
        "nv",
        "ltd",
        "limited",
        "llc",
        "inc",
        "plc",
        "corp",
        "co",
        "se",
        "hf",
        "ehf",
    ]
)


def normal_name(name: str) -> str:
    """A company name without legal form, case, accents and punctuation: 'FJORD A/S' is 'Fjord AS'."""
    words = re.sub(r"[^\w\s]", "", fold(name).replace("&", " and ")).split()
    kept = [word for word in words if word not in _LEGAL_FORMS]
    return " ".join(kept or words)


_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "å": "a", "ß": "ss", "ð": "d", "þ": "th", "ł": "l", "đ": "d"})


def fold(text: str) -> str:
    """Case, accents and runs of blanks removed."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(bare.translate(_LETTERS).split())
