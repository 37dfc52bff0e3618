"""Forms of service requests: common fields, and one class per service built from its questions."""

from collections.abc import Callable, Iterable
from functools import cache, partial
from typing import Any

from wtforms import BooleanField, DateField, Field, HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from portal.core import i18n
from portal.core.files import ALLOWED
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.core.texts import Words
from portal.listings.forms import country_choices
from portal.service_requests import catalogue
from portal.service_requests.answers import applies
from portal.service_requests.catalogue import PRIORITIES, STANDARDS, Form, Question
from portal.service_requests.services import RequestInput, Step
from portal.web.attachments import AttachmentsField
from portal.web.forms import CHOOSE, BaseForm, CheckboxesField, ChoiceField, NumberField, at_least

MAX_TEXT = 10_000


def _attachments() -> AttachmentsField:
    kinds = ", ".join(ALLOWED)
    return AttachmentsField(_l("At most 10 MB together: %(kinds)s.", kinds=kinds))


class RequestForm(BaseForm):
    """Fields that every service asks; the questions of one service are added by `form_for`."""

    title = StringField(
        _l("Title"),
        [DataRequired(), Length(max=300)],
        description=_l("What you need, in one line."),
    )
    description = TextAreaField(_l("Description"), [DataRequired(), Length(max=MAX_TEXT)])
    markets = CheckboxesField(_l("Target markets"))
    priority = ChoiceField(_l("How urgent is it?"), [DataRequired()], default="P3")
    urgency_reason = StringField(
        _l("Why is it urgent?"),
        [Length(max=500)],
        description=_l("Asked for the two urgent levels: for example a delivery held by customs."),
    )
    desired_date = DateField(_l("Desired date"), [Optional()])
    attachment = _attachments()
    consent_partners = BooleanField(
        _l("The base may share this request with partner institutions that can help"),
    )
    capability = HiddenField()
    need = HiddenField()
    inquiry = HiddenField()

    questions: tuple[Question, ...] = ()
    service_code = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        country_choices(self.markets)
        self.priority.fill(PRIORITIES.items())
        for question in self.questions:
            _fill(self[f"q_{question.id}"], question)

    def validate_desired_date(self, field: Field) -> None:
        if field.data and not 2000 <= field.data.year <= 2100:
            raise ValidationError(gettext("Please check the year."))

    def answers(self) -> dict[str, Any]:
        """What was answered, by question id."""
        return {question.id: self[f"q_{question.id}"].data for question in self.questions}

    def words(self, attachments: Iterable[Any] = ()) -> Words:
        return Words(self.description.data, i18n.current().tag, tuple(attachments))

    def to_input(self, attachments: Iterable[Any] = ()) -> RequestInput:
        return RequestInput(
            service=self.service_code,
            title=self.title.data,
            words=self.words(attachments),
            priority=self.priority.data,
            urgency_reason=self.urgency_reason.data or "",
            markets=self.markets.data or (),
            desired_date=self.desired_date.data,
            consent_partners=self.consent_partners.data,
            answers=self.answers(),
            capability_id=self.capability.data or "",
            need_id=self.need.data or "",
            inquiry_id=self.inquiry.data or "",
        )


def _fill(field: Any, question: Question) -> None:
    if question.type == "choice":
        field.fill(question.choices)
    elif question.type == "multichoice":
        field.choices = [(value, str(label)) for value, label in question.choices]
    elif question.type == "standards":
        field.choices = [(name, name) for name in STANDARDS]
    elif question.type == "countries":
        field.choices = list(i18n.countries())


FIELDS: dict[str, Callable[..., Any]] = {
    "text": partial(StringField, validators=[Length(max=500)]),
    "longtext": partial(TextAreaField, validators=[Length(max=MAX_TEXT)]),
    "number": partial(NumberField, validators=[at_least(0)]),
    "choice": partial(ChoiceField, blank=CHOOSE, validators=[Optional()]),
    "multichoice": CheckboxesField,
    "standards": CheckboxesField,
    "countries": CheckboxesField,
    "date": partial(DateField, validators=[Optional()]),
    "bool": BooleanField,
}


class _Needed:
    """Required, but only while the question applies; `needed` marks it in the page."""

    def __init__(self, question: Question) -> None:
        self._question = question
        self.field_flags = {"required": question.when is None}

    def __call__(self, form: RequestForm, field: Field) -> None:
        if applies(self._question, form.answers()) and not field.data:
            raise ValidationError(gettext("Please answer this question."))


def _field(question: Question) -> Any:
    made = FIELDS[question.type]
    label = _l("%(question)s (%(unit)s)", question=question.label, unit=question.unit)
    field = made(label if question.unit else question.label, description=question.help or "")
    if question.required:
        kept = [v for v in field.kwargs.get("validators", ()) if not isinstance(v, Optional)]
        field.kwargs["validators"] = [*kept, _Needed(question)]
    return field


@cache
def form_for(code: str) -> type[RequestForm]:
    """The form class of a service's present form, built from its data."""
    form: Form = catalogue.get(code).form
    fields = {f"q_{question.id}": _field(question) for question in form.questions}
    attributes = {**fields, "questions": form.questions, "service_code": code}
    return type(f"RequestForm{code}", (RequestForm,), attributes)


class WorkForm(BaseForm):
    """Everything that is written below a thread: a public reply, or a note among the staff."""

    reply = TextAreaField(_l("Message"), [Length(max=MAX_TEXT)])
    note = TextAreaField(_l("Internal note"), [Length(max=MAX_TEXT)])
    attachment = _attachments()
    do = HiddenField()
    version = HiddenField()

    def words(self, field: str, attachments: Iterable[Any] = ()) -> Words:
        """The text of `reply` or `note` as the service takes it."""
        return Words(self[field].data or "", i18n.current().tag, tuple(attachments))

    def step(self, field: str, attachments: Iterable[Any] = ()) -> Step:
        return Step(self.do.data or "", self.seen_version(), self.words(field, attachments))
