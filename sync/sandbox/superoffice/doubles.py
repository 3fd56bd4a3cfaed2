"""Doubles as the vendor's .NET serializer spells them: the shortest text that reads back equal."""

from __future__ import annotations

from math import isfinite


def shortest(value: float) -> str:
    """`125000.0`, `0.0001`, `1E+15`, `1.5E-05`: plain digits up to 15 places, an exponent beyond."""
    if not isfinite(value):
        raise ValueError("not a finite number")
    digits, exponent = _parts(value)
    sign = "-" if str(value).startswith("-") else ""
    if -5 < exponent < 15:
        return f"{sign}{_plain(digits, exponent)}"
    mantissa = digits[0] + (f".{digits[1:]}" if len(digits) > 1 else "")
    return f"{sign}{mantissa}E{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def is_unusual(value: float) -> bool:
    """Whether .NET spells it another way than plain digits with a dot."""
    return value != 0 and not 1e-4 <= abs(value) < 1e15


def _parts(value: float) -> tuple[str, int]:
    """The significant digits and the power of ten of the first one."""
    mantissa, _, exponent = f"{abs(value)!r}".partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    lead = len(whole) - 1 if whole.strip("0") else -(len(fraction) - len(fraction.lstrip("0")) + 1)
    return digits.rstrip("0") or "0", (lead + int(exponent or 0)) if digits else 0


def _plain(digits: str, exponent: int) -> str:
    if exponent < 0:
        return f"0.{'0' * (-exponent - 1)}{digits}"
    padded = digits.ljust(exponent + 1, "0")
    return f"{padded[: exponent + 1]}.{padded[exponent + 1 :] or '0'}"
