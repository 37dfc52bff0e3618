"""Forms of service requests: common fields, and one class per service built from its questions."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    Field,
    FormField,
    HiddenField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from portal.accounts.forms import zones
from portal.core import i18n
from portal.core.files import ALLOWED
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.core.texts import Words
from portal.listings.forms import country_choices
from portal.service_requests import answers, catalogue
from portal.service_requests.asking import CONTACTS
from portal.service_requests.catalogue import PRIORITIES, Form, Question
from portal.service_requests.catalogue.conditions import asked
from portal.service_requests.fields import FilesField, field_of, fill
from portal.service_requests.services import RequestInput, Step
from portal.web.attachments import AttachmentsField
from portal.web.forms import CHOOSE, BaseForm, CheckboxesField, ChoiceField, plausible_year

MAX_TEXT = 10_000
MAX_FILES = 10
URGENT = ("P1", "P2")


def attachments() -> AttachmentsField:
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
    desired_date = DateField(_l("Desired date"), [Optional(), plausible_year])
    contact = ChoiceField(_l("How should we answer?"), [DataRequired()], default="portal")
    timezone = ChoiceField(_l("Your time zone"), [DataRequired()], render_kw={"data-typeahead": ""})
    attachment = attachments()
    confidential = BooleanField(
        _l("These files are confidential: only the base reads them, no partner institution"),
    )
    consent_partners = BooleanField(
        _l("The base may share this request with partner institutions that can help"),
    )
    capability = HiddenField()
    need = HiddenField()
    inquiry = HiddenField()
    about = HiddenField()
    rule = HiddenField()
    form_version = HiddenField()
    draft = HiddenField()
    do = HiddenField()

    service_form: Form = Form(0)
    service_code = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        country_choices(self.markets)
        self.priority.fill(PRIORITIES.items())
        self.contact.fill(CONTACTS.items())
        self.timezone.fill(zones())
        for question in self.questions:
            fill(self.field(question), question)

    @property
    def questions(self) -> tuple[Question, ...]:
        return self.service_form.questions

    def field(self, question: Question) -> Any:
        return self[f"q_{question.id}"]

    def validate_urgency_reason(self, field: Field) -> None:
        if self.priority.data in URGENT and not (field.data or "").strip():
            raise ValidationError(gettext("Please say why it is urgent."))

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Shape first, then what the answers must be; questions that are not asked do not count."""
        super().validate(*args, **kwargs)
        for question in self.questions:
            if question not in self.asked():
                _forgive(self.field(question))
        _kept, wrong = answers.examined(self.service_form, self.answers(), self.markets.data or ())
        for name, message in wrong.items():
            if not self._complained(name):
                self._add_error(name, str(message))
        self._check_files()
        return not self.errors

    def _complained(self, name: str) -> bool:
        """Whether the shape of this answer is wrong already."""
        return bool(self[name.partition(".")[0]].errors)

    def _check_files(self) -> None:
        if len(self.uploads()) > MAX_FILES:
            text = gettext("Please send at most %(count)s files at once.", count=MAX_FILES)
            self.attachment.errors = [*self.attachment.errors, text]

    def uploads(self) -> list[Any]:
        """All files of the form, those that answer a question included."""
        fields = [f for f in self if isinstance(f, AttachmentsField)]
        return [upload for field in fields for upload in field.uploads]

    def store(self) -> tuple[Any, ...]:
        """Keep all files of the form, in this request's transaction."""
        fields = [self.attachment, *(self.field(q) for q in self.asked() if q.type == "file")]
        return tuple(file for field in fields for file in field.store())

    def asked(self) -> list[Question]:
        """The questions that are asked, given the answers so far."""
        return asked(self.service_form, self.answers())

    def answers(self) -> dict[str, Any]:
        """What was answered, by question id."""
        return {question.id: _answer(self.field(question)) for question in self.questions}

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
            about_id=self.about.data or "",
            rule_id=self.rule.data or "",
            contact=self.contact.data or "portal",
            timezone=self.timezone.data or "",
            confidential=self.confidential.data,
            **self.on_behalf(),
        )

    def on_behalf(self) -> dict[str, Any]:
        """For whom it is written, where that is not the writer's own company."""
        return {}


class BehalfForm(RequestForm):
    """The same, written down by the base's staff in the name of a company."""

    company = HiddenField()
    requester = ChoiceField(_l("Who asks?"), [DataRequired()], blank=CHOOSE)
    consent_note = StringField(
        _l("How did the company ask for this?"),
        [DataRequired(), Length(max=500)],
        description=_l("For example: by telephone on 3 March, Ms Wang; agreed to be named."),
    )

    def on_behalf(self) -> dict[str, Any]:
        return {
            "company_id": self.company.data or "",
            "requester_id": self.requester.data or "",
            "consent_note": self.consent_note.data or "",
        }


def _answer(field: Any) -> Any:
    return field.names() if isinstance(field, FilesField) else field.data


def _forgive(field: Any) -> None:
    """Take back the complaints about an answer that nobody asked for."""
    for part in field.form if isinstance(field, FormField) else ():
        part.errors = ()
    if not isinstance(field, FormField):
        field.errors = ()


def form_for(code: str, *, behalf: bool = False) -> type[RequestForm]:
    """The form class of a service's present form, built from its data."""
    return built(code, catalogue.get(code).form, behalf)


@lru_cache(maxsize=128)
def built(code: str, form: Form, behalf: bool = False) -> type[RequestForm]:
    """The class for one version of a form."""
    base = BehalfForm if behalf else RequestForm
    fields = {f"q_{question.id}": field_of(question) for question in form.questions}
    attributes = {**fields, "service_form": form, "service_code": code}
    return type(f"{base.__name__}{code}", (base,), attributes)


class WorkForm(BaseForm):
    """What is written below a thread: to the other side, or a note among one's own people."""

    reply = TextAreaField(_l("Message"), [Length(max=MAX_TEXT)])
    note = TextAreaField(_l("Internal note"), [Length(max=MAX_TEXT)])
    attachment = attachments()
    do = HiddenField()
    version = HiddenField()

    def words(self, field: str, attachments: Iterable[Any] = ()) -> Words:
        """The text of `reply` or `note` as the service takes it."""
        return Words(self[field].data or "", i18n.current().tag, tuple(attachments))

    def step(self, field: str, attachments: Iterable[Any] = ()) -> Step:
        return Step(self.do.data or "", self.seen_version(), self.words(field, attachments))
