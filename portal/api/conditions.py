"""Versions as entity tags: read with ETag, write with If-Match."""

from flask import Response, make_response, request

from portal.api.answers import as_json
from portal.api.problems import ApiError
from portal.core.i18n import lazy_gettext as _l


def tagged(body: object, version: object, status: int = 200) -> Response:
    """The JSON of one thing with its tag; 304 when the caller has this version already."""
    if request.method == "GET" and request.if_none_match.contains_weak(str(version)):
        response = make_response("", 304)
    else:
        response = as_json(body, status)
    response.set_etag(str(version), weak=True)
    return response


def check(version: object, *, required: bool = True) -> None:
    """Hold If-Match against the present version. Raises 428 without one, 412 for a stale one."""
    given = request.headers.get("If-Match")
    if given is None:
        if required:
            raise ApiError(
                428, _l("Please send If-Match with the ETag of the version you have read.")
            )
        return
    if given.strip() == "*":
        return
    if not request.if_match.contains_weak(str(version)):
        raise ApiError(
            412,
            _l("Somebody else has changed this in the meantime. Please read it again."),
            headers={"ETag": f'W/"{version}"'},
        )
