"""Text as the portal's columns can hold it, and the stamp line inside a description; nothing else."""

import re

# Three-byte utf8 columns cut text at the first character outside the BMP, and the body travels through XML.
# onlyoffice.md 3.5 and 5.7 (seen 2026-11-22)
_UNSTORABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd]")
_MARKER = re.compile(r"(?:^|\n)\[opsync:(?P<stamp>[A-Za-z0-9_-]+)\](?=\n|\Z)")
_TITLE_CHARACTERS = 255  # onlyoffice.md 4.4 "title" (seen 2026-11-22)
_DESCRIPTION_BYTES = 65_535  # onlyoffice.md 4.4 "description" (seen 2026-11-22)


def storable(text: str) -> str:
    """Without the characters that would cut or break the text."""
    return _UNSTORABLE.sub("", text)


def storable_title(text: str) -> str:
    return storable(text)[:_TITLE_CHARACTERS]


def split_marker(text: str) -> tuple[str, str | None]:
    """(what people wrote, with plain line ends; the stamp) of a stored description."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    found = _MARKER.search(plain)
    if found is None:
        return plain, None
    kept = plain[: found.start()] + plain[found.end() :]
    return (kept if found.start() else kept.removeprefix("\n")), found["stamp"]


def join_marker(text: str, stamp: str | None) -> str:
    """The description to store: cut to the column, the stamp's line last and whole."""
    marker = f"[opsync:{stamp}]" if stamp else ""
    room = _DESCRIPTION_BYTES - len(marker) - 1
    kept = storable(text).encode()[:room].decode(errors="ignore")
    return "\n".join(part for part in (kept, marker) if part)
