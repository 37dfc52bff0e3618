"""Verbs of company profiles: create, edit, move through review, confirm."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from portal.accounts import notices
from portal.accounts import queries as account_queries
from portal.accounts.models import Organisation
from portal.companies import queries, registration, rules
from portal.companies.inputs import Identity, ProfileInput, SiteInput, TextInput
from portal.companies.models import Certificate, Company, CompanyText, Site
from portal.companies.verification import identity, levels, likeness
from portal.companies.verification.rules import IDENTITY_CHANGED
from portal.core import audit, clock, jobs, mail, revisions
from portal.core.access import Actor
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.i18n import lazy_gettext as _l
from portal.core.workflow import check_version
from portal.disclosure.setting import inherit
from portal.listings.inputs import CertificateInput

for _kind, _sentence, _icon in (
    (
        "company.submit",
        _l("We have received the profile of %(name)s for review."),
        "send",
    ),
    ("company.publish", _l("The profile of %(name)s is published."), "circle-check"),
    (
        "company.request_changes",
        _l("The base asks for changes in the profile of %(name)s."),
        "pencil",
    ),
    ("company.suspend", _l("The profile of %(name)s is suspended."), "ban"),
    (
        "company.restore",
        _l("The profile of %(name)s is published again."),
        "circle-check",
    ),
    ("company.review", _l("%(name)s waits for review."), "checklist"),
):
    notices.declare(_kind, _sentence, _icon)

# Steps that somebody else took: the company's people are told by mail, too.
_MAILED = frozenset({"publish", "request_changes", "suspend", "restore"})
_KEPT = frozenset({"submit", "publish"})


def blank(organisation: Organisation) -> Company:
    """The profile an organisation starts with: its name in its language. Not yet stored."""
    return Company(
        id=organisation.id,
        kind=organisation.kind,
        country=organisation.country,
        state="draft",
        state_note="",
        version=1,
        changed_at=clock.now(),
        texts=[CompanyText(locale=organisation.locale, name=organisation.name, description="")],
        sites=[],
        certificates=[],
        sustainability=[],
        references=[],
    )


def ensure_profile(session: Session, organisation_id: str) -> Company:
    """The profile of an organisation, made now if it has none."""
    company = queries.find(session, organisation_id)
    if company is None:
        organisation = account_queries.organisation(session, organisation_id)
        if organisation is None:
            raise NotFound
        company = blank(organisation)
        session.add(company)
        session.flush()
    return company


def snapshot(company: Company) -> dict[str, Any]:
    """The content of a profile as plain JSON, for versions and comparison."""
    return {
        "names": {t.locale: t.name for t in company.texts if t.name},
        "original": company.texts[0].locale if company.texts else None,
        "kind": company.kind,
        "country": company.country,
        "registration": {"scheme": company.registration_scheme, "id": company.registration_id},
        "description": {t.locale: t.description for t in company.texts if t.description},
        "website": company.website,
        "founded": company.founded,
        "headcount": company.headcount,
        "logo": company.logo_id,
        "sites": [_plain(site, SiteInput) for site in company.sites],
        "certificates": [_plain(row, CertificateInput) for row in company.certificates],
    }


def _plain(row: Any, shape: type[Any]) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in shape.__dataclass_fields__}
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in values.items()}


def update(session: Session, actor: Actor, data: ProfileInput, version: int) -> Company:
    """Replace the profile of the actor's organisation by what was typed.

    Raises Conflict when somebody saved in between, Invalid at the field that a rule refuses.
    """
    company = ensure_profile(session, actor.org_id or "")
    if not rules.may_edit(company, actor):
        raise Forbidden(_l("You may not change this profile."))
    check_version(company, version)
    before, known = snapshot(company), identity.of(company)
    _set_identity(session, company, data)
    set_texts(company, data.texts)
    set_facts(company, data)
    changed = [change.field for change in revisions.diff(before, snapshot(company))]
    if changed:
        _saved(session, actor, company, changed)
    settle_identity(session, actor, company, known)
    return company


def settle_identity(
    session: Session, actor: Actor, company: Company, before: Mapping[str, Any]
) -> None:
    """After a change: another identity voids what was checked, and may look like somebody's."""
    session.flush()
    fields = identity.changed(before, identity.of(company))
    if fields:
        levels.drop(session, actor, company, IDENTITY_CHANGED, fields)
    likeness.check(session, company.id)


def _set_identity(session: Session, company: Company, data: ProfileInput) -> None:
    names = {text.locale: text.name for text in data.texts if text.name}
    if rules.identity_locked(company):
        if names != {text.locale: text.name for text in company.texts if text.name}:
            raise Invalid(_l("Names cannot be changed after publication."), field="texts")
        return
    if data.identity is None or not data.texts or not data.texts[0].name:
        raise Invalid(_l("Please enter the legal name."), field="texts.0.name")
    identity = data.identity
    checked = _checked(identity)
    company.kind, company.country = identity.kind, identity.country
    company.registration_scheme = identity.scheme if checked else None
    company.registration_id = checked.number if checked else None
    company.registration_warning = checked.warning if checked else None
    keep_in_step(session, company, data.texts[0])


