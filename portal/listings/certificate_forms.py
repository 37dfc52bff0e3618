"""The fields of a certificate's row that its standard asks for.

They are there once the standard is chosen: the button beside the rows (or saving) brings them.
"""

from collections.abc import Mapping
from typing import Any

from wtforms import StringField
from wtforms.validators import Length

from portal.listings import certificate_details as data
from portal.listings.certificate_details import CHOICE, NUMBER, SEVERAL, Detail
from portal.listings.checks import Problems
from portal.web.forms import (
    CheckboxesField,
    ChoiceField,
    NumberField,
    RowForm,
    no_direction_tricks,
)

PREFIX = "detail_"


def _field(detail: Detail) -> Any:
    if detail.kind == CHOICE:
        return ChoiceField(detail.label, blank="–", description=detail.hint, validate_choice=False)
    if detail.kind == SEVERAL:
        return CheckboxesField(detail.label, validate_choice=False)
    if detail.kind == NUMBER:
        return NumberField(detail.label)
    checks = [Length(max=data.MAX_TEXT), no_direction_tricks]
    return StringField(detail.label, checks, description=detail.hint)


class DetailedRow(RowForm):
    """A row of a certificate; keeps of its fields for details those of its standard."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """The fields for details stand behind those of the row itself."""
        super().__init_subclass__(**kwargs)
        for detail in (each for known in data.FIELDS.values() for each in known):
            if not hasattr(cls, PREFIX + detail.name):
                setattr(cls, PREFIX + detail.name, _field(detail))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **(flattened(kwargs.pop("details", None) or {}) | kwargs))
        self.shape()

    def shape(self) -> None:
        known = {detail.name: detail for detail in data.details_of(self["standard"].data or "")}
        for name in data.NAMES:
            field = self._fields.get(PREFIX + name)
            if field is not None and name not in known:
                del self[PREFIX + name]
            elif field is not None:
                _dress(field, known[name])

    def details(self) -> dict[str, Any]:
        """What was filled in for the standard, as it is kept."""
        given = {n: self[PREFIX + n].data for n in data.NAMES if PREFIX + n in self._fields}
        texts = {n: _folded(n, v) for n, v in given.items()}
        return data.tidied(self["standard"].data or "", texts)

    def validate(self, extra_validators: Any = None) -> bool:
        right: bool = super().validate(extra_validators)
        found = Problems()
        data.check(found, "", self["standard"].data or "", self.details())
        for path, message in found.errors.items():
            field = self._fields.get(PREFIX + path.lstrip("."))
            if field is not None and not field.errors:
                field.errors = [str(message)]
                right = False
        return right


def _dress(field: Any, detail: Detail) -> None:
    """The same field has other choices, labels and hints under another standard."""
    field.label.text = str(detail.label)
    if isinstance(field, ChoiceField):
        field.fill(data.choices(detail))
    elif isinstance(field, CheckboxesField):
        field.choices = data.choices(detail)


def _folded(name: str, value: Any) -> Any:
    """Codes as they are printed: capitals, no spaces."""
    if name in ("usi", "scope_id") and isinstance(value, str):
        return "".join(value.upper().split())
    return value


def flattened(details: Mapping[str, Any]) -> dict[str, Any]:
    """Details as the first values of the row's fields."""
    return {PREFIX + name: value for name, value in details.items()}
