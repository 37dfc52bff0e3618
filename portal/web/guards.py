"""Every route declares who may use it; an endpoint without a declaration stops the start."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, abort, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.access import Permission
from portal.web.app import SAFE_METHODS, actor

View = TypeVar("View", bound=Callable[..., Any])
_MARK = "__portal_access__"
# Endpoints that Flask itself adds.
_OWN = {"static"}


@dataclass(frozen=True)
class Access:
    """Declared access: `level` is public, signed_in or permission; `token`: a route of the API."""

    level: str
    permission: Permission | None = None
    unsafe: bool = False
    token: bool = False

    def __str__(self) -> str:
        return self.permission.value if self.permission else self.level


class UndeclaredRoute(RuntimeError):
    """A route has no, or a contradictory, access declaration."""


def _marked(view: View, access: Access) -> View:
    setattr(view, _MARK, access)
    return view


def public(view: View) -> View:
    """Anybody may read this."""
    return _marked(view, Access("public"))


def public_form(view: View) -> View:
    """Anybody may send this form (sign in, register …); it carries its own limits."""
    return _marked(view, Access("public", unsafe=True))


def signed_in(view: View) -> View:
    """Any signed-in person, on what is their own."""
    return _marked(view, Access("signed_in", unsafe=True))


def requires(permission: Permission) -> Callable[[View], View]:
    """Only roles with this permission."""
    return lambda view: _marked(view, Access("permission", permission, unsafe=not permission.reads))


def api(permission: Permission | None = None) -> Callable[[View], View]:
    """A route of the HTTP API: bearer token with a scope; None: public data."""
    level = "permission" if permission else "public"
    unsafe = permission is not None and not permission.reads
    return lambda view: _marked(view, Access(level, permission, unsafe=unsafe, token=True))


def access_of(app: Flask, endpoint: str) -> Access | None:
    return getattr(app.view_functions.get(endpoint), _MARK, None)


def check_routes(app: Flask) -> None:
    """Raise UndeclaredRoute unless each route is declared and no unsafe method is a mere read."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint in _OWN:
            continue
        access = access_of(app, rule.endpoint)
        if access is None:
            raise UndeclaredRoute(f"{rule.endpoint} ({rule.rule}) declares no access")
        unsafe = (rule.methods or set()) - SAFE_METHODS
        if unsafe and not access.unsafe:
            raise UndeclaredRoute(
                f"{rule.endpoint} ({rule.rule}) accepts {', '.join(sorted(unsafe))}"
                f" but is declared for reading only ({access})"
            )


def enforce() -> ResponseReturnValue | None:
    """Before each request: the declared access, or the sign-in page, or 404 for strangers."""
    if request.endpoint is None or request.endpoint in _OWN:
        return None
    from portal.web.app import portal  # noqa: PLC0415

    access = access_of(portal(), request.endpoint)
    if access is None:
        abort(404)
    if access.level == "public" or access.token:
        return None
    if not actor().is_authenticated:
        g.access_refused = True
        return _to_sign_in()
    if access.permission is not None and not actor().may(access.permission):
        g.access_refused = True
        abort(404)
    return None


def _to_sign_in() -> ResponseReturnValue:
    target = request.full_path.rstrip("?") if request.method in SAFE_METHODS else ""
    return redirect(url_for("accounts.sign_in", next=target or None), 303)
