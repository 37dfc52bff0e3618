"""Home, guides, dashboard, and the door that finds the reader's language."""

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.access import Permission
from portal.web import locale
from portal.web.guards import public, requires
from portal.web.templating import page

blueprint = Blueprint("pages", __name__)
root = Blueprint("root", __name__)


@root.get("/")
@public
def door() -> ResponseReturnValue:
    response = redirect(url_for("pages.home", locale=locale.preferred()), 302)
    response.vary.update(("Cookie", "Accept-Language"))
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@root.get("/favicon.ico")
@public
def favicon() -> ResponseReturnValue:
    from portal.web.assets import static_url  # noqa: PLC0415

    return redirect(static_url("favicon.svg"), 302)


@root.get("/robots.txt")
@public
def robots() -> ResponseReturnValue:
    text = f"User-agent: *\nDisallow: /api/\nSitemap: {request.url_root}sitemap.xml\n"
    return Response(text, mimetype="text/plain")


@blueprint.get("/")
@public
def home() -> ResponseReturnValue:
    return page("pages/home.html", figures=[], segments=[], needs=[])


@blueprint.get("/dashboard")
@requires(Permission.DASHBOARD_VIEW)
def dashboard() -> ResponseReturnValue:
    return page("pages/dashboard.html")


@blueprint.get("/guides/<slug>")
@public
def guide(slug: str) -> ResponseReturnValue:
    return page("soon.html", slug=slug)
