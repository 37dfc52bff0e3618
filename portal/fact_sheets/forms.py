"""The forms of importing a self-assessment."""

from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField

from portal.core.i18n import lazy_gettext as _l
from portal.web.forms import BaseForm


class ImportForm(BaseForm):
    """A file of the portal, filled in."""

    file = FileField(
        _l("File, as XLSX or JSON"),
        [FileRequired(_l("Please choose a file."))],
        description=_l("At most 2 MB. Nothing is changed before you have seen every difference."),
        render_kw={"accept": ".xlsx,.json"},
    )
    name = ""
    content = b""

    def validate_file(self, field: FileField) -> None:
        if field.data:
            self.name, self.content = field.data.filename or "", field.data.read()


class ConfirmForm(BaseForm):
    """Which changes count; `state` tells the versions the page was made from."""

    state = HiddenField()
