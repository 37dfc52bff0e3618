"""What the pages of needs show."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for

from portal.companies import listings as presentation
from portal.core import clock, i18n
from portal.core.access import Actor
from portal.core.i18n import gettext
from portal.disclosure import reading
from portal.listings import terms
from portal.listings.texts import shown
from portal.needs import rules
from portal.needs.forms import INCOTERM_NAMES
from portal.needs.models import Need
from portal.needs.queries import SORTS, Filters
from portal.thesaurus.store import get_thesaurus


def need_page(need: Need, actor: Actor) -> dict[str, Any]:
    """The variables of the public page."""
    mine = actor.owns(need.company_id)
    return {
        "need": need,
        "text": shown(need.texts),
        "trail": presentation.trail(need.category),
        "facts": facts(need) + price(need),
        "criteria": criteria(need),
        "company": presentation.card(need.company),
        "scenarios": presentation.labels(need.scenarios),
        "state": state_of(need),
        "public": rules.is_public(need),
        "mine": mine,
        "company_ready": need.company.state == "published",
        "steps": rules.WORKFLOW.available(need, actor) if mine else [],
        "extendable": mine and rules.WORKFLOW.can("extend", need, actor),
        "editable": mine and rules.may_edit(need),
        "deletable": mine and rules.may_delete(need),
        "reopenable": rules.WORKFLOW.can("reopen", need, actor),
        "structured": structured_data(reading.public(need)),
    }


def state_of(need: Need) -> Any:
    """The state's label and tone; past its deadline a need reads as closed."""
    return rules.WORKFLOW.state(rules.shown_state(need))


def facts(need: Need) -> list[tuple[str, str]]:
    """Commercial facts as the trade reads them; empty ones are left out by the page."""
    return [
        (gettext("Kind of need"), str(rules.KINDS[need.kind])),
        (
            gettext("Quantity per year"),
            presentation.amount(need.quantity_per_year, need.quantity_unit),
        ),
        (gettext("Start of production (SOP)"), i18n.format_month(need.sop)),
        (gettext("Destination market"), i18n.country_name(need.market)),
        (gettext("Delivery (Incoterms 2020)"), _delivery(need)),
        (gettext("Standards"), gettext(", ").join(need.standards)),
    ]


def price(need: Need) -> list[tuple[str, str]]:
    """What the buyer would pay, for those to whom it is disclosed."""
    return [(gettext("Target price"), _price(need))]


def _delivery(need: Need) -> str:
    if not need.incoterm:
        return ""
    name = INCOTERM_NAMES.get(need.incoterm, "")
    return f"{need.incoterm} {need.incoterm_place or ''} ({name})"


def _price(need: Need) -> str:
    if need.target_price is None or not need.target_currency:
        return ""
    money = i18n.format_money(need.target_price, need.target_currency)
    per = str(terms.PRICE_UNITS.get(need.target_price_per or "", need.target_price_per or ""))
    return gettext("%(money)s %(unit)s", money=money, unit=per).strip()


def criteria(need: Need) -> list[tuple[str, str, bool]]:
    """Every criterion as (name, what is asked, whether it is required)."""
    rows = []
    for stored, required in ((need.required, True), (need.wanted, False)):
        names = stored.get("certificates", ())
        rows += [(gettext("Certificate"), name, required) for name in names]
        measured = presentation.asked(stored.get("attributes", {}))
        rows += [(name, value, required) for name, value in measured]
    return rows


def deadline_words(need: Need) -> list[str]:
    """The deadline in the reader's zone, and in the one it was set in when that reads otherwise."""
    if need.deadline is None:
        return []
    set_in = ZoneInfo(need.deadline_zone)
    words = [i18n.format_datetime(need.deadline)]
    same = need.deadline.astimezone(i18n.zone()).utcoffset()
    if need.deadline.astimezone(set_in).utcoffset() != same:
        words.append(i18n.format_datetime(need.deadline, need.deadline_zone))
    return words


def days_left(need: Need) -> int | None:
    """Whole days until the deadline."""
    return None if need.deadline is None else max(0, (need.deadline - clock.now()).days)


def structured_data(need: Need) -> dict[str, Any]:
    """schema.org Demand, for search engines; only what the page shows, too."""
    text = shown(need.texts)
    data = {
        "@context": "https://schema.org",
        "@type": "Demand",
        "name": text.text.title if text else "",
        "description": text.text.description if text else "",
        "inLanguage": text.lang if text else None,
        "url": url_for("needs.show", need_id=need.id, _external=True),
        "category": " / ".join(label for label, _url in presentation.trail(need.category)),
        "areaServed": need.market,
        "validThrough": clock.iso_z(need.deadline) if need.deadline else None,
        "seller": {
            "@type": "Organization",
            "name": presentation.card(need.company).name,
        },
    }
    return {key: value for key, value in data.items() if value}


def filters_of(args: Mapping[str, str]) -> Filters:
    """Filters from the address; unknown values are ignored."""
    category, scenario = args.get("category"), args.get("scenario")
    thesaurus, kind = get_thesaurus(), args.get("kind")
    return Filters(
        category=category if category in thesaurus else None,
        country=args.get("country") if args.get("country") in dict(i18n.countries()) else None,
        kind=kind if kind in rules.KINDS else None,
        scenario=scenario if scenario in thesaurus else None,
        sort=args["sort"] if args.get("sort") in SORTS else SORTS[0],
    )


def filter_fields(
    filters: Filters, facets: Mapping[str, Mapping[str, int]]
) -> list[dict[str, Any]]:
    """The selects above the public list, with how many needs each choice finds."""
    by_top: dict[str, int] = {}
    for category, count in facets["category"].items():
        top = [category, *get_thesaurus().ancestors(category)][-1]
        by_top[top] = by_top.get(top, 0) + count
    locale = i18n.current().tag
    named = {c: get_thesaurus().label(c, locale) for c in by_top}
    if filters.category and filters.category not in named:
        named[filters.category] = get_thesaurus().label(filters.category, locale)
    kinds = {kind: str(label) for kind, label in rules.KINDS.items()}
    countries = {code: i18n.country_name(code) for code in facets["country"]}
    if filters.country:
        countries.setdefault(filters.country, i18n.country_name(filters.country))
    scenarios = {c.id: c.label(locale) for c in get_thesaurus().scenarios()}
    return [
        _select("category", gettext("Category"), named, filters.category, by_top),
        _select("kind", gettext("Kind of need"), kinds, filters.kind, facets["kind"]),
        _select("country", gettext("Market"), countries, filters.country, facets["country"]),
        _select("scenario", gettext("Application scenario"), scenarios, filters.scenario, {}),
    ]


def _select(
    name: str,
    label: str,
    names: Mapping[str, str],
    chosen: str | None,
    counts: Mapping[str, int],
) -> dict[str, Any]:
    options = [
        {"value": value, "label": _counted(text, counts.get(value)), "chosen": value == chosen}
        for value, text in sorted(names.items(), key=lambda item: item[1])
    ]
    return {"name": name, "label": label, "options": options}


def _counted(text: str, count: int | None) -> str:
    return f"{text} ({i18n.format_number(count)})" if count else text
