"""Forms of staff profiles and assignment rules."""

from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FormField,
    HiddenField,
    StringField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from portal.core import i18n
from portal.core.errors import Invalid
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.service_requests import catalogue
from portal.service_requests.assignment.choosing import Rule
from portal.service_requests.assignment.queries import Member
from portal.service_requests.assignment.services import MOST_RULES
from portal.service_requests.assignment.staff import MAX_TEAM, ProfileInput
from portal.service_requests.models import AssignmentRule, StaffProfile
from portal.web.forms import (
    CHOOSE,
    BaseForm,
    CheckboxesField,
    ChoiceField,
    IntegerNumberField,
    RowForm,
    no_direction_tricks,
    plausible_year,
)

TEAM, PERSON = "team:", "person:"


class OwnProfileForm(BaseForm):
    """What everybody at the desk says of themselves."""

    languages = CheckboxesField(_l("Languages spoken with customers"))
    away_from = DateField(_l("Absent from"), [Optional(), plausible_year])
    away_until = DateField(
        _l("Absent until"),
        [Optional(), plausible_year],
        description=_l("The last day of the absence. Without one it lasts until further notice."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.languages.choices = list(i18n.languages(self.languages.data or ()))

    def to_input(self) -> ProfileInput:
        return ProfileInput(
            languages=self.languages.data or (),
            away_from=self.away_from.data,
            away_until=self.away_until.data,
        )


class ProfileForm(OwnProfileForm):
    """The same with what supervisors decide."""

    team = StringField(
        _l("Team"),
        [Length(max=MAX_TEAM), no_direction_tricks],
        description=_l("A new name makes a new team."),
        render_kw={"list": "teams", "autocomplete": "off"},
    )
    services = CheckboxesField(
        _l("Services"), description=_l("Without a tick: all services of the catalogue.")
    )
    capacity = IntegerNumberField(
        _l("Room"),
        [InputRequired()],
        description=_l(
            "How many normal requests at once. An urgent one counts as two, a critical one as "
            "four, one for information as half of one."
        ),
    )
    takes_new = BooleanField(_l("Is given new requests"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.services.choices = [(s.code, str(s.title)) for s in catalogue.SERVICES.values()]

    def to_input(self) -> ProfileInput:
        return ProfileInput(
            team=self.team.data or "",
            languages=self.languages.data or (),
            services=self.services.data or (),
            capacity=self.capacity.data or 0,
            takes_new=self.takes_new.data,
            away_from=self.away_from.data,
            away_until=self.away_until.data,
        )


def profile_form(kind: type[OwnProfileForm], profile: StaffProfile) -> OwnProfileForm:
    """The form filled with what is known."""
    names = ("team", "languages", "services", "capacity", "takes_new", "away_from", "away_until")
    return kind(data={name: getattr(profile, name) for name in names})


class RuleRow(RowForm):
    """One rule: which requests, and to whom they go."""

    place = IntegerNumberField(_l("Place"), [Optional()])
    service = ChoiceField(_l("Service"), blank=_l("Any"))
    market = ChoiceField(_l("Target market"), blank=_l("Any"), render_kw={"data-typeahead": ""})
    language = ChoiceField(_l("Language"), blank=_l("Any"))
    company = StringField(_l("Company"), [Length(max=200)])
    target = ChoiceField(_l("Goes to"), [DataRequired()], blank=CHOOSE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.service.fill((s.code, f"{s.code} · {s.title}") for s in catalogue.SERVICES.values())
        self.market.fill(i18n.countries())
        self.language.fill(i18n.languages([self.language.data] if self.language.data else ()))


class RulesForm(BaseForm):
    """All rules in their order."""

    rules = FieldList(FormField(RuleRow), max_entries=MOST_RULES)
    version = HiddenField()
    do = HiddenField()

    @classmethod
    def of(
        cls, stored: Iterable[AssignmentRule], names: Mapping[str, str], version: int
    ) -> "RulesForm":
        """The form filled with the rules in force; `names` of companies by id."""
        return cls(data={"rules": [_shown(row, names) for row in stored], "version": version})

    def offer(self, members: Iterable[Member]) -> "RulesForm":
        """Whom requests may go to."""
        known = list(members)
        teams = sorted({one.profile.team for one in known} - {""})
        pairs = [(TEAM + name, gettext("Team %(name)s", name=name)) for name in teams]
        pairs += [(PERSON + one.user.id, one.user.name) for one in known]
        for entry in self.rules:
            entry.form.target.fill(pairs)
        return self

    def companies(self) -> set[str]:
        """Names that were typed."""
        return {name for entry in self.rules if (name := entry.form.company.data)}

    def to_rules(self, companies: Mapping[str, str]) -> list[Rule]:
        """`companies` has ids by name in lower case. Raises Invalid for an unknown name."""
        return [_rule(at, entry.form, companies) for at, entry in enumerate(self.rules)]


def _shown(row: AssignmentRule, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "place": row.place,
        "service": row.service,
        "market": row.market,
        "language": row.language,
        "company": names.get(row.company_id or "", ""),
        "target": TEAM + row.team if row.team else PERSON + (row.person_id or ""),
    }


def _rule(at: int, row: Any, companies: Mapping[str, str]) -> Rule:
    name = row.company.data or ""
    if name and name.lower() not in companies:
        message = _l("No company, or more than one, has exactly this name.")
        raise Invalid(message, field=f"rules.{at}.company")
    target: str = row.target.data or ""
    return Rule(
        place=row.place.data or 0,
        service=row.service.data or "",
        market=row.market.data or "",
        language=row.language.data or "",
        company_id=companies.get(name.lower(), ""),
        team=target.removeprefix(TEAM) if target.startswith(TEAM) else "",
        person_id=target.removeprefix(PERSON) if target.startswith(PERSON) else "",
    )
