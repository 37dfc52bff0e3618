"""The page on personal data: what was deleted last, who waits for what, what people agreed to."""

from datetime import datetime

from flask.typing import ResponseReturnValue

from portal.accounts import consents
from portal.core.access import Permission
from portal.core.i18n import lazy_gettext as _l
from portal.desk.blueprint import blueprint
from portal.privacy import mapping, queries, retention
from portal.privacy.models import ERASURE, EXPORT
from portal.web.app import db
from portal.web.guards import requires
from portal.web.paging import paginate
from portal.web.templating import page

KINDS = {
    EXPORT: _l("Copy of the data"),
    ERASURE: _l("Erasure, asked for by the person"),
    retention.INACTIVE: _l("Erasure, account not used"),
}
LABELS = {
    "session": _l("Sign-ins"),
    "link": _l("Mailed links"),
    "receipt": _l("Receipts of forms"),
    "draft": _l("Drafts of requests"),
    "presence": _l("Who has a request open"),
    "job": _l("Finished jobs"),
    "dead-mail": _l("Mails that failed"),
    "dead-job": _l("Jobs that failed"),
    "sent-mail": _l("Mails written as files"),
    "received-mail": _l("Senders of mails that came in"),
    "notice": _l("Read notices"),
    "invitation": _l("Invitations"),
    "bulk": _l("Undo of changes of many requests"),
    "export": _l("Copies of personal data"),
    "wish": _l("Wishes for copies and erasure"),
    "security": _l("Failed sign-ins"),
    "page-view": _l("Looks of organisations at pages of a company"),
    "view": _l("Looks of the staff at confidential records"),
    "counter": _l("Counters of tries"),
    "audit": _l("Audit trail"),
    "inactive": _l("Accounts that nobody uses"),
}


@blueprint.get("/desk/privacy")
@requires(Permission.USERS_VIEW)
def privacy() -> ResponseReturnValue:
    told = queries.state(db(), retention.STATE)
    periods = mapping.periods()
    classes = [(LABELS[key], periods[key].days, told.get(key)) for key in retention.CLASSES]
    return page(
        "desk/privacy.html",
        classes=classes,
        ran=told.get("ran"),
        waiting=paginate(db(), queries.waiting_for(tuple(KINDS))),
        kinds=KINDS,
        consents=queries.consent_counts(db()),
        purposes=consents.PURPOSES,
        moment=datetime.fromisoformat,
    )
