"""Who is told what about a quote. Mails and notices name its number, never the price."""

from sqlalchemy.orm import Session

from portal.accounts import notices
from portal.accounts import queries as accounts
from portal.accounts.models import User
from portal.core import mail
from portal.core.i18n import lazy_gettext as _l
from portal.service_requests import catalogue
from portal.service_requests import news as request_news
from portal.service_requests.models import Quote

_SENTENCES = {
    "quote.send": (_l("There is quote %(number)s for your request %(request)s"), "report-money"),
    "quote.withdraw": (_l("Quote %(number)s was withdrawn"), "arrow-back-up"),
    "quote.expire": (_l("Quote %(number)s is no longer valid"), "hourglass"),
    "desk.quote.accept": (_l("The customer accepted quote %(number)s"), "circle-check"),
    "desk.quote.decline": (_l("The customer declined quote %(number)s"), "circle-x"),
    "desk.quote.expire": (_l("Quote %(number)s has expired"), "hourglass"),
    "desk.quote.take_back": (_l("The partner took quote %(number)s back"), "arrow-back-up"),
    "partner.quote.send": (_l("Your quote %(number)s is with the customer"), "send"),
    "partner.quote.accept": (_l("Your quote %(number)s was accepted"), "circle-check"),
    "partner.quote.decline": (_l("Your quote %(number)s was declined"), "circle-x"),
    "partner.quote.withdraw": (_l("The base does not pass on your quote %(number)s"), "ban"),
    "partner.quote.expire": (_l("Your quote %(number)s is no longer valid"), "hourglass"),
}
notices.declare_all(_SENTENCES)


def tell(session: Session, quote: Quote, name: str) -> None:
    """Tell each side for which a step is news."""
    for side, teller in (("quote", _customer), ("desk.quote", _desk), ("partner.quote", _partner)):
        if f"{side}.{name}" in _SENTENCES:
            teller(session, quote, name)


def _params(quote: Quote) -> dict[str, str]:
    return {"number": quote.reference, "request": quote.request.reference}


def _customer(session: Session, quote: Quote, name: str) -> None:
    """A proposal that never reached the customer is no news for it."""
    if quote.sent_at is None:
        return
    told = notices.tell_organisation(
        session,
        quote.request.company_id,
        f"quote.{name}",
        _params(quote),
        path=request_news.path(quote.request),
        dedupe=f"quote:{quote.id}:{name}",
    )
    asked = [user for user in told if user.id == quote.request.requester_id]
    for user in asked or told:
        _mail(session, user, quote, name, request_news.path(quote.request))


def _desk(session: Session, quote: Quote, name: str) -> None:
    concerned = {quote.author_id, quote.request.assignee_id}
    told = notices.tell_users(
        session,
        [user for user in accounts.staff(session) if user.id in concerned],
        f"desk.quote.{name}",
        _params(quote),
        path=request_news.desk_path(quote.request),
        dedupe=f"desk-quote:{quote.id}:{name}",
    )
    for user in told if name in ("accept", "decline") else ():
        _mail(session, user, quote, f"desk_{name}", request_news.desk_path(quote.request))


def _partner(session: Session, quote: Quote, name: str) -> None:
    if quote.referral is None:
        return
    path = f"/partner/referrals/{quote.referral_id}"
    told = notices.tell_organisation(
        session,
        quote.referral.partner_id,
        f"partner.quote.{name}",
        {"number": quote.reference},
        path=path,
        dedupe=f"partner-quote:{quote.id}:{name}",
    )
    for user in told if name in ("accept", "decline") else ():
        _mail(session, user, quote, f"partner_{name}", path)


def _mail(session: Session, user: User, quote: Quote, name: str, path: str) -> None:
    service = catalogue.title_in(quote.request.service, user.locale)
    context = {"number": quote.reference, "service": service}
    thread = None
    if not name.startswith("partner"):
        context["request"] = quote.request.reference
        thread = request_news.thread(session, quote.request, user)
    mail.enqueue(session, accounts.recipient(user), f"quotes/{name}", context, path, thread)
