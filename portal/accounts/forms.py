"""Forms of accounts."""

from typing import Any

from wtforms import BooleanField, EmailField, PasswordField, RadioField, StringField
from wtforms.validators import DataRequired, Email, Length, ValidationError

from portal.accounts import consents, mail_times, rules
from portal.accounts.inputs import MailWishes, NewMember, Registration
from portal.core import i18n
from portal.core.access import MEMBER_ROLES, STAFF_ROLES
from portal.core.i18n import lazy_gettext as _l
from portal.core.locales import LOCALES
from portal.web.forms import (
    CHOOSE,
    BaseForm,
    CheckboxesField,
    ChoiceField,
    clean,
    no_direction_tricks,
    plain_name,
)

ROLE_LABELS = {
    "owner": _l("Owner: everything, including members"),
    "editor": _l("Editor: writes and answers"),
    "viewer": _l("Viewer: reads only"),
}
STAFF_LABELS = {
    "agent": _l("Agent"),
    "supervisor": _l("Supervisor"),
    "administrator": _l("Administrator"),
}
MODE_LABELS = {
    "immediate": _l("A mail at once, and a line in the inbox"),
    "digest": _l("One mail a day with everything; critical requests at once"),
    "inbox": _l("No mails, only lines in the inbox"),
}
SCOPE_LABELS = {
    "read": _l("Read: search, matches and your own records"),
    "write": _l("Write: create and change your own records"),
}


def _password_length(_form: object, field: Any) -> None:
    if len(field.data or "") < rules.MIN_PASSWORD:
        raise ValidationError(
            i18n.gettext(
                "Please use at least %(count)s characters.",
                count=i18n.format_number(rules.MIN_PASSWORD),
            )
        )


def _email(label: Any) -> EmailField:
    return EmailField(
        label,
        [DataRequired(), Length(max=254), Email()],
        filters=[clean],
        render_kw={"autocomplete": "username", "inputmode": "email"},
    )


def _new_password(label: Any) -> PasswordField:
    return PasswordField(
        label,
        [DataRequired(), Length(max=rules.MAX_PASSWORD), _password_length],
        render_kw={"autocomplete": "new-password"},
    )


def _person_name(label: Any) -> StringField:
    return StringField(
        label,
        [DataRequired(), Length(max=120), no_direction_tricks],
        render_kw={"autocomplete": "name"},
    )


def _accepted() -> BooleanField:
    """Without the notice there is no account."""
    return BooleanField(
        _l("I have read the privacy notice"),
        [DataRequired(_l("Please read the privacy notice and tick the box."))],
    )


def _abroad() -> BooleanField:
    purpose = consents.BY_NAME["abroad"]
    return BooleanField(purpose.label, description=purpose.text)


def zones() -> list[tuple[str, str]]:
    """Time zones for a choice, those of the trade first."""
    first = ["Asia/Shanghai", "Europe/Berlin", "America/Detroit", "America/Sao_Paulo", "UTC"]
    rest = sorted(z for z in i18n.zones() if "/" in z and not z.startswith("Etc/"))
    return [(z, z.replace("_", " ")) for z in dict.fromkeys([*first, *rest])]


class RegisterForm(BaseForm):
    kind = RadioField(_l("What brings you here?"), [DataRequired()])
    company_name = StringField(
        _l("Legal name of your company"),
        [DataRequired(), Length(max=200), plain_name],
        render_kw={"autocomplete": "organization"},
    )
    country = ChoiceField(_l("Country of registration"), [DataRequired()], blank=CHOOSE)
    name = _person_name(_l("Your name"))
    email = _email(_l("E-mail address"))
    password = _new_password(_l("Password"))
    accepted = _accepted()
    abroad = _abroad()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [
            (
                "supplier",
                i18n.gettext(
                    "We make parts, materials, software or equipment and want to sell abroad"
                ),
            ),
            ("buyer", i18n.gettext("We look for suppliers")),
            ("both", i18n.gettext("Both")),
        ]
        self.country.fill(i18n.countries())

    def to_input(self, timezone: str = "UTC") -> Registration:
        return Registration(
            email=self.email.data,
            name=self.name.data,
            password=self.password.data,
            kind=self.kind.data,
            company_name=self.company_name.data,
            country=self.country.data,
            locale=i18n.current().tag,
            timezone=timezone,
            abroad=bool(self.abroad.data),
        )


class SignInForm(BaseForm):
    email = _email(_l("E-mail address"))
    password = PasswordField(
        _l("Password"),
        [DataRequired(), Length(max=rules.MAX_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )


class AddressForm(BaseForm):
    """Asks for nothing but an address: forgotten password, new confirmation link."""

    email = _email(_l("E-mail address"))


class NewPasswordForm(BaseForm):
    password = _new_password(_l("New password"))


class ChangePasswordForm(BaseForm):
    old_password = PasswordField(
        _l("Present password"),
        [DataRequired(), Length(max=rules.MAX_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )
    password = _new_password(_l("New password"))


class ProfileForm(BaseForm):
    name = _person_name(_l("Your name"))
    locale = ChoiceField(_l("Language of pages and mails"), [DataRequired()])
    timezone = ChoiceField(_l("Time zone"), [DataRequired()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.locale.fill([(locale.tag, locale.native) for locale in LOCALES])
        self.timezone.fill(zones())


class MailForm(BaseForm):
    """How and when a person is written to."""

    mode = RadioField(_l("How do you want to hear of news?"), [DataRequired()])
    digest_hour = ChoiceField(
        _l("Hour of the daily mail"), [DataRequired()], description=_l("In your time zone")
    )
    night = BooleanField(
        _l("Also send mails between 22:00 and 7:00"),
        description=_l("Without this, what happens at night is mailed in the morning."),
    )
    timezone = ChoiceField(_l("Time zone"), [DataRequired()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.mode.choices = [(mode, str(MODE_LABELS[mode])) for mode in mail_times.MODES]
        self.digest_hour.fill([(str(hour), f"{hour:02d}:00") for hour in range(24)])
        self.timezone.fill(zones())

    def to_input(self) -> MailWishes:
        return MailWishes(
            mode=self.mode.data,
            night=bool(self.night.data),
            digest_hour=int(self.digest_hour.data),
            timezone=self.timezone.data,
        )


class InviteForm(BaseForm):
    email = _email(_l("E-mail address"))
    role = ChoiceField(_l("Role"), [DataRequired()], default="editor")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role.fill([(role, ROLE_LABELS[role]) for role in MEMBER_ROLES])


class RoleForm(BaseForm):
    role = ChoiceField(_l("Role"), [DataRequired()])

    def __init__(self, *args: Any, staff: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names, labels = (STAFF_ROLES, STAFF_LABELS) if staff else (MEMBER_ROLES, ROLE_LABELS)
        self.role.fill([(role, labels[role]) for role in names])


class JoinForm(BaseForm):
    name = _person_name(_l("Your name"))
    password = _new_password(_l("Password"))
    accepted = _accepted()
    abroad = _abroad()

    def to_input(self) -> NewMember:
        return NewMember(
            self.name.data,
            self.password.data,
            i18n.current().tag,
            abroad=bool(self.abroad.data),
        )


class TokenForm(BaseForm):
    name = StringField(_l("What is the token for?"), [DataRequired(), Length(max=80)])
    scopes = CheckboxesField(_l("Scopes"), [DataRequired()], default=["read"])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scopes.choices = [(scope, str(SCOPE_LABELS[scope])) for scope in rules.SCOPES]
