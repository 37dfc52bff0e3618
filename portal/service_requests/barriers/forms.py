"""Forms of the barrier register."""

from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FormField,
    HiddenField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from portal.core import i18n
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.core.locales import LOCALES
from portal.listings.forms import fill_categories
from portal.service_requests.barriers import rules
from portal.service_requests.barriers.services import BarrierInput, PublicInput, PublicText
from portal.service_requests.models import Barrier
from portal.web.forms import CHOOSE, BaseForm, ChoiceField, RowForm, plausible_year

MAX_TEXT = 4000
_FACTS = ("market", "kind", "category", "rule", "effect", "remedy", "source", "locale")
_DAYS = ("valid_from", "valid_to", "reviewed_on")


def markets() -> list[tuple[str, str]]:
    """Countries, and the European Union first, whose rules hold in all of its members."""
    return [(rules.EU, i18n.country_name(rules.EU)), *i18n.countries()]


def is_source(_form: Any, field: Any) -> None:
    """Validator: what begins like an address must be one of the web."""
    text = field.data or ""
    if ":" in text.partition("/")[0] and not text.startswith(("https://", "http://")):
        raise ValidationError(gettext("Please enter a web address that begins with https://."))


class BarrierForm(BaseForm):
    """The internal version."""

    market = ChoiceField(_l("Market"), [DataRequired()], blank=CHOOSE)
    kind = ChoiceField(_l("Kind of barrier"), [DataRequired()], blank=CHOOSE)
    category = ChoiceField(
        _l("Product category"),
        description=_l("Leave it empty when the rule holds for all products."),
        render_kw={"data-complete": "category"},
    )
    rule = StringField(
        _l("Rule or regulation"),
        [DataRequired(), Length(max=300)],
        description=_l("With its number, such as “UN R155” or “(EU) 2023/1542, Article 7”."),
    )
    effect = TextAreaField(
        _l("What it stops or costs"), [DataRequired(), Length(max=MAX_TEXT)], render_kw={"rows": 4}
    )
    remedy = TextAreaField(_l("What helped"), [Length(max=MAX_TEXT)], render_kw={"rows": 4})
    source = StringField(
        _l("Source"),
        [Length(max=500), is_source],
        description=_l("The web address of the rule, or where it is published."),
    )
    reviewed_on = DateField(_l("Source read on"), [Optional(), plausible_year])
    valid_from = DateField(_l("In force from"), [Optional(), plausible_year])
    valid_to = DateField(_l("In force until"), [Optional(), plausible_year])
    locale = ChoiceField(_l("Language of these texts"), [DataRequired()])
    anyway = BooleanField(_l("This is another barrier: record it"))
    version = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.market.fill(markets())
        self.kind.fill(rules.labels().items())
        fill_categories(self.category)
        self.locale.fill(i18n.languages())

    @classmethod
    def of(cls, barrier: Barrier) -> "BarrierForm":
        return cls(data={name: getattr(barrier, name) for name in (*_FACTS, *_DAYS, "version")})

    def to_input(self) -> BarrierInput:
        given = {name: self[name].data or "" for name in _FACTS}
        days = {name: self[name].data for name in _DAYS}
        return BarrierInput(**{**given, **days, "category": self.category.data or None})


class PublicRow(RowForm):
    """The public text in one language."""

    title = StringField(_l("Title"), [Length(max=200)])
    text = TextAreaField(_l("Text"), [Length(max=MAX_TEXT)], render_kw={"rows": 5})


class PublicForm(BaseForm):
    """The public version, a row for each language of the portal."""

    texts = FieldList(FormField(PublicRow), min_entries=len(LOCALES), max_entries=len(LOCALES))
    source = StringField(_l("Source that may be named in public"), [Length(max=500), is_source])
    version = HiddenField()

    @classmethod
    def of(cls, barrier: Barrier) -> "PublicForm":
        """The text that waits, else the one that is public, else the beginning of one."""
        known = barrier.draft_text or barrier.public_text or {"source": barrier.source}
        texts = rules.texts_of(known)
        rows = [dict(texts.get(locale.tag, {})) for locale in LOCALES]
        data = {"texts": rows, "source": known.get("source", ""), "version": barrier.version}
        return cls(data=data)

    def to_input(self) -> PublicInput:
        rows = zip(LOCALES, self.texts.entries, strict=False)
        texts = {
            locale.tag: PublicText(row.form.title.data or "", row.form.text.data or "")
            for locale, row in rows
        }
        return PublicInput(texts, self.source.data or "")


class StepForm(BaseForm):
    """A step of the public version, with its reason."""

    note = TextAreaField(_l("Reason"), [Length(max=500)], render_kw={"rows": 2})
    version = HiddenField()
