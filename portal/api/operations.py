"""The one table of the API: routes, access and the OpenAPI document are read from it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask.typing import ResponseReturnValue

from portal.api.parameters import Param
from portal.api.receipts import once_per_key
from portal.core.access import Permission
from portal.web import guards

View = Callable[..., ResponseReturnValue]
PREFIX = "/api/v1"


@dataclass(frozen=True)
class Operation:
    """One method of one path. `permissions` are alternatives: the member's, then the staff's.

    `body` and `answer` name schemas. `computes`: a POST that stores nothing, open to the read
    scope. `tagged`: answers with an ETag. `if_match`: required, optional or empty.
    """

    method: str
    path: str
    tag: str
    summary: str
    description: str = ""
    permissions: tuple[Permission, ...] = ()
    query: tuple[Param, ...] = ()
    body: str = ""
    answer: str = ""
    media: str = "application/json"
    status: int = 200
    errors: tuple[int, ...] = ()
    tagged: bool = False
    if_match: str = ""
    idempotent: bool = False
    paged: bool = False
    computes: bool = False
    name: str = field(default="")

    @property
    def writes(self) -> bool:
        return self.method != "GET" and not self.computes

    @property
    def is_public(self) -> bool:
        return not self.permissions


OPERATIONS: dict[str, tuple[Operation, View]] = {}


def operation(method: str, path: str, **details: Any) -> Callable[[View], View]:
    """Declare a view: its route, its access and its description."""

    def declare(view: View) -> View:
        declared = Operation(method, path, name=view.__name__, **details)
        run = once_per_key(view) if declared.idempotent else view
        OPERATIONS[declared.name] = (declared, _marked(declared, run))
        return view

    return declare


def _marked(declared: Operation, view: View) -> View:
    permission = declared.permissions[0] if declared.permissions else None
    if declared.computes:
        # A POST for the sake of its body only: guarded like a read, yet allowed to be a POST.
        return guards._marked(
            view, guards.Access("permission", permission, unsafe=True, token=True)
        )
    return guards.api(permission)(view)


def of_endpoint(endpoint: str) -> Operation:
    """The operation behind a request's endpoint (`api.<name>`)."""
    return OPERATIONS[endpoint.rsplit(".", 1)[-1]][0]
