"""The fields of a company, capability and need that have a level, and a row as a reader sees it.

Not in the table, and so public: names and titles, kind, category, scenarios, country, legal
registration and the deadline of a need. Without them there is nothing to find, to ask about or to
answer in time. Certificates and sites carry their level themselves, attributes have one each.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, TypeVar, cast

from portal.core import i18n
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.disclosure.rules import INTEREST, NDA, PUBLIC, Reach, at_least, highest
from portal.thesaurus.store import get_thesaurus

Row = TypeVar("Row")
ATTRIBUTE = "attributes."
ALIAS = "company"


@dataclass(frozen=True)
class Field:
    """One entry of “Who sees what”: `blank` is what stands in its columns for those who do not
    reach it, `texts` are the columns of the row's texts that it governs."""

    name: str
    label: Any
    default: str = PUBLIC
    blank: Mapping[str, Any] = field(default_factory=dict)
    texts: tuple[str, ...] = ()


def _nothing(*columns: str) -> dict[str, None]:
    return dict.fromkeys(columns)


FIELDS: Mapping[str, tuple[Field, ...]] = {
    "company": (
        Field("description", _l("Description"), texts=("description",)),
        Field("website", _l("Website"), blank=_nothing("website")),
        Field("founded", _l("Year of foundation"), blank=_nothing("founded")),
        Field("headcount", _l("Employees"), blank=_nothing("headcount")),
        Field("logo", _l("Logo"), blank=_nothing("logo", "logo_id")),
    ),
    "capability": (
        Field("summary", _l("Summary"), texts=("summary",)),
        Field("description", _l("Description"), texts=("description",)),
        Field("stage", _l("Stage"), blank=_nothing("stage")),
        Field(
            "capacity",
            _l("Capacity"),
            blank=_nothing("capacity_quantity", "capacity_unit", "capacity_per"),
        ),
        Field("moq", _l("Minimum order quantity"), blank=_nothing("moq_quantity", "moq_unit")),
        Field(
            "lead_time_days",
            _l("Lead time"),
            blank=_nothing("lead_sample_days", "lead_series_from_days", "lead_series_to_days"),
        ),
        Field("markets", _l("Markets"), blank={"markets": ()}),
    ),
    "need": (
        Field("description", _l("Description"), texts=("description",)),
        Field(
            "criteria", _l("Criteria and standards"),
            blank={"required": {}, "wanted": {}, "standards": ()},
        ),
        Field(
            "quantity", _l("Quantity"), blank=_nothing("quantity_per_year", "quantity_unit")
        ),
        Field("sop", _l("Start of production (SOP)"), blank=_nothing("sop")),
        Field(
            "destination",
            _l("Destination and delivery"),
            blank=_nothing("market", "incoterm", "incoterm_place"),
        ),
        Field(
            "target_price",
            _l("Target price"),
            NDA,
            blank=_nothing("target_price", "target_currency", "target_price_per"),
        ),
    ),
}  # fmt: skip
_GOVERNED = {
    kind: {column: each.name for each in fields for column in each.blank}
    for kind, fields in FIELDS.items()
}
_BLANKS = {
    kind: {column: value for each in fields for column, value in each.blank.items()}
    for kind, fields in FIELDS.items()
}
_DEFAULTS = {kind: {each.name: each.default for each in FIELDS[kind]} for kind in FIELDS}
# What of a company may be told of it while it goes by an alias.
_UNTELLING = ("kind", "state", "verification_level")


def level_of(row: Any, name: str) -> str:
    """The level of one field of a row, or of `attributes.<id>`."""
    if name == ALIAS:
        return _alias_level(row)
    default = _DEFAULTS[row.__tablename__].get(name, PUBLIC)
    return str((row.disclosure or {}).get(name) or default)


def _alias_level(need: Any) -> str:
    """The company behind an alias shows itself to those whose interest it accepted."""
    if not need.alias:
        return PUBLIC
    return str((need.disclosure or {}).get(ALIAS) or INTEREST)


def names(row: Any) -> Iterator[str]:
    """Every field of a row that has a level, its attributes and its alias among them."""
    yield from _DEFAULTS[row.__tablename__]
    if row.__tablename__ == "capability":
        yield from (ATTRIBUTE + attribute for attribute in row.attributes or {})
    if row.__tablename__ == "need" and row.alias:
        yield ALIAS


def hidden(row: Any, reach: str) -> frozenset[str]:
    """Names of the fields that a reader with this reach does not see."""
    closed = {name for name in names(row) if not at_least(reach, level_of(row, name))}
    if isinstance(reach, Reach) and row.id in reach.revealed:
        closed.discard(ALIAS)
    return frozenset(closed)


def locked(row: Any, reach: str) -> list[tuple[str, str]]:
    """(field, level) of what is filled in but not shown to this reader, in the table's order."""
    closed = hidden(row, reach)
    return [
        (name, level_of(row, name)) for name in names(row) if name in closed and _has(row, name)
    ]


