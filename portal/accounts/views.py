"""Pages of accounts."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import login, notices, queries, rules, services
from portal.accounts.forms import (
    AddressForm,
    ChangePasswordForm,
    InviteForm,
    JoinForm,
    MailForm,
    NewPasswordForm,
    ProfileForm,
    RegisterForm,
    RoleForm,
    SignInForm,
    TokenForm,
)
from portal.core import clock, i18n
from portal.core.access import Permission
from portal.core.i18n import gettext
from portal.core.limits import RateLimiter
from portal.web.app import actor, db, portal
from portal.web.guards import public, public_form, requires, signed_in
from portal.web.locale import COOKIE
from portal.web.paging import paginate
from portal.web.targets import own_page
from portal.web.templating import page

blueprint = Blueprint("accounts", __name__)


def _limiter() -> RateLimiter:
    return portal().limiter


def _address() -> str:
    return request.remote_addr or ""


def safe_target(wanted: str | None) -> str:
    """Where to go after signing in: only a page of this portal, else the dashboard."""
    return own_page(wanted, url_for("pages.dashboard"))


@blueprint.route("/register", methods=["GET", "POST"])
@public_form
def register() -> ResponseReturnValue:
    form = RegisterForm(kind=request.args.get("kind"))
    if form.validate_on_submit():
        _limiter().hit("register", _address())
        services.register(db(), form.to_input(_browser_zone()))
        return redirect(url_for("accounts.check_mail"), 303)
    return page("accounts/register.html", form=form)


def _browser_zone() -> str:
    """A first guess from the language; people change it in their account."""
    return {"zh-Hans": i18n.BASE_ZONE, "de": "Europe/Berlin"}.get(i18n.current().tag, "UTC")


@blueprint.get("/register/check-mail")
@public
def check_mail() -> ResponseReturnValue:
    return page("accounts/check_mail.html")


@blueprint.route("/account/confirm/<token>", methods=["GET", "POST"])
@public_form
def confirm(token: str) -> ResponseReturnValue:
    """A button, so that a mail scanner that opens links does not use the token up."""
    row = queries.one_time_token(db(), token)
    if row is None or not rules.token_good(row, "confirm", clock.now()):
        return page("accounts/link_dead.html", status=404, purpose="confirm")
    if request.method == "POST":
        services.confirm_email(db(), token)
        flash(gettext("Your address is confirmed. You can sign in now."), "success")
        return redirect(url_for("accounts.sign_in"), 303)
    return page("accounts/confirm.html")


@blueprint.route("/account/confirm", methods=["GET", "POST"])
@public_form
def send_confirmation() -> ResponseReturnValue:
    form = AddressForm()
    if form.validate_on_submit():
        _limiter().hit("confirm", queries.normal_email(form.email.data))
        services.send_confirmation(db(), form.email.data)
        return redirect(url_for("accounts.check_mail"), 303)
    return page("accounts/address.html", form=form, purpose="confirm")


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public_form
def sign_in() -> ResponseReturnValue:
    form = SignInForm()
    target = request.args.get("next") or request.form.get("next")
    if form.validate_on_submit():
        address = queries.normal_email(form.email.data)
        # In this order: what one limit refuses must not use up the next, which others share.
        for name, key in (("sign-in", _address()), ("sign-in", address), ("sign-in-all", "")):
            _limiter().hit(name, key)
        opened = form.accept(lambda: _try_sign_in(form))
        if opened:
            user, token = opened
            login.begin(token, user)
            return redirect(safe_target(target), 303)
        _note_failure(address)
        if not form.errors:
            form.form_errors.append(gettext("E-mail address or password is wrong."))
    return page("accounts/sign_in.html", form=form, target=target)


def _note_failure(address: str) -> None:
    """What was typed is not kept: a known person by id, an unknown address by its keyed hash."""
    known, journal = queries.user_by_email(db(), address), portal().journal
    journal.note(
        "sign-in.failed",
        user_id=known.id if known else None,
        subject=None if known else journal.subject(address),
        address=_address(),
    )


def _try_sign_in(form: SignInForm) -> Any:
    device = request.user_agent.string
    return services.sign_in(db(), form.email.data, form.password.data, device)


@blueprint.post("/sign-out")
@signed_in
def sign_out() -> ResponseReturnValue:
    services.sign_out(db(), actor(), login.current_token())
    login.end()
    flash(gettext("You are signed out."), "info")
    return redirect(url_for("pages.home"), 303)


@blueprint.route("/account/forgotten", methods=["GET", "POST"])
@public_form
def forgotten() -> ResponseReturnValue:
    form = AddressForm()
    if form.validate_on_submit():
        _limiter().hit("reset-ip", _address())
        _limiter().hit("reset", queries.normal_email(form.email.data))
        services.ask_reset(db(), form.email.data)
        return redirect(url_for("accounts.check_mail"), 303)
    return page("accounts/address.html", form=form, purpose="reset")


@blueprint.route("/account/reset/<token>", methods=["GET", "POST"])
@public_form
def reset(token: str) -> ResponseReturnValue:
    row = queries.one_time_token(db(), token)
    if row is None or not rules.token_good(row, "reset", clock.now()):
        return page("accounts/link_dead.html", status=404, purpose="reset")
    form = NewPasswordForm()
    if form.validate_on_submit():
        services.reset_password(db(), token, form.password.data)
        flash(gettext("Your password is changed. Please sign in."), "success")
        return redirect(url_for("accounts.sign_in"), 303)
    return page("accounts/reset.html", form=form)


@blueprint.route("/account/invitation/<token>", methods=["GET", "POST"])
@public_form
def invitation(token: str) -> ResponseReturnValue:
    row = queries.invitation_by_token(db(), token)
    if row is None or not rules.invitation_open(row, clock.now()):
        return page("accounts/link_dead.html", status=404, purpose="invitation")
    form = JoinForm()
    if form.validate_on_submit() and form.accept(
        lambda: services.accept_invitation(db(), token, form.to_input())
    ):
        flash(gettext("Welcome. You can sign in now."), "success")
        return redirect(url_for("accounts.sign_in"), 303)
    organisation = queries.organisation(db(), row.organisation_id)
    return page("accounts/invitation.html", form=form, invitation=row, organisation=organisation)


@blueprint.route("/account", methods=["GET", "POST"])
@signed_in
def account() -> ResponseReturnValue:
    form = ProfileForm(name=actor().name, locale=actor().locale, timezone=actor().timezone)
    if form.validate_on_submit():
        services.update_profile(db(), actor(), form.name.data, form.locale.data, form.timezone.data)
        flash(gettext("Saved."), "success")
        return redirect(url_for("accounts.account"), 303)
    return page(
        "accounts/account.html",
        form=form,
        sessions=queries.sessions_of(db(), actor()),
        current=queries.token_hash(login.current_token()),
    )


@blueprint.route("/account/password", methods=["GET", "POST"])
@signed_in
def password() -> ResponseReturnValue:
    form = ChangePasswordForm()
    if form.validate_on_submit():
        _limiter().hit("sign-in", actor().email)
        form.accept(
            lambda: services.change_password(
                db(), actor(), form.old_password.data, form.password.data, login.current_token()
            )
        )
        if not form.errors:
            flash(gettext("Your password is changed. Other devices are signed out."), "success")
            return redirect(url_for("accounts.account"), 303)
    return page("accounts/password.html", form=form)


@blueprint.route("/account/mails", methods=["GET", "POST"])
@signed_in
def mails() -> ResponseReturnValue:
    form = MailForm(data=services.mail_wishes(db(), actor()))
    if form.validate_on_submit():
        services.choose_mails(db(), actor(), form.to_input())
        flash(gettext("Saved."), "success")
        return redirect(url_for("accounts.mails"), 303)
    return page("accounts/mails.html", form=form)


@blueprint.post("/account/sessions/end")
@signed_in
def end_sessions() -> ResponseReturnValue:
    services.end_sessions(db(), actor(), keep=login.current_token())
    flash(gettext("All other devices are signed out."), "success")
    return redirect(url_for("accounts.account"), 303)


@blueprint.get("/account/notices")
@signed_in
def inbox() -> ResponseReturnValue:
    return page(
        "accounts/inbox.html",
        notices=paginate(db(), queries.notices(actor())),
        text=notices.text,
        icon_of=notices.icon,
    )


@blueprint.post("/account/notices/read")
@signed_in
def mark_read() -> ResponseReturnValue:
    services.mark_notices_read(db(), actor())
    return redirect(url_for("accounts.inbox"), 303)


@blueprint.route("/account/members", methods=["GET", "POST"])
@requires(Permission.MEMBERS_MANAGE)
def members() -> ResponseReturnValue:
    form = InviteForm()
    if form.validate_on_submit():
        _limiter().hit("invite", actor().org_id or "")
        invited = form.accept(
            lambda: services.invite(db(), actor(), form.email.data, form.role.data)
        )
        if invited:
            flash(gettext("The invitation is on its way."), "success")
            return redirect(url_for("accounts.members"), 303)
    organisation_id = actor().org_id or ""
    return page(
        "accounts/members.html",
        form=form,
        members=queries.members(db(), organisation_id),
        invitations=queries.open_invitations(db(), organisation_id),
        role_form=RoleForm(formdata=None),
    )


@blueprint.post("/account/members/<user_id>/role")
@requires(Permission.MEMBERS_MANAGE)
def change_role(user_id: str) -> ResponseReturnValue:
    services.change_role(db(), actor(), user_id, request.form.get("role", ""))
    flash(gettext("The role is changed."), "success")
    return redirect(url_for("accounts.members"), 303)


@blueprint.post("/account/members/<user_id>/remove")
@requires(Permission.MEMBERS_MANAGE)
def remove_member(user_id: str) -> ResponseReturnValue:
    services.remove_member(db(), actor(), user_id)
    flash(gettext("The member is removed and signed out everywhere."), "success")
    return redirect(url_for("accounts.members"), 303)


@blueprint.post("/account/invitations/<invitation_id>/withdraw")
@requires(Permission.MEMBERS_MANAGE)
def withdraw_invitation(invitation_id: str) -> ResponseReturnValue:
    services.withdraw_invitation(db(), actor(), invitation_id)
    flash(gettext("The invitation is withdrawn."), "success")
    return redirect(url_for("accounts.members"), 303)


@blueprint.route("/account/tokens", methods=["GET", "POST"])
@requires(Permission.TOKENS_MANAGE)
def tokens() -> ResponseReturnValue:
    """The secret is shown in the answer to the form itself and nowhere else."""
    form, secret = TokenForm(), None
    if form.validate_on_submit():
        created = form.accept(
            lambda: services.create_token(db(), actor(), form.name.data, form.scopes.data)
        )
        secret = created[1] if created else None
    return page(
        "accounts/tokens.html", form=form, tokens=queries.tokens_of(db(), actor()), secret=secret
    )


@blueprint.post("/account/tokens/<token_id>/revoke")
@requires(Permission.TOKENS_MANAGE)
def revoke_token(token_id: str) -> ResponseReturnValue:
    services.revoke_token(db(), actor(), token_id)
    flash(gettext("The token is revoked."), "success")
    return redirect(url_for("accounts.tokens"), 303)


@blueprint.get("/language/<slug>")
@public
def set_language(slug: str) -> ResponseReturnValue:
    """Remember the language and go to the same page in it."""
    from portal.web.locale import require  # noqa: PLC0415

    chosen = require(slug)
    wanted = request.args.get("to", "")
    target = safe_target(wanted) if wanted.startswith(f"/{slug}/") else f"/{slug}/"
    response = redirect(target, 303)
    response.set_cookie(
        COOKIE,
        chosen.slug,
        max_age=31536000,
        samesite="Lax",
        httponly=True,
        secure=request.is_secure,
    )
    return response
