"""Forms of privacy."""

from typing import Any

from wtforms import BooleanField, PasswordField
from wtforms.validators import DataRequired, Length

from portal.accounts.rules import MAX_PASSWORD
from portal.core.i18n import lazy_gettext as _l
from portal.web.forms import BaseForm


def _password() -> Any:
    return PasswordField(
        _l("Your password"),
        [DataRequired(), Length(max=MAX_PASSWORD)],
        description=_l("So that nobody else does this on your device."),
        render_kw={"autocomplete": "current-password"},
    )


class CopyForm(BaseForm):
    password = _password()


class ErasureForm(BaseForm):
    password = _password()
    close = BooleanField(
        _l("My company leaves the portal, too"),
        description=_l("Its profile, capabilities and needs are no longer shown to anybody."),
    )
