"""The two questions, and how often they are asked."""

from typing import Any

from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.core import i18n
from portal.core.i18n import lazy_gettext as _l
from portal.service_requests.models import Satisfaction
from portal.service_requests.satisfaction import rules
from portal.service_requests.satisfaction.services import MAX_COMMENT, AnswerInput
from portal.web.forms import BaseForm, IntegerNumberField

PLEASE = _l("Please choose an answer.")


class AnswerForm(BaseForm):
    """Two marks and a word."""

    solved = RadioField(_l("Was your matter solved?"), [InputRequired(PLEASE)])
    service = RadioField(_l("How was our service?"), [InputRequired(PLEASE)])
    comment = TextAreaField(
        _l("Is there anything you would like to add?"),
        [Length(max=MAX_COMMENT)],
        render_kw={"rows": 4, "maxlength": MAX_COMMENT},
    )

    def __init__(self, row: Satisfaction | None = None, **kwargs: Any) -> None:
        super().__init__(data=_known(row), **kwargs)
        for field, scale in ((self.solved, rules.SOLVED), (self.service, rules.SERVICE)):
            field.choices = [(str(mark), str(label)) for mark, label in scale.items()]

    def to_input(self) -> AnswerInput:
        return AnswerInput(
            int(self.solved.data),
            int(self.service.data),
            self.comment.data or "",
            i18n.current().tag,
        )


def _known(row: Satisfaction | None) -> dict[str, str]:
    if row is None or row.answered_at is None:
        return {}
    return {"solved": str(row.solved), "service": str(row.service), "comment": row.comment}


class ApartForm(BaseForm):
    """The rest between two questions to the same person."""

    days = IntegerNumberField(_l("Days between two questions to the same person"))
