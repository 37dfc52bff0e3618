"""Forms of the test centre: what a supplier tells, and what the base writes."""

from collections.abc import Iterable
from datetime import date
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
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from portal.core import i18n
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.core.locales import LOCALES
from portal.service_requests.catalogue.standards import AEC_Q_GRADES, ASIL
from portal.test_centre import rules
from portal.test_centre.models import Booking, Line
from portal.test_centre.programmes import CHIPS, Programme, local
from portal.test_centre.queries import Row
from portal.test_centre.results import ReportInput, RunInput
from portal.test_centre.samples import CustodyInput, SampleInput
from portal.test_centre.services import BookingInput, OfferInput
from portal.test_centre.weeks import LineInput
from portal.web.attachments import AttachmentsField
from portal.web.forms import (
    CHOOSE,
    BaseForm,
    CheckboxesField,
    ChoiceField,
    IntegerNumberField,
    NumberField,
    RowForm,
    at_least,
    plausible_year,
)

MAX_TEXT = 4000
NO_MATTER = _l("No preference")
NONE = _l("None")


def week_label(monday: date) -> str:
    return gettext(
        "Week %(number)s, from %(day)s",
        number=monday.isocalendar().week,
        day=i18n.format_date(monday),
    )


class BookingForm(BaseForm):
    """A supplier asks for a programme for one chip."""

    capability = ChoiceField(_l("Capability"), [DataRequired()], blank=CHOOSE)
    programme = ChoiceField(_l("Programme"), [DataRequired()], blank=CHOOSE)
    device = StringField(
        _l("Device"),
        [DataRequired(), Length(max=120)],
        description=_l("As it is marked on the package, with its revision."),
    )
    chip_type = ChoiceField(_l("Kind of chip"), [DataRequired()], blank=CHOOSE)
    package = StringField(
        _l("Package"), [Length(max=60)], description=_l("For example LQFP-64, or bare die.")
    )
    node_nm = NumberField(_l("Process node (nm)"), [Optional(), NumberRange(1, 10_000)])
    grade = ChoiceField(
        _l("AEC-Q temperature grade aimed at"),
        blank=NONE,
        description=_l("Asked for AEC-Q100 and AEC-Q104."),
    )
    asil = ChoiceField(_l("ASIL"), blank=NONE)
    lots = IntegerNumberField(
        _l("Lots you can send"), [InputRequired(), NumberRange(1, 10)], default=3
    )
    wished_week = ChoiceField(_l("Start in"), blank=NO_MATTER)
    wanted_by = DateField(_l("Report needed by"), [Optional(), plausible_year])
    words = TextAreaField(
        _l("What else should we know?"),
        [Length(max=MAX_TEXT)],
        description=_l("Existing data, changes to an earlier device, what your customer demands."),
        render_kw={"rows": 4},
    )
    nda = BooleanField(_l("We want a non-disclosure agreement before we send documents"))
    destructive = BooleanField(_l("The tests may destroy the samples; their owner agrees"))
    publish = BooleanField(
        _l("A passed result may stand as checked evidence on the capability"),
        default=True,
        description=_l("Buyers see standard, grade, number and date, never the report's figures."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.chip_type.fill(CHIPS.items())
        self.grade.fill(AEC_Q_GRADES)
        self.asil.fill(ASIL)

    def offer(
        self,
        chips: Iterable[tuple[str, str]],
        programmes: Iterable[Programme],
        mondays: Iterable[date],
    ) -> None:
        """What can be chosen: own capabilities, programmes, free weeks."""
        self.capability.fill(chips)
        self.programme.fill((one.id, one.name) for one in programmes)
        self.wished_week.fill((day.isoformat(), week_label(day)) for day in mondays)

    def to_input(self) -> BookingInput:
        wished = self.wished_week.data
        return BookingInput(
            programme=self.programme.data,
            capability_id=self.capability.data,
            device=self.device.data or "",
            chip_type=self.chip_type.data,
            locale=i18n.current().tag,
            words=self.words.data or "",
            node_nm=self.node_nm.data,
            package=self.package.data or "",
            grade=self.grade.data or "",
            asil=self.asil.data or "",
            lots=self.lots.data,
            wished_week=date.fromisoformat(wished) if wished else None,
            wanted_by=self.wanted_by.data,
            nda=self.nda.data,
            destructive=self.destructive.data,
            publish=self.publish.data,
        )


class StepForm(BaseForm):
    """A step of the workflow with its reason."""

    note = TextAreaField(_l("Reason"), [Length(max=1000)], render_kw={"rows": 2})
    version = HiddenField()


class SampleForm(BaseForm):
    """A parcel with pieces of one lot."""

    lot = StringField(_l("Lot"), [DataRequired(), Length(max=60)])
    date_code = StringField(
        _l("Date code"), [Length(max=20)], description=_l("Year and week, such as 2631.")
    )
    quantity = IntegerNumberField(_l("Pieces"), [InputRequired(), at_least(1)])
    carrier = StringField(_l("Carrier"), [Length(max=60)])
    tracking = StringField(_l("Tracking number"), [Length(max=60)])

    def to_input(self) -> SampleInput:
        return SampleInput(
            self.lot.data,
            self.quantity.data,
            self.date_code.data or "",
            self.carrier.data or "",
            self.tracking.data or "",
        )


class CustodyForm(BaseForm):
    """What became of samples."""

    kind = ChoiceField(_l("What happened"), [DataRequired()])
    quantity = IntegerNumberField(_l("Pieces"), [InputRequired(), at_least(1)])
    condition = ChoiceField(_l("Condition on arrival"), blank="")
    place = StringField(
        _l("Storage place"),
        [Length(max=60)],
        description=_l("Cabinet and shelf, oven or bench."),
    )
    note = StringField(_l("Note"), [Length(max=500)])
    version = HiddenField()

    def follow(self, state: str) -> None:
        """Where samples can go from where they are."""
        kinds = rules.NEXT_PLACES[state]
        self.kind.fill((kind, rules.PLACES[kind]) for kind in kinds)
        self.condition.fill(rules.CONDITIONS.items())

    def to_input(self) -> CustodyInput:
        return CustodyInput(
            self.kind.data,
            self.quantity.data,
            self.condition.data or "",
            self.place.data or "",
            self.note.data or "",
        )


def starts(rows: Iterable[Row], programme_id: str) -> list[tuple[str, str]]:
    """Free weeks of the lines that run a programme, as choices: `<line>|<Monday>`."""
    return [
        (
            f"{row.line.id}|{day.isoformat()}",
            gettext("%(line)s: %(week)s", line=row.name, week=week_label(day)),
        )
        for row in rows
        if programme_id in row.line.programmes
        for day in row.starts()
    ]


def start_of(value: str) -> tuple[str, date]:
    line, _bar, day = value.partition("|")
    return line, date.fromisoformat(day)


class OfferForm(BaseForm):
    """Weeks, a price band and a plan."""

    start = ChoiceField(_l("Line and first week"), [DataRequired()], blank=CHOOSE)
    weeks = IntegerNumberField(_l("Weeks"), [InputRequired(), NumberRange(1, 52)])
    price = StringField(
        _l("Price band"),
        [DataRequired(), Length(max=200)],
        description=_l("For example “EUR 45,000 to 60,000, without sockets and boards”."),
    )
    valid_until = DateField(_l("Offer valid until"), [Optional(), plausible_year])
    plan = TextAreaField(
        _l("Plan"),
        [DataRequired(), Length(max=MAX_TEXT)],
        description=_l("Order of the tests, when samples are needed, when the report comes."),
        render_kw={"rows": 5},
    )
    tests = CheckboxesField(_l("Single tests"))
    version = HiddenField()

    def offer(self, choices: list[tuple[str, str]], tests: list[tuple[str, str]]) -> None:
        self.start.fill(choices)
        self.tests.choices = list(tests)

    def to_input(self) -> OfferInput:
        line, first = start_of(self.start.data)
        return OfferInput(
            line_id=line,
            first_week=first,
            weeks=self.weeks.data,
            price=self.price.data,
            plan=self.plan.data,
            locale=i18n.current().tag,
            valid_until=self.valid_until.data,
            tests=tuple(int(place) for place in self.tests.data or ()),
        )


class MoveForm(BaseForm):
    """Other weeks for a booking."""

    start = ChoiceField(_l("Line and first week"), [DataRequired()], blank=CHOOSE)
    version = HiddenField()


class RunRow(RowForm):
    """The result of a single test."""

    run = HiddenField()
    verdict = ChoiceField(_l("Result"), blank="–")
    tested = IntegerNumberField(_l("Tested"), [Optional()])
    rejects = IntegerNumberField(_l("Rejects"), [Optional()])
    finding = StringField(_l("Finding"), [Length(max=1000)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.verdict.fill((name, label) for name, (label, _tone) in rules.VERDICTS.items())


class ResultsForm(BaseForm):
    """The results of all single tests of a booking."""

    runs = FieldList(FormField(RunRow), max_entries=200)
    version = HiddenField()

    @classmethod
    def of(cls, booking: Booking) -> "ResultsForm":
        rows = [
            {
                "run": run.id,
                "verdict": run.verdict,
                "tested": run.tested,
                "rejects": run.rejects,
                "finding": run.finding,
            }
            for run in booking.runs
        ]
        return cls(formdata=None, data={"runs": rows, "version": booking.version})

    def to_input(self) -> dict[str, RunInput]:
        return {
            entry.form.run.data: RunInput(
                entry.form.verdict.data or "",
                entry.form.tested.data,
                entry.form.rejects.data,
                entry.form.finding.data or "",
            )
            for entry in self.runs
        }

    def place_of(self, name: str) -> str:
        """The field of a message that names the run: `<run>.<field>`."""
        run, _dot, field = name.partition(".")
        places = [entry.form.run.data for entry in self.runs]
        return f"runs.{places.index(run)}.{field}" if run in places else ""

    def _add_error(self, name: str, message: str) -> None:
        super()._add_error(self.place_of(name) or name, message)


class ReportForm(BaseForm):
    """The report that a colleague releases."""

    number = StringField(_l("Number of the report"), [DataRequired(), Length(max=80)])
    scope = StringField(
        _l("What was tested"),
        [DataRequired(), Length(max=300)],
        description=_l("Device, package, plants: buyers read this."),
    )
    not_checked = TextAreaField(
        _l("What the result does not prove"),
        [DataRequired(), Length(max=2000)],
        description=_l("Buyers read this beside the evidence."),
        render_kw={"rows": 3},
    )
    findings = TextAreaField(
        _l("Findings"),
        [Length(max=MAX_TEXT)],
        description=_l("Needed when a test has failed. Only the supplier and the base read this."),
        render_kw={"rows": 4},
    )
    file = AttachmentsField(_l("The signed report as a PDF. It stays confidential."))
    version = HiddenField()

    def to_input(self) -> ReportInput:
        files = self.file.store(confidential=True)
        return ReportInput(
            self.number.data,
            self.scope.data,
            self.not_checked.data,
            self.findings.data or "",
            files[0] if files else None,
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
