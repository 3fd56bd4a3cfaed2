"""A small world for engine tests: two memory CRMs, a fresh SQLite state, a clock that only we move."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from sync.crm.memory import MemoryCrm
from sync.domain import model
from sync.domain.capacity import CAPACITIES
from sync.domain.link import Link
from sync.domain.model import Choice, Company, Lists, Side, Stage, State, User, Value, Values
from sync.domain.policy import Direction, Policy, Winner
from sync.domain.resolve import MappingSpec
from sync.domain.stages import StageRule
from sync.engine.pairing import Options, Pairing
from sync.engine.reach import CHANGES, EVERYTHING
from sync.engine.run import Report, run
from sync.store import links as link_store
from sync.store.database import Database, migrate

LEFT_LISTS = Lists(
    stages=(
        Stage("open/11", "First talk", State.OPEN, 10),
        Stage("open/12", "Proposal", State.OPEN, 50),
        Stage("sold", "Sold", State.WON, 100),
        Stage("lost", "Lost", State.LOST, 0),
        Stage("stalled", "Stalled", State.STALLED, 0),
    ),
    currencies=(Choice("3", "NOK"), Choice("4", "EUR"), Choice("5", "ISK")),
    users=(User("7", "Anna Berg", "ANNA", "anna@example.com"), User("8", "Ola Li", "OLA", "ola@example.com")),
)
RIGHT_LISTS = Lists(
    stages=(
        Stage("41", "Talk", State.OPEN, 10),
        Stage("42", "Offer", State.OPEN, 50),
        Stage("43", "Won", State.WON, 100),
        Stage("44", "Lost", State.LOST, 0),
    ),
    currencies=(Choice("NOK", "NOK"), Choice("EUR", "EUR"), Choice("USD", "USD")),
    users=(
        User("aaaa", "Anna Berg", "anna", "anna@example.com"),
        User("bbbb", "Ola Li", "ola", "ola@example.com"),
    ),
)
STAGES = (
    StageRule("open", "Talk", "First talk"),
    StageRule("open", "Offer", "Proposal"),
    StageRule("sold", "Won"),
    StageRule("lost", "Lost"),
    StageRule("stalled", "Talk", direction=Direction.LEFT_TO_RIGHT),
)
COMPANIES = {
    Side.LEFT: [Company(Side.LEFT, "501", "Fjord Marine AS"), Company(Side.LEFT, "502", "Only Left AS")],
    Side.RIGHT: [Company(Side.RIGHT, "61", "FJORD MARINE A/S"), Company(Side.RIGHT, "62", "Only Right")],
}


class FakeClock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def _fit_left(values: Values) -> Values:
    """Like SuperOffice: one sale date, expected while open and actual once closed."""
    held = {
        name: CAPACITIES[name][Side.LEFT].hold(value) for name, value in values.items() if name in CAPACITIES
    }
    closed = held[model.STAGE] in ("sold", "lost")
    day = held.pop(model.ACTUAL_CLOSE, None) if closed else held.pop(model.EXPECTED_CLOSE, None)
    day = (
        day or held.pop(model.EXPECTED_CLOSE, None) or held.pop(model.ACTUAL_CLOSE, None) or date(2027, 1, 31)
    )
    held.pop(model.EXPECTED_CLOSE, None)
    return (
        {**held, model.ACTUAL_CLOSE: day}
        if closed
        else {**held, model.EXPECTED_CLOSE: day, model.ACTUAL_CLOSE: None}
    )


def _fit_right(values: Values) -> Values:
    return {
        name: CAPACITIES[name][Side.RIGHT].hold(value) for name, value in values.items() if name in CAPACITIES
    }


class World:
    """Everything a test touches: `left`, `right`, `clock`, `sync()`."""

    def __init__(self, folder: Path, *, delta: bool = True, **policy: object) -> None:
        self.clock = FakeClock()
        self.left = MemoryCrm(
            Side.LEFT, LEFT_LISTS, COMPANIES[Side.LEFT], self.clock, delta=delta, first_id=1000, fit=_fit_left
        )
        self.right = MemoryCrm(
            Side.RIGHT, RIGHT_LISTS, COMPANIES[Side.RIGHT], self.clock, first_id=1, fit=_fit_right
        )
        url = f"sqlite:///{folder / 'state.db'}"
        migrate(url)
        self.database = Database(url)
        options = Options(workers=2, creates_companies=dict.fromkeys(Side, True))
        self.pairing = Pairing(
            {Side.LEFT: self.left, Side.RIGHT: self.right},
            self.database,
            self.clock,
            MappingSpec(stages=STAGES),
            replace(Policy(first_link=Winner.LEFT), **policy),  # type: ignore[arg-type]  # tests name the fields
            options,
        )

    def sync(self, *, full: bool = False, release: str = "") -> Report:
        self.clock.wait(60)
        return run(self.pairing, "sync", EVERYTHING if full else CHANGES, release=release)

    def with_(self, **changes: object) -> None:
        """Change the pairing's settings between two runs."""
        self.pairing = replace(self.pairing, **changes)  # type: ignore[arg-type]  # tests name the fields

    def links(self) -> list[Link]:
        with self.database.read() as connection:
            return link_store.load_links(connection)

    def link_of(self, side: Side, record_id: str) -> Link:
        return next(link for link in self.links() if link.record_id(side) == record_id)

    def writes(self) -> int:
        return self.left.writes + self.right.writes

    def a_sale(self, **values: Value) -> str:
        return self.left.user_creates(**{**_A_SALE, **values})

    def an_opportunity(self, **values: Value) -> str:
        return self.right.user_creates(**{**_AN_OPPORTUNITY, **values})

    def close(self) -> None:
        self.database.close()


_A_SALE: Mapping[str, Value] = {
    model.TITLE: "Pump retrofit",
    model.DESCRIPTION: "Two vessels",
    model.AMOUNT: Decimal("125000.50"),
    model.CURRENCY: "3",
    model.PROBABILITY: 50,
    model.STAGE: "open/12",
    model.EXPECTED_CLOSE: date(2027, 3, 1),
    model.ACTUAL_CLOSE: None,
    model.OWNER: "7",
    model.COMPANY: "501",
    model.PERSON: None,
}
_AN_OPPORTUNITY: Mapping[str, Value] = {
    **_A_SALE,
    model.CURRENCY: "NOK",
    model.STAGE: "42",
    model.OWNER: "aaaa",
    model.COMPANY: "61",
}
