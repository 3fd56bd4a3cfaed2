"""The signing keys of the log-in service and of the application; it must not know what they sign."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from sync.sandbox.switches import Switches
from sync.sandbox.wire import JsonObject

CLAIMS = "http://schemes.superoffice.net/identity/"  # superoffice.md 2.2, 2.3 (seen 2026-11-22)
_FIRST, _SECOND, _STRANGE = "sandbox", "sandbox-2", "unpublished"


@cache
def key_of(_purpose: str) -> rsa.RSAPrivateKey:
    """One key per purpose and process: making them is slow."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs the tokens of the log-in service and publishes the key they can be checked with."""

    switches: Switches

    def signed(self, claims: JsonObject) -> str:
        """With `wrong_key` the header names the published key, which did not sign."""
        name = _STRANGE if self.switches.on("wrong_key") else self.current
        return jwt.encode(claims, key_of(f"login {name}"), algorithm="RS256", headers={"kid": self.current})

    @property
    def current(self) -> str:
        return _SECOND if self.switches.on("key_rotated") else _FIRST

    def published(self) -> JsonObject:
        public = key_of(f"login {self.current}").public_key()
        key = jwt.algorithms.RSAAlgorithm.to_jwk(public, as_dict=True)
        return {"keys": [{**key, "kid": self.current, "use": "sig", "alg": "RS256"}]}
