"""A need as the record of the JSONL contract, and back."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from portal.core import i18n
from portal.core.i18n import lazy_gettext as _l
from portal.disclosure import setting
from portal.listings import records
from portal.listings.checks import Problems
from portal.listings.records import Fields, compact, json_number
from portal.needs.inputs import Criteria, NeedInput, Price
from portal.needs.models import Need

TEXTS = ("title", "description")
YEARS = range(2000, 2200)
_ZONES = (
    "UTC", "Asia/Shanghai", "Europe/Berlin", "Europe/London", "America/Detroit",
    "America/Chicago", "America/Los_Angeles", "America/Sao_Paulo", "Asia/Tokyo", "Asia/Bangkok",
    "Asia/Kolkata", "Europe/Istanbul",
)  # fmt: skip


def from_record(record: Mapping[str, Any]) -> NeedInput:
    """Read a record. Raises Invalid with a message per path; unknown keys are named."""
    found = Problems()
    fields = Fields(record, "", found)
    deadline, zone = _deadline(fields)
    term, place = _incoterm(fields)
    data = NeedInput(
        ref=fields.text("ref") or None,
        company=fields.text("company") or None,
        state=fields.text("state") or None,
        kind=fields.text("kind") or "whole-to-part",
        texts=records.read_texts(fields, summary=False),
        category=fields.text("category") or None,
        scenarios=fields.names("scenarios"),
        required=_criteria(fields, "required"),
        wanted=_criteria(fields, "wanted"),
        standards=fields.names("standards"),
        market=fields.text("market") or None,
        quantity=records.read_quantity(fields, "quantity", "per_year"),
        sop=fields.text("sop") or None,
        incoterm=term,
        incoterm_place=place,
        target_price=_price(fields),
        deadline=deadline,
        deadline_zone=zone,
        alias=fields.text("alias"),
        levels=records.read_levels(fields),
    )
    fields.end()
    found.stop()
    return data


def _criteria(fields: Fields, key: str) -> Criteria:
    row = fields.object(key)
    if row is None:
        return Criteria()
    criteria = Criteria(row.names("certificates"), records.read_ranges(row))
    row.end()
    return criteria


def _incoterm(fields: Fields) -> tuple[str | None, str | None]:
    row = fields.object("incoterm")
    if row is None:
        return None, None
    found = row.text("term") or None, row.text("place") or None
    row.end()
    return found


def _price(fields: Fields) -> Price | None:
    row = fields.object("target_price")
    if row is None:
        return None
    price = Price(row.number("amount"), row.text("currency"), row.text("per"))
    row.end()
    return price


def _deadline(fields: Fields) -> tuple[datetime | None, str]:
    """The moment in UTC and the zone it was set in."""
    text, zone = fields.text("deadline"), fields.text("deadline_zone")
    if zone and zone not in i18n.zones():
        fields.found.add(fields.at("deadline_zone"), _l("There is no such time zone."))
        zone = ""
    if not text:
        return None, zone or "UTC"
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    unclear = moment is None or (moment.tzinfo is None and not zone)
    if unclear or moment is None or moment.year not in YEARS:
        fields.found.add(
            fields.at("deadline"),
            _l("This must be a moment with its zone such as 2027-06-30T17:00:00+02:00."),
        )
        return None, "UTC"
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(zone))
    return moment.astimezone(UTC), zone or _zone_of(moment)


def _zone_of(moment: datetime) -> str:
    """A zone with the offset that a record gives without naming one, those of the trade first."""
    offset = moment.utcoffset()
    every = sorted(zone for zone in i18n.zones() if "/" in zone)
    fitting = (z for z in (*_ZONES, *every) if moment.astimezone(ZoneInfo(z)).utcoffset() == offset)
    return next(fitting, "UTC")


def to_record(need: Need) -> dict[str, Any]:
    """The record of a need; importing it gives the same need again."""
    return compact(
        ref=need.external_ref or need.id,
        company=need.company.external_ref or need.company_id,
        **content(need),
        alias=need.alias,
        disclosure=setting.written(need),
        state=need.state,
    )


def content(need: Need) -> dict[str, Any]:
    """What the need says, without identity and state: the snapshot of its versions."""
    return compact(
        kind=need.kind,
        texts=records.write_texts(need.texts, TEXTS),
        category=need.category,
        scenarios=list(need.scenarios),
        required=_written_criteria(need.required),
        wanted=_written_criteria(need.wanted),
        standards=list(need.standards),
        market=need.market,
        quantity=_quantity(need),
        sop=need.sop,
        incoterm=compact(term=need.incoterm, place=need.incoterm_place),
        target_price=_written_price(need),
        deadline=_written_deadline(need),
        deadline_zone=need.deadline_zone if need.deadline else None,
    )


def _written_criteria(stored: Mapping[str, Any]) -> dict[str, Any]:
    return compact(
        certificates=list(stored.get("certificates", ())),
        attributes=records.write_attributes(stored.get("attributes", {})),
    )


def _quantity(need: Need) -> dict[str, Any]:
    if need.quantity_per_year is None:
        return {}
    return compact(per_year=json_number(need.quantity_per_year), unit=need.quantity_unit)


def _written_price(need: Need) -> dict[str, Any]:
    """Money is a text in JSON: it is never a float."""
    if need.target_price is None:
        return {}
    return compact(
        amount=_money(need.target_price), currency=need.target_currency, per=need.target_price_per
    )


def _money(amount: Decimal) -> str:
    exponent = records.plain(amount).as_tuple().exponent
    places = max(2, -exponent) if isinstance(exponent, int) else 2
    return f"{amount:.{places}f}"


def _written_deadline(need: Need) -> str | None:
    if need.deadline is None:
        return None
    return need.deadline.astimezone(ZoneInfo(need.deadline_zone)).isoformat(timespec="seconds")


def stored_criteria(criteria: Criteria) -> dict[str, Any]:
    """The JSON column of what is required, or wanted."""
    return compact(
        certificates=list(criteria.certificates),
        attributes=records.stored_ranges(criteria.attributes),
    )


def to_input(need: Need) -> NeedInput:
    """What a form begins with."""
    return from_record(content(need))
