"""Verbs of agreements and of their templates."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from portal.accounts import notices
from portal.accounts import queries as accounts
from portal.core import audit, clock, mail
from portal.core.access import Actor, Permission
from portal.core.errors import Conflict, Forbidden
from portal.core.i18n import lazy_gettext as _l
from portal.core.workflow import check_version
from portal.disclosure.agreements import queries, rules
from portal.disclosure.models import Nda, NdaAcceptance, NdaTemplate, NdaText

notices.declare_all(
    {
        "nda.proposed": (_l("%(company)s proposes a confidentiality agreement"), "shield-lock"),
        "nda.accept": (
            _l("The confidentiality agreement with %(company)s is in force"),
            "shield-check",
        ),
        "nda.decline": (_l("%(company)s declined the confidentiality agreement"), "circle-x"),
        "nda.withdraw": (
            _l("%(company)s withdrew its proposal of a confidentiality agreement"),
            "arrow-back-up",
        ),
        "nda.end": (_l("%(company)s ended the confidentiality agreement"), "lock"),
    }
)


def propose(
    session: Session, actor: Actor, other_id: str, locale: str, inquiry_id: str | None = None
) -> Nda:
    """Propose the version in force to another organisation, and accept it for one's own.

    An agreement that is proposed or in force between the two is returned instead.
    """
    if not actor.may(Permission.INQUIRY_WRITE) or actor.org_id is None:
        raise Forbidden(_l("You may not take this step."))
    known = queries.between(session, actor.org_id, other_id)
    if known is not None:
        return known
    version = queries.current(session)
    if version is None:
        raise Conflict(_l("The base offers no agreement at present."))
    text = queries.text_in(version, locale)
    nda = Nda(
        proposer_id=actor.org_id,
        other_id=other_id,
        inquiry_id=inquiry_id,
        template=version,
        locale=text.locale if text else locale,
        state="proposed",
        version=1,
        acceptances=[],
    )
    session.add(nda)
    session.flush()
    _accept(session, actor, nda)
    audit.record(session, actor, "nda.propose", nda, {"template": version.number})
    _tell(session, nda, actor, "proposed")
    return nda


def _accept(session: Session, actor: Actor, nda: Nda) -> None:
    text = queries.text_in(nda.template, nda.locale)
    nda.acceptances.append(
        NdaAcceptance(
            organisation_id=actor.org_id,
            organisation_name=actor.org_name,
            user_id=actor.user_id,
            user_name=actor.name,
            template_number=nda.template.number,
            locale=nda.locale,
            digest=text.digest if text else "",
            at=clock.now(),
        )
    )
    session.flush()


def move(session: Session, actor: Actor, nda_id: str, step: str, version: int | None = None) -> Nda:
    """Accept, decline, withdraw or end. What was disclosed before the end stays confidential; from
    then on nothing more is shown. Raises NotFound, Forbidden, Conflict."""
    nda = queries.nda_for(session, actor, nda_id)
    rules.WORKFLOW.fire(session, nda, step, actor, version=version)
    if step == "accept":
        _accept(session, actor, nda)
    _tell(session, nda, actor, step)
    return nda


def _tell(session: Session, nda: Nda, actor: Actor, step: str) -> None:
    """The other side hears who did what; the words stay in the portal."""
    other = nda.other_id if actor.owns(nda.proposer_id) else nda.proposer_id
    params, path = {"company": actor.org_name}, f"/agreements/{nda.id}"
    once = f"nda:{nda.id}:{nda.version}"
    told = notices.tell_organisation(session, other, f"nda.{step}", params, path=path, dedupe=once)
    for user in told:
        words = {**params, "step": step}
        mail.enqueue(session, accounts.recipient(user), "disclosure/agreement", words, path)


# templates

FIXED = _l("A version that was in force stays as it is. Please write a new one.")


@dataclass(frozen=True)
class TemplateInput:
    """Title and text by language; who reviewed it, when."""

    texts: Mapping[str, tuple[str, str]]
    reviewed_by: str = ""
    reviewed_on: date | None = None


def _may_edit(actor: Actor) -> None:
    if not actor.may(Permission.TEXT_MODULE_EDIT):
        raise Forbidden(_l("Your role does not permit this."))


def write(
    session: Session,
    actor: Actor,
    data: TemplateInput,
    template_id: str | None = None,
    version: int | None = None,
) -> NdaTemplate:
    """A new draft, or a draft anew. A version that was in force is never changed."""
    _may_edit(actor)
    if template_id is None:
        row = NdaTemplate(
            number=queries.next_number(session), created_by=actor.user_id, version=0, texts=[]
        )
        session.add(row)
    else:
        row = queries.template(session, template_id)
        check_version(row, version)
    if (row.state or "draft") != "draft":
        raise Conflict(FIXED)
    row.texts = [
        NdaText(locale=locale, title=title, body=body, digest=rules.digest(title, body))
        for locale, (title, body) in data.texts.items()
        if title and body
    ]
    row.reviewed_by, row.reviewed_on = data.reviewed_by, data.reviewed_on
    row.version += 1
    row.changed_at = clock.now()
    session.flush()
    audit.record(session, actor, "nda_template.write", row, {"number": row.number})
    return row


def move_template(
    session: Session, actor: Actor, template_id: str, step: str, version: int | None = None
) -> NdaTemplate:
    """Put a version into force, in place of the one before, or take it out of use."""
    _may_edit(actor)
    row = queries.template(session, template_id)
    before = queries.current(session)
    rules.TEMPLATES.fire(session, row, step, actor, version=version)
    if step == "put_into_force":
        row.in_force_since = row.changed_at
        if before is not None:
            rules.TEMPLATES.fire(session, before, "retire", actor)
    return row
