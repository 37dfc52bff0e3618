"""Verbs of changes of identity: a published company asks, the base decides, the level drops."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from portal.companies import registration
from portal.companies import services as companies
from portal.companies.inputs import TextInput
from portal.companies.models import Company
from portal.companies.verification import levels, likeness, queries, rules
from portal.companies.verification.models import IdentityChange
from portal.companies.verification.services.requests import NOT_YOURS, attach
from portal.companies.verification.services.telling import tell_base, tell_company
from portal.core import audit, clock, revisions
from portal.core.access import Actor, Permission
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.core.i18n import lazy_gettext as _l
from portal.core.models import StoredFile
from portal.core.names.claims import refusal


@dataclass(frozen=True)
class Wish:
    """The identity as it should be; what is as before is no change."""

    names: dict[str, str]
    kind: str
    country: str
    scheme: str
    number: str
    reason: str
    files: Sequence[StoredFile] = field(default=())


def ask(session: Session, actor: Actor, data: Wish) -> IdentityChange:
    """Ask for what the profile's form does not change any more."""
    company = queries.own_company(session, actor)
    if not actor.may(Permission.COMPANY_EDIT):
        raise Forbidden(NOT_YOURS)
    if company.published_at is None:
        raise Conflict(_l("Until it is published you can change all this in the profile itself."))
    if queries.open_change(session, company.id) is not None:
        raise Conflict(_l("The base is already looking into a change that you asked for."))
    wanted = _wanted(company, data)
    if not wanted:
        raise Invalid(_l("Nothing here differs from the profile."), field="")
    row = IdentityChange(
        company_id=company.id,
        company=company,
        wanted=wanted,
        reason=data.reason,
        asked_by_id=actor.user_id,
    )
    session.add(row)
    session.flush()
    attach(session, row, data.files)
    audit.record(session, actor, "identity-change.ask", row, {"fields": sorted(wanted)})
    tell_base(session, company, "change_asked", row)
    return row


def _wanted(company: Company, data: Wish) -> dict[str, Any]:
    for locale, name in data.names.items():
        message = refusal(name)
        if message:
            raise Invalid(message, field=f"name_{locale}")
    names = {text.locale: text.name for text in company.texts if text.name}
    found: dict[str, Any] = {}
    changed = {k: n for k, n in data.names.items() if n and n != names.get(k)}
    if changed:
        found["names"] = changed
    for name in ("kind", "country"):
        if getattr(data, name) != getattr(company, name):
            found[name] = getattr(data, name)
    checked = registration.check(data.scheme, data.number, data.country)
    present = (company.registration_scheme, company.registration_id)
    if (data.scheme, checked.number) != present:
        found["registration"] = {
            "scheme": data.scheme,
            "id": checked.number,
            "warning": checked.warning,
        }
    return found


def withdraw(
    session: Session, actor: Actor, change_id: str, version: int | None = None
) -> IdentityChange:
    """Take the wish back."""
    row = queries.change_for(session, actor, change_id)
    rules.CHANGE.fire(session, row, "withdraw", actor, version=version)
    return row


def decide(
    session: Session,
    actor: Actor,
    change_id: str,
    step: str,
    note: str = "",
    version: int | None = None,
) -> IdentityChange:
    """Accept the change, which voids what was checked, or decline it."""
    row = queries.change_for(session, actor, change_id)
    rules.CHANGE.fire(session, row, step, actor, note=note, version=version)
    row.note, row.decided_by_id = note.strip(), actor.user_id
    if step == "accept":
        _apply(session, actor, row)
    tell_company(session, row.company, f"change_{row.state}", f"{row.id}:{row.version}")
    return row


def _apply(session: Session, actor: Actor, row: IdentityChange) -> None:
    company, wanted = row.company, row.wanted
    for text in company.texts:
        text.name = wanted.get("names", {}).get(text.locale, text.name)
    company.kind = wanted.get("kind", company.kind)
    company.country = wanted.get("country", company.country)
    number = wanted.get("registration")
    if number:
        company.registration_scheme = number["scheme"]
        company.registration_id = number["id"]
        company.registration_warning = number["warning"]
    first = company.texts[0]
    named = TextInput(first.locale, first.name, first.description)
    companies.keep_in_step(session, company, named)
    company.version += 1
    company.changed_at = clock.now()
    session.flush()
    audit.record(session, actor, "company.identity", company, {"fields": sorted(wanted)})
    levels.drop(session, actor, company, rules.IDENTITY_CHANGED, sorted(wanted))
    likeness.check(session, company.id)
    if company.state == "published":
        revisions.keep(session, actor, company, companies.snapshot(company))
        companies.refresh_index(session, company)