def label_of(row: Any, name: str) -> str:
    """The name of a field of a row, in the reader's language."""
    if name == ALIAS:
        return gettext("Name of the company")
    if name.startswith(ATTRIBUTE):
        attribute = get_thesaurus().attributes.get(name.removeprefix(ATTRIBUTE))
        return attribute.label(i18n.current().tag) if attribute else name.removeprefix(ATTRIBUTE)
    return next(str(each.label) for each in FIELDS[row.__tablename__] if each.name == name)


def deepest(row: Any, reach: str) -> str:
    """The deepest level of what a page really showed to a reader with this reach."""
    shown = [level_of(row, name) for name in names(row) if _has(row, name)]
    shown += [each.disclosure or PUBLIC for each in getattr(row, "certificates", ())]
    return highest(level for level in shown if at_least(reach, level))


def _has(row: Any, name: str) -> bool:
    if name == ALIAS or name.startswith(ATTRIBUTE):
        return True
    found = next(each for each in FIELDS[row.__tablename__] if each.name == name)
    if any(getattr(text, column) for text in row.texts for column in found.texts):
        return True
    return any(getattr(row, column) for column in found.blank)


def seen(row: Row, reach: str) -> Row:
    """The row as a reader with this reach sees it: what is hidden reads as never filled in.

    The result is for reading only: it cannot be changed and is nothing the database knows.
    """
    if at_least(reach, NDA):
        return row
    return cast(Row, _Seen(row, reach))


def raw(row: Row) -> Row:
    """The row behind one that is seen."""
    return cast(Row, row._row) if isinstance(row, _Seen) else row


class _Seen:
    """Stands in for a row. Related rows are looked at only when they are asked for."""

    __slots__ = ("_hidden", "_reach", "_row")

    def __init__(self, row: Any, reach: str) -> None:
        row = row._row if isinstance(row, _Seen) else row
        object.__setattr__(self, "_row", row)
        object.__setattr__(self, "_reach", reach)
        object.__setattr__(self, "_hidden", hidden(row, reach))

    def __setattr__(self, name: str, value: Any) -> None:
        raise TypeError("a row as seen by a reader cannot be changed")

    def __getattr__(self, name: str) -> Any:
        kind = self._row.__tablename__
        if _GOVERNED[kind].get(name) in self._hidden:
            return _BLANKS[kind][name]
        value = getattr(self._row, name)
        shape = _SHAPES.get(name)
        return value if shape is None else shape(self, value)


def _texts(view: Any, rows: Sequence[Any]) -> list[Any]:
    kind = view._row.__tablename__
    closed = {c for each in FIELDS[kind] if each.name in view._hidden for c in each.texts}
    return [_without(row, dict.fromkeys(closed, "")) for row in rows] if closed else list(rows)


def _sites(view: Any, rows: Sequence[Any]) -> list[Any]:
    nowhere = {"address": "", "postcode": ""}
    return [r if at_least(view._reach, r.disclosure) else _without(r, nowhere) for r in rows]


def _reached(view: Any, rows: Sequence[Any]) -> list[Any]:
    return [row for row in rows if at_least(view._reach, row.disclosure)]


def _attributes(view: Any, values: Mapping[str, Any] | None) -> dict[str, Any]:
    shown = (values or {}).items()
    return {name: value for name, value in shown if ATTRIBUTE + name not in view._hidden}


def _company(view: Any, company: Any) -> Any:
    """The company behind a row; behind an alias, one that says no more than the alias."""
    if ALIAS not in view._hidden:
        return None if company is None else _Seen(company, view._reach)
    need = view._row
    locale = need.texts[0].locale if need.texts else "en"
    text = SimpleNamespace(locale=locale, position=0, name=need.alias, description="")
    told = {name: getattr(company, name, None) for name in _UNTELLING}
    nothing: dict[str, Any] = {"id": "", "external_ref": None, "country": "", "website": None}
    return SimpleNamespace(**told, **nothing, texts=[text], sites=[], certificates=[])


def _not_behind_alias(view: Any, value: Any) -> Any:
    return (None if value is None else "") if ALIAS in view._hidden else value


def _no_ref(view: Any, value: Any) -> Any:
    return None if ALIAS in view._hidden else value


_SHAPES: Mapping[str, Any] = {
    "texts": _texts,
    "sites": _sites,
    "certificates": _reached,
    "sustainability": _reached,
    "references": _reached,
    "attributes": _attributes,
    "company": _company,
    "company_id": _not_behind_alias,
    "external_ref": _no_ref,
}


def _without(row: Any, blank: Mapping[str, Any]) -> Any:
    return _Part(row, blank)


class _Part:
    """A text or a site with some of its columns blank."""

    __slots__ = ("_blank", "_row")

    def __init__(self, row: Any, blank: Mapping[str, Any]) -> None:
        object.__setattr__(self, "_row", row)
        object.__setattr__(self, "_blank", blank)

    def __setattr__(self, name: str, value: Any) -> None:
        raise TypeError("a row as seen by a reader cannot be changed")

    def __getattr__(self, name: str) -> Any:
        return self._blank[name] if name in self._blank else getattr(self._row, name)
