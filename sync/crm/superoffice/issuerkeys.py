"""The keys that the issuer of tokens publishes; it fetches them when asked for one it lacks, never else."""

from collections.abc import Callable, Mapping
from threading import Lock

import jwt

from sync.errors import WrongShape

_PLACE = "SuperOffice GET login/.well-known/jwks"


class IssuerKeys:
    """Public keys by id; `fetch` gives the published set as parsed JSON."""

    def __init__(self, fetch: Callable[[], object]) -> None:
        self._fetch = fetch
        self._lock = Lock()
        self._keys: Mapping[str, jwt.PyJWK] = {}

    def candidates(self, key_id: str | None) -> list[jwt.PyJWK]:
        """The key of that id, or all for a token that names none. An issuer that changed its key is asked
        again, once."""
        with self._lock:
            if not self._keys or (key_id is not None and key_id not in self._keys):
                self._keys = _keys_in(self._fetch())
            if key_id is None:
                return list(self._keys.values())
            return [self._keys[key_id]] if key_id in self._keys else []


def _keys_in(body: object) -> dict[str, jwt.PyJWK]:
    rows = body.get("keys") if isinstance(body, Mapping) else None
    if not isinstance(rows, list):
        raise WrongShape(f"{_PLACE}: expected the issuer's keys, got something else; check `environment`")
    keys = [(str(row.get("kid") or index), _key(row)) for index, row in enumerate(rows) if _is_fit(row)]
    return {name: key for name, key in keys if key is not None}


def _is_fit(row: object) -> bool:
    """Only RSA keys that may sign: superoffice.md 2.2 (seen 2026-11-22)."""
    return isinstance(row, Mapping) and row.get("kty") == "RSA" and row.get("use", "sig") == "sig"


def _key(row: Mapping[str, object]) -> jwt.PyJWK | None:
    """None for a key that cannot be read; another one may fit."""
    try:
        return jwt.PyJWK(dict(row), algorithm="RS256")
    except jwt.PyJWTError:
        return None
