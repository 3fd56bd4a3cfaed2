"""Connections to the small cloud, one for each way in; holds no test."""

from dataclasses import dataclass, replace
from typing import Any

from sync.crm.http import Answer, Http, HttpOptions
from sync.crm.superoffice.installation import Installation
from sync.crm.superoffice.options import Cloud, Login, OpenId, SuperOfficeOptions, SystemUser
from sync.crm.superoffice.tokenfile import TokenFile
from sync.domain.model import Side
from tests.crm.vendor_cloud import CLIENT_ID, CLIENT_SECRET, TENANT, USER_TOKEN, VendorCloud, a_key, pem_of

CLOUD = Cloud("online", TENANT)


def a_system_user(**changes: Any) -> SystemUser:
    login = SystemUser(TokenFile(None, USER_TOKEN), pem_of(a_key("application")), CLIENT_SECRET)
    return replace(login, **changes)


def an_open_id(file: TokenFile) -> OpenId:
    return OpenId(CLIENT_ID, CLIENT_SECRET, file)


@dataclass(frozen=True, slots=True)
class Connection:
    """A sender with the installation's log-in and tenancy."""

    installation: Installation
    http: Http

    def get(self) -> Any:
        answer = self.http.read("GET", "api/v1/Sale/1", route="Sale/{id}")
        assert answer is not None
        return answer.body

    def post(self) -> Answer:
        write = self.installation.following(self.http.write)
        return write("POST", "api/v1/Sale", route="Sale", json={"Heading": "Pump"})

    def close(self) -> None:
        self.http.close()
        self.installation.close()


def connect(
    cloud: VendorCloud, login: Login | None = None, *, place: Cloud = CLOUD, attempts: int = 2
) -> Connection:
    options = HttpOptions("", wait_s=0.001, calls_per_minute=100_000, attempts=attempts)
    wanted = SuperOfficeOptions("", login or a_system_user(), cloud=place)
    installation = Installation(wanted, options, lambda _call: None, cloud.clock)
    http = Http(
        Side.LEFT,
        replace(options, base_url=installation.base_url),
        auth=installation.auth,
        headers={},
        explain=lambda _status, _body: "",
        on_call=installation.observe,
    )
    return Connection(installation, http)
