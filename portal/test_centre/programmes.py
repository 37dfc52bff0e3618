"""The programmes of the test centre: shipped as data, over which lies what the staff changed."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core import i18n
from portal.core.errors import NotFound
from portal.core.i18n import lazy_gettext as _l
from portal.test_centre.models import ProgrammeRecord

DATA = Path(__file__).parent / "data"
KINDS = {
    "qualification": _l("Qualification"),
    "safety": _l("Functional safety"),
    "emc": _l("Electromagnetic compatibility"),
    "reliability": _l("Reliability"),
    "security": _l("Security"),
}
CHIPS = {
    "mcu": _l("Microcontroller (MCU)"),
    "soc": _l("System on chip (SoC)"),
    "memory": _l("Memory"),
    "sensor": _l("Sensor"),
    "analogue": _l("Analogue, power management, battery front end"),
    "communication": _l("Communication"),
    "power-discrete": _l("Power discrete (MOSFET, IGBT, diode)"),
    "optoelectronic": _l("Optoelectronic component"),
    "module": _l("Module (several chips)"),
    "passive": _l("Passive component"),
}
# Categories of the catalogue, and what kind of chip stands in them.
CHIP_OF = {
    "automotive-mcu": "mcu",
    "automotive-soc": "soc",
    "memory-chip": "memory",
    "sensor-chip": "sensor",
    "power-management-chip": "analogue",
    "bms-analog-front-end": "analogue",
    "communication-chip": "communication",
    "power-semiconductor": "power-discrete",
    "sic-mosfet": "power-discrete",
    "igbt": "power-discrete",
    "power-module": "module",
    "film-capacitor": "passive",
}
# Ambient temperature of a grade of AEC-Q100, in °C.
GRADES = {"0": (-40, 150), "1": (-40, 125), "2": (-40, 105), "3": (-40, 85)}
_TEXTS = ("names", "summary", "samples", "documents", "deliverable", "limits")


@dataclass(frozen=True)
class Test:
    """A single test as laboratories call it; `method` is its standard."""

    __test__ = False
    id: str
    code: str
    method: str
    names: Mapping[str, str]

    @property
    def name(self) -> str:
        return local(self.names)


@dataclass(frozen=True)
class Item:
    """A test within a programme: what it asks of samples, at one grade."""

    test: Test
    stress: str = ""
    hours: int | None = None
    cycles: int | None = None
    size: int | None = None
    lots: int | None = None


@dataclass(frozen=True)
class Group:
    id: str
    names: Mapping[str, str]
    tests: tuple[Mapping[str, Any], ...]

    @property
    def name(self) -> str:
        return local(self.names)

    def items(self, grade: str = "") -> list[Item]:
        """The tests with what they ask at a grade; where it matters and none is given, the most
        severe one."""
        return [_item(row, grade) for row in self.tests]


@dataclass(frozen=True)
class Programme:
    """What the centre offers. `grants` names the certificate that a passed result becomes; empty:
    only a report. `weeks` is the usual duration, from and to. Texts are by language."""

    id: str
    kind: str
    standard: str
    grants: str
    chips: tuple[str, ...]
    grades: tuple[str, ...]
    weeks: tuple[int, int]
    offered: bool
    groups: tuple[Group, ...]
    content: Mapping[str, Any]
    version: int = 0

    def text(self, name: str) -> str:
        """A text in the reader's language."""
        return local(self.content[name])

    def lines(self, name: str) -> list[str]:
        return [line for line in self.text(name).splitlines() if line.strip()]

    @property
    def name(self) -> str:
        return self.text("names")

    def name_in(self, tag: str) -> str:
        with i18n.use_locale(tag):
            return self.name

    def fits(self, chip: str = "", grade: str = "") -> bool:
        """Whether it is for a chip of this kind and grade; an empty wish fits."""
        right_grade = not grade or not self.grades or grade in self.grades
        return (not chip or chip in self.chips) and right_grade


def local(texts: Mapping[str, str]) -> str:
    """A text in the reader's language, else in English, else in any."""
    tags = (i18n.current().tag, "en", *texts)
    return next((texts[tag] for tag in tags if texts.get(tag)), "")


def _read(name: str) -> list[dict[str, Any]]:
    lines = (DATA / f"{name}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines if line]


@lru_cache(maxsize=1)
def tests() -> dict[str, Test]:
    """All single tests, by id."""
    return {row["id"]: Test(**row) for row in _read("tests")}


@lru_cache(maxsize=1)
def shipped() -> dict[str, Programme]:
    return {row["id"]: of_record(row) for row in _read("programmes")}


def of_record(row: Mapping[str, Any], version: int = 0) -> Programme:
    """A programme from its record as it is shipped and stored."""
    groups = tuple(Group(g["id"], g["names"], tuple(g["tests"])) for g in row["groups"])
    first, last = row["weeks"]
    return Programme(
        id=row["id"],
        kind=row["kind"],
        standard=row["standard"],
        grants=row["grants"],
        chips=tuple(row["chips"]),
        grades=tuple(row["grades"]),
        weeks=(first, last),
        offered=row["offered"],
        groups=groups,
        content=dict(row),
        version=version,
    )


def _item(row: Mapping[str, Any], grade: str) -> Item:
    by_grade = row.get("by_grade", {})
    own: Mapping[str, Any] = by_grade.get(grade) or next(iter(by_grade.values()), {})
    merged = {key: value for key, value in row.items() if key not in ("test", "by_grade")}
    return Item(tests()[row["test"]], **{**merged, **own})


def every(session: Session) -> dict[str, Programme]:
    """All programmes as they are now, in one statement."""
    found = dict(shipped())
    for row in session.scalars(select(ProgrammeRecord)):
        if row.id in found:
            found[row.id] = of_record(row.content, row.version)
    return found


def get(session: Session, programme_id: str) -> Programme:
    """Raises NotFound for an unknown id."""
    found = every(session).get(programme_id)
    if found is None:
        raise NotFound
    return found


def offered(programmes: Iterable[Programme]) -> list[Programme]:
    return [programme for programme in programmes if programme.offered]


def grade_for(lowest: int | None, highest: int | None) -> str:
    """The least severe grade that covers a range of ambient temperatures in °C; empty when none
    does or nothing is known."""
    if highest is None:
        return ""
    bottom = -40 if lowest is None else lowest
    for grade in sorted(GRADES, reverse=True):
        low, high = GRADES[grade]
        if low <= bottom and highest <= high:
            return grade
    return ""
