"""A small thesaurus whose every detail the tests know."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from portal.thesaurus.store import Thesaurus

Record = dict[str, Any]
ATTRIBUTES: list[Record] = [
    {
        "id": "energy_density",
        "unit": "Wh/kg",
        "labels": {"en": "Energy density", "de": "Energiedichte"},
    },
    {"id": "weight", "unit": "kg", "labels": {"en": "Weight"}},
]
CONCEPTS: list[Record] = [
    {
        "id": "battery", "kind": "part", "category": True, "attributes": ["weight"],
        "terms": {"zh-Hans": ["动力电池"], "en": ["traction battery"], "de": ["Traktionsbatterie"]},
    },
    {
        "id": "battery-cell", "kind": "part", "broader": ["battery"], "category": True,
        "attributes": ["energy_density"],
        "terms": {"zh-Hans": ["电芯", "电池单体"], "en": ["battery cell"], "de": ["Batteriezelle"]},
    },
    {
        "id": "solid-state-battery", "kind": "part", "broader": ["battery-cell"], "category": True,
        "terms": {
            "zh-Hans": ["固态电池", "全固态电池"], "en": ["solid-state battery", "SSB"],
            "de": ["Festkörperbatterie", "Feststoffbatterie"],
        },
    },
    {
        "id": "bms", "kind": "part", "broader": ["battery"], "category": True,
        "terms": {
            "zh-Hans": ["电池管理系统"], "en": ["battery management system", "BMS"],
            "de": ["Batteriemanagementsystem"],
        },
    },
    {
        "id": "housing", "kind": "part",
        "terms": {"zh-Hans": ["壳体"], "en": ["housing"], "de": ["Gehäuse"]},
    },
    {
        "id": "inverter", "kind": "part", "category": True,
        "terms": {"zh-Hans": ["逆变器"], "en": ["inverter"], "de": ["Wechselrichter", "Inverter"]},
    },
    {
        "id": "can-bus", "kind": "part",
        "terms": {"zh-Hans": ["CAN总线"], "en": ["CAN"], "de": ["CAN-Bus"]},
    },
    {
        "id": "robotaxi", "kind": "scenario",
        "terms": {"zh-Hans": ["自动驾驶出租车"], "en": ["robotaxi"], "de": ["Robotaxi"]},
    },
]  # fmt: skip


def write(folder: Path, concepts: list[Record], attributes: list[Record] = ATTRIBUTES) -> Path:
    (folder / "concepts").mkdir(parents=True, exist_ok=True)
    for path, records in (("concepts/all.jsonl", concepts), ("attributes.jsonl", attributes)):
        lines = (json.dumps(record, ensure_ascii=False) for record in records)
        (folder / path).write_text("\n".join(lines) + "\n", "utf-8")
    return folder


@pytest.fixture
def data(tmp_path: Path) -> Callable[..., Path]:
    """Write a data folder: the small thesaurus plus the given concepts."""

    def build(*more: Record, instead: list[Record] | None = None) -> Path:
        return write(tmp_path / "data", [*(CONCEPTS if instead is None else instead), *more])

    return build


@pytest.fixture
def thesaurus(data: Callable[..., Path]) -> Thesaurus:
    return Thesaurus.load(data())
