"""A POST with an Idempotency-Key has one effect: the second answer repeats the first."""

import hashlib
import json
from collections.abc import Callable
from functools import wraps

from flask import Response, make_response, request
from flask.typing import ResponseReturnValue

from portal.api.problems import ApiError
from portal.core.i18n import lazy_gettext as _l
from portal.core.models import FormReceipt
from portal.web.app import actor, db

MAX_KEY = 255
_KEPT_HEADERS = ("Location", "ETag", "Content-Type", "Link")
View = Callable[..., ResponseReturnValue]


def once_per_key(view: View) -> View:
    """Keep the answer of an accepted call under its key and repeat it."""

    @wraps(view)
    def run(**values: str) -> ResponseReturnValue:
        key = _key()
        if key is None:
            return view(**values)
        receipt = db().get(FormReceipt, key)
        if receipt is not None:
            return _repeated(receipt)
        response = make_response(view(**values))
        if response.status_code < 400:
            db().add(FormReceipt(key=key, location=_kept(response)))
        return response

    return run


def _key() -> str | None:
    given = request.headers.get("Idempotency-Key")
    if given is None:
        return None
    if not 0 < len(given) <= MAX_KEY or not (given.isascii() and given.isprintable()):
        raise ApiError(400, _l("Idempotency-Key must be 1 to 255 printable ASCII characters."))
    raw = f"api|{actor().user_id}|{request.path}|{given}"
    return hashlib.sha256(raw.encode()).hexdigest()


def _fingerprint() -> str:
    return hashlib.sha256(request.get_data()).hexdigest()


def _kept(response: Response) -> str:
    headers = {n: response.headers[n] for n in _KEPT_HEADERS if n in response.headers}
    return json.dumps(
        {
            "request": _fingerprint(),
            "status": response.status_code,
            "headers": headers,
            "body": response.get_data(as_text=True),
        }
    )


def _repeated(receipt: FormReceipt) -> Response:
    kept = json.loads(receipt.location)
    if kept["request"] != _fingerprint():
        raise ApiError(422, _l("This Idempotency-Key was used with another body."))
    response = make_response(kept["body"], kept["status"])
    response.headers.update(kept["headers"])
    response.headers["Idempotent-Replayed"] = "true"
    return response
