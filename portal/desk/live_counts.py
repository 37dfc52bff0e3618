"""The numbers on the queues, for the page's script: what comes in is seen without reloading."""

from flask import Response, jsonify

from portal.core.access import Permission
from portal.core.i18n import format_number
from portal.desk.blueprint import blueprint
from portal.service_requests import queries
from portal.web.app import actor, db
from portal.web.guards import requires


@blueprint.get("/desk/counts")
@requires(Permission.DESK_VIEW)
def live_counts() -> Response:
    """How many requests stand in each queue now, as the reader's language writes numbers."""
    counts = queries.queue_counts(db(), actor())
    return jsonify({name: format_number(count) for name, count in counts.items()})
