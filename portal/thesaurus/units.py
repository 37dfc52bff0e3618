"""Numbers with units, the same token however they are written: `3.3 kW`, `3,3 kW`, `3300W`."""

import re
from decimal import Decimal, InvalidOperation

# spelling (case-insensitive unless a single letter) → (base unit, factor)
_UNITS: dict[str, tuple[str, str]] = {
    "w": ("W", "1"), "kw": ("W", "1000"), "mw": ("W", "1000000"), "gw": ("W", "1000000000"),
    "千瓦": ("W", "1000"), "兆瓦": ("W", "1000000"),
    "wh": ("Wh", "1"), "kwh": ("Wh", "1000"), "mwh": ("Wh", "1000000"), "gwh": ("Wh", "1000000000"),
    "千瓦时": ("Wh", "1000"), "度电": ("Wh", "1000"),
    "wh/kg": ("Wh/kg", "1"), "wh/l": ("Wh/l", "1"), "kw/l": ("kW/l", "1"), "kw/kg": ("kW/kg", "1"),
    "瓦时/千克": ("Wh/kg", "1"), "瓦时/公斤": ("Wh/kg", "1"),
    "v": ("V", "1"), "kv": ("V", "1000"), "mv": ("V", "0.001"), "vdc": ("V", "1"),
    "vac": ("V", "1"), "volt": ("V", "1"), "伏": ("V", "1"), "伏特": ("V", "1"),
    "千伏": ("V", "1000"),
    "A": ("A", "1"), "ka": ("A", "1000"), "ma": ("A", "0.001"), "安培": ("A", "1"),
    "ah": ("Ah", "1"), "mah": ("Ah", "0.001"), "安时": ("Ah", "1"),
    "kva": ("VA", "1000"), "ps": ("PS", "1"), "马力": ("PS", "1"), "hp": ("hp", "1"),
    "nm/kg": ("Nm/kg", "1"), "n·m": ("Nm", "1"), "n.m": ("Nm", "1"), "牛米": ("Nm", "1"),
    "rpm": ("rpm", "1"), "r/min": ("rpm", "1"), "1/min": ("rpm", "1"), "u/min": ("rpm", "1"),
    "转/分": ("rpm", "1"),
    "%": ("%", "1"), "°c": ("°C", "1"), "℃": ("°C", "1"), "°": ("°", "1"),
    "摄氏度": ("°C", "1"),
    "nm": ("nm", "1"), "纳米": ("nm", "1"), "μm": ("mm", "0.001"), "um": ("mm", "0.001"),
    "微米": ("mm", "0.001"), "mm": ("mm", "1"), "毫米": ("mm", "1"), "cm": ("mm", "10"),
    "厘米": ("mm", "10"), "m": ("mm", "1000"), "km": ("mm", "1000000"), "公里": ("mm", "1000000"),
    "千米": ("mm", "1000000"), "英寸": ("inch", "1"), "inch": ("inch", "1"), "zoll": ("inch", "1"),
    "mm2": ("mm2", "1"), "cm2": ("mm2", "100"), "m2": ("mm2", "1000000"), "m3": ("m3", "1"),
    "mg": ("g", "0.001"), "g": ("g", "1"), "kg": ("g", "1000"), "t": ("g", "1000000"),
    "克": ("g", "1"), "千克": ("g", "1000"), "公斤": ("g", "1000"), "吨": ("g", "1000000"),
    "tonnen": ("g", "1000000"), "tonnes": ("g", "1000000"),
    "ml": ("l", "0.001"), "l": ("l", "1"), "升": ("l", "1"), "l/min": ("l/min", "1"),
    "bar": ("bar", "1"), "mpa": ("bar", "10"), "kpa": ("bar", "0.01"), "兆帕": ("bar", "10"),
    "n/mm2": ("bar", "10"), "n": ("N", "1"), "kn": ("N", "1000"),
    "db": ("dB", "1"), "hz": ("Hz", "1"), "khz": ("Hz", "1000"), "mhz": ("Hz", "1000000"),
    "ghz": ("Hz", "1000000000"), "赫兹": ("Hz", "1"), "ms": ("s", "0.001"), "毫秒": ("s", "0.001"),
    "s": ("s", "1"), "秒": ("s", "1"), "min": ("s", "60"), "分钟": ("s", "60"), "h": ("s", "3600"),
    "小时": ("s", "3600"), "tops": ("TOPS", "1"), "ppm": ("ppm", "1"), "w/(m·k)": ("W/mK", "1"),
    "w/mk": ("W/mK", "1"), "w/m·k": ("W/mK", "1"), "kj": ("J", "1000"), "j": ("J", "1"),
    "mbit/s": ("bit/s", "1000000"), "mbps": ("bit/s", "1000000"), "gbit/s": ("bit/s", "1000000000"),
    "gbps": ("bit/s", "1000000000"), "gb": ("GB", "1"), "mb": ("GB", "0.001"), "mp": ("MP", "1"),
    "万像素": ("MP", "0.01"), "cd/m2": ("nit", "1"), "nits": ("nit", "1"), "ω": ("Ω", "1"),
    "mω": ("Ω", "0.001"), "mohm": ("Ω", "0.001"), "°/s": ("°/s", "1"), "km/h": ("km/h", "1"),
    "万公里": ("mm", "10000000000"), "万": ("", "10000"), "亿": ("", "100000000"),
}  # fmt: skip
# One letter is a unit only as the world writes it: "3 a" or "7 H" are not measures.
_LETTERS = {"v": "vV", "w": "wW", "A": "A", "m": "m", "g": "g", "t": "t", "l": "lL", "n": "N",
            "s": "s", "h": "h", "j": "J"}  # fmt: skip


