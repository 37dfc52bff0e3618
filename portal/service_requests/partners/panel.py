"""What the pages of a request show of its referrals and quotes."""

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from portal.core.access import Actor
from portal.service_requests.models import Quote, Referral, ServiceRequest
from portal.service_requests.partners import presentation, queries
from portal.service_requests.partners import rules as referral_rules
from portal.service_requests.quotes import bank_data
from portal.service_requests.quotes import queries as quotes
from portal.service_requests.quotes import rules as quote_rules


@dataclass(frozen=True)
class Panel:
    """Quotes for everybody who may read them; referrals for the staff only."""

    quotes: list[Quote]
    referrals: list[Referral] = field(default_factory=list)
    takes_more: bool = False
    # What the templates need to put them into words.
    referral_workflow = referral_rules.WORKFLOW
    quote_workflow = quote_rules.WORKFLOW
    fraud_notice = bank_data.FRAUD_NOTICE
    show = presentation


def of_request(session: Session, actor: Actor, request: ServiceRequest) -> Panel:
    """One statement for customers, two for staff."""
    found = quotes.of_request(session, actor, request.id)
    if not actor.is_staff:
        return Panel(found)
    takes_more = referral_rules.takes_referrals(request)
    return Panel(found, queries.of_request(session, request.id), takes_more)
