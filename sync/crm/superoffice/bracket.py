"""The vendor's bracket encoding of typed texts, such as `[I:3]`; knows neither fields nor zones."""

import re

# Every prefix of the encoder: superoffice.md 4.7 (seen 2026-11-22)
_ENCODED = re.compile(r"\[(?:I|F|M|D|DT|T|TS|B):(?P<content>.*)\]", re.DOTALL)


def content_of(text: str) -> str:
    """What stands inside the brackets, whatever the prefix; other text as it is."""
    match = _ENCODED.fullmatch(text.strip())
    return match["content"] if match else text
