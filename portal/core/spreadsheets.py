"""Cells that no spreadsheet program runs."""

import re
from decimal import Decimal
from typing import Any

Cell = str | int | float | None
# What a spreadsheet program would take for a formula, also in full width; see docs/decisions.
FORMULA = "=+\\-@\t\r＝＋－＠"
_RISKY = re.compile(f"'*[{FORMULA}]")


def guard(value: Any) -> Cell:
    """A cell that no spreadsheet program runs: texts that look like formulas get a `'`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"'{value}" if _RISKY.match(value) else value
    return float(value) if isinstance(value, Decimal) else value
