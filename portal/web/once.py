"""A form that is sent twice has one effect: the second answer repeats the first.

Every form carries a random `_once` value. The write transaction is exclusive, so of two parallel
submissions one finds the other's receipt.
"""

import hashlib
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Response, g, redirect, request
from flask import session as cookie
from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.core import clock
from portal.core.db import Database
from portal.core.models import FormReceipt

KEPT = timedelta(days=2)
FIELD = "_once"


def token() -> str:
    """A fresh value for a form; a form shown again with errors keeps its own."""
    sent = request.form.get(FIELD) if request.method == "POST" else None
    return sent or secrets.token_urlsafe(16)


def _key() -> str | None:
    if request.method != "POST" or not request.form.get(FIELD):
        return None
    who = cookie.get("_user_id") or cookie.get("csrf_token") or ""
    raw = f"{who}|{request.path}|{request.form[FIELD]}"
    return hashlib.sha256(raw.encode()).hexdigest()


def answered(db: Callable[[], Session]) -> Any:
    """The stored answer when this very form was already accepted, else None.

    `db` opens the session of the request, only when there is something to look up.
    """
    key = _key()
    if key is None or "access_refused" in g:
        return None
    receipt = db().get(FormReceipt, key)
    return redirect(receipt.location, 303) if receipt else None


def meanwhile(database: Database) -> Any:
    """The answer that the same form got while this copy of it waited for the database in vain."""
    key = _key()
    if key is None or "access_refused" in g:
        return None
    with database.reading() as session:
        receipt = session.get(FormReceipt, key)
    return redirect(receipt.location, 303) if receipt else None


def remember(session: Session, response: Response) -> None:
    """Keep where an accepted form led to."""
    key = _key()
    location = response.headers.get("Location")
    if key and location and 300 <= response.status_code < 400:
        session.add(FormReceipt(key=key, location=location))


def forget_old(session: Session) -> None:
    """Delete receipts that no browser will ask for again."""
    session.execute(delete(FormReceipt).where(FormReceipt.created_at < clock.now() - KEPT))
