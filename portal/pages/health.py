"""For operators and balancers: is the process alive, are its parts ready, how many jobs wait?"""

import shutil
from collections.abc import Callable
from ipaddress import ip_address

from flask import Blueprint, Response, abort, jsonify, request
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from portal.core import jobs
from portal.web.app import db, portal
from portal.web.guards import public

blueprint = Blueprint("health", __name__)
MIN_FREE_BYTES = 200 * 1024 * 1024


@blueprint.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    return Response("ok\n", mimetype="text/plain")


def _database() -> None:
    db().execute(text("SELECT 1"))


def _jobs() -> None:
    if jobs.counts(db())["late"]:
        raise RuntimeError("jobs are waiting for more than five minutes")


def _disk() -> None:
    if shutil.disk_usage(portal().settings.instance).free < MIN_FREE_BYTES:
        raise RuntimeError("less than 200 MB free")


def _index() -> None:
    health = portal().engine.health()
    if not health.ok:
        raise RuntimeError(health.problem)


CHECKS: dict[str, Callable[[], None]] = {
    "database": _database,
    "index": _index,
    "jobs": _jobs,
    "disk": _disk,
}


def down() -> dict[str, str]:
    """Names of the parts that are down, with the reason."""
    failed = {}
    for name, check in CHECKS.items():
        try:
            check()
        except Exception as error:  # a check may fail in any way; the answer is its name
            failed[name] = type(error).__name__
    return failed


@blueprint.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    failed = down()
    return jsonify({"ready": not failed, "down": sorted(failed)}), 503 if failed else 200


@blueprint.get("/metrics")
@public
def metrics() -> ResponseReturnValue:
    """Prometheus text, answered to loopback only."""
    if not request.remote_addr or not ip_address(request.remote_addr).is_loopback:
        abort(404)
    lines = [f'portal_jobs{{state="{name}"}} {value}' for name, value in jobs.counts(db()).items()]
    lines += [f'portal_up{{part="{name}"}} {int(name not in down())}' for name in CHECKS]
    return Response("\n".join(lines) + "\n", mimetype="text/plain; version=0.0.4")
