"""Forms of the test centre."""

from portal.test_centre.forms.asking import BookingForm, SampleForm, StepForm
from portal.test_centre.forms.keeping import LineForm, ProgrammeForm, PublishForm
from portal.test_centre.forms.working import (
    CustodyForm,
    MoveForm,
    OfferForm,
    ReportForm,
    ResultsForm,
    start_of,
    starts,
)

__all__ = [
    "BookingForm",
    "CustodyForm",
    "LineForm",
    "MoveForm",
    "OfferForm",
    "ProgrammeForm",
    "PublishForm",
    "ReportForm",
    "ResultsForm",
    "SampleForm",
    "StepForm",
    "start_of",
    "starts",
]
