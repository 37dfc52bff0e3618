"""What the base writes on a booking: custody, offers, moves, results, reports."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from wtforms import (
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
from portal.test_centre import rules
from portal.test_centre.forms.asking import MAX_TEXT, week_label
from portal.test_centre.models import Booking
from portal.test_centre.queries import Row
from portal.test_centre.results import ReportInput, RunInput
from portal.test_centre.samples import CustodyInput
from portal.test_centre.services import OfferInput
from portal.web.attachments import AttachmentsField
from portal.web.forms import (
    CHOOSE,
    BaseForm,
    CheckboxesField,
    ChoiceField,
    IntegerNumberField,
    RowForm,
    at_least,
    plausible_year,
)


class CustodyForm(BaseForm):
    """What became of samples."""

    kind = ChoiceField(_l("What happened"), [DataRequired()])
    quantity = IntegerNumberField(_l("Pieces"), [DataRequired(), at_least(1)])
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
        if "received" in kinds:
            self.condition.fill(rules.CONDITIONS.items())
        else:
            del self.condition

    def to_input(self) -> CustodyInput:
        return CustodyInput(
            self.kind.data,
            self.quantity.data,
            self.condition.data or "" if "condition" in self else "",
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
