"""Forms of evidence: show a document, record a finding."""

from typing import Any

from wtforms import DateField, HiddenField, StringField, TextAreaField
from wtforms.validators import Length, Optional, ValidationError

from portal.core import clock
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.evidence.rules import DOCUMENT_SEEN, LIFE
from portal.evidence.services import MAX_LINE, MAX_TEXT, Finding
from portal.evidence.subjects import Subject
from portal.web.attachments import AttachmentsField
from portal.web.forms import BaseForm

TWO_LINES = {"rows": 2}


class DocumentForm(BaseForm):
    """`digest` is that of the value the document was chosen for."""

    digest = HiddenField()
    document = AttachmentsField(
        _l("One file. The base sees it; it is never shown to other companies.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.document.label.text = gettext("Document")
        self.document.flags.required = True

    def validate_document(self, field: Any) -> None:
        if len(field.uploads) != 1 and not field.errors:
            raise ValidationError(gettext("Please choose one file."))


class FindingForm(BaseForm):
    """The level comes with the button that was pressed."""

    digest = HiddenField()
    issuer = StringField(
        _l("Who was asked"),
        [Length(max=MAX_LINE)],
        description=_l("Certification body, register, laboratory or customer; not shown to others"),
    )
    reference = StringField(_l("Reference of the answer"), [Length(max=MAX_LINE)])
    valid_until = DateField(_l("The finding holds until"), [Optional()])
    not_checked = TextAreaField(
        _l("What was not checked"),
        [Length(max=MAX_TEXT)],
        render_kw=TWO_LINES,
        description=_l("Everybody who sees the fact reads this."),
    )
    reason = TextAreaField(
        _l("Reason, if it cannot be confirmed"),
        [Length(max=MAX_TEXT)],
        render_kw=TWO_LINES,
        description=_l("Only the company reads this."),
    )
    note = TextAreaField(_l("Note for colleagues"), [Length(max=MAX_TEXT)], render_kw=TWO_LINES)

    def offer(self, subject: Subject) -> "FindingForm":
        """First values for a fact: the usual life of a finding, at most the fact's own."""
        today = clock.now().date()
        usual = today + LIFE[DOCUMENT_SEEN]
        own = subject.expires
        self.valid_until.data = own if own is not None and today <= own < usual else usual
        self.digest.data = subject.digest
        return self

    def to_input(self, level: str, document_id: str | None) -> Finding:
        texts = {n: self[n].data or "" for n in ("issuer", "reference", "not_checked", "note")}
        return Finding(
            level,
            valid_until=self.valid_until.data,
            reason=self.reason.data or "",
            document_id=document_id,
            **texts,
        )
