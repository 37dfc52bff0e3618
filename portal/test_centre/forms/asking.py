"""What a supplier tells: the chip, steps with their reasons, samples."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from portal.core import i18n
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.service_requests.catalogue.standards import AEC_Q_GRADES, ASIL
from portal.test_centre.programmes import CHIPS, Programme
from portal.test_centre.samples import SampleInput
from portal.test_centre.services import BookingInput
from portal.web.forms import (
    CHOOSE,
    BaseForm,
    ChoiceField,
    IntegerNumberField,
    NumberField,
    at_least,
    plausible_year,
)

MAX_TEXT = 4000
NO_MATTER = _l("No preference")
NOT_APPLICABLE = _l("Not applicable")


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
        blank=NOT_APPLICABLE,
        description=_l("Asked for AEC-Q100 and AEC-Q104."),
    )
    asil = ChoiceField(_l("ASIL"), blank=NOT_APPLICABLE)
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
    quantity = IntegerNumberField(_l("Pieces"), [DataRequired(), at_least(1)])
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
