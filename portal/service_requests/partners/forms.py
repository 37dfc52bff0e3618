"""Forms of partner institutions and referrals."""

import re
from collections.abc import Iterable
from datetime import time
from itertools import pairwise
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    Field,
    FieldList,
    FormField,
    HiddenField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from portal.accounts.forms import InviteForm, zones
from portal.core import i18n
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.core.locales import LOCALES
from portal.core.texts import Words
from portal.listings.forms import country_choices
from portal.service_requests import catalogue
from portal.service_requests.forms import MAX_TEXT, attachments
from portal.service_requests.models import Partner
from portal.service_requests.partners import presentation
from portal.service_requests.partners.referrals import ReferralInput
from portal.service_requests.partners.rules import KINDS
from portal.service_requests.partners.services import HoursInput, OwnDay, PartnerInput
from portal.web.forms import (
    CHOOSE,
    BaseForm,
    CheckboxesField,
    ChoiceField,
    RowForm,
    no_direction_tricks,
    plausible_year,
)

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PAIR = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*[-–—~至到]\s*(\d{1,2})(?:[:.](\d{2}))?")

__all__ = ["HoursForm", "InviteForm", "PartnerForm", "ReferralForm"]


class PartnerForm(BaseForm):
    name = StringField(
        _l("Name of the institution"), [DataRequired(), Length(max=200), no_direction_tricks]
    )
    kind = ChoiceField(_l("Kind of institution"), [DataRequired()], blank=CHOOSE)
    country = ChoiceField(_l("Country of its seat"), [DataRequired()], blank=CHOOSE)
    services = CheckboxesField(_l("Services it helps with"))
    countries = CheckboxesField(_l("Countries it works in"))
    languages = CheckboxesField(_l("Languages it works in"))
    locale = ChoiceField(_l("Language of invitations"), [DataRequired()])
    zone = ChoiceField(_l("Time zone"), [DataRequired()])
    description = TextAreaField(
        _l("What the base should know"),
        [Length(max=MAX_TEXT)],
        description=_l("Seen by the staff of the base only."),
    )
    active = BooleanField(_l("New referrals may go there"), default=True)
    version = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.fill(KINDS.items())
        self.country.fill(i18n.countries())
        country_choices(self.countries)
        self.services.choices = [
            (service.code, str(service.title)) for service in catalogue.SERVICES.values()
        ]
        self.languages.choices = list(i18n.languages(self.languages.data or ()))
        self.locale.fill([(locale.tag, locale.native) for locale in LOCALES])
        self.zone.fill(zones())

    @classmethod
    def of(cls, partner: Partner) -> "PartnerForm":
        """The form filled with what is known."""
        facts = ("kind", "services", "countries", "languages", "description", "active", "version")
        organisation = partner.organisation
        data = {
            **{name: getattr(partner, name) for name in facts},
            "name": organisation.name,
            "country": organisation.country,
            "locale": organisation.locale,
            "zone": partner.calendar.zone,
        }
        return cls(data=data)

    def to_input(self) -> PartnerInput:
        return PartnerInput(
            name=self.name.data,
            kind=self.kind.data,
            country=self.country.data,
            locale=self.locale.data,
            services=self.services.data or (),
            countries=self.countries.data or (),
            languages=self.languages.data or (),
            description=self.description.data or "",
            zone=self.zone.data,
            active=self.active.data,
        )


def read_hours(text: str) -> list[list[str]]:
    """`9-12, 13:00–17:30` as pairs of times; nothing when closed. Raises ValueError."""
    pairs = [_pair(part) for part in re.split(r"[,;，、；]", text or "") if part.strip()]
    for (_start, end), (begin, _end) in pairwise(pairs):
        if begin < end or end == "00:00":
            raise ValueError(text)
    return pairs


def _pair(text: str) -> list[str]:
    found = _PAIR.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    start, end = _time(found[1], found[2]), _time(found[3], found[4])
    if end != "00:00" and end <= start:
        raise ValueError(text)
    return [start, end]


