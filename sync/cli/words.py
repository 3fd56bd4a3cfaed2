"""Values in words a person reads: names instead of ids, safe for any terminal; it decides nothing."""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from sync.domain import model
from sync.domain.link import CompanyLink, Link
from sync.domain.model import Lists, Side, Value
from sync.engine.companies import NEW
from sync.engine.pairing import Pairing
from sync.errors import OpsyncError

EMPTY = "(empty)"
WIDTH = 60
_CONTEXT = 12
_PLACES = {name: place for place, name in enumerate(model.FIELDS)}
KEYS = {Side.LEFT: "superoffice", Side.RIGHT: "onlyoffice"}
"""How a side is called in JSON."""

Names = Mapping[tuple[Side, str, str], str]
"""What an id is called: by side, field and id."""


@dataclass(frozen=True, slots=True)
class Words:
    """Turns values into text; an id without a known name stays an id."""

    names: Names = field(default_factory=dict)

    def say(self, side: Side, name: str, value: Value, width: int = WIDTH) -> str:
        return shorten(self._plain(side, name, value), width)

    def change(self, name: str, old: tuple[Side, Value], new: tuple[Side, Value]) -> str:
        """`old → new`, each with the side in whose terms it is."""
        return change(self._plain(old[0], name, old[1]), self._plain(new[0], name, new[1]))

    def _plain(self, side: Side, name: str, value: Value) -> str:
        if value is None or value == "":
            return EMPTY
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, Decimal):
            return money(value)
        if name == model.PROBABILITY:
            return f"{value} %"
        return self._named(side, name, str(value))

    def _named(self, side: Side, name: str, value: str) -> str:
        if name == model.COMPANY and value.startswith(NEW):
            there = value.removeprefix(NEW)
            return f"{self.names.get((side.other, name, there), there)} (made first)"
        known = self.names.get((side, name, value))
        return f"{known} ({value})" if known and name == model.COMPANY else known or value


def build_words(lists: Mapping[Side, Lists], companies: Iterable[CompanyLink] = ()) -> Words:
    """Names of stages, currencies, owners, companies and custom list items."""
    names: dict[tuple[Side, str, str], str] = {}
    for side, known in lists.items():
        named = ((model.STAGE, known.stages), (model.CURRENCY, known.currencies), (model.OWNER, known.users))
        for name, items in named:
            names |= {(side, name, item.key): item.name for item in items}
    for link in companies:
        names |= {(side, model.COMPANY, link.record_id(side) or ""): link.name for side in Side if link.name}
    return Words(names)


def fetch_words(pairing: Pairing, companies: Iterable[CompanyLink] = ()) -> tuple[Words, list[str]]:
    """Names from whichever side answers; a line for each that does not."""
    lists: dict[Side, Lists] = {}
    problems: list[str] = []
    with ThreadPoolExecutor(len(Side), thread_name_prefix="opsync") as pool:
        futures = {side: pool.submit(pairing.crms[side].fetch_lists) for side in Side}
    for side, future in futures.items():
        try:
            lists[side] = future.result()
        except OpsyncError as error:
            problems.append(f"{side.label} did not tell its lists, so ids are shown: {error}")
    return build_words(lists, companies), problems


def change(old: str, new: str, width: int = WIDTH) -> str:
    """`old → new`; of long texts that begin alike, only where they begin to differ."""
    shorter = min(len(old), len(new))
    alike = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    start = max(0, alike - _CONTEXT) if max(len(old), len(new)) > width else 0
    lead = "…" if start else ""
    return f"{shorten(lead + old[start:], width)} → {shorten(lead + new[start:], width)}"


def money(amount: Decimal) -> str:
    """At least two places, and no zeros beyond them: CRMs keep up to nine."""
    whole, _, places = f"{amount:,f}".partition(".")
    return f"{whole}.{places.rstrip('0').ljust(2, '0')}"


def shorten(text: str, width: int = WIDTH) -> str:
    """One printable line of at most `width`: nothing in a CRM's text can drive the terminal."""
    line = text.replace("\r\n", "\n").replace("\n", "↵")
    line = "".join(char if char.isprintable() else "·" for char in line)
    return line if len(line) <= width else line[: width - 1] + "…"


def in_order(names: Iterable[str]) -> list[str]:
    """Fields as people expect them, custom ones last."""
    return sorted(set(names), key=lambda name: (name not in model.FIELDS, _PLACES.get(name, 0), name))


def title_of(link: Link) -> str:
    bases = (link.base_left, link.base_right)
    return next((str(base[model.TITLE]) for base in bases if base and base.get(model.TITLE)), "")


def ids_of(link: Link) -> str:
    """Both record ids, in the words of the two systems."""
    return " ↔ ".join(f"{side.label} {link.record_id(side) or '–'}" for side in Side)


def spoken(state: str) -> str:
    return state.replace("_", " ")


def moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}" if at else "–"


def counted(number: int, noun: str) -> str:
    """`1 link`, `2 links`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
