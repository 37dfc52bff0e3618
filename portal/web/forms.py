"""The base of every form: languages, clean text, numbers as the reader writes them."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from babel import numbers
from flask import request
from flask_wtf import FlaskForm
from wtforms import (
    Field,
    FieldList,
    Form,
    FormField,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.i18n import get_translations
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal.core import i18n
from portal.core.errors import DomainError, Invalid
from portal.core.i18n import lazy_gettext as _l
from portal.core.names.claims import refusal
from portal.core.texts import is_displayable

_ALLOWED_CONTROLS = {"\n", "\r", "\t"}
BIDI_CONTROLS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_BREAKS = re.compile("[\n\r\u2028\u2029]+")
_SPACES = "\u00a0\u202f\u2009 "


def clean(text: Any) -> Any:
    """NFC, outer white space removed, line ends as LF; what is no text stays as it is."""
    if not isinstance(text, str):
        return text
    return unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").strip()


def one_line(text: Any) -> Any:
    """A line break in a name would end the subject of a mail and begin its text."""
    return _BREAKS.sub(" ", text) if isinstance(text, str) else text


def has_control_characters(text: str) -> bool:
    """Characters that no keyboard types and that break files, logs or terminals."""
    return any(not is_displayable(c) and c not in _ALLOWED_CONTROLS for c in text)


def visible(text: str) -> str:
    """The text with a mark in place of each control character."""
    return "".join("\ufffd" if has_control_characters(c) else c for c in text)


def sent_line(name: str) -> str:
    """A line of text from a form without a class of its own, fit to be kept and shown."""
    return shown_line(request.form.get(name, ""))


def asked_line(name: str, most: int = 200) -> str:
    """What an address asks for under a name, cut off, fit to be shown and looked up."""
    return shown_line(request.args.get(name, "")[:most])


def shown_line(text: str) -> str:
    """One line of a text from outside, with a mark in place of each control character."""
    return visible(str(one_line(clean(text))))


def no_control_characters(_form: object, field: Field) -> None:
    if isinstance(field.data, str) and has_control_characters(field.data):
        field.data = visible(field.data)  # the page that shows the mistake must be valid itself
        raise ValidationError(i18n.gettext("This contains characters that cannot be displayed."))


def no_direction_tricks(_form: object, field: Field) -> None:
    """Names must read the same to everybody: no invisible direction marks."""
    if isinstance(field.data, str) and any(c in BIDI_CONTROLS for c in field.data):
        raise ValidationError(i18n.gettext("Please remove the invisible direction characters."))


Answer = TypeVar("Answer")


def plain_name(_form: object, field: Field) -> None:
    """Names of companies: nothing invisible, no direction marks, no pictographs."""
    message = refusal(field.data) if isinstance(field.data, str) else None
    if message:
        raise ValidationError(str(message))


class _Meta:
    """Shared by all forms: the library's own messages in the reader's language."""

    locales = property(lambda self: [i18n.current().babel])  # noqa: ARG005

    def get_translations(self, _form: Form) -> Any:
        return get_translations([i18n.current().babel])

    def bind_field(self, form: Form, unbound_field: Any, options: dict[str, Any]) -> Field:
        """Every text field is cleaned and refuses control characters, without being asked to."""
        field: Field = unbound_field.bind(form=form, **options)
        if isinstance(field, StringField):  # TextAreaField is one, too
            lines = () if isinstance(field, (TextAreaField, PasswordField)) else (one_line,)
            field.filters = (clean, *lines, *field.filters)
            field.validators = [*field.validators, no_control_characters]
        return field


class RowForm(Form):
    """A row of a repeatable group; protected by the form around it."""

    class Meta(_Meta):
        csrf = False


class BaseForm(FlaskForm):
    """A page's form. `to_input()` of a subclass gives the dataclass that a service takes."""

    class Meta(_Meta, FlaskForm.Meta):
        pass

    refused = 0  # the status of a refusal by a verb

    def rows_changed(self) -> bool:
        """Handle the buttons "add row" and "remove row", which also work without script.

        True when one was pressed: show the form again, with status 200 and without complaints.
        """
        add, remove = request.form.get("add-row"), request.form.get("remove-row")
        if add:
            field = self._find(add)
            if isinstance(field, FieldList) and len(field) < (field.max_entries or 50):
                field.append_entry()
        if remove:
            self._remove_row(remove)
        return bool(add or remove)

    def _remove_row(self, name: str) -> None:
        for field in self:
            if isinstance(field, FieldList):
                field.entries = [entry for entry in field.entries if entry.name != name]

    def accept(self, act: Callable[[], Answer]) -> Answer | None:
        """Run a verb; a refusal becomes the message of its field. Returns None when refused."""
        try:
            return act()
        except DomainError as error:
            if error.status not in (409, 422):
                raise
            self.refuse(error)
            return None

    def refuse(self, error: DomainError) -> None:
        """Show a domain error at its field, or above the form."""
        self.refused = error.status  # errors inside of rows do not show in `errors`
        messages = error.errors if isinstance(error, Invalid) and error.errors else {}
        if not messages:
            messages = {error.field or "": error.message}
        for name, message in messages.items():
            self._add_error(name, str(message))

    def seen_version(self) -> int | None:
        """The version of the object that its page was made from, from the field `version`."""
        raw = str(self["version"].data or "")
        return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else None

    def _add_error(self, name: str, message: str) -> None:
        field = self._find(name)
        if field is None:
            self.form_errors.append(message)
        else:
            field.errors = [*field.errors, message]

    def _find(self, name: str) -> Field | None:
        node: Any = self
        for part in name.split(".") if name else []:
            if isinstance(node, FieldList):
                node = node[int(part)] if part.isdigit() and int(part) < len(node) else None
            else:
                fields = getattr(node, "form", node)
                node = fields[part] if fields is not None and part in fields else None
            if node is None:
                return None
        return node if isinstance(node, Field) and not isinstance(node, FormField) else None


