"""The form of a text module: name and text in each language, and what it does besides."""

from typing import Any

from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from portal.core.i18n import lazy_gettext as _l
from portal.core.locales import LOCALES
from portal.desk.people import People
from portal.service_requests import catalogue, timeline
from portal.service_requests.models import TextModule
from portal.service_requests.text_modules.services import (
    MAX_BODY,
    MAX_NAME,
    ME,
    STEPS,
    ModuleInput,
)
from portal.web.forms import BaseForm, ChoiceField

OWN, ALL = "own", "all"


class _ModuleForm(BaseForm):
    """Everything but the fields that exist once per language."""

    owner = ChoiceField(_l("For whom?"), [DataRequired()])
    service = ChoiceField(_l("Service"), blank=_l("All services"))
    step = ChoiceField(_l("Step"), blank=_l("No step: only send the text"))
    priority = ChoiceField(_l("Urgency"), blank=_l("As it is"))
    assignee = ChoiceField(_l("In charge"), blank=_l("As it is"))
    team = ChoiceField(_l("Team"), blank=_l("As it is"))
    do = HiddenField()
    version = HiddenField()

    def offer(self, people: People, *, for_all: bool, may_assign: bool) -> "_ModuleForm":
        """Fill the lists with what this person may choose."""
        owners = [(OWN, _l("Only for me"))] + ([(ALL, _l("For everybody"))] if for_all else [])
        self.owner.fill(owners)
        self.service.fill((s.code, s.title) for g in catalogue.groups() for s in g.services)
        self.step.fill((name, step.label) for name, step in STEPS.items())
        self.priority.fill((p, f"{p} {n}") for p, n in timeline.PRIORITY_NAMES.items())
        staff = [(user.id, user.name) for user in people.staff] if may_assign else []
        self.assignee.fill([(ME, _l("Whoever uses it")), *staff])
        self.team.fill((name, name) for name in people.teams)
        return self

    @property
    def languages(self) -> list[tuple[Any, Any, Any]]:
        """(language, name field, text field) for each language of the portal."""
        return [(loc, self[f"name_{loc.babel}"], self[f"body_{loc.babel}"]) for loc in LOCALES]

    def texts(self, kind: str) -> dict[str, str]:
        """What was written, by locale; `kind` is name or body."""
        return {loc.tag: self[f"{kind}_{loc.babel}"].data or "" for loc in LOCALES}

    def to_input(self) -> ModuleInput:
        actions = {name: self[name].data for name in ("step", "priority", "assignee", "team")}
        return ModuleInput(
            names=self.texts("name"),
            bodies=self.texts("body"),
            service=self.service.data,
            actions=actions,
            own=self.owner.data == OWN,
            version=self.seen_version(),
        )


def _fields() -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for loc in LOCALES:
        fields[f"name_{loc.babel}"] = StringField(_l("Title"), [Length(max=MAX_NAME)])
        fields[f"body_{loc.babel}"] = TextAreaField(_l("Text"), [Length(max=MAX_BODY)])
    return fields


ModuleForm: type[_ModuleForm] = type("ModuleForm", (_ModuleForm,), _fields())


def known(module: TextModule) -> dict[str, Any]:
    """What the form of a module begins with."""
    found: dict[str, Any] = {
        **module.actions,
        "owner": OWN if module.author_id else ALL,
        "service": module.service,
        "version": module.version,
    }
    for kind, texts in (("name", module.names), ("body", module.bodies)):
        found |= {f"{kind}_{loc.babel}": texts.get(loc.tag, "") for loc in LOCALES}
    return found
