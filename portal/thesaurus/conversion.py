"""Measures in different units made comparable. Exact decimals only."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

# one dimension a row: unit → how many of the first unit of its row it is
_ROWS: tuple[Mapping[str, str], ...] = (
    {"W": "1", "kW": "1000", "MW": "1000000", "PS": "735.49875", "hp": "745.6998715822702"},
    {"Wh": "1", "kWh": "1000", "MWh": "1000000", "GWh": "1000000000"},
    {"J": "1", "kJ": "1000", "MJ": "1000000"},
    {"Wh/kg": "1", "kWh/kg": "1000"},
    {"Wh/l": "1", "Wh/L": "1", "kWh/l": "1000"},
    {"kW/l": "1", "kW/L": "1", "W/l": "0.001", "W/cm³": "1"},
    {"kW/kg": "1", "W/kg": "0.001"},
    {"V": "1", "kV": "1000", "mV": "0.001"},
    {"A": "1", "kA": "1000", "mA": "0.001"},
    {"Ah": "1", "mAh": "0.001"},
    {"VA": "1", "kVA": "1000", "MVA": "1000000"},
    {"N·m": "1", "Nm": "1", "N.m": "1", "kN·m": "1000", "kNm": "1000"},
    {"N": "1", "kN": "1000", "MN": "1000000"},
    {"rpm": "1", "r/min": "1", "1/min": "1", "min⁻¹": "1"},
    {"nm": "0.000001", "µm": "0.001", "μm": "0.001", "um": "0.001", "mm": "1", "cm": "10",
     "dm": "100", "m": "1000", "km": "1000000", "inch": "25.4"},
    {"mm²": "1", "mm2": "1", "cm²": "100", "cm2": "100", "m²": "1000000", "m2": "1000000"},
    {"mg": "0.001", "g": "1", "kg": "1000", "t": "1000000"},
    {"ml": "0.001", "l": "1", "L": "1", "m³": "1000"},
    {"L/min": "1", "l/min": "1", "L/h": "1/60", "l/h": "1/60"},
    {"bar": "1", "mbar": "0.001", "kPa": "0.01", "MPa": "10", "N/mm²": "10", "GPa": "10000"},
    {"Hz": "1", "kHz": "1000", "MHz": "1000000", "GHz": "1000000000"},
    {"µs": "0.000001", "μs": "0.000001", "ms": "0.001", "s": "1", "min": "60", "h": "3600"},
    {"TOPS": "1", "GOPS": "0.001"},
    {"kB": "0.000001", "MB": "0.001", "GB": "1", "TB": "1000"},
    {"kbit/s": "0.001", "Mbit/s": "1", "Mbps": "1", "Gbit/s": "1000", "Gbps": "1000"},
    {"cd/m²": "1", "cd/m2": "1", "nit": "1", "nits": "1"},
    {"W/(m·K)": "1", "W/mK": "1", "W/m·K": "1"},
    {"°C": "1", "℃": "1"},
    {"ppm": "1", "%": "10000"},
    {"piece": "1", "pieces": "1", "pcs": "1", "pc": "1"},
)  # fmt: skip


def _entries() -> Iterator[tuple[str, tuple[int, Decimal, Decimal]]]:
    for row, spellings in enumerate(_ROWS):
        for unit, factor in spellings.items():
            times, _, divided = factor.partition("/")
            yield unit, (row, Decimal(times), Decimal(divided or 1))


_UNITS = dict(_entries())


def _known(unit: str) -> tuple[int, Decimal, Decimal] | None:
    return _UNITS.get("".join(unit.split()))


def converted(value: Decimal, unit: str, target: str) -> Decimal | None:
    """A value in another unit, or None when the two cannot be compared."""
    if unit.strip() == target.strip():
        return value
    source, wanted = _known(unit), _known(target)
    if source is None or wanted is None or source[0] != wanted[0]:
        return None
    return value * source[1] * wanted[2] / (source[2] * wanted[1])
