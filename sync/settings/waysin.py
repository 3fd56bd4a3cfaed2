"""What each way into SuperOffice needs to be set; it reads no file and tries no log-in."""

from collections.abc import Mapping

MADE_BY_LOGIN = ("system_user_token", "refresh_token")
"""Secrets that `opsync login` obtains and writes into their files."""

_SECRETS = {
    "basic": ("password",),
    "ticket": ("ticket",),
    "bearer": ("token",),
    "cookie": ("cookie", "xsrf_token"),
    "system_user": ("client_secret", "private_key"),
    "openid": ("client_secret",),
}
_WORDS = {"basic": ("user",), "openid": ("client_id",)}
_TOKENS = {"system_user": "system_user_token", "openid": "refresh_token"}
# superoffice.md 2.1 (seen 2026-11-22): these two do not work in the cloud, a bearer only there
_OWN_SERVER = frozenset({"basic", "cookie"})
_CLOUD = frozenset({"system_user", "openid"})


def missing_secrets(left: Mapping[str, object]) -> list[str]:
    return [name for name in _SECRETS.get(_login(left), ()) if name not in left]


def other_problems(left: Mapping[str, object]) -> list[str]:
    return [f"superoffice.{problem}" for problem in (*_login_problems(left), *_place_problems(left))]


def _login(left: Mapping[str, object]) -> str:
    return str(left.get("login", "basic"))


def _login_problems(left: Mapping[str, object]) -> list[str]:
    login = _login(left)
    because = f'missing (login = "{login}" needs it)'
    problems = [f"{name}: {because}" for name in _WORDS.get(login, ()) if not left.get(name)]
    token = _TOKENS.get(login)
    if token and not left.get(token) and not left.get(f"{token}_file"):
        problems.append(f"{token}_file: {because}; `opsync login` makes the file")
    return problems


def _place_problems(left: Mapping[str, object]) -> list[str]:
    environment, login = left.get("environment", ""), _login(left)
    if not environment:
        missing = [] if "base_url" in left and left["base_url"] != "" else ["base_url: missing"]
        cloud = [f'environment: missing (login = "{login}" is for the cloud)'] if login in _CLOUD else []
        return cloud or missing
    problems = [] if left.get("tenant") else ["tenant: missing (a tenant in the cloud has a name)"]
    if left.get("base_url"):
        problems.append("base_url: must be empty: the address of a tenant in the cloud is looked up")
    if login in _OWN_SERVER:
        problems.append("login: must be one of system_user, openid, ticket, bearer in the cloud")
    return problems
