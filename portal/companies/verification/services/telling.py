"""Who hears of what: notices and mails about verification. No words of a request leave it."""

from typing import Any

from sqlalchemy.orm import Session

from portal.accounts import notices
from portal.accounts import queries as accounts
from portal.companies import rules as companies
from portal.companies.models import Company
from portal.core import mail
from portal.core.i18n import lazy_gettext as _l

OWN_PAGE = "/company/verification"
notices.declare_all(
    {
        "verification.asked": (_l("%(name)s asks to be verified."), "shield"),
        "verification.proposed": (
            _l("The report of a visit to %(name)s waits for a second person."),
            "user-check",
        ),
        "verification.change_asked": (_l("%(name)s asks for a change of identity."), "pencil"),
        "verification.appealed": (_l("%(name)s appeals against its suspension."), "gavel"),
        "verification.reported": (_l("The profile of %(name)s was reported."), "flag"),
        "verification.granted": (_l("The base has confirmed the check of %(name)s."),
                                 "shield-check"),
        "verification.claimed": (_l("The base asks %(name)s for other documents."), "file-plus"),
        "verification.declined": (_l("The base could not confirm the check of %(name)s."),
                                  "alert-triangle"),
        "verification.change_accepted": (_l("The change of identity of %(name)s is made."),
                                         "circle-check"),
        "verification.change_declined": (_l("The change of identity of %(name)s is declined."),
                                         "alert-triangle"),
        "verification.appeal_upheld": (_l("The suspension of %(name)s is lifted."),
                                       "circle-check"),
        "verification.appeal_rejected": (_l("The suspension of %(name)s stays."), "ban"),
        "verification.appeal_decided": (_l("The appeal of %(name)s is decided."), "gavel"),
        "verification.report_upheld": (_l("Your report about %(name)s was upheld."), "flag"),
        "verification.report_dismissed": (
            _l("The base has looked into your report about %(name)s and dismissed it."), "flag"
        ),
        "verification.expires": (
            _l("A check of %(name)s ends in %(days)s days. Please ask for a new one."), "clock"
        ),
        "verification.expires_today": (
            _l("A check of %(name)s ends today. Please ask for a new one."), "clock"
        ),
    }
)  # fmt: skip


def name_of(company: Company) -> str:
    """The name in the language of the company."""
    original = companies.original(company.texts)
    return original.name if original else ""


def tell_company(
    session: Session, company: Company, step: str, dedupe: str, path: str = OWN_PAGE, **more: Any
) -> None:
    """A line in the inbox of each of its people, and a mail to those who got it."""
    params = {"name": name_of(company), **more}
    kind = f"verification.{step}"
    told = notices.tell_organisation(
        session, company.id, kind, params, path=path, dedupe=f"{kind}:{dedupe}"
    )
    for user in told:
        context = {"step": step, "company": params["name"], **more}
        mail.enqueue(session, accounts.recipient(user), "companies/verification", context, path)


def tell_base(session: Session, company: Company, step: str, row: Any) -> None:
    """A line in the inbox of everybody at the base."""
    notices.tell_staff(
        session,
        f"verification.{step}",
        {"name": name_of(company)},
        path=f"/desk/verification/{row.__tablename__}/{row.id}",
        dedupe=f"verification.{step}:{row.id}:{row.version}",
    )


def tell_person(session: Session, user_id: str, company: Company, step: str, row: Any) -> None:
    """A line and a mail for one person who asked or took part."""
    user = accounts.user(session, user_id)
    if user is None or user.disabled_at is not None:
        return
    path = f"/companies/{company.id}"
    kind, params = f"verification.{step}", {"name": name_of(company)}
    dedupe = f"{kind}:{row.id}:{row.version}"
    if notices.tell_users(session, [user], kind, params, path=path, dedupe=dedupe):
        context = {"step": step, "company": params["name"]}
        mail.enqueue(session, accounts.recipient(user), "companies/verification", context, path)
