"""How a person wants to be written to."""

from typing import Any

from sqlalchemy.orm import Session

from portal.accounts import mail_times, queries
from portal.accounts.inputs import MailWishes
from portal.accounts.models import MailPreference
from portal.core import audit
from portal.core.access import Actor
from portal.core.errors import Invalid
from portal.core.i18n import lazy_gettext as _l


def mail_wishes(session: Session, actor: Actor) -> dict[str, Any]:
    """What the person chose, or what holds without a choice, by field of the form."""
    wish = session.get(MailPreference, actor.user_id) or mail_times.unchosen(actor.user_id or "")
    return {
        "mode": wish.mode,
        "night": wish.night,
        "digest_hour": str(wish.digest_hour),
        "timezone": actor.timezone,
    }


def choose_mails(session: Session, actor: Actor, wishes: MailWishes) -> None:
    """Keep the choice; mails that wait already leave as they were planned."""
    user = queries.acting(session, actor)
    if wishes.mode not in mail_times.MODES or not 0 <= wishes.digest_hour < 24:
        raise Invalid(_l("Please choose how you want to hear of news."), field="mode")
    row = session.get(MailPreference, user.id)
    if row is None:
        row = mail_times.unchosen(user.id)
        session.add(row)
    row.mode, row.night, row.digest_hour = wishes.mode, wishes.night, wishes.digest_hour
    user.timezone = wishes.timezone
    audit.record(session, actor, "account.choose-mails", user, {"mode": wishes.mode})
