"""One request as the portal's handlers see it, from the wire or out of a batch; it must not answer it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from starlette.datastructures import URL
from starlette.requests import Request


@dataclass(frozen=True, slots=True)
class Asked:
    """`path` starts at the portal's root, without the base path it is published under."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    cookies: Mapping[str, str]
    content: bytes
    client: str
    host: str

    @property
    def kind(self) -> str:
        return self.headers.get("content-type", "")

    def inner(self, method: str, url: str, *, content: str, kind: str) -> Asked:
        """A request of a batch: its own address and body, the caller's credentials."""
        # onlyoffice.md 8 "Batch endpoint" (seen 2026-11-22)
        address = URL(url if url.startswith("/") else f"/{url}")
        headers = {**self.headers, "content-type": kind}
        return replace(
            self,
            method=method.upper(),
            path=address.path,
            query=address.query,
            headers=headers,
            content=content.encode(),
        )


def from_wire(request: Request, content: bytes, base_path: str) -> Asked | None:
    """None for an address outside the base path."""
    path = request.url.path
    if base_path and not path.lower().startswith(f"{base_path.lower()}/"):
        return None
    return Asked(
        method=request.method,
        path=path[len(base_path) :],
        query=request.url.query,
        headers=request.headers,
        cookies=request.cookies,
        content=content,
        client=request.client.host if request.client else "",
        host=request.url.hostname or "",
    )
