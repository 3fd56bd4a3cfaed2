"""The ways into the cloud against the sandbox's log-in service and tenant, over real HTTP."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from sync.crm.http import HttpOptions
from sync.crm.superoffice.client import SuperOfficeCrm
from sync.crm.superoffice.consent import Consent, ConsentOptions
from sync.crm.superoffice.identity import Identity
from sync.crm.superoffice.options import Cloud, Login, OpenId, SuperOfficeOptions, SystemUser
from sync.crm.superoffice.tokenfile import TokenFile
from sync.errors import LoginRefused, OpsyncError, RetryLater, SideDown, WrongShape
from sync.sandbox.server import RunningServer, start
from sync.sandbox.superoffice.app import Installation, build
from sync.sandbox.world import make_world
from sync.wiring import real_clock
from tests.crm.vendor_cloud import a_key, pem_of

HTTP = HttpOptions("", wait_s=0.001, calls_per_minute=100_000, attempts=2)


@dataclass
class Tenant:
    """A served sandbox tenant whose clock the test moves, and files for its tokens."""

    installation: Installation
    server: RunningServer
    folder: Path
    now: datetime
    secrets: dict[str, str]

    def clock(self) -> datetime:
        return self.now

    def switch(self, **values: object) -> None:
        httpx.post(f"{self.server.base_url}/_sandbox/switches", json=values).raise_for_status()

    def calls(self, path: str) -> int:
        log = httpx.get(f"{self.server.base_url}/_sandbox/log").raise_for_status().json()
        rows = log["entries"] if isinstance(log, dict) else log
        return sum(path in str(row) for row in rows)

    @property
    def cloud(self) -> Cloud:
        root = self.server.base_url
        return Cloud("online", "Cust90001", root, f"{root}/api/state/Cust90001")

    def file(self, name: str) -> TokenFile:
        return TokenFile(self.folder / name)

    def system_user(self, pem: str = "") -> SystemUser:
        token = TokenFile(None, self.secrets["system_user_token"])
        return SystemUser(token, pem or self.secrets["private_key"], self.secrets["app_token"])

    def open_id(self) -> OpenId:
        return OpenId(self.secrets["client_id"], self.secrets["app_token"], self.file("refresh.token"))

    def crm(self, login: Login, cloud: Cloud | None = None) -> SuperOfficeCrm:
        return SuperOfficeCrm(
            SuperOfficeOptions("", login, tenant="Cust90001", cloud=cloud or self.cloud),
            HTTP,
            clock=self.clock,
        )

    def consent(self, *, wants_system_user: bool = False) -> Consent:
        options = ConsentOptions(
            self.secrets["client_id"],
            self.secrets["app_token"],
            8610,
            self.file("refresh.token"),
            self.file("system.token"),
            wants_system_user,
        )
        identity = Identity(self.cloud, HTTP, lambda _call: None, self.clock)
        return Consent(options, self.cloud, identity)


@pytest.fixture
def tenant(tmp_path: Path) -> Iterator[Tenant]:
    now = real_clock()
    box: list[Tenant] = []
    world = make_world(companies=4, sales=6, seed=7)
    installation = build(
        world, clock=lambda: box[0].now if box else now, password="sandbox", base_path="/Cust90001"
    )
    server = start(installation.app)
    box.append(Tenant(installation, server, tmp_path, now, dict(installation.credentials)))
    box[0].switch(online=True)
    yield box[0]
    server.stop()
    installation.stop()


def consented(tenant: Tenant) -> None:
    """Through the sandbox's consent page, as `opsync login --code-from-stdin` would."""
    consent = tenant.consent()
    answer = httpx.get(consent.url(), follow_redirects=False)
    code = consent.code_of(urlsplit(answer.headers["location"]).query)
    assert code
    granted = consent.redeem(code)
    consent.close()
    assert granted.tenant == "Cust90001"


def trouble(tenant: Tenant, login: Login, cloud: Cloud | None = None) -> OpsyncError:
    crm = tenant.crm(login, cloud)
    with pytest.raises(OpsyncError) as caught:
        crm.fetch_access()
    crm.close()
    line = str(caught.value)
    assert "\n" not in line
    assert not any(secret in line for name, secret in tenant.secrets.items() if name not in {"user"})
    return caught.value


def test_a_system_user_reads_everything_with_one_login(tenant: Tenant) -> None:
    """The real signature is checked by the sandbox, its token by us."""
    crm = tenant.crm(tenant.system_user())
    access, sales = crm.fetch_access(), list(crm.fetch_census())
    crm.close()

    assert access.tenant
    assert len(sales) == len(tenant.installation.state.sales) > 0
    assert tenant.calls("PartnerSystemUser") == 1