class NumberField(StringField):
    """A decimal as the reader writes it (1.234,5 in German); `data` is a Decimal or None."""

    def __init__(self, *args: Any, places: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = places
        self.data: Any  # Decimal, or int in whole numbers

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else _shown(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        text = (valuelist[0] if valuelist else "").strip()
        self.data = None
        if text:
            self.data = parse_number(text)
            if self.data is None:
                raise ValueError(
                    i18n.gettext(
                        "Please enter a number, for example %(example)s.",
                        example=i18n.format_number(Decimal("1234.5")),
                    )
                )
            if self.places == 0 and self.data != self.data.to_integral_value():
                raise ValueError(i18n.gettext("Please enter a whole number."))

    def process_data(self, value: Any) -> None:
        self.data = None if value in (None, "") else Decimal(str(value))


def _shown(value: Decimal) -> str:
    return numbers.format_decimal(value, "#0.######", locale=i18n.current().babel)


def parse_number(text: str) -> Decimal | None:
    """A number in the reader's notation, full-width digits allowed; None when it is none."""
    plain = unicodedata.normalize("NFKC", text).strip()
    babel = i18n.current().babel
    group = numbers.get_group_symbol(babel)
    for space in _SPACES:
        plain = plain.replace(space, group if group in _SPACES else "")
    try:
        value = numbers.parse_decimal(plain, locale=babel, strict=True)
    except (numbers.NumberFormatError, InvalidOperation):
        return None
    return value if value.is_finite() and abs(value) < Decimal(10) ** 13 else None


class IntegerNumberField(NumberField):
    """A whole number; `data` is an int or None."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, places=0, **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        if self.data is not None:
            self.data = int(self.data)


def at_least(minimum: int) -> Callable[[Any, Field], None]:
    """Validator: not below `minimum`."""

    def check(_form: Any, field: Field) -> None:
        if isinstance(field.data, (int, Decimal)) and field.data < minimum:
            raise ValidationError(
                i18n.gettext(
                    "Please enter at least %(minimum)s.", minimum=i18n.format_number(minimum)
                )
            )

    return check


def plausible_year(_form: object, field: Field) -> None:
    """Validator: a day of this century, so that a slip of the keyboard is seen."""
    if field.data and not 2000 <= field.data.year <= 2100:
        raise ValidationError(i18n.gettext("Please check the year."))


class CheckboxesField(SelectMultipleField):
    """Several of many, as check boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class ChoiceField(SelectField):
    """One of many; an empty first line when `blank` is given. Labels are rendered per request."""

    def __init__(self, *args: Any, blank: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.blank = blank

    def fill(self, pairs: Iterable[tuple[str, Any]]) -> None:
        """Set the choices, with labels in the reader's language."""
        from wtforms.fields.choices import SelectChoice  # noqa: PLC0415

        rows = [SelectChoice(value, str(label)) for value, label in pairs]
        if self.blank is not None:
            rows.insert(0, SelectChoice("", str(self.blank)))
        self.choices = rows


CHOOSE = _l("Please choose")
