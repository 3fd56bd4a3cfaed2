"""Puts log-in and tenancy of one installation together for its sender of calls; it sends none itself."""

from collections.abc import Callable
from datetime import datetime
from typing import ParamSpec

import httpx

from sync.crm.http import Answer, Call, HttpOptions
from sync.crm.superoffice.admission import Admission, Doorkeeper
from sync.crm.superoffice.auth import CloudAuth, FixedAuth, fixed
from sync.crm.superoffice.identity import Identity
from sync.crm.superoffice.openid import OpenIdLogin
from sync.crm.superoffice.options import Cloud, OpenId, SuperOfficeOptions, SystemUser
from sync.crm.superoffice.systemuser import SystemUserLogin
from sync.crm.superoffice.tenancy import Tenancy
from sync.errors import Misconfigured, RetryLater

P = ParamSpec("P")
# Replaced before a request is sent; the name is reserved, so nothing can go there by mistake (RFC 2606).
_PLACEHOLDER = "https://tenant.invalid/"


class Installation:
    """One's own server as it is, or a tenant wherever the vendor hosts it."""

    def __init__(
        self,
        options: SuperOfficeOptions,
        http_options: HttpOptions,
        on_call: Callable[[Call], None],
        clock: Callable[[], datetime],
    ) -> None:
        self._on_call = on_call
        self._tenancy: Tenancy | None = None
        self._identity: Identity | None = None
        self.base_url = _PLACEHOLDER if options.cloud else options.base_url
        if options.cloud is None:
            self.auth: httpx.Auth = _fixed_auth(options)
            return
        self._identity = Identity(options.cloud, http_options, on_call, clock)
        self._tenancy = Tenancy(options.cloud, http_options, on_call, clock)
        try:
            obtain = _obtain(options, options.cloud, self._identity, clock)
        except Misconfigured:
            self.close()
            raise
        self.auth = CloudAuth(self._tenancy, Doorkeeper(obtain, clock))

    def close(self) -> None:
        for part in (self._identity, self._tenancy):
            if part is not None:
                part.close()

    def remarks(self) -> list[str]:
        """What a person should know about where the tenant is."""
        return self._tenancy.remarks() if self._tenancy else []

    def observe(self, call: Call) -> None:
        """A call without any answer may have gone to a host that the tenant has left."""
        if call.status is None and self._tenancy:
            self._tenancy.doubt()
        self._on_call(call)

    def following(self, write: Callable[P, Answer]) -> Callable[P, Answer]:
        """`write`, sent once more where it surely was not carried out and the tenant has moved meanwhile."""
        tenancy = self._tenancy
        if tenancy is None:
            return write

        def following(*args: P.args, **kwargs: P.kwargs) -> Answer:
            before = tenancy.last_root
            try:
                return write(*args, **kwargs)
            except RetryLater:
                if not before or not tenancy.moved_from(before):
                    raise
                return write(*args, **kwargs)

        return following


def _fixed_auth(options: SuperOfficeOptions) -> httpx.Auth:
    if isinstance(options.login, SystemUser | OpenId):
        raise Misconfigured(["superoffice.environment: missing (this login is for tenants in the cloud)"])
    return FixedAuth(options.login)


def _obtain(
    options: SuperOfficeOptions, cloud: Cloud, identity: Identity, clock: Callable[[], datetime]
) -> Callable[[], Admission]:
    match options.login:
        case SystemUser() as login:
            return SystemUserLogin(login, cloud, identity, clock)
        case OpenId() as login:
            return OpenIdLogin(login, cloud, identity)
        case login:
            return fixed(login)
