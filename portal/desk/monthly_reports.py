"""Reports of months: the list, asking for one, downloading it."""

from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField

from portal.core.access import Permission
from portal.core.i18n import format_month, gettext
from portal.core.i18n import lazy_gettext as _l
from portal.core.locales import LOCALES
from portal.desk.blueprint import blueprint
from portal.service_requests.reports import monthly
from portal.web.app import actor, db
from portal.web.attachments import download
from portal.web.forms import BaseForm
from portal.web.guards import requires
from portal.web.templating import page


class MonthForm(BaseForm):
    month = SelectField(_l("Month"))
    language = SelectField(_l("Language"))

    def offer(self, months: list[str]) -> "MonthForm":
        """Fill the choices; the month before this one stands first."""
        self.month.choices = [(month, format_month(month)) for month in [*months[1:], months[0]]]
        self.language.choices = [(locale.tag, locale.native) for locale in LOCALES]
        return self


@blueprint.get("/desk/reports/monthly")
@requires(Permission.REPORT_VIEW)
def monthly_reports() -> ResponseReturnValue:
    return _page(_form(formdata=None) if actor().may(Permission.REPORT_MAKE) else None)


def _form(**options: Any) -> MonthForm:
    return MonthForm(**options).offer(monthly.months(db()))


def _page(form: MonthForm | None) -> ResponseReturnValue:
    return page(
        "desk/reports/monthly.html",
        form=form,
        reports=monthly.listing(db()),
        states=monthly.STATES,
        unfinished=monthly.UNFINISHED,
    )


@blueprint.post("/desk/reports/monthly")
@requires(Permission.REPORT_MAKE)
def make_monthly_report() -> ResponseReturnValue:
    form = _form()
    if not form.validate():
        return _page(form)
    month, language = form.month.data, form.language.data
    if form.accept(lambda: monthly.ask(db(), actor(), month, language)) is None:
        return _page(form)
    flash(gettext("The report is being made; it appears in the list."), "success")
    return redirect(url_for("desk.monthly_reports"), 303)


@blueprint.get("/desk/reports/monthly/<report_id>.pdf")
@requires(Permission.REPORT_VIEW)
def monthly_report(report_id: str) -> ResponseReturnValue:
    return download(monthly.file_of(db(), report_id))
