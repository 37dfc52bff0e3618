"""The form field of each type of question. What an answer must be is decided in `answers`."""

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from wtforms import BooleanField, DateField, FormField, StringField, TextAreaField
from wtforms.validators import Optional

from portal.core import i18n
from portal.core.i18n import lazy_gettext as _l
from portal.listings.forms import CURRENCIES, country_choices
from portal.service_requests.catalogue import STANDARDS, Question
from portal.web.attachments import AttachmentsField
from portal.web.forms import CHOOSE, CheckboxesField, ChoiceField, NumberField, RowForm


class MoneyRow(RowForm):
    """An amount with its currency."""

    amount = NumberField(_l("Amount"))
    currency = ChoiceField(_l("Currency"), blank=CHOOSE, validators=[Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency.fill((code, code) for code in CURRENCIES)


class PartyRow(RowForm):
    """A company or person outside the portal."""

    name = StringField(_l("Company or person"))
    country = ChoiceField(
        _l("Country"), blank=CHOOSE, validators=[Optional()], render_kw={"data-typeahead": ""}
    )
    email = StringField(_l("E-mail"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country.fill(i18n.countries())


# The parts are named as they are stored; `from` can be no attribute in a class.
RangeRow = type(
    "RangeRow",
    (RowForm,),
    {
        "from": DateField(_l("First day"), [Optional()]),
        "to": DateField(_l("Last day"), [Optional()]),
    },
)


class FilesField(AttachmentsField):
    """Files that answer a question."""

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.label.text = label

    def names(self) -> list[str]:
        return [upload.name for upload in self.uploads]


class _Required:
    """Marks a field as one to be filled in; whether it is missing is said by `answers`."""

    field_flags: ClassVar[dict[str, Any]] = {"required": True}

    def __call__(self, _form: Any, _field: Any) -> None:
        return


_DATE = partial(DateField, validators=[Optional()])
_CHOICE = partial(ChoiceField, blank=CHOOSE, validators=[Optional()])
FIELDS: dict[str, Callable[..., Any]] = {
    "text": StringField,
    "longtext": TextAreaField,
    "number": NumberField,
    "money": partial(FormField, MoneyRow),
    "choice": _CHOICE,
    "multichoice": CheckboxesField,
    "date": _DATE,
    "daterange": partial(FormField, RangeRow),
    "bool": BooleanField,
    "standards": CheckboxesField,
    "countries": CheckboxesField,
    "hs": StringField,
    "file": FilesField,
    "party": partial(FormField, PartyRow),
}
COMPOSITE = ("money", "daterange", "party")


def field_of(question: Question) -> Any:
    """The unbound field of a question, with its label, help and placeholder."""
    made = FIELDS[question.type]
    options: dict[str, Any] = {"description": question.help or ""}
    if question.placeholder:
        options["render_kw"] = {"placeholder": question.placeholder}
    field = made(_label(question), **options)
    if question.required and question.type not in COMPOSITE:
        kept = field.kwargs.get("validators", ())
        field.kwargs["validators"] = [*kept, _Required()]
    return field


def _label(question: Question) -> Any:
    if not question.unit:
        return question.label
    return _l("%(question)s (%(unit)s)", question=question.label, unit=question.unit)


def fill(field: Any, question: Question) -> None:
    """Give a field what it offers, in the reader's language."""
    if question.type == "choice":
        field.fill(question.choices)
    elif question.type == "multichoice":
        field.choices = [(value, str(label)) for value, label in question.choices]
    elif question.type == "standards":
        field.choices = [(name, name) for name in STANDARDS]
    elif question.type == "countries":
        country_choices(field)
