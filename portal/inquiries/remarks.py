"""What a reader's own inquiries say about a pair of need and capability."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core import i18n
from portal.core.access import Actor
from portal.core.i18n import gettext
from portal.inquiries import rules
from portal.inquiries.models import Inquiry
from portal.matching import standing


def about(session: Session, actor: Actor, need_id: str, capability_id: str) -> Iterable[str]:
    """One sentence on the newest inquiry about both, for those who take part in it."""
    if actor.is_staff:  # inquiries are between the two companies
        return ()
    query = select(Inquiry).where(
        Inquiry.need_id == need_id, Inquiry.capability_id == capability_id
    )
    row = session.scalars(query.order_by(Inquiry.created_at.desc(), Inquiry.id).limit(1)).first()
    side = rules.side_of(row, actor) if row else None
    if row is None or side is None:
        return ()
    if row.state == "declined":
        reason = rules.DECLINE_LABELS[row.decline_reason or "other"]
        return (_declined(side, str(reason), i18n.format_date(row.changed_at)),)
    state = str(rules.state_label(row.state, side))
    return (gettext("There is an inquiry about both. It stands at: %(state)s.", state=state),)


def _declined(side: str, reason: str, day: str) -> str:
    if side == rules.SUPPLIER:
        return gettext(
            "You declined an inquiry about this on %(day)s: %(reason)s.", day=day, reason=reason
        )
    return gettext(
        "The supplier declined your inquiry about this on %(day)s: %(reason)s.",
        day=day,
        reason=reason,
    )


standing.REMARKS.append(about)
