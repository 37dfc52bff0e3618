"""The desk's form of a version of the agreement."""

from typing import Any

from wtforms import DateField, HiddenField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from portal.core.i18n import lazy_gettext as _l
from portal.core.locales import LOCALES
from portal.disclosure.agreements.services import TemplateInput
from portal.disclosure.models import NdaTemplate
from portal.web.forms import BaseForm, no_direction_tricks

MAX_TEXT = 60_000


class TemplateForm(BaseForm):
    """Title and text per language; made by `template_form`."""

    version = HiddenField()
    reviewed_by = StringField(_l("Reviewed by (counsel)"), [Length(max=200), no_direction_tricks])
    reviewed_on = DateField(_l("Reviewed on"), [Optional()])

    @property
    def languages(self) -> list[tuple[Any, Any, Any]]:
        """Locale with its two fields."""
        return [(loc, self[f"title_{n}"], self[f"body_{n}"]) for n, loc in enumerate(LOCALES)]

    def to_input(self) -> TemplateInput:
        texts = {loc.tag: (title.data, body.data) for loc, title, body in self.languages}
        return TemplateInput(texts, self.reviewed_by.data or "", self.reviewed_on.data)


def template_form(row: NdaTemplate | None, texts: dict[str, tuple[str, str]]) -> TemplateForm:
    """The form of a version, or of a new one that begins with these texts."""
    parts: dict[str, Any] = {}
    data: dict[str, Any] = {"version": str(row.version) if row else ""}
    if row is not None:
        data |= {"reviewed_by": row.reviewed_by, "reviewed_on": row.reviewed_on}
    for n, loc in enumerate(LOCALES):
        parts[f"title_{n}"] = StringField(_l("Title"), [Length(max=200), no_direction_tricks])
        parts[f"body_{n}"] = TextAreaField(
            _l("Text"), [Length(max=MAX_TEXT)], render_kw={"rows": 18}
        )
        data[f"title_{n}"], data[f"body_{n}"] = texts.get(loc.tag, ("", ""))
    made: TemplateForm = type("TemplateForm", (TemplateForm,), parts)(data=data)
    return made
