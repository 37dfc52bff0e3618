"""The blueprint of services and service requests, and the catalogue its application follows."""

from typing import Any, cast

from flask import Blueprint

from portal.service_requests import catalogue
from portal.web.app import Portal

blueprint = Blueprint("service_requests", __name__)


@blueprint.record_once
def _follow_catalogue(state: Any) -> None:
    app = cast(Portal, state.app)
    live = catalogue.follow(app.database)
    app.extensions["catalogue"] = live
    app.before_request(lambda: catalogue.put_in_force(live))
