"""Pages for accounts and background jobs."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import services as accounts
from portal.accounts.forms import STAFF_LABELS
from portal.core import audit
from portal.core import jobs as queue
from portal.core.access import STAFF_ROLES, Permission
from portal.core.errors import NotFound
from portal.core.i18n import gettext
from portal.core.models import Job
from portal.desk import queries
from portal.desk.blueprint import blueprint
from portal.web.app import actor, db
from portal.web.forms import asked_line
from portal.web.guards import requires
from portal.web.paging import paginate
from portal.web.templating import page

USER_GROUPS = ("staff", "members", "locked")
JOB_GROUPS = ("waiting", "late", "dead")


@blueprint.get("/desk/users")
@requires(Permission.USERS_VIEW)
def users() -> ResponseReturnValue:
    q, group = asked_line("q"), request.args.get("group", "")
    return page(
        "desk/users.html",
        users=paginate(db(), queries.users(q, group)),
        q=q,
        group=group if group in USER_GROUPS else "",
        roles=[(role, STAFF_LABELS[role]) for role in STAFF_ROLES],
        manages=actor().may(Permission.USERS_MANAGE),
    )


@blueprint.post("/desk/users/<user_id>/lock")
@requires(Permission.USERS_MANAGE)
def lock_user(user_id: str) -> ResponseReturnValue:
    locked = request.form.get("locked") == "1"
    accounts.set_disabled(db(), actor(), user_id, locked)
    flash(
        gettext("The account is locked and signed out everywhere.")
        if locked
        else gettext("The account is unlocked."),
        "success",
    )
    return redirect(url_for("desk.users", q=request.form.get("q") or None), 303)


@blueprint.post("/desk/users/<user_id>/role")
@requires(Permission.USERS_MANAGE)
def set_staff_role(user_id: str) -> ResponseReturnValue:
    accounts.set_staff_role(db(), actor(), user_id, request.form.get("role", ""))
    flash(gettext("The role is changed."), "success")
    return redirect(url_for("desk.users", group="staff"), 303)


@blueprint.get("/desk/jobs")
@requires(Permission.JOBS_MANAGE)
def jobs() -> ResponseReturnValue:
    """Payloads stay hidden: they hold addresses and links."""
    group = request.args.get("group", "")
    return page(
        "desk/jobs.html",
        jobs=paginate(db(), queries.jobs(group)),
        counts=queue.counts(db()),
        group=group if group in JOB_GROUPS else "",
    )


@blueprint.post("/desk/jobs/<job_id>/retry")
@requires(Permission.JOBS_MANAGE)
def retry_job(job_id: str) -> ResponseReturnValue:
    job = db().get(Job, job_id)
    if job is None or not queue.retry_dead(db(), job_id):
        raise NotFound
    audit.record(db(), actor(), "job.retry", job, {"kind": job.kind})
    flash(gettext("The job starts again."), "success")
    return redirect(url_for("desk.jobs"), 303)
