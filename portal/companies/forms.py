"""Forms of the company profile."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from flask import request
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FormField,
    HiddenField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, Optional, StopValidation, ValidationError

from portal.accounts.models import ORGANISATION_KINDS
from portal.companies import registration, rules
from portal.companies.inputs import Identity, ProfileInput, SiteInput, TextInput
from portal.companies.models import Company
from portal.companies.verification import identity
from portal.companies.verification.standing import LISTED
from portal.core import clock, files, i18n
from portal.core.errors import Invalid
from portal.core.i18n import lazy_gettext as _l
from portal.core.models import StoredFile
from portal.listings.certificate_forms import DetailedRow
from portal.listings.forms import fill_known
from portal.listings.inputs import CertificateInput
from portal.thesaurus.store import get_thesaurus
from portal.web.forms import (
    CHOOSE,
    BaseForm,
    ChoiceField,
    IntegerNumberField,
    RowForm,
    at_least,
    no_direction_tricks,
    plain_name,
)

FIRST_YEAR = 1600
MAX_DESCRIPTION = 10_000


def standards(company: Company) -> list[tuple[str, str]]:
    """Standards as records name them, and whatever the profile already has."""
    known = {concept.label("en") for concept in get_thesaurus().standards()}
    names = known | {row.standard for row in company.certificates}
    return [(name, name) for name in sorted(names, key=str.casefold)]


def web_address(_form: object, field: Any) -> None:
    """An http(s) address of a public host; the scheme is added when it was left out."""
    if not field.data:
        return
    if "://" not in field.data:
        field.data = f"https://{field.data}"
    wrong = ValidationError(i18n.gettext("Please enter an address such as www.example.com."))
    try:
        parts = urlsplit(field.data)
        host = parts.hostname or ""
    except ValueError:
        raise wrong from None
    blank = any(c.isspace() for c in field.data)
    if parts.scheme not in ("http", "https") or "." not in host.strip(".") or "@" in parts.netloc:
        raise wrong
    if blank:
        raise wrong


def real_year(_form: object, field: Any) -> None:
    this_year = clock.now().year
    if field.data is not None and not FIRST_YEAR <= field.data <= this_year:
        raise ValidationError(
            i18n.gettext(
                "Please enter a year from %(first)s to %(last)s.",
                first=str(FIRST_YEAR),
                last=str(this_year),
            )
        )


class Row(RowForm):
    """A row that counts only when something was entered into it."""

    @property
    def is_blank(self) -> bool:
        return not any(field.raw_data and field.raw_data[0].strip() for field in self)

    def validate(self, extra_validators: Any = None) -> bool:
        return self.is_blank or super().validate(extra_validators)


class TextRow(Row):
    locale = ChoiceField(_l("Language"), [DataRequired()], blank=CHOOSE)
    name = StringField(_l("Legal name"), [Length(max=300), plain_name])
    description = TextAreaField(
        _l("Description"), [Length(max=MAX_DESCRIPTION)], render_kw={"rows": 6}
    )

    @property
    def is_blank(self) -> bool:
        return not self.name.data and not self.description.data

    def to_input(self) -> TextInput:
        return TextInput(self.locale.data, self.name.data or "", self.description.data or "")


class SiteRow(Row):
    role = ChoiceField(_l("Role"), [DataRequired()], blank=CHOOSE)
    country = ChoiceField(
        _l("Country"), [DataRequired()], blank=CHOOSE, render_kw={"data-typeahead": ""}
    )
    city = StringField(_l("City"), [DataRequired(), Length(max=120), no_direction_tricks])
    postcode = StringField(_l("Postcode"), [Length(max=20)])
    address = StringField(_l("Address"), [Length(max=300)])
    products = StringField(_l("Products or tasks"), [Length(max=300)])
    headcount = IntegerNumberField(_l("Employees"), [Optional(), at_least(1)])

    def to_input(self) -> SiteInput:
        return SiteInput(
            role=self.role.data,
            country=self.country.data,
            city=self.city.data,
            address=self.address.data or "",
            postcode=self.postcode.data or "",
            products=self.products.data or "",
            headcount=self.headcount.data,
        )


class CertificateRow(Row, DetailedRow):
    standard = ChoiceField(
        _l("Standard"), [DataRequired()], blank=CHOOSE, render_kw={"data-typeahead": ""}
    )
    number = StringField(_l("Certificate number"), [Length(max=80)])
    body = StringField(_l("Certification body"), [Length(max=120)])
    scope = StringField(_l("Scope"), [Length(max=300)])
    site = ChoiceField(_l("Site"), blank=_l("Whole company"), validate_choice=False)
    issued = DateField(_l("Issued on"), [Optional()])
    expires = DateField(_l("Valid until"), [Optional()])

    def validate_issued(self, field: Any) -> None:
        if field.data and field.data > clock.now().date():
            raise ValidationError(i18n.gettext("This date lies in the future."))

    def validate_expires(self, field: Any) -> None:
        if field.data and self.issued.data and field.data <= self.issued.data:
            raise ValidationError(i18n.gettext("This must be later than the date of issue."))

    def to_input(self) -> CertificateInput:
        return CertificateInput(
            standard=self.standard.data,
            number=self.number.data or "",
            body=self.body.data or "",
            scope=self.scope.data or "",
            site=self.site.data or "",
            issued=self.issued.data,
            expires=self.expires.data,
            details=self.details(),
        )


class ProfileForm(BaseForm):
    """The whole profile on one page. Fields that are locked are not part of the form."""

    version = HiddenField()
    kind = ChoiceField(_l("What you do here"), [DataRequired()])
    country = ChoiceField(
        _l("Country of registration"),
        [DataRequired()],
        blank=CHOOSE,
        render_kw={"data-typeahead": ""},
    )
    registration_scheme = ChoiceField(_l("Type of registration number"), blank=CHOOSE)
    registration_id = StringField(_l("Registration number"), [Length(max=60)])
    original = ChoiceField(_l("Language of the original"), [DataRequired()])
    texts = FieldList(FormField(TextRow), min_entries=1, max_entries=20)
    website = StringField(
        _l("Website"), [Length(max=300), web_address], render_kw={"inputmode": "url"}
    )
    founded = IntegerNumberField(
        _l("Founded in"), [Optional(), real_year], render_kw={"maxlength": "6"}
    )
    headcount = IntegerNumberField(_l("Employees"), [Optional(), at_least(1)])
    logo = FileField(_l("Logo"), render_kw={"accept": "image/png,image/jpeg,image/webp"})
    drop_logo = BooleanField(_l("Remove the present logo"))
    drop_level = BooleanField(_l("Save all the same: our company is only listed from then on"))
    sites = FieldList(FormField(SiteRow), min_entries=1, max_entries=60)
    certificates = FieldList(FormField(CertificateRow), min_entries=1, max_entries=60)

    def __init__(self, company: Company, **kwargs: Any) -> None:
        super().__init__(data=_values(company), **kwargs)
        self.company = company
        self.locked = rules.identity_locked(company)
        self.upload: files.Upload | None = None
        if self.locked:
            for name in ("kind", "country", "registration_scheme", "registration_id"):
                del self[name]
        self.fill()

    def fill(self) -> None:
        """Give every choice its labels, in rows that were just added, too."""
        tongues = i18n.languages(text.locale for text in self.company.texts)
        countries = i18n.countries()
        self.original.fill(tongues)
        for row in self.texts:
            row.form.locale.fill(tongues)
            if self.locked:
                row.form.name.render_kw = {"readonly": ""}
        for row in self.sites:
            row.form.role.fill(rules.SITE_ROLE_LABELS.items())
            row.form.country.fill(countries)
        plants = [(name, name) for name in self._site_names()]
        for row in self.certificates:
            row.form.standard.fill(standards(self.company))
            fill_known(row.form.site, plants)
        if not self.locked:
            self.kind.fill((kind, rules.KIND_LABELS[kind]) for kind in ORGANISATION_KINDS)
            self.country.fill(countries)
            schemes = registration.SCHEMES.values()
            self.registration_scheme.fill((s.code, s.label) for s in schemes)

    def _site_names(self) -> list[str]:
        """The sites typed above, as certificates name them."""
        typed = [(row.form.city.data, row.form.address.data) for row in self.sites]
        cities = [city for city, _address in typed]
        named = (
            f"{city}, {address}"[:120] if cities.count(city) > 1 and address else city
            for city, address in typed
        )
        return sorted({name for name in named if name})

    def rows_changed(self) -> bool:
        changed = super().rows_changed() or "show-fields" in request.form
        self.fill()
        return changed

    @property
    def is_stale(self) -> bool:
        """Whether somebody else saved since this form was opened."""
        return self.version.data != str(self.company.version)

    def _texts(self) -> Iterator[TextRow]:
        return (row.form for row in self.texts if not row.form.is_blank)

    def validate_registration_id(self, field: Any) -> None:
        """The register's own rule, with its message where it belongs."""
        if not field.data and not self.registration_scheme.data:
            return
        try:
            registration.check(
                self.registration_scheme.data or "", field.data or "", self.country.data or ""
            )
        except Invalid as error:
            if error.field == "registration_scheme":
                self._blame_scheme = str(error)
                return
            raise StopValidation(str(error)) from None

    def validate_logo(self, field: Any) -> None:
        sent = field.data
        if not isinstance(sent, FileStorage) or not sent.filename:
            return
        try:
            self.upload = files.check_logo(sent.stream.read(files.MAX_BYTES + 1))
        except Invalid as error:
            raise ValidationError(str(error)) from None

    def validate(self, extra_validators: Any = None) -> bool:
        self._blame_scheme = ""
        right = super().validate(extra_validators)
        if self._blame_scheme:
            self._add_error("registration_scheme", self._blame_scheme)
        self._check_languages()
        if self.locked:
            self._check_names()
        self._check_level()
        return right and not self.errors

    def _check_languages(self) -> None:
        """Each language once, and the original among them with the legal name."""
        seen: dict[str, TextRow] = {}
        for row in self._texts():
            tag = row.locale.data
            if tag in seen:
                row.locale.errors = [
                    *row.locale.errors,
                    i18n.gettext("This language is already there."),
                ]
            seen.setdefault(tag, row)
        original = seen.get(self.original.data)
        if original is None:
            message = i18n.gettext("There is no text in this language yet.")
            self._add_error("original", message)
        elif not original.name.data and not self.locked:
            original.name.errors = [
                *original.name.errors,
                i18n.gettext("Please enter the legal name."),
            ]

    def _check_names(self) -> None:
        kept = {text.locale: text.name for text in self.company.texts if text.name}
        typed = {row.locale.data: row for row in self._texts()}
        message = i18n.gettext("Names cannot be changed after publication.")
        for tag, row in typed.items():
            if (row.name.data or "") != kept.get(tag, ""):
                row.name.errors = [*row.name.errors, message]
        if set(kept) - set(typed):
            self._add_error("texts", message)

    def _check_level(self) -> None:
        """Warn before what the base has checked becomes void; a tick says that it may."""
        if self.company.standing().level == LISTED or self.drop_level.data:
            return
        before = identity.of(self.company)
        sites = [row.form.to_input() for row in self.sites if not row.form.is_blank]
        after = {**before, "head_office": identity.head_office(sites)}
        if not self.locked:
            after["names"] = {row.locale.data: row.name.data for row in self._texts()}
            after |= {"kind": self.kind.data, "country": self.country.data}
            number = registration.normalise(self.registration_id.data or "") or None
            after["registration"] = {"scheme": self.registration_scheme.data or None, "id": number}
        changed = identity.changed(before, after)
        if changed:
            names = i18n.format_list([str(identity.FIELDS[name]) for name in changed])
            message = i18n.gettext(
                "This changes what the base has checked: %(fields)s. The badge goes at once, and"
                " your company is only listed until it is checked again.",
                fields=names,
            )
            self._add_error("drop_level", message)

    def to_input(self, logo: StoredFile | None) -> ProfileInput:
        """The original first, the other languages in their order."""
        texts = sorted(
            (row.to_input() for row in self._texts()),
            key=lambda text: text.locale != self.original.data,
        )
        return ProfileInput(
            texts=texts,
            identity=None if self.locked else self._identity(),
            website=self.website.data or None,
            founded=self.founded.data,
            headcount=self.headcount.data,
            sites=[row.form.to_input() for row in self.sites if not row.form.is_blank],
            certificates=[
                row.form.to_input() for row in self.certificates if not row.form.is_blank
            ],
            logo=logo,
            drop_logo=self.drop_logo.data,
        )

    def _identity(self) -> Identity:
        return Identity(
            kind=self.kind.data,
            country=self.country.data,
            scheme=self.registration_scheme.data or "",
            number=self.registration_id.data or "",
        )


def _values(company: Company) -> Mapping[str, Any]:
    """The profile as the form's first values."""
    names = (
        "kind", "country", "registration_scheme", "registration_id", "website", "founded",
        "headcount",
    )  # fmt: skip
    original = rules.original(company.texts)
    return {
        **{name: getattr(company, name) for name in names},
        "version": str(company.version),
        "original": original.locale if original else None,
        "texts": [_columns(text, TextInput) for text in company.texts],
        "sites": [_columns(site, SiteInput) for site in company.sites],
        "certificates": [_columns(row, CertificateInput) for row in company.certificates],
    }


def _columns(row: Any, shape: type[Any]) -> dict[str, date | str | int | None]:
    return {name: getattr(row, name) for name in shape.__dataclass_fields__}
