"""The OpenAPI 3.1 document, made from the table of operations."""

import re
from functools import cache
from http import HTTPStatus
from typing import Any

from portal.api import bodies, schemas
from portal.api.operations import OPERATIONS, PREFIX, Operation
from portal.api.shapes import ref

VERSION = "1.0"
TAGS = (
    "Search",
    "Capabilities",
    "Needs",
    "Matches",
    "Companies",
    "Concepts",
    "Markets",
    "Inquiries",
    "Services",
    "Service requests",
    "Documentation",
)
_VARIABLE = re.compile(r"<(\w+)>")
_ABOUT = """\
Read published companies, capabilities, needs and the thesaurus without a token. A bearer token,
made on the page “API tokens” of your account, adds your organisation’s own records; the scope
`read` lets a program read, `write` lets it change. Answers of 400 and more are
`application/problem+json` (RFC 9457), with messages by field in `errors`. Single records carry an
`ETag`; send it back in `If-Match` when you change one. A `POST` with an `Idempotency-Key` has one
effect however often it is sent. Lists come in pages: follow `next`, or the `Link` header. Texts of
the portal follow `Accept-Language`. All times are in UTC."""
_HEADERS: dict[str, dict[str, Any]] = {
    "ETag": {"description": "Version of the record.", "schema": {"type": "string"}},
    "Link": {"description": "Address of the next page.", "schema": {"type": "string"}},
    "Location": {"description": "Address of the new record.", "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}},
    "WWW-Authenticate": {"description": "Challenge (RFC 6750).", "schema": {"type": "string"}},
    "RateLimit-Limit": {"description": "Calls per window.", "schema": {"type": "integer"}},
    "RateLimit-Remaining": {"description": "Calls left.", "schema": {"type": "integer"}},
    "RateLimit-Reset": {
        "description": "Seconds to the next window.",
        "schema": {"type": "integer"},
    },
}
_RATES = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
_ERROR_HEADERS = {401: ("WWW-Authenticate",), 429: ("Retry-After",), 503: ("Retry-After",)}


@cache
def _steps() -> dict[str, tuple[str, ...]]:
    from portal.api.views import listings, service_requests  # noqa: PLC0415  (they declare us)

    return {
        "Capability": listings.CAPABILITY_STEPS,
        "Need": listings.NEED_STEPS,
        "ServiceRequest": service_requests.STEPS,
    }


def document(base_url: str, title: str) -> dict[str, Any]:
    """The whole document for a server."""
    return {
        "openapi": "3.1.0",
        "info": {"title": f"{title} API", "version": VERSION, "description": _ABOUT},
        "tags": [{"name": tag} for tag in TAGS],
        "servers": [{"url": f"{base_url.rstrip('/')}{PREFIX}"}],
        "paths": _paths(),
        "components": {
            "schemas": schemas.components(_steps()),
            "headers": _HEADERS,
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "obp_…",
                    "description": "Scopes: read, write.",
                }
            },
        },
    }


def _paths() -> dict[str, dict[str, Any]]:
    paths: dict[str, dict[str, Any]] = {}
    for operation, _view in OPERATIONS.values():
        path = _VARIABLE.sub(r"{\1}", operation.path)
        paths.setdefault(path, {})[operation.method.lower()] = described(operation)
    return paths


def described(operation: Operation) -> dict[str, Any]:
    """One operation object."""
    found: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.tag],
        "summary": operation.summary,
        "parameters": [*_path(operation), *_query(operation), *_header(operation)],
        "responses": _responses(operation),
        "security": [{"token": []}] if operation.permissions else [{}, {"token": []}],
        "x-scope": "write" if operation.writes else "read",
    }
    if operation.description:
        found["description"] = operation.description
    if operation.body:
        types = bodies.PATCH_TYPES if operation.method == "PATCH" else bodies.JSON_TYPES
        schema = {"schema": ref(operation.body)}
        found["requestBody"] = {"required": True, "content": dict.fromkeys(types, schema)}
    return found


def _path(operation: Operation) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _VARIABLE.findall(operation.path)
    ]


def _query(operation: Operation) -> list[dict[str, Any]]:
    return [
        {
            "name": param.name,
            "in": "query",
            "description": param.description,
            "schema": {"type": "array", "items": param.schema, "maxItems": 10}
            if param.many
            else dict(param.schema),
        }
        for param in operation.query
    ]


def _header(operation: Operation) -> list[dict[str, Any]]:
    text = {"type": "string", "maxLength": 255}
    rows: list[dict[str, Any]] = []
    if operation.if_match:
        required = operation.if_match == "required"
        about = "The ETag of the version you have read."
        rows.append({"name": "If-Match", "in": "header", "required": required,
                     "description": about, "schema": text})  # fmt: skip
    if operation.tagged and operation.method == "GET":
        rows.append({"name": "If-None-Match", "in": "header", "schema": text,
                     "description": "Answers 304 when this version is current."})  # fmt: skip
    if operation.idempotent:
        rows.append({"name": "Idempotency-Key", "in": "header", "schema": text,
                     "description": "Any text of your own; kept for two days."})  # fmt: skip
    return rows


def _responses(operation: Operation) -> dict[str, Any]:
    found = {str(operation.status): _success(operation)}
    if operation.tagged and operation.method == "GET":
        found["304"] = {"description": "Not Modified"}
    found.update((str(code), _failure(code)) for code in sorted(_failures(operation)))
    return found


def _success(operation: Operation) -> dict[str, Any]:
    names = [
        *(["ETag"] if operation.tagged else []),
        *(["Link"] if operation.paged else []),
        *(["Location"] if operation.status == 201 else []),
        *_RATES,
    ]
    answer: dict[str, Any] = {
        "description": HTTPStatus(operation.status).phrase,
        "headers": _headers(names),
    }
    if operation.answer:
        answer["content"] = {operation.media: {"schema": ref(operation.answer)}}
    elif operation.media != "application/json":
        answer["content"] = {operation.media: {"schema": {"type": "string"}}}
    return answer


def _headers(names: Any) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _failures(operation: Operation) -> set[int]:
    codes = {400, 401, 403, 429, 503, *operation.errors}
    if operation.body:
        codes |= {413, 415}
    if operation.if_match:
        codes |= {412, 428} if operation.if_match == "required" else {412}
    if operation.idempotent:
        codes.add(422)
    return codes


def _failure(code: int) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "description": HTTPStatus(code).phrase,
        "content": {"application/problem+json": {"schema": ref("Problem")}},
    }
    if code in _ERROR_HEADERS:
        answer["headers"] = _headers(_ERROR_HEADERS[code])
    return answer
