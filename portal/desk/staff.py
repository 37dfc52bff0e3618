"""People of the desk: teams, languages, services, room and absences."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.forms import STAFF_LABELS
from portal.core.access import Permission
from portal.core.errors import NotFound
from portal.core.i18n import gettext
from portal.desk.blueprint import blueprint
from portal.service_requests import catalogue
from portal.service_requests.assignment import queries
from portal.service_requests.assignment import staff as verbs
from portal.service_requests.assignment.forms import OwnProfileForm, ProfileForm, profile_form
from portal.service_requests.assignment.queries import Member
from portal.web.app import actor, db
from portal.web.guards import requires
from portal.web.templating import page


@blueprint.get("/desk/staff")
@requires(Permission.DESK_VIEW)
def staff() -> ResponseReturnValue:
    members = queries.members(db())
    by_team = sorted(members, key=lambda one: (not one.profile.team, one.profile.team))
    return page(
        "desk/staff/list.html",
        members=by_team,
        may_edit=lambda user_id: verbs.may_edit(actor(), user_id),
        keeps=actor().may(Permission.DESK_ASSIGN),
        switch=queries.switch(db()),
        roles=STAFF_LABELS,
        catalogue=catalogue,
    )


@blueprint.route("/desk/staff/<user_id>", methods=["GET", "POST"])
@requires(Permission.DESK_WORK)
def staff_member(user_id: str) -> ResponseReturnValue:
    """Supervisors change everything of everybody, others their own languages and absence."""
    members = queries.members(db())
    member = next((one for one in members if one.user.id == user_id), None)
    if member is None or not verbs.may_edit(actor(), user_id):
        raise NotFound
    keeps = actor().may(Permission.DESK_ASSIGN)
    form = _form(ProfileForm if keeps else OwnProfileForm, member)
    if form.validate_on_submit() and form.accept(
        lambda: verbs.set_profile(db(), actor(), user_id, form.to_input())
    ):
        return _saved()
    return page(
        "desk/staff/member.html",
        form=form,
        status=form.refused or None,
        member=member,
        teams=sorted({one.profile.team for one in members} - {""}),
        keeps=keeps,
    )


def _saved() -> ResponseReturnValue:
    flash(gettext("Saved."), "success")
    return redirect(url_for("desk.staff"), 303)


def _form(kind: type[OwnProfileForm], member: Member) -> OwnProfileForm:
    return kind() if request.method == "POST" else profile_form(kind, member.profile)
