"""Forms of quotes."""

from typing import Any

from wtforms import DateField, HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from portal.core import i18n
from portal.core.i18n import lazy_gettext as _l
from portal.service_requests.quotes.rules import CURRENCIES
from portal.service_requests.quotes.services import QuoteInput, QuoteStep
from portal.web.forms import CHOOSE, BaseForm, ChoiceField, NumberField

MAX_TEXT = 5_000


class QuoteForm(BaseForm):
    text = TextAreaField(
        _l("What the quote covers"),
        [DataRequired(), Length(max=MAX_TEXT)],
        description=_l("Scope, delivery date, conditions. No bank details: the portal holds none."),
    )
    amount = NumberField(_l("Amount"), [DataRequired()])
    currency = ChoiceField(_l("Currency"), [DataRequired()], blank=CHOOSE)
    tax_note = StringField(
        _l("Tax"),
        [Length(max=200)],
        description=_l("For example: plus 19 % VAT, or VAT included."),
    )
    valid_until = DateField(_l("Valid until"), [Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency.fill((code, code) for code in CURRENCIES)

    def to_input(self) -> QuoteInput:
        return QuoteInput(
            text=self.text.data,
            locale=i18n.current().tag,
            amount=self.amount.data,
            currency=self.currency.data,
            tax_note=self.tax_note.data or "",
            valid_until=self.valid_until.data,
        )


class QuoteStepForm(BaseForm):
    """A decision about a quote."""

    do = HiddenField()
    version = HiddenField()

    def step(self) -> QuoteStep:
        return QuoteStep(self.do.data or "", self.seen_version())
