"""The privacy notice, and what people decide about their own data."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from portal.accounts import consents
from portal.core import i18n
from portal.privacy import texts
from portal.web.guards import public
from portal.web.templating import page

blueprint = Blueprint("privacy", __name__)


@blueprint.get("/privacy")
@public
def notice() -> ResponseReturnValue:
    """The notice in force, or the version that the address asks for."""
    version = request.args.get("version", "") or consents.NOTICE
    markdown, language = texts.notice(i18n.current().tag, version)
    return page(
        "privacy/notice.html",
        text=texts.html(markdown),
        language=language,
        version=version,
        in_force=consents.NOTICE,
        versions=texts.versions(),
    )
