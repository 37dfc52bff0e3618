"""Pages of disclosure."""

from flask import Blueprint

from portal.disclosure import reading

blueprint = Blueprint("disclosure", __name__)
blueprint.app_template_filter("as_seen")(reading.shown)
