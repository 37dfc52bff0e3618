"""Tells those who sent a file that a virus was found in it."""

from sqlalchemy.orm import Session

from portal.accounts import notices
from portal.core.files.searching import when_blocked
from portal.core.i18n import lazy_gettext as _l
from portal.core.models import StoredFile

notices.declare(
    "file.blocked",
    _l("A virus was found in your file “%(file)s”. It was removed; nobody can open it."),
    "alert-triangle",
)


@when_blocked
def tell(session: Session, file: StoredFile) -> None:
    """The sender's organisation hears of it; of a file of the base, its staff."""
    about = {"file": file.name}
    where = {"path": "/account/notices", "dedupe": f"blocked:{file.id}"}
    if file.owner_id is None:
        notices.tell_staff(session, "file.blocked", about, **where)
    else:
        notices.tell_organisation(session, file.owner_id, "file.blocked", about, **where)
