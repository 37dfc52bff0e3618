"""Who is told what about a referral. Mails name its number and service, never its words."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from portal.accounts import notices
from portal.accounts import queries as accounts
from portal.accounts.models import User
from portal.core import mail
from portal.core.i18n import lazy_gettext as _l
from portal.service_requests import catalogue
from portal.service_requests.mail_in import queries as received
from portal.service_requests.models import Referral, ReferralEntry

_SENTENCES = {
    "referral.asked": (_l("The base asks you for help: referral %(number)s"), "mail-forward"),
    "referral.message": (_l("The base has written on referral %(number)s"), "message"),
    "referral.withdraw": (_l("The base has withdrawn referral %(number)s"), "arrow-back-up"),
    "referral.miss": (_l("The base has closed referral %(number)s"), "circle-x"),
    "referral.assigned": (_l("%(person)s gave you referral %(number)s"), "user-check"),
    "referral.due": (_l("Your answer on referral %(number)s is due soon"), "clock"),
    "referral.late": (_l("Your answer on referral %(number)s is overdue"), "alert-triangle"),
    "desk.referral.accept": (_l("%(partner)s takes on referral %(number)s"), "circle-check"),
    "desk.referral.finish": (_l("%(partner)s has answered referral %(number)s"), "mail-check"),
    "desk.referral.give_up": (_l("%(partner)s cannot help on referral %(number)s"), "circle-x"),
    "desk.referral.decline": (_l("%(partner)s declined referral %(number)s"), "circle-x"),
    "desk.referral.message": (_l("%(partner)s has written on referral %(number)s"), "message"),
    "desk.referral.late": (_l("%(partner)s is late with referral %(number)s"), "alert-triangle"),
    "desk.referral.withdraw": (_l("Referral %(number)s to %(partner)s was withdrawn"), "ban"),
    "desk.referral.quote": (_l("%(partner)s sent a quote on referral %(number)s"), "report-money"),
}
notices.declare_all(_SENTENCES)

# News that also reach the staff by mail: the partner's last word, and its silence.
MAILED_TO_STAFF = frozenset({"finish", "give_up", "decline", "late", "quote"})


def path(referral: Referral) -> str:
    return f"/partner/referrals/{referral.id}"


def desk_path(referral: Referral) -> str:
    return f"/desk/referrals/{referral.id}"


def tell_partner(session: Session, referral: Referral, key: str, name: str) -> None:
    """A line and a mail `partners/<name>` for the one in charge there, else for everybody who
    may answer. `key` tells one piece of news from the next."""
    everybody = accounts.users_of(session, referral.partner_id)
    in_charge = [user for user in everybody if user.id == referral.assignee_id]
    told = notices.tell_users(
        session,
        in_charge or everybody,
        f"referral.{name}",
        {"number": referral.reference},
        path=path(referral),
        dedupe=f"referral:{key}",
    )
    for user in told:
        _mail(session, user, referral, name, path(referral))


def tell_colleague(
    session: Session, referral: Referral, entry: ReferralEntry, person: User, giver: str
) -> None:
    """Somebody was put in charge by a colleague."""
    notices.tell_users(
        session,
        [person],
        "referral.assigned",
        {"number": referral.reference, "person": giver},
        path=path(referral),
        dedupe=f"referral:{entry.id}",
    )


def tell_staff(session: Session, referral: Referral, key: str, name: str) -> None:
    """A line for those of the base who asked and who take care of the request."""
    told = notices.tell_users(
        session,
        _staff(session, referral),
        f"desk.referral.{name}",
        {"number": referral.reference, "partner": referral.partner.organisation.name},
        path=desk_path(referral),
        dedupe=f"desk-referral:{key}",
    )
    if name in MAILED_TO_STAFF:
        for user in told:
            _mail(session, user, referral, "desk_news", desk_path(referral))


def _staff(session: Session, referral: Referral) -> Iterable[User]:
    concerned = {referral.author_id, referral.request.assignee_id}
    return [user for user in accounts.staff(session) if user.id in concerned]


def _mail(session: Session, user: User, referral: Referral, name: str, link: str) -> None:
    context = {
        "number": referral.reference,
        "service": catalogue.title_in(referral.request.service, user.locale),
        "partner": referral.partner.organisation.name,
        "due": referral.due.isoformat() if referral.due else "",
    }
    hung = thread(session, referral, user, first=name == "asked")
    mail.enqueue(session, accounts.recipient(user), f"partners/{name}", context, link, hung)


def thread(session: Session, referral: Referral, user: User, *, first: bool = False) -> mail.Thread:
    """Where a mail about a referral stands among those of its reader, and whose an answer is."""
    return mail.Thread(
        conversation=f"pr{referral.number}",
        person=user.id,
        company="" if user.staff_role else referral.partner_id,
        first=first,
        answers=received.last_from(session, ("referral_id", referral.id), user),
        urgent=referral.request.priority == "P1",
    )
