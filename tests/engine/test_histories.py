"""Random histories: people edit both sides, opsync runs, and the promises hold after every run."""

import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    precondition,
    rule,
)

from sync.domain.link import LinkState
from sync.domain.model import Side, Value
from sync.domain.policy import Revival, Winner
from sync.domain.resolve import resolve
from sync.engine.companies import CompanyBook
from sync.errors import OutcomeUnknown, RetryLater
from sync.store import companies as company_store
from tests.engine.world import LEFT_LISTS, RIGHT_LISTS, World

TITLES = st.sampled_from(["Pump", "Hull", "Crane", "Winch"])
DAYS = st.dates(date(2026, 12, 1), date(2027, 6, 1))
AMOUNTS = st.decimals(-1000, 10**6, places=2, allow_nan=False)
LEFT_EDITS = st.one_of(
    TITLES.map(lambda title: {"title": title}),
    AMOUNTS.map(lambda amount: {"amount": amount}),
    st.sampled_from(["open/11", "open/12", "sold", "lost", "stalled"]).map(lambda stage: {"stage": stage}),
    st.integers(0, 100).map(lambda percent: {"probability": percent}),
    st.sampled_from(["3", "4"]).map(lambda currency: {"currency": currency}),
    DAYS.map(lambda day: {"expected_close_on": day, "actual_close_on": day}),
    st.sampled_from(["501", "502", None]).map(lambda company: {"company": company}),
)
RIGHT_EDITS = st.one_of(
    TITLES.map(lambda title: {"title": title}),
    AMOUNTS.map(lambda amount: {"amount": amount}),
    st.sampled_from(["41", "42", "44"]).map(lambda stage: {"stage": stage, "actual_close_on": None}),
    DAYS.map(lambda day: {"stage": "43", "actual_close_on": day}),
    st.integers(0, 100).map(lambda percent: {"probability": percent}),
    DAYS.map(lambda day: {"expected_close_on": day}),
    st.sampled_from(["61", None]).map(lambda company: {"company": company}),
)


