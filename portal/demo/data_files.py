"""The demo's records, with every date moved to the day of loading."""

import json
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from portal.demo.plan import WRITTEN_FOR

DATA = Path(__file__).with_name("data")
_DATES = frozenset({"issued", "expires", "deadline", "desired_date", "sop_date", "sop"})
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_DAYS_A_MONTH = 30.44


def read(name: str, today: date = WRITTEN_FOR) -> list[dict[str, Any]]:
    """The records of `name*.jsonl`, dates moved by the whole days since they were written."""
    days = (today - WRITTEN_FOR).days
    return [_moved(record, days) for record in _lines(name)]


def _lines(name: str) -> Iterator[dict[str, Any]]:
    for path in sorted(DATA.glob(f"{name}*.jsonl")):
        for line in path.read_bytes().split(b"\n"):
            if line.strip():
                yield json.loads(line)


def _moved(value: Any, days: int, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _moved(item, days, name) for name, item in value.items()}
    if isinstance(value, list):
        return [_moved(item, days) for item in value]
    return _shifted(value, days) if key in _DATES and isinstance(value, str) and days else value


def _shifted(text: str, days: int) -> str:
    """A date, a moment or a month, later by so many days."""
    if _MONTH.fullmatch(text):
        months = int(text[:4]) * 12 + int(text[5:]) - 1 + round(days / _DAYS_A_MONTH)
        return f"{months // 12:04d}-{months % 12 + 1:02d}"
    if len(text) == 10:
        return (date.fromisoformat(text) + timedelta(days=days)).isoformat()
    return (datetime.fromisoformat(text) + timedelta(days=days)).isoformat()
