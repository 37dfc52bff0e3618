"""Every route declares its access; the list of public ones changes only on purpose."""

from pathlib import Path

import pytest
from flask import Blueprint

from portal.core.access import ROLES, Permission
from portal.paths import PACKAGE
from portal.web.app import SAFE_METHODS, Portal
from portal.web.guards import UndeclaredRoute, access_of, check_routes, public, requires
from portal.web.navigation import MAIN, SIDE

PUBLIC = Path(__file__).with_name("public_routes.txt")
DOORS = {"core", "web", "desk", "api", "pages"}
OTHER_FILES = {"models", "rules", "queries", "forms", "views", "jobs", "cli"}


def rules(app: Portal) -> list[tuple[str, str, str]]:
    """(rule, methods, access) of each route."""
    rows = []
    for rule in app.url_map.iter_rules():
        methods = ",".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        rows.append((rule.rule, methods, str(access_of(app, rule.endpoint))))
    return sorted(rows)


def test_undeclared_route_stops_the_start(app: Portal) -> None:
    extra = Blueprint("extra", __name__)
    extra.add_url_rule("/extra", "page", lambda: "x")
    app.register_blueprint(extra)
    with pytest.raises(UndeclaredRoute, match=r"extra\.page"):
        check_routes(app)


@pytest.mark.parametrize("mark", [public, requires(Permission.NEED_VIEW)])
def test_write_behind_a_read_permission_stops_the_start(app: Portal, mark: object) -> None:
    extra = Blueprint("extra", __name__)
    extra.add_url_rule("/extra", "page", mark(lambda: "x"), methods=["POST"])  # type: ignore[operator]
    app.register_blueprint(extra)
    with pytest.raises(UndeclaredRoute, match="reading only"):
        check_routes(app)


def test_public_routes_are_the_committed_list(app: Portal) -> None:
    found = [f"{methods} {rule}" for rule, methods, access in rules(app) if access == "public"]
    assert found == PUBLIC.read_text(encoding="utf-8").splitlines()


def verb_modules() -> list[Path]:
    """Where the verbs of features stand: services, and what they were split into."""
    return [
        path
        for path in PACKAGE.rglob("*.py")
        if path.relative_to(PACKAGE).parts[0] not in DOORS
        and path.stem.rsplit("_", maxsplit=1)[-1] not in OTHER_FILES
    ]


def asked_by_verbs() -> set[str]:
    """Permissions that a verb asks for itself, within a route that needs less."""
    code = " ".join(path.read_text(encoding="utf-8") for path in verb_modules())
    return {p.value for p in Permission if f"may(Permission.{p.name})" in code}


def test_every_permission_guards_a_route_and_belongs_to_a_role(app: Portal) -> None:
    used = {access for _rule, _methods, access in rules(app)} | asked_by_verbs()
    granted = {p for permissions in ROLES.values() for p in permissions}
    assert {p.value for p in Permission} - used == set()
    assert set(Permission) - granted == set()


def test_navigation_leads_to_existing_pages(app: Portal) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert {item.endpoint for item in (*MAIN, *SIDE)} <= endpoints


def test_unsafe_methods_need_a_token(app: Portal) -> None:
    """Without the form's token nothing is accepted, signed in or not."""
    client = app.test_client()
    for rule in app.url_map.iter_rules():
        methods = (rule.methods or set()) - SAFE_METHODS
        if not methods or rule.rule.startswith("/api/"):
            continue
        values = {name: "x" for name in rule.arguments if name != "locale"}
        path = rule.rule.replace("<locale:locale>", "en")
        for name in values:
            path = path.replace(f"<{name}>", "x")
        answer = client.open(path, method=sorted(methods)[0])
        assert answer.status_code in (303, 400, 404), f"{path}: {answer.status_code}"