def _spelling(unit: str) -> str:
    if unit in _LETTERS:
        return f"[{_LETTERS[unit]}]"
    escaped = re.escape(unit)
    return f"(?i:{escaped})" if unit.isascii() or "°" in unit or "·" in unit else escaped


UNIT_PATTERN = "|".join(_spelling(u) for u in sorted(_UNITS, key=len, reverse=True))
_PARTS = re.compile(r"([\d.,'’\u00a0\u202f]*\d)\s?(.*)", re.DOTALL)
_GROUPED = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*")
_COMMA_DECIMAL = frozenset({"de", "fr", "es", "pt", "it", "nl", "sv", "da", "no", "fi", "ru", "tr"})


def measure(text: str, language: str = "") -> tuple[str, ...]:
    """Canonical forms of a written number: the plain value and, with a unit, value and base unit.

    Newton metres and nanometres are written alike in lower case, so `nm` gives both."""
    parts = _PARTS.match(text)
    value = number(parts.group(1), language) if parts else None
    if parts is None or value is None:
        return (text,)
    unit = parts.group(2)
    key = unit if unit in _UNITS else unit.casefold()
    if key not in _UNITS:
        key = key.upper()
    plain = _written(value)
    if key not in _UNITS:
        return (plain,)
    base, factor = _UNITS[key]
    if not base:
        return (_written(value * Decimal(factor)),)
    forms = [plain, _written(value * Decimal(factor)) + base]
    return (*forms, plain + "Nm") if key == "nm" else tuple(forms)


def number(text: str, language: str = "") -> Decimal | None:
    """A number with the separators of its language: `1.500` is 1500 in German."""
    digits = re.sub(r"['’\u00a0\u202f]", "", text)
    decimal = "," if language in _COMMA_DECIMAL else "."
    grouped = _GROUPED.fullmatch(digits)
    if grouped and not (grouped.group(1) == decimal and digits.count(decimal) == 1):
        digits = digits.replace(grouped.group(1), "")
    elif "," in digits and "." in digits:
        last = max(digits.rfind(","), digits.rfind("."))
        digits = re.sub("[.,]", "", digits[:last]) + "." + digits[last + 1 :]
    try:
        return Decimal(digits.replace(",", ".").strip("."))
    except InvalidOperation:
        return None


def _written(value: Decimal) -> str:
    short = f"{value.normalize():f}"
    return short.rstrip("0").rstrip(".") if "." in short else short
