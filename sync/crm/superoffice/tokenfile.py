"""A token that `opsync login` obtained, in a file that only its owner may read; it asks nobody for one."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile

from sync.errors import LoginRefused


@dataclass(frozen=True, slots=True)
class TokenFile:
    """Where a token is kept; `given` serves where there is no file to look into."""

    path: Path | None = None
    given: str = field(default="", repr=False)

    def load(self) -> str:
        """Read each time, so that a repeated log-in reaches a running daemon."""
        token = self._text() or self.given
        if not token:
            raise LoginRefused("SuperOffice: there is no token of a log-in yet; run `opsync login`")
        return token

    def save(self, token: str) -> bool:
        """False where no file is configured. The old token stays until the new one is safely written."""
        if self.path is None:
            return False
        try:
            self._replace(self.path, token)
        except OSError as error:
            raise LoginRefused(f"SuperOffice: {self.path} cannot be written ({error.strerror})") from error
        return True

    def _text(self) -> str:
        try:
            return self.path.read_text(encoding="utf-8").strip() if self.path else ""
        except FileNotFoundError:
            return ""
        except UnicodeDecodeError as error:
            raise LoginRefused(f"SuperOffice: {self.path} is not text; run `opsync login`") from error
        except OSError as error:
            raise LoginRefused(f"SuperOffice: {self.path} cannot be read ({error.strerror})") from error

    @staticmethod
    def _replace(path: Path, token: str) -> None:
        """A temporary file is made with mode 0600, and keeps it when it takes its place."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("w", dir=path.parent, prefix=".", delete=False, encoding="utf-8") as file:
            file.write(f"{token}\n")
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(path)
