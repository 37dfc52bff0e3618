"""What rules of markets say on the pages of capabilities and needs.

The owner and the base see what is missing. Everybody else sees only which of the certificates
that they may see answer the rules of their own market: one that is not shown and one that is not
there look the same.
"""

from collections.abc import Iterator, Sequence
from typing import TypeVar, cast

from flask import url_for
from sqlalchemy.orm import Session

from portal.capabilities.models import Capability
from portal.core import clock, i18n
from portal.core.access import Actor, Permission
from portal.core.i18n import gettext, ngettext
from portal.disclosure import queries as disclosure
from portal.disclosure.fields import seen
from portal.listings import panels
from portal.listings.panels import Item, Panel
from portal.market_rules import markets, presentation, queries, wording
from portal.market_rules.presentation import Shown
from portal.market_rules.queries import Gap
from portal.market_rules.rules import Verdict
from portal.needs.models import Need

Row = TypeVar("Row")
MOST = 8
_PROVED = frozenset({Verdict.HAVE, Verdict.EXPIRING})
_UNPROVED = frozenset({Verdict.MISSING, Verdict.UNCLEAR})


def of_capability(session: Session, actor: Actor, capability: Capability) -> Panel | None:
    whole = isinstance(capability, Capability)
    inside = actor.owns(capability.company_id) or actor.is_staff
    if whole and inside and actor.may(Permission.GAP_VIEW):
        return _inside(session, capability)
    return _outside(session, actor, capability)


def _inside(session: Session, capability: Capability) -> Panel:
    meant = queries.own_markets(capability)
    gaps = queries.gap(session, capability, meant, clock.now().date())
    address = url_for("market_rules.of_capability", capability_id=capability.id)
    items = [_count(gap, address) for gap in gaps]
    empty = gettext("State the markets you deliver to, and see what they ask for.")
    more = gettext("What is missing for each market")
    return Panel(gettext("Market requirements"), items, address, more, empty)


def _count(gap: Gap, address: str) -> Item:
    parts = [
        gettext("%(verdict)s: %(count)s", verdict=str(wording.VERDICTS[verdict]),
                count=i18n.format_number(n))
        for verdict, n in gap.counts.items()
        if verdict is not Verdict.NOT_APPLICABLE
    ]  # fmt: skip
    fact = " · ".join(parts) if parts else gettext("No rule on record for this product")
    label = markets.label(gap.market)
    return Item(label, i18n.current().tag, f"{address}#market-{gap.market}", fact)


def _outside(session: Session, actor: Actor, capability: Capability) -> Panel | None:
    shown = _as_seen(session, actor, capability)
    market = _market_of(actor, shown.markets or ())
    if market is None:
        return None
    gap = queries.gap(session, shown, [market], clock.now().date())[0]
    title = gettext("Certificates for this market: %(market)s", market=markets.label(market))
    address = url_for("market_rules.listing", market=market, category=shown.category)
    items = [*_shown(gap), *_not_shown(gap, address), *_notices(gap)]
    more = gettext("All that this market asks for such products")
    return Panel(title, items, address, more)


def _as_seen(session: Session, actor: Actor, row: Row) -> Row:
    """What this reader sees of a row; pages mostly hand over just that."""
    if not isinstance(row, (Capability, Need)):
        return row
    return cast(Row, seen(row, disclosure.reach(session, actor, row.company_id)))


def _market_of(actor: Actor, stated: Sequence[str]) -> str | None:
    """The reader's own market, else the first one that the capability is meant for."""
    return markets.of_country(actor.org_country) or next(iter(markets.of_countries(stated)), None)


def _shown(gap: Gap) -> Iterator[Item]:
    for line in [line for line in gap.lines if line.verdict in _PROVED][:MOST]:
        yield _item(presentation.shown(line.rule), f"{wording.reason(line)} {wording.level(line)}")


def _not_shown(gap: Gap, address: str) -> Iterator[Item]:
    """How many rules no certificate is shown for, in one line."""
    number = sum(line.verdict in _UNPROVED and bool(line.rule.satisfied_by) for line in gap.lines)
    if number:
        words = ngettext(
            "%(num)s rule without a certificate shown",
            "%(num)s rules without a certificate shown",
            number,
        )
        yield Item(words, i18n.current().tag, address, gettext("Ask the supplier what is there."))


def _notices(gap: Gap) -> Iterator[Item]:
    for rule in gap.notices:
        notice = gettext("Notice · %(when)s", when=wording.in_force(rule, clock.now().date()))
        yield _item(presentation.shown(rule), notice)


def _item(shown: Shown, fact: str) -> Item:
    words = f"{fact} · {shown.status}" if shown.to_review else fact
    return Item(shown.title.text, shown.title.lang, presentation.rule_url(shown.rule), words)


def of_need(session: Session, actor: Actor, need: Need) -> Panel:
    """Notices about what is looked for, in the market it goes to, for those who may know it."""
    shown_need = _as_seen(session, actor, need)
    market, category = shown_need.market, shown_need.category
    found = presentation.notices_of(session, market, category, clock.now().date())
    items = [_item(shown, when) for shown, when in found]
    return Panel(gettext("Legal access to the market"), items)


panels.register("capability", of_capability)
panels.register("need", of_need)
