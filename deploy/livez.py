"""Health check of the container: asks the service's own /livez, or the page named; it changes nothing."""

import os
import sys
from http.client import HTTPConnection
from pathlib import Path

TIMEOUT_S = 8


def is_well(page: str) -> bool:
    token = os.environ.get("OPSYNC_WEB__TOKEN")
    token = token or Path(os.environ["OPSYNC_WEB__TOKEN_FILE"]).read_text(encoding="utf-8").strip()
    port = int(os.environ.get("OPSYNC_WEB__PORT") or 8370)
    connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", page, headers={"Authorization": f"Bearer {token}"})
        return connection.getresponse().status == 200
    finally:
        connection.close()


if __name__ == "__main__":
    try:
        sys.exit(0 if is_well(sys.argv[1] if len(sys.argv) > 1 else "/livez") else 1)
    except (OSError, KeyError, ValueError) as error:
        sys.exit(f"no answer from the service: {error}")
