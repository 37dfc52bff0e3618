"""The page “Who sees what”, which the features show for their own rows."""

from typing import Any

from flask import flash, redirect
from flask.typing import ResponseReturnValue

from portal.core.i18n import gettext
from portal.disclosure.forms import form_for
from portal.disclosure.setting import set_levels
from portal.web.app import actor, db
from portal.web.templating import page


def who_sees_what(row: Any, title: str, lang: str, back: str) -> ResponseReturnValue:
    """Show the levels of the actor's own row, or set them; `back` is the page of the row."""
    form = form_for(row)
    if form.validate_on_submit():
        done = form.accept(
            lambda: (set_levels(db(), actor(), row, form.to_input(), form.seen_version()), True)
        )
        if done:
            flash(gettext("Saved. The search and the matches follow in a moment."), "success")
            return redirect(back, 303)
    return page("disclosure/levels.html", form=form, row=row, title=title, lang=lang, back=back)
