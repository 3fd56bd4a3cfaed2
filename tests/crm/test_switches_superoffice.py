"""The SuperOffice adapter under every switch of the sandbox tenant, alone and in pairs, over real HTTP."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from sync.crm.superoffice.client import SuperOfficeCrm
from sync.crm.superoffice.options import SuperOfficeOptions
from sync.errors import RecordRefused, RetryLater, SideDown
from sync.sandbox.superoffice.app import Installation, build
from sync.sandbox.superoffice.switches import STATES, catalogue
from sync.sandbox.switches import defaults_of
from sync.sandbox.world import make_world
from tests.crm.journey import QUICK, outcome, write_one_authority
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
from tests.crm.test_superoffice_sandbox import SandboxBench, basic, clock
from tests.sandbox.onlyoffice_portal import Loopback, loopback

WORLD = make_world(companies=4, sales=8, seed=7)
DEFAULTS = defaults_of(catalogue())
SERVING = {"Running", "OnlineMaintenance"}
UNUSABLE: Expected = {
    Setting.of("online", True): SideDown,  # the vendor's cloud takes no Basic
    **{Setting.of("tenant_state", state): RetryLater for state in STATES if state not in SERVING},
    Setting.of("active_host", "localhost"): SideDown,
    Setting.of("active_host", "disasterrecovery.localhost"): SideDown,
    Setting.of("misdirected", True): SideDown,
    Setting.of("missing_fields", ["SuperOffice:1"]): RecordRefused,  # where the stamp should go
    Setting.of("mandatory_fields", ["Source"]): RecordRefused,
}
SETTINGS = list(settings_of(catalogue()))
USABLE = [setting for setting in SETTINGS if not errors_of([setting], UNUSABLE)]
BARRED = [setting for setting in SETTINGS if errors_of([setting], UNUSABLE)]


@dataclass
class Ground:
    """One tenant to try switches on."""

    tenant: Installation
    base_url: str
    one_authority: Path
    tries: int = 0

    def fault_of(self, run: Run) -> str:
        """What goes wrong under these switches that should not; nothing, where all is as expected."""
        self.tries += 1
        self.tenant.state.switches.values.update(DEFAULTS | values_of(run))
        with closing(self._crm()) as crm:
            bench = SandboxBench(crm, self.tenant, self.base_url)
            return outcome(bench, f"01JD7W8Q2M{self.tries:06d}", errors_of(run, UNUSABLE))

    def _crm(self) -> SuperOfficeCrm:
        options = SuperOfficeOptions(
            self.base_url, basic(self.tenant), stamp_field="SuperOffice:1", page_size=20, api="auto"
        )
        http_options = replace(QUICK, base_url=self.base_url, ca_file=str(self.one_authority))
        return SuperOfficeCrm(options, http_options, clock=clock)


@pytest.fixture(scope="module")
def running() -> Iterator[Loopback]:
    with loopback() as server:
        yield server


@pytest.fixture(scope="module")
def one_authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_one_authority(tmp_path_factory.mktemp("trust"))


@pytest.fixture
def ground(running: Loopback, one_authority: Path) -> Iterator[Ground]:
    tenant = build(WORLD, clock=clock, password="sandbox")
    running.app = tenant.app
    yield Ground(tenant, running.server.base_url, one_authority)
    tenant.stop()


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
