"""From a rule that a capability does not meet yet to a request, and back to what is open."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.access import Actor, Permission
from portal.core.errors import NotFound
from portal.core.i18n import format_month, gettext
from portal.market_rules import doors, markets, queries, wording
from portal.market_rules.doors import Asked, Key
from portal.market_rules.rules import Rule
from portal.service_requests import queries as requests
from portal.service_requests import rules
from portal.service_requests.catalogue import STANDARDS
from portal.service_requests.models import ServiceRequest
from portal.thesaurus.standards import standard_id

RULE, SOP = "rule", "sop"


def open_requests(session: Session, actor: Actor, ids: Sequence[str]) -> Mapping[Key, Asked]:
    """Requests that began with a rule and are not closed, by capability and rule."""
    if not (actor.may(Permission.DESK_VIEW) or actor.may(Permission.REQUEST_VIEW)):
        return {}
    query = (
        select(ServiceRequest)
        .where(
            ServiceRequest.capability_id.in_(ids),
            ServiceRequest.rule_id.is_not(None),
            ServiceRequest.state.in_(rules.OPEN),
            requests.visible(actor),
        )
        .order_by(ServiceRequest.created_at)
    )
    found = session.scalars(query)
    return {(str(r.capability_id), str(r.rule_id)): _asked(actor, r) for r in found}


def _asked(actor: Actor, request: ServiceRequest) -> Asked:
    endpoint = "desk.request" if actor.is_staff else "service_requests.show"
    state = str(rules.WORKFLOW.state(request.state).shown(actor.is_staff))
    return Asked(request.reference, state, url_for(endpoint, request_id=request.id))


def address(actor: Actor, rule: Rule, capability: Any, sop: str | None) -> str:
    """The form of the rule's service, filled in as far as it is known; staff ask on behalf."""
    query = {"code": rule.service, "capability": capability.id, RULE: rule.id, SOP: sop}
    if actor.may(Permission.REQUEST_WRITE) and actor.owns(capability.company_id):
        return url_for("service_requests.new", **query)
    if actor.may(Permission.DESK_WORK):
        return url_for("service_requests.new_on_behalf", company=capability.company_id, **query)
    return ""


def facts(session: Session, args: Any, known_facts: Mapping[str, Any]) -> dict[str, Any]:
    """What the rule named in an address tells a form, beside what is known of the product."""
    title = known_facts.get("title", "")
    rule_id, sop = args.get(RULE, "")[:80], _first_day(args.get(SOP, ""))
    rule = queries.rule_in_use(session, rule_id) if known(session, rule_id) else None
    if rule is None:
        return {SOP: sop} if sop else {}
    named = [name for name in STANDARDS if _is_wanted(name, rule)]
    found: dict[str, Any] = {
        RULE: rule,
        "standards": named,
        "standard": named[0] if named else "",
        "other_standard": "" if named else wording.text_of(rule.title).text,
        "markets": _countries(rule, known_facts.get("markets", ())),
        SOP: sop,
        "description": describe(rule, title, args.get(SOP, "") if sop else ""),
        "heading": _heading(rule, title),
    }
    return {key: value for key, value in found.items() if value}


def known(session: Session, rule_id: str) -> str | None:
    """The id of a rule in use; what a form names besides is forgotten."""
    try:
        return queries.rule_in_use(session, rule_id).id if rule_id else None
    except NotFound:
        return None


def _is_wanted(name: str, rule: Rule) -> bool:
    return standard_id(name) in {standard_id(wanted) for wanted in rule.satisfied_by}


def _countries(rule: Rule, stated: Sequence[str]) -> list[str]:
    """Those of the market that the product is meant for; the country, if it is one."""
    held = markets.COUNTRIES[rule.market]
    return list(held) if len(held) == 1 else [country for country in stated if country in held]


def _first_day(month: str) -> date | None:
    try:
        return date.fromisoformat(f"{month}-01") if month else None
    except ValueError:
        return None


def _heading(rule: Rule, title: str) -> str:
    named = wording.text_of(rule.title).text
    market = markets.label(rule.market)
    if not title:
        return gettext("%(rule)s, %(market)s", rule=named, market=market)[:300]
    words = {"rule": named, "title": title, "market": market}
    return gettext("%(rule)s for %(title)s, %(market)s", **words)[:300]


def describe(rule: Rule, title: str, sop: str) -> str:
    """What the base needs to know, as a beginning that the requester may change."""
    source = " · ".join(part for part in (rule.source.name, rule.source.url) if part)
    lines = [
        gettext("Requirement: %(rule)s", rule=wording.text_of(rule.title).text),
        gettext("Market: %(market)s", market=markets.label(rule.market)),
        gettext("Product: %(title)s", title=title) if title else "",
        gettext("Planned start of production: %(month)s", month=format_month(sop)) if sop else "",
        gettext("Source: %(source)s", source=source) if source else "",
        "",
        gettext("Please tell us what has to be done, how long it takes and what it costs."),
    ]
    return "\n".join(line for at, line in enumerate(lines) if line or at == len(lines) - 2)


doors.register_requests(open_requests, address)
