"""One map from what went wrong to a status and a page in the reader's language."""

import logging

from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException, SecurityError

from portal.core.audit import request_id
from portal.core.errors import DomainError, TooMany, Unavailable
from portal.core.i18n import lazy_gettext as _l
from portal.web import once
from portal.web.app import portal

log = logging.getLogger("portal.web")
PAGES = frozenset({400, 403, 404, 405, 409, 413, 414, 415, 422, 429, 500, 503, 507})


def page(status: int, message: object = None) -> Response:
    """The error page, or problem+json for the API (RFC 9457)."""
    if request.path.startswith("/api/"):
        return problem(status, message)
    g.failed = status >= 500  # the page must not need what has just failed
    shown = status if status in PAGES else 500 if status >= 500 else 400
    html = render_template(f"errors/{_template(shown)}.html", message=message, status=status)
    return make_response(html, status)


def _template(status: int) -> int:
    return {405: 404, 414: 400, 415: 400, 507: 503}.get(status, status)


def problem(status: int, message: object = None, **more: object) -> Response:
    """An `application/problem+json` answer."""
    from http import HTTPStatus  # noqa: PLC0415

    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    if message:
        body["detail"] = str(message)
    response = jsonify({**body, **more})
    response.status_code = status
    response.mimetype = "application/problem+json"
    return response


def _domain_error(error: DomainError) -> ResponseReturnValue:
    errors = getattr(error, "errors", None)
    if request.path.startswith("/api/"):
        fields = {name: str(text) for name, text in (errors or {}).items()}
        more: dict[str, object] = {"errors": fields} if fields else {}
        response = problem(error.status, error.message, **more)
    else:
        response = page(error.status, None if error.status == 404 else error.message)
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
    if error.status == 503:
        response.headers["Retry-After"] = "5"
    return response


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if isinstance(error, SecurityError):  # a host that is not ours: no link can be built
        return Response("Bad request: unknown host.\n", 400, mimetype="text/plain")
    if error.response is not None:
        return error.response
    response = page(error.code or 500)
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after", "www-authenticate"):
            response.headers[name] = value
    return response


def _csrf_error(_error: CSRFError) -> ResponseReturnValue:
    from portal.core.i18n import gettext  # noqa: PLC0415

    return page(
        400, gettext("This form has expired. Please go back, reload the page and send it again.")
    )


def _conflict(_error: IntegrityError) -> ResponseReturnValue:
    log.exception("constraint refused a write")
    return page(409)


def _database_error(error: OperationalError) -> ResponseReturnValue:
    """Another writer was at work for too long, wherever in the request that showed."""
    if "locked" in str(error.orig) or "busy" in str(error.orig):
        busy = Unavailable(_l("The portal is busy. Please try again in a moment."))
        return once.meanwhile(portal().database) or _domain_error(busy)
    return _unexpected(error)


def _unexpected(_error: Exception) -> ResponseReturnValue:
    """The log names the route, not the address: addresses hold one-time links and what people
    typed."""
    log.exception(
        "unexpected error: request=%s %s %s", request_id.get(), request.method, request.endpoint
    )
    return page(500)


def install(app: Flask) -> None:
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(IntegrityError, _conflict)
    app.register_error_handler(OperationalError, _database_error)
    app.register_error_handler(Exception, _unexpected)
