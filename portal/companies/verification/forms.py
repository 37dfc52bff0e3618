"""Forms of verification, of companies and of visitors."""

from typing import Any

from wtforms import Field, HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from portal.accounts.models import ORGANISATION_KINDS
from portal.companies import registration
from portal.companies import rules as companies
from portal.companies.models import Company
from portal.companies.verification import rules
from portal.companies.verification.services.changes import Wish
from portal.companies.verification.services.requests import Ask
from portal.companies.verification.standing import DOCUMENTS, LISTED, VISITED
from portal.core import i18n
from portal.core.errors import Invalid
from portal.core.i18n import lazy_gettext as _l
from portal.web.attachments import AttachmentsField
from portal.web.forms import BaseForm, ChoiceField, plain_name

MAX_TEXT = 4000
_PRIVATE = _l("Only your own people and the base can open them.")


def _text(label: Any, rows: int = 5) -> TextAreaField:
    return TextAreaField(
        label, [DataRequired(), Length(max=MAX_TEXT)], render_kw={"rows": rows, "dir": "auto"}
    )


class AskForm(BaseForm):
    """Ask for a check; the documents may follow."""

    level = RadioField(_l("What should be checked?"), [DataRequired()])
    documents = AttachmentsField(_PRIVATE)
    message = TextAreaField(
        _l("Note to the base"), [Length(max=MAX_TEXT)], render_kw={"rows": 3, "dir": "auto"}
    )

    def __init__(self, company: Company, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        reached = company.standing().level
        open_to = (DOCUMENTS,) if reached == LISTED else (DOCUMENTS, VISITED)
        self.level.choices = [(level, str(rules.ASKED_LABELS[level])) for level in open_to]
        if not self.level.data:
            self.level.data = open_to[-1]

    def to_input(self) -> Ask:
        return Ask(self.level.data, self.message.data or "", self.documents.store())


class DocumentsForm(BaseForm):
    """The papers that the base waits for."""

    version = HiddenField()
    documents = AttachmentsField(_PRIVATE)


class AppealForm(BaseForm):
    body = _text(_l("Why should the suspension be lifted?"), rows=8)
    documents = AttachmentsField(_PRIVATE)


class ReportForm(BaseForm):
    reason = ChoiceField(_l("What is wrong?"), [DataRequired()], blank=_l("Please choose"))
    body = _text(_l("What have you noticed, and how do you know?"))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.reason.fill(rules.REPORT_REASONS.items())


class ChangeForm(BaseForm):
    """The identity as it should be; one field for each language that has a name."""

    kind = ChoiceField(_l("What you do here"), [DataRequired()])
    country = ChoiceField(
        _l("Country of registration"), [DataRequired()], render_kw={"data-typeahead": ""}
    )
    scheme = ChoiceField(_l("Type of registration number"), [DataRequired()])
    number = StringField(_l("Registration number"), [DataRequired(), Length(max=60)])
    reason = _text(_l("Why does it change?"), rows=4)
    documents = AttachmentsField(_l("For example the new business licence or register extract."))

    def __init__(self, company: Company, **kwargs: Any) -> None:
        first = {
            "kind": company.kind,
            "country": company.country,
            "scheme": company.registration_scheme,
            "number": company.registration_id,
        }
        super().__init__(data=first, **kwargs)
        self.company = company
        self.kind.fill((kind, companies.KIND_LABELS[kind]) for kind in ORGANISATION_KINDS)
        self.country.fill(i18n.countries())
        self.scheme.fill((s.code, s.label) for s in registration.SCHEMES.values())

    @property
    def names(self) -> list[Field]:
        return [field for field in self if field.name.startswith("name_")]

    def validate_number(self, field: Any) -> None:
        try:
            registration.check(self.scheme.data, field.data, self.country.data)
        except Invalid as error:
            raise ValidationError(str(error.message)) from error

    def to_input(self) -> Wish:
        return Wish(
            names={f.name.removeprefix("name_"): f.data or "" for f in self.names},
            kind=self.kind.data,
            country=self.country.data,
            scheme=self.scheme.data,
            number=self.number.data,
            reason=self.reason.data,
            files=self.documents.store(),
        )


def change_form(company: Company) -> ChangeForm:
    """A form with a field for the name in each language of the profile."""

    class Form(ChangeForm):
        pass

    for text in company.texts:
        if text.name:
            label = i18n.gettext(
                "Legal name (%(language)s)", language=i18n.language_name(text.locale)
            )
            field = StringField(label, [Optional(), Length(max=300), plain_name], default=text.name)
            setattr(Form, f"name_{text.locale}", field)
    return Form(company)