def _time(hour: str, minute: str | None) -> str:
    """24:00 is midnight at the end of a day."""
    whole = 0 if hour == "24" and int(minute or 0) == 0 else int(hour)
    return time(whole, int(minute or 0)).isoformat("minutes")


def _hours_field(label: str = "") -> StringField:
    return StringField(label, [Length(max=100), _readable_hours])


def _readable_hours(_form: object, field: Field) -> None:
    try:
        read_hours(field.data)
    except ValueError:
        raise ValidationError(
            gettext("Please write hours such as %(example)s.", example="09:00-12:00, 13:00-17:30")
        ) from None


class DayForm(RowForm):
    day = DateField(_l("Date"), [DataRequired()])
    hours = StringField(_l("Hours, empty when closed"), [Length(max=100), _readable_hours])
    name = StringField(_l("Reason"), [Length(max=100)])


class WeekForm(BaseForm):
    """Opening hours by weekday."""

    monday, tuesday, wednesday, thursday = (_hours_field() for _day in range(4))
    friday, saturday, sunday = (_hours_field() for _day in range(3))
    version = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in zip(WEEK, presentation.weekdays(), strict=True):
            self[name].label.text = label

    @staticmethod
    def typed(week: Iterable[Iterable[Iterable[str]]]) -> dict[str, str]:
        """The hours of a stored week by field."""
        return {name: _typed(day) for name, day in zip(WEEK, week, strict=True)}

    def week(self) -> list[list[list[str]]]:
        return [read_hours(self[name].data) for name in WEEK]


class HoursForm(WeekForm):
    zone = ChoiceField(_l("Time zone"), [DataRequired()])
    country = ChoiceField(_l("Public holidays of"), [DataRequired()])
    days = FieldList(FormField(DayForm), max_entries=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone.fill(zones())
        self.country.fill(i18n.countries())

    @classmethod
    def of(cls, partner: Partner, days: Iterable[Any]) -> "HoursForm":
        calendar = partner.calendar
        week = cls.typed(calendar.week)
        rows = [{"day": d.day, "hours": _typed(d.hours), "name": d.name} for d in days]
        known = {"zone": calendar.zone, "country": calendar.country, "version": calendar.version}
        return cls(data={**known, **week, "days": rows})

    def to_input(self) -> HoursInput:
        rows = [entry.form for entry in self.days]
        return HoursInput(
            zone=self.zone.data,
            country=self.country.data,
            week=self.week(),
            days=[OwnDay(r.day.data, read_hours(r.hours.data), r.name.data or "") for r in rows],
        )


def _typed(pairs: Iterable[Iterable[str]]) -> str:
    return ", ".join("-".join("24:00" if at and t == "00:00" else t for at, t in enumerate(pair))
                     for pair in pairs)  # fmt: skip


class ReferralForm(BaseForm):
    partners = CheckboxesField(_l("Partners to ask"))
    title = StringField(
        _l("Subject"),
        [DataRequired(), Length(max=300)],
        description=_l("The partner reads this line first. It stays in the portal."),
    )
    brief = TextAreaField(_l("Brief for the partner"), [DataRequired(), Length(max=MAX_TEXT)])
    shared = CheckboxesField(_l("What the partner may see of the request"))
    desired_date = DateField(_l("Result wished by"), [Optional(), plausible_year])
    attachment = attachments()
    wait = BooleanField(
        _l("Wait for the partner: the clock of the request stops until the last one has answered")
    )
    version = HiddenField()

    def to_input(self, attachments: Iterable[Any] = ()) -> ReferralInput:
        words = Words(self.brief.data, i18n.current().tag, tuple(attachments))
        return ReferralInput(
            partner_ids=self.partners.data or (),
            title=self.title.data,
            words=words,
            shared=self.shared.data or (),
            desired_date=self.desired_date.data,
            wait=self.wait.data,
            version=self.seen_version() if self.wait.data else None,
        )
