"""Forms of inquiries."""

from typing import Any

from wtforms import BooleanField, IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from portal.core import i18n
from portal.core.i18n import lazy_gettext as _l
from portal.core.texts import Words
from portal.inquiries import rules
from portal.inquiries.services import Move, NewInquiry
from portal.web.attachments import MAX_FILES, AttachmentsField
from portal.web.forms import CHOOSE, BaseForm, ChoiceField

MAX_TEXT = 10_000


class WordsForm(BaseForm):
    """A message with its language and files."""

    message = TextAreaField(
        _l("Message"), [DataRequired(), Length(max=MAX_TEXT)], render_kw={"rows": 7, "dir": "auto"}
    )
    attachment = AttachmentsField()
    confidential = BooleanField(
        _l("These files are confidential"),
        description=_l(
            "The other side gets pictures and PDF files with its name, address and the time across"
            " each page; every download is noted."
        ),
    )
    locale = ChoiceField(_l("Language of the message"), [DataRequired()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.locale.fill(i18n.languages())
        if not self.locale.data:
            self.locale.data = i18n.current().tag
        self.attachment.description = i18n.gettext(
            "Up to %(count)s files, 10 MB together. Only the two companies can open them.",
            count=i18n.format_number(MAX_FILES),
        )

    def words(self) -> Words:
        """What was written, with its files, which are stored now."""
        files = self.attachment.store(confidential=self.confidential.data)
        return Words(self.message.data, self.locale.data, files)


class InquiryForm(WordsForm):
    subject = StringField(
        _l("Subject"), [DataRequired(), Length(max=200)], render_kw={"dir": "auto"}
    )
    need = ChoiceField(_l("For which of your needs?"), [Optional()], blank=_l("None of them"))

    def to_input(self, capability_id: str) -> NewInquiry:
        return NewInquiry(
            capability_id=capability_id,
            need_id=self.need.data or None,
            subject=" ".join(self.subject.data.split()),
            words=self.words(),
        )


class MoveForm(BaseForm):
    """One step of the workflow; several stand on a page, so their ids carry the step's name."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired()])
    reason = ChoiceField(_l("Reason"), [Optional()], blank=CHOOSE)
    note = TextAreaField(
        _l("Message to the other side"),
        [Length(max=MAX_TEXT)],
        render_kw={"rows": 4, "dir": "auto"},
    )

    def __init__(self, step: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.step = step
        self.reason.fill(rules.DECLINE_LABELS.items())
        for field in self:
            field.id = f"{step}-{field.name}"

    def to_input(self) -> Move:
        words = Words(self.note.data or "", i18n.current().tag)
        return Move(self.step, self.version.data, words, self.reason.data or "")
