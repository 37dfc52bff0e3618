"""What supervisors keep: lines, published weeks, programmes."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from portal.core import i18n
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.core.locales import LOCALES
from portal.test_centre.forms.asking import MAX_TEXT, week_label
from portal.test_centre.models import Line
from portal.test_centre.programmes import Programme, local
from portal.test_centre.weeks import LineInput
from portal.web.forms import (
    BaseForm,
    CheckboxesField,
    ChoiceField,
    IntegerNumberField,
    RowForm,
)


class LineForm(BaseForm):
    """A test line."""

    names = FieldList(StringField("", [Length(max=120)]), min_entries=len(LOCALES))
    programmes = CheckboxesField(_l("Programmes it runs"))
    places = IntegerNumberField(
        _l("Bookings at the same time"), [InputRequired(), NumberRange(1, 99)], default=1
    )
    retired = BooleanField(_l("Out of use: no new weeks"))
    version = HiddenField()

    def name_fields(self) -> list[tuple[str, Any]]:
        """Each language's field under the language's own name."""
        pairs = list(zip(LOCALES, self.names.entries, strict=False))
        for locale, field in pairs:
            field.label.text = gettext(
                "Name (%(language)s)", language=i18n.language_name(locale.tag)
            )
        return [(locale.tag, field) for locale, field in pairs]

    @staticmethod
    def data_of(line: Line) -> dict[str, Any]:
        return {
            "names": [line.names.get(locale.tag, "") for locale in LOCALES],
            "programmes": list(line.programmes),
            "places": line.places,
            "retired": line.retired,
            "version": line.version,
        }

    def to_input(self) -> LineInput:
        names = {tag: field.data or "" for tag, field in self.name_fields()}
        return LineInput(
            names, tuple(self.programmes.data or ()), self.places.data, self.retired.data
        )


class PublishForm(BaseForm):
    """Weeks of a line for suppliers to ask for."""

    line = ChoiceField(_l("Line"), [DataRequired()])
    first = ChoiceField(_l("First week"), [DataRequired()])
    count = IntegerNumberField(
        _l("Number of weeks"), [InputRequired(), NumberRange(1, 52)], default=12
    )
    places = IntegerNumberField(
        _l("Places a week"),
        [InputRequired(), NumberRange(0, 99)],
        default=1,
        description=_l("0 takes weeks back that nobody has booked."),
    )

    def offer(self, lines: Iterable[Line], mondays: Iterable[date]) -> None:
        self.line.fill((line.id, local(line.names)) for line in lines)
        self.first.fill((day.isoformat(), week_label(day)) for day in mondays)


class ProgrammeRow(RowForm):
    """The texts of a programme in one language."""

    names = StringField(_l("Name"), [Length(max=200)])
    summary = TextAreaField(_l("Summary"), [Length(max=MAX_TEXT)], render_kw={"rows": 2})
    samples = TextAreaField(_l("Samples needed"), [Length(max=MAX_TEXT)], render_kw={"rows": 2})
    documents = TextAreaField(
        _l("Documents to bring, one a line"), [Length(max=MAX_TEXT)], render_kw={"rows": 4}
    )
    deliverable = StringField(_l("What the supplier gets"), [Length(max=400)])
    limits = TextAreaField(
        _l("What this does not prove, one a line"), [Length(max=MAX_TEXT)], render_kw={"rows": 4}
    )


class ProgrammeForm(BaseForm):
    """What staff change of a programme."""

    offered = BooleanField(_l("Takes bookings"))
    weeks_from = IntegerNumberField(
        _l("Usual duration from (weeks)"), [InputRequired(), NumberRange(1, 104)]
    )
    weeks_to = IntegerNumberField(_l("to (weeks)"), [InputRequired(), NumberRange(1, 104)])
    texts = FieldList(FormField(ProgrammeRow), min_entries=len(LOCALES), max_entries=len(LOCALES))
    version = HiddenField()

    @staticmethod
    def data_of(programme: Programme) -> dict[str, Any]:
        names = list(ProgrammeRow()._fields)
        rows = [
            {name: programme.content[name].get(locale.tag, "") for name in names}
            for locale in LOCALES
        ]
        first, last = programme.weeks
        return {
            "offered": programme.offered,
            "weeks_from": first,
            "weeks_to": last,
            "texts": rows,
            "version": programme.version,
        }

    def texts_by_name(self) -> dict[str, dict[str, str]]:
        """Name of a text → language → words."""
        return {
            name: {
                locale.tag: entry.form[name].data or ""
                for locale, entry in zip(LOCALES, self.texts.entries, strict=False)
            }
            for name in ProgrammeRow()._fields
        }
