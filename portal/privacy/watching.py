"""Looks of the base's staff at what is or may be confidential, noted as pages are read."""

from collections.abc import Callable

from flask import Flask, Response, request

from portal.web.app import actor, portal

# Endpoint → what is looked at, and how its address names it.
WATCHED: dict[str, Callable[[dict[str, str]], tuple[str, str]]] = {
    "desk.request": lambda args: ("service_request", args["request_id"]),
    "desk.attachment": lambda args: ("request_file", args["request_id"]),
    "desk.review": lambda args: (args["kind"], args["object_id"]),
    "desk.evidence_document": lambda args: ("evidence", str(args["evidence_id"])),
    "verification.document": lambda args: ("verification_document", args["document_id"]),
    "companies.show": lambda args: ("company", args["company_id"]),
    "capabilities.show": lambda args: ("capability", args["capability_id"]),
    "needs.show": lambda args: ("need", args["need_id"]),
    "api.read_service_request": lambda args: ("service_request", args["request_id"]),
}


def note(response: Response) -> Response:
    """After each page: whether staff have read something confidential on it."""
    named = WATCHED.get(request.endpoint or "")
    if named is None or response.status_code != 200 or not actor().is_staff:
        return response
    kind, object_id = named(dict(request.view_args or {}))
    if object_id:
        portal().journal.viewed(actor().user_id or "", actor().role or "", kind, object_id)
    return response


def install(app: Flask) -> None:
    app.after_request(note)
