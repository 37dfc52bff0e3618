"""Forms of disclosure."""

from typing import Any

from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired, Length

from portal.core.i18n import lazy_gettext as _l
from portal.disclosure import fields
from portal.disclosure.fields import ALIAS
from portal.disclosure.rules import INTEREST, LEVEL_LABELS, LEVELS, NDA
from portal.disclosure.setting import MAX_ALIAS, Entry, Levels, entries
from portal.web.forms import BaseForm, ChoiceField, no_direction_tricks

_NAMED_AT = (INTEREST, NDA)


class LevelsForm(BaseForm):
    """One select per field of a row; made by `form_for`."""

    version = HiddenField()
    listed: tuple[Entry, ...] = ()

    def groups(self) -> list[tuple[str, list[Any]]]:
        """The selects by group, in order; the first group has no heading."""
        found: dict[str, list[Any]] = {}
        for number, entry in enumerate(self.listed):
            found.setdefault(entry.group, []).append(self[f"level_{number}"])
        return list(found.items())

    def to_input(self) -> Levels:
        levels = {e.name: self[f"level_{n}"].data for n, e in enumerate(self.listed)}
        if "alias" not in self:
            return Levels(levels)
        return Levels({**levels, ALIAS: self["named_at"].data}, self["alias"].data or "")


def form_for(row: Any) -> LevelsForm:
    """The form of a row that is loaded with what hangs on it."""
    listed = tuple(entries(row))
    parts: dict[str, Any] = {
        f"level_{n}": ChoiceField(entry.label, [DataRequired()]) for n, entry in enumerate(listed)
    }
    data = {f"level_{n}": entry.level for n, entry in enumerate(listed)}
    data["version"] = str(row.version)
    if row.__tablename__ == "need":
        parts["alias"] = StringField(
            _l("Alias instead of the company's name"),
            [Length(max=MAX_ALIAS), no_direction_tricks],
            render_kw={"dir": "auto"},
        )
        parts["named_at"] = ChoiceField(_l("Show the company's name"))
        data["alias"] = row.alias
        data["named_at"] = fields.level_of(row, ALIAS) if row.alias else INTEREST
    form: LevelsForm = type("LevelsForm", (LevelsForm,), {**parts, "listed": listed})(data=data)
    for number, _entry in enumerate(listed):
        form[f"level_{number}"].fill((level, LEVEL_LABELS[level]) for level in LEVELS)
    if "named_at" in form:
        form["named_at"].fill((level, LEVEL_LABELS[level]) for level in _NAMED_AT)
    return form