class TwoCrms(RuleBasedStateMachine):
    """Users on both sides, faults in between; `settle` runs until nothing moves, then compares everything."""

    sales = Bundle("sales")
    opportunities = Bundle("opportunities")

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self._number = 0

    @initialize(delta=st.booleans(), winner=st.sampled_from(Winner), revival=st.sampled_from(Revival))
    def begin(self, delta: bool, winner: Winner, revival: Revival) -> None:
        self.world = World(Path(self._folder.name), delta=delta, revival=revival)
        spec = self.world.pairing.spec
        self.world.with_(spec=replace(spec, default=replace(spec.default, winner=winner)))
        self.created: dict[Side, int] = dict.fromkeys(Side, 0)

    def teardown(self) -> None:
        self.world.close()
        self._folder.cleanup()

    def _unique(self, title: str) -> str:
        self._number += 1
        return f"{title} {self._number}"

    @rule(target=sales, title=TITLES, edit=LEFT_EDITS)
    def new_sale(self, title: str, edit: dict[str, Value]) -> str:
        self.created[Side.LEFT] += 1
        return self.world.a_sale(**{**edit, "title": self._unique(title)})

    @rule(target=opportunities, title=TITLES, edit=RIGHT_EDITS)
    def new_opportunity(self, title: str, edit: dict[str, Value]) -> str:
        self.created[Side.RIGHT] += 1
        return self.world.an_opportunity(**{**edit, "title": self._unique(title)})

    @rule(sale_id=sales, edit=LEFT_EDITS)
    def edit_sale(self, sale_id: str, edit: dict[str, Value]) -> None:
        self._edit(Side.LEFT, sale_id, edit)

    @rule(opportunity_id=opportunities, edit=RIGHT_EDITS)
    def edit_opportunity(self, opportunity_id: str, edit: dict[str, Value]) -> None:
        self._edit(Side.RIGHT, opportunity_id, edit)

    @rule(sale_id=sales, edit=RIGHT_EDITS)
    def edit_partner(self, sale_id: str, edit: dict[str, Value]) -> None:
        """The same deal, edited over there."""
        for link in self.world.links():
            if link.left_id == sale_id and link.right_id:
                self._edit(Side.RIGHT, link.right_id, edit)

    def _edit(self, side: Side, record_id: str, edit: dict[str, Value]) -> None:
        crm = self.world.left if side is Side.LEFT else self.world.right
        if record_id in crm.records:
            changes = {**edit, "title": self._unique(str(edit["title"]))} if "title" in edit else edit
            crm.user_edits(record_id, **changes)

    @rule(sale_id=consumes(sales))
    def delete_sale(self, sale_id: str) -> None:
        if sale_id in self.world.left.records:
            self.world.left.user_deletes(sale_id)

    @rule(opportunity_id=consumes(opportunities))
    def delete_opportunity(self, opportunity_id: str) -> None:
        if opportunity_id in self.world.right.records:
            self.world.right.user_deletes(opportunity_id)

    @rule(full=st.booleans())
    def sync(self, full: bool) -> None:
        self.world.sync(full=full)

    @rule(side=st.sampled_from(Side), before=st.booleans(), nth=st.integers(1, 3))
    def sync_with_a_lost_answer(self, side: Side, before: bool, nth: int) -> None:
        """The n-th write of one side gets lost, before or after it was carried out."""
        crm = self.world.left if side is Side.LEFT else self.world.right
        left = nth

        def lose(name: str) -> None:
            nonlocal left
            if name.startswith(("create_record", "update_record", "delete_record")):
                left -= 1
                if left == 0:
                    raise OutcomeUnknown("cut")

        ignore = crm.before_call
        crm.before_call, crm.after_write = (lose, ignore) if before else (ignore, lose)
        self.world.sync()
        crm.before_call = crm.after_write = ignore

    @rule(side=st.sampled_from(Side))
    def sync_with_a_busy_side(self, side: Side) -> None:
        crm = self.world.left if side is Side.LEFT else self.world.right
        ignore = crm.before_call

        def busy(name: str) -> None:
            if name in ("create_record", "update_record"):
                raise RetryLater("busy")

        crm.before_call = busy
        self.world.sync()
        crm.before_call = ignore

    @precondition(lambda self: hasattr(self, "world"))
    @invariant()
    def nothing_is_doubled(self) -> None:
        """Never more records than people made, plus one copy each (I5)."""
        made = sum(self.created.values())
        for side, crm in ((Side.LEFT, self.world.left), (Side.RIGHT, self.world.right)):
            stamps = [record.stamp for record in crm.records.values() if record.stamp]
            assert len(stamps) == len(set(stamps)), f"twins on the {side}"
            assert len(crm.records) <= made

    @rule()
    def settle(self) -> None:
        """Left alone, everything comes to rest: no writes, both sides equal wherever nobody must decide."""
        for _ in range(4):
            self.world.clock.wait(700)
            self.world.sync(full=True)
        before, links = self.world.writes(), self.world.links()
        report = self.world.sync()
        full = self.world.sync(full=True)
        assert (report.writes, full.writes) == ({}, {})
        assert self.world.writes() == before
        assert self.world.links() == links
        self._compare()

    def _compare(self) -> None:
        with self.world.database.read() as connection:
            book = CompanyBook(tuple(company_store.load_company_links(connection)))
        spec = self.world.pairing.spec
        mapping = resolve(spec, LEFT_LISTS, RIGHT_LISTS, book.as_companies()).mapping
        for link in self.world.links():
            assert link.state not in (LinkState.PENDING, LinkState.RETRYING)
            if link.state is not LinkState.IN_SYNC:
                continue
            left = self.world.left.records[link.left_id or ""].values
            right = self.world.right.records[link.right_id or ""].values
            for field in mapping.fields:
                if field.name in left and field.name in right and field.name != "stage":
                    assert field.tolerates(left[field.name], right[field.name]), field.name
            if left["stage"] != "stalled":
                assert mapping.field("stage").agrees(left["stage"], right["stage"])  # type: ignore[union-attr]  # always mapped


TwoCrms.TestCase.settings = settings(
    max_examples=60,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestTwoCrms = TwoCrms.TestCase
