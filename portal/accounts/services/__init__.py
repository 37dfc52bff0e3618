"""Verbs of accounts: register, confirm, sign in and out, reset, invite, change roles, tokens."""

from portal.accounts.services.mails import choose_mails, mail_wishes
from portal.accounts.services.members import (
    accept_invitation,
    change_role,
    invite,
    invite_to,
    remove_member,
    withdraw_invitation,
)
from portal.accounts.services.people import (
    ask_reset,
    change_password,
    confirm_email,
    create_user,
    mark_notices_read,
    register,
    reset_password,
    send_confirmation,
    update_profile,
)
from portal.accounts.services.sessions import end_sessions, forget_expired, sign_in, sign_out
from portal.accounts.services.staff import set_disabled, set_staff_role
from portal.accounts.services.tokens import create_token, revoke_token

__all__ = [
    "accept_invitation",
    "ask_reset",
    "change_password",
    "change_role",
    "choose_mails",
    "confirm_email",
    "create_token",
    "create_user",
    "end_sessions",
    "forget_expired",
    "invite",
    "invite_to",
    "mail_wishes",
    "mark_notices_read",
    "register",
    "remove_member",
    "reset_password",
    "revoke_token",
    "send_confirmation",
    "set_disabled",
    "set_staff_role",
    "sign_in",
    "sign_out",
    "update_profile",
    "withdraw_invitation",
]
