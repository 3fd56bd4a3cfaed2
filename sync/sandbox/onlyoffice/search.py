"""The asynchronous text index of opportunities; it must not decide who may see a hit."""

from datetime import datetime, timedelta


class SearchIndex:
    """Texts by opportunity id, each found only from a moment on."""

    def __init__(self) -> None:
        self._texts: dict[int, list[tuple[datetime, str]]] = {}

    def put(self, key: int, text: str, *, now: datetime, delay_s: float) -> None:
        kept = [entry for entry in self._texts.get(key, []) if entry[0] <= now][-1:]
        self._texts[key] = [*kept, (now + timedelta(seconds=delay_s), text.lower())]

    def drop(self, key: int) -> None:
        self._texts.pop(key, None)

    def find(self, text: str, *, now: datetime) -> set[int]:
        """Ids whose indexed text holds every word, at most 1000."""
        # onlyoffice.md 4.2 "Text search" (seen 2026-11-22)
        words = text.lower().split()
        hits = (key for key in self._texts if all(word in self._visible(key, now) for word in words))
        return set(list(hits)[:1000])

    def _visible(self, key: int, now: datetime) -> str:
        due = [text for at, text in self._texts[key] if at <= now]
        return due[-1] if due else ""