def _checked(identity: Identity) -> registration.Checked | None:
    if not identity.scheme and not identity.number:
        return None
    return registration.check(identity.scheme, identity.number, identity.country)


def keep_in_step(session: Session, company: Company, text: TextInput) -> None:
    """The member organisation is called, and acts, as its profile says."""
    organisation = session.get(Organisation, company.id)
    if organisation is not None:
        organisation.name = text.name[:200]
        organisation.kind, organisation.country = company.kind, company.country


def set_texts(company: Company, texts: Sequence[TextInput]) -> None:
    known = {text.locale: text for text in company.texts}
    rows = []
    for position, data in enumerate(texts):
        row = known.get(data.locale) or CompanyText(locale=data.locale)
        row.name, row.description, row.position = data.name, data.description, position
        rows.append(row)
    company.texts[:] = rows


def set_facts(company: Company, data: ProfileInput) -> None:
    company.website, company.founded = data.website, data.founded
    company.headcount = data.headcount
    if data.logo is not None or data.drop_logo:
        company.logo = data.logo
        company.logo_id = data.logo.id if data.logo else None
    _replace(company.sites, [asdict(site) for site in data.sites], Site)
    _replace(company.certificates, [asdict(row) for row in data.certificates], Certificate)


def _replace(rows: list[Any], wanted: list[dict[str, Any]], make: Callable[..., Any]) -> None:
    """Unchanged rows stay, with what staff found out about them; a changed row is a new one."""
    pool, kept = list(rows), []
    for position, values in enumerate(wanted):
        row = next((r for r in pool if all(getattr(r, k) == v for k, v in values.items())), None)
        if row is None:
            row = make(**values)
        else:
            pool.remove(row)
        row.position = position
        kept.append(row)
    inherit(rows, kept)
    rows[:] = kept


def _saved(session: Session, actor: Actor, company: Company, changed: list[str]) -> None:
    company.version += 1
    company.changed_at = clock.now()
    audit.record(session, actor, "company.update", company, {"fields": changed})
    if company.state == "published":
        company.confirmed_at = clock.now()
        revisions.keep(session, actor, company, snapshot(company))
        refresh_index(session, company)


def refresh_index(session: Session, company: Company) -> None:
    """Have the search follow, once the change is committed."""
    payload = {"kind": "company", "id": company.id}
    jobs.enqueue(session, "index.update", payload, dedupe=f"company:{company.id}")


def confirm(session: Session, actor: Actor) -> Company:
    """Say that everything is still right: the profile takes part in matches for another year."""
    company = queries.own(session, actor)
    if company is None or not rules.may_edit(company, actor):
        raise NotFound
    if company.state != "published":
        raise Conflict(_l("Only a published profile can be confirmed."))
    company.confirmed_at = clock.now()
    audit.record(session, actor, "company.confirm", company)
    refresh_index(session, company)
    return company


def move(
    session: Session,
    actor: Actor,
    company_id: str,
    transition: str,
    note: str = "",
    version: int | None = None,
) -> Company:
    """Fire a transition of the profile's workflow and tell those whom it concerns."""
    company = queries.company_for(session, actor, company_id)
    if transition == "publish":
        likeness.check(session, company.id)
    rules.WORKFLOW.fire(session, company, transition, actor, note=note, version=version)
    company.state_note = note.strip()
    if transition == "suspend":
        company.suspended_at, company.suspended_by_id = company.changed_at, actor.user_id
    if transition == "publish":
        company.confirmed_at = clock.now()
        company.published_at = company.published_at or company.confirmed_at
    if transition in _KEPT:
        revisions.keep(session, actor, company, snapshot(company), note)
    if company.state in ("published", "suspended"):
        refresh_index(session, company)
    _tell(session, company, transition)
    return company


def _tell(session: Session, company: Company, transition: str) -> None:
    original = rules.original(company.texts)
    params = {"name": original.name if original else ""}
    once = f"company.{transition}:{company.id}:{company.version}"
    told = notices.tell_organisation(
        session, company.id, f"company.{transition}", params, path="/company", dedupe=once
    )
    if transition == "submit":
        path = f"/desk/reviews/company/{company.id}"
        notices.tell_staff(session, "company.review", params, path=path, dedupe=f"review-{once}")
    for user in told if transition in _MAILED else ():
        context = {"step": transition, "company": params["name"]}
        mail.enqueue(
            session, account_queries.recipient(user), "companies/decision", context, "/company"
        )


def own_or_blank(session: Session, actor: Actor) -> Company:
    """The profile of the actor's organisation to look at; made, but not stored, when absent."""
    company = queries.own(session, actor)
    if company is not None:
        return company
    organisation = account_queries.organisation(session, actor.org_id or "")
    if organisation is None:
        raise NotFound
    return blank(organisation)
