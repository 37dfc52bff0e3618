"""The blueprint that the pages of disclosure share."""

from flask import Blueprint

from portal.disclosure import reading

blueprint = Blueprint("disclosure", __name__)
blueprint.app_template_filter("as_seen")(reading.shown)
