"""The ONLYOFFICE adapter under every switch of the sandbox portal, alone and in pairs, over real HTTP."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from sync.crm.onlyoffice.client import OnlyOfficeCrm
from sync.errors import LoginRefused, RecordRefused, RetryLater, SideDown, WrongShape
from sync.sandbox.onlyoffice.app import Portal, build
from sync.sandbox.onlyoffice.switches import DEFAULTS, catalogue
from sync.sandbox.world import make_world
from tests.crm.journey import QUICK, outcome, write_one_authority
from tests.crm.onlyoffice_portal import SandboxBench, options_of
from tests.crm.switchboard import (
    Expected,
    Run,
    Setting,
    covering,
    errors_of,
    settings_of,
    shrunk,
    side_by_side,
    values_of,
)
from tests.sandbox.onlyoffice_portal import HandClock, Loopback, loopback

WORLD = make_world(companies=4, sales=8, seed=7)
UNUSABLE: Expected = {
    Setting.of("two_factor", "sms"): LoginRefused,
    Setting.of("two_factor", "app"): LoginRefused,
    Setting.of("ip_restricted", True): SideDown,
    Setting.of("account_rights", "none"): SideDown,
    Setting.of("front", "login_page"): WrongShape,
    Setting.of("front", "error_in_200"): SideDown,
    Setting.of("front", "bad_gateway"): RetryLater,
    Setting.of("front", "busy"): RetryLater,
    Setting.of("front", "busy_retry"): RetryLater,
    Setting.of("portal_status", "unpaid"): SideDown,
    Setting.of("portal_status", "moving"): RetryLater,
    Setting.of("crm_opened", False): RecordRefused,
}
SETTINGS = settings_of(catalogue())
USABLE = [setting for setting in SETTINGS if not errors_of([setting], UNUSABLE)]
BARRED = [setting for setting in SETTINGS if errors_of([setting], UNUSABLE)]


@dataclass
class Bench(SandboxBench):
    """Keys that exist under every switch."""

    def a_stage(self) -> str:
        return str(next(iter(self.portal.state.stages)))

    def other_stage(self) -> str:
        return str(list(self.portal.state.stages)[1])

    def a_currency(self) -> str:
        return "EUR"


@dataclass
class Ground:
    """One portal to try switches on, and the time that passes between two tries."""

    portal: Portal
    base_url: str
    clock: HandClock
    one_authority: Path
    tries: int = 0

    def fault_of(self, run: Run) -> str:
        """What goes wrong under these switches that should not; nothing, where all is as expected."""
        self.tries += 1
        self.clock.advance(60)
        # A limiter that asks for ten seconds would be obeyed, and this is no test of patience.
        self.portal.switches.values.update(DEFAULTS | {"retry_after_s": 0} | values_of(run))
        with closing(self._crm()) as crm:
            bench = Bench(crm, self.portal, self.base_url)
            return outcome(bench, f"01JD7W8Q2M{self.tries:06d}", errors_of(run, UNUSABLE))

    def _crm(self) -> OnlyOfficeCrm:
        options = replace(options_of(self.portal, self.base_url), stamp_field="Opsync link", page_size=20)
        return OnlyOfficeCrm(options, replace(QUICK, ca_file=str(self.one_authority)), clock=self.clock)


@pytest.fixture(scope="module")
def running() -> Iterator[Loopback]:
    with loopback() as server:
        yield server


@pytest.fixture(scope="module")
def one_authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_one_authority(tmp_path_factory.mktemp("trust"))


@pytest.fixture
def ground(running: Loopback, one_authority: Path) -> Ground:
    clock = HandClock()
    portal = build(WORLD, clock=clock, password="sandbox", private_percent=25)
    running.app = portal.app
    return Ground(portal, running.server.base_url, clock, one_authority)


def test_without_any_switch(ground: Ground) -> None:
    """The walk itself, so that a failure below is a switch's doing."""
    assert ground.fault_of(()) == ""


@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_each_switch_alone(ground: Ground, setting: Setting) -> None:
    """A switch changes nothing the engine sees, or ends in the error that says what is wrong."""
    assert ground.fault_of((setting,)) == ""


@pytest.mark.parametrize("run", covering(USABLE), ids=len)
def test_every_pair_of_harmless_switches(ground: Ground, run: Run) -> None:
    """Switches together do nothing that none does alone; many pairs are tried in one walk."""
    if ground.fault_of(run):
        culprits, fault = shrunk(run, ground.fault_of)
        pytest.fail(f"{' '.join(map(str, culprits))}: {fault}")


@pytest.mark.parametrize("setting", BARRED, ids=str)
def test_an_unusable_side_stays_so_beside_any_switch(ground: Ground, setting: Setting) -> None:
    """No other switch hides what is wrong; of two troubles either may be told."""
    harmless = side_by_side([other for other in USABLE if other.name != setting.name])
    beside = [*harmless, *((other,) for other in BARRED if other.name != setting.name)]

    assert [fault for run in beside if (fault := ground.fault_of((setting, *run)))] == []