def test_an_idle_ticket_and_a_reset_session_are_survived(tenant: Tenant) -> None:
    """Without anybody noticing."""
    crm = tenant.crm(tenant.system_user())
    crm.fetch_access()
    tenant.now += timedelta(hours=7)
    crm.fetch_access()
    tenant.switch(session_reset=1)
    crm.fetch_access()
    crm.close()

    assert tenant.calls("PartnerSystemUser") == 3


def test_a_consent_and_its_refresh_token_work_to_the_end(tenant: Tenant) -> None:
    """Until the consent is withdrawn, which says what to do."""
    consented(tenant)
    crm = tenant.crm(tenant.open_id())
    crm.fetch_access()
    tenant.now += timedelta(hours=2)
    crm.fetch_access()
    tenant.switch(refresh_revoked=True)
    tenant.now += timedelta(hours=2)
    with pytest.raises(LoginRefused, match="opsync login"):
        crm.fetch_access()
    crm.close()


def test_a_consent_brings_the_system_users_token_too(tenant: Tenant) -> None:
    """Which then logs the application in."""
    consented(tenant)

    assert tenant.file("system.token").load() == tenant.secrets["system_user_token"]


def test_a_denied_consent_is_told(tenant: Tenant) -> None:
    """The redirect carries the refusal."""
    tenant.switch(consent="denied")
    consent = tenant.consent()
    answer = httpx.get(consent.url(), follow_redirects=False)
    with pytest.raises(LoginRefused, match="denied"):
        consent.code_of(urlsplit(answer.headers["location"]).query)
    consent.close()


@pytest.mark.parametrize(
    ("switch", "value", "kind", "advice"),
    [
        ("app_revoked", True, LoginRefused, "opsync login"),
        ("authorize_error", "Denied", LoginRefused, "denied"),
        ("authorize_error", "NeedsReApproval", LoginRefused, "approval"),
        ("authorize_error", "Expired", LoginRefused, "expired"),
        ("clock_skew_s", 900, LoginRefused, "clock"),
        ("clock_skew_s", -900, LoginRefused, "clock"),
        ("wrong_key", True, LoginRefused, "published keys"),
        ("wrong_issuer", True, LoginRefused, "another issuer"),
        ("ticket_expired", True, LoginRefused, "not accepted"),
        ("tenant_state", "Suspended", RetryLater, "suspended"),
        ("tenant_state", "OfflineMaintenance", RetryLater, "maintenance"),
        ("tenant_state", "Deleted", SideDown, "stop this pairing"),
        ("misdirected", True, SideDown, "421"),
        ("login_page", True, WrongShape, "JSON"),
    ],
)
def test_each_trouble_ends_in_one_line(
    tenant: Tenant, switch: str, value: object, kind: type[OpsyncError], advice: str
) -> None:
    """That says what to do and shows no secret."""
    tenant.switch(**{switch: value})
    if switch == "login_page":
        tenant.switch(ticket_expired=True)
    error = trouble(tenant, tenant.system_user())

    assert isinstance(error, kind)
    assert advice in str(error)


def test_a_wrong_key_and_a_wrong_tenant_are_told(tenant: Tenant) -> None:
    """By what they are."""
    stranger = tenant.system_user(pem_of(a_key("stranger")))
    root = tenant.server.base_url

    assert "private_key_file" in str(trouble(tenant, stranger))
    assert "`tenant`" in str(trouble(tenant, tenant.system_user(), Cloud("online", "Cust1", root)))


@pytest.mark.parametrize("switch", [{"key_rotated": True}, {"wrong_audience": True}, {"state_valid_s": 0}])
def test_what_may_change_is_survived(tenant: Tenant, switch: dict[str, object]) -> None:
    """A new issuer key is fetched; an audience counts only where a serial is configured."""
    crm = tenant.crm(tenant.system_user())
    crm.fetch_access()
    tenant.switch(**switch)
    tenant.now += timedelta(hours=7)
    crm.fetch_access()
    crm.close()


def test_the_tenant_is_followed_to_another_host(tenant: Tenant) -> None:
    """And back, in the middle of a listing."""
    crm = tenant.crm(tenant.system_user())
    crm.fetch_access()
    tenant.switch(active_host="localhost")
    there = len(list(crm.fetch_census()))
    tenant.switch(active_host="127.0.0.1")
    back = len(list(crm.fetch_census()))
    crm.close()

    assert there == back == len(tenant.installation.state.sales)


def test_maintenance_pauses_the_side_and_ends_by_itself(tenant: Tenant) -> None:
    """Noticed by the first 503, however long the state was valid; over within a minute."""
    crm = tenant.crm(tenant.system_user())
    crm.fetch_access()
    tenant.switch(tenant_state="OfflineMaintenance")
    with pytest.raises(RetryLater, match="maintenance"):
        crm.fetch_access()
    tenant.switch(tenant_state="OnlineMaintenance")
    tenant.now += timedelta(seconds=61)

    assert crm.fetch_access().tenant
    crm.close()
