"""Home, guides, dashboard, and the door that finds the reader's language."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import notices
from portal.core import i18n
from portal.core.access import Permission
from portal.core.errors import NotFound
from portal.pages import dashboard as boards
from portal.pages import guides, sitemap
from portal.pages import home as home_page
from portal.web import locale
from portal.web.app import actor, db
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


@root.get("/sitemap.xml")
@public
def site_map() -> ResponseReturnValue:
    text = render_template("pages/sitemap.xml", entries=sitemap.entries(db()))
    response = Response(text, mimetype="application/xml")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


@blueprint.get("/")
@public
def home() -> ResponseReturnValue:
    return page("pages/home.html", **home_page.context(db()))


@blueprint.get("/dashboard")
@requires(Permission.DASHBOARD_VIEW)
def dashboard() -> ResponseReturnValue:
    if actor().is_partner:
        return redirect(url_for("partners.queue"))
    if actor().is_staff:
        return page("pages/dashboard/staff.html", board=boards.staff(db(), actor()))
    board = boards.member(db(), actor())
    return page("pages/dashboard/member.html", board=board, text=notices.text, icon_of=notices.icon)


@blueprint.get("/guides/<slug>")
@public
def guide(slug: str) -> ResponseReturnValue:
    found = guides.guide(slug, i18n.current())
    if found is None:
        raise NotFound
    return page("pages/guide.html", guide=found)


@blueprint.app_context_processor
def guide_links() -> dict[str, object]:
    """The list of guides, for the footer of every page."""
    return {"guides": lambda: guides.guides(i18n.current())}
