"""Forms of the rules of markets."""

import json
from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, FieldList, FormField, HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from portal.core import i18n
from portal.core.i18n import lazy_gettext as _l
from portal.core.locales import LOCALES
from portal.market_rules import checks, markets, rules
from portal.market_rules.services import MAX_WHY
from portal.service_requests import catalogue
from portal.web.forms import CHOOSE, BaseForm, ChoiceField, RowForm, plausible_year

MAX_LIST, MAX_STAGES = 4000, 12
_DAYS = [Optional(), plausible_year]
_SOURCE_LABELS = {
    "name": _l("Source: name of the rule"),
    "publisher": _l("Publisher"),
    "url": _l("Web address"),
}


def _key(tag: str) -> str:
    """A field's name for a language."""
    return "text_" + tag.replace("-", "_")


class TextRow(RowForm):
    """Title and summary in one language."""

    title = StringField(_l("Title"), [Length(max=checks.MAX_TITLE)])
    summary = TextAreaField(_l("Summary"), [Length(max=checks.MAX_SUMMARY)], render_kw={"rows": 4})


class _StageRow(RowForm):
    start = DateField(_l("From"), _DAYS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for locale in LOCALES:
            language = i18n.language_name(locale.tag)
            self[_key(locale.tag)].label.text = i18n.gettext(
                "What changes, in %(language)s", language=language
            )

    def texts(self) -> dict[str, str]:
        found = {locale.tag: self[_key(locale.tag)].data or "" for locale in LOCALES}
        return {tag: text for tag, text in found.items() if text}


StageRow: Any = type(
    "StageRow",
    (_StageRow,),
    {_key(locale.tag): StringField("", [Length(max=300)]) for locale in LOCALES},
)


class RuleForm(BaseForm):
    """A rule; lists have an entry a line."""

    id = StringField(
        _l("Id"),
        [DataRequired(), Length(max=checks.MAX_ID)],
        description=_l("Small letters, digits and hyphens, such as eu-un-r100."),
    )
    market = ChoiceField(_l("Market"), [DataRequired()], blank=CHOOSE)
    kind = ChoiceField(_l("Kind"), [DataRequired()], blank=CHOOSE)
    texts = FieldList(FormField(TextRow), min_entries=len(LOCALES), max_entries=len(LOCALES))
    classes = TextAreaField(
        _l("Products"),
        [Length(max=MAX_LIST)],
        description=_l(
            "Ids of categories or scenarios of the thesaurus, one a line; empty for all products."
        ),
        render_kw={"rows": 3},
    )
    but_not = TextAreaField(
        _l("But not"),
        [Length(max=MAX_LIST)],
        description=_l("Narrower products that the rule is not about, one a line."),
        render_kw={"rows": 3},
    )
    satisfied_by = TextAreaField(
        _l("Certificates that prove it"),
        [Length(max=MAX_LIST)],
        description=_l("One a line, such as UN R100; any one of them is enough."),
        render_kw={"rows": 3},
    )
    service = ChoiceField(_l("Service that helps"), blank=_l("No service"))
    valid_from = DateField(_l("In force from"), _DAYS)
    valid_to = DateField(_l("In force until"), _DAYS)
    stages = FieldList(FormField(StageRow), label=_l("Stages"), max_entries=MAX_STAGES)
    condition = TextAreaField(
        _l("Condition"),
        [Length(max=MAX_LIST)],
        description=_l(
            "Leave it empty when the rule is about all of these products. Otherwise for example "
            '{"attribute": "energy", "above": 2, "unit": "kWh"}; also at_least, at_most, below, '
            'is; joined by all, any, not; {"fact": "radio"} for what the portal does not know.'
        ),
        render_kw={"rows": 3, "spellcheck": "false"},
    )
    source_name = StringField(_SOURCE_LABELS["name"], [DataRequired(), Length(max=300)])
    source_publisher = StringField(_SOURCE_LABELS["publisher"], [Length(max=200)])
    source_url = StringField(_SOURCE_LABELS["url"], [Length(max=500)])
    why = StringField(
        _l("Why is it changed?"),
        [Length(max=MAX_WHY)],
        description=_l("Colleagues read this in the history."),
    )
    version = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.market.fill(markets.LABELS.items())
        self.kind.fill(rules.KINDS.items())
        self.service.fill((code, service.title) for code, service in catalogue.SERVICES.items())

    def to_record(self) -> dict[str, Any]:
        """The rule as a record; a condition that is no JSON is left for the checks to refuse."""
        rows = list(zip(LOCALES, self.texts.entries, strict=False))
        source = {name: self[f"source_{name}"].data or "" for name in checks.SOURCE}
        return {
            "id": self.id.data or "",
            "market": self.market.data,
            "kind": self.kind.data,
            "classes": _lines(self.classes.data),
            "but_not": _lines(self.but_not.data),
            "satisfied_by": _lines(self.satisfied_by.data),
            "service": self.service.data or "",
            **{name: _texts(rows, name) for name in ("title", "summary")},
            "valid_from": _day(self.valid_from.data),
            "valid_to": _day(self.valid_to.data),
            "stages": [
                {"from": entry.form.start.data.isoformat(), "what": entry.form.texts()}
                for entry in self.stages.entries
                if entry.form.start.data
            ],
            "condition": _condition(self.condition.data),
            "source": {name: text for name, text in source.items() if text},
        }

    def _find(self, name: str) -> Any:
        """Where the checks' names stand in the form."""
        places = {"title": "texts.0.title", "summary": "texts.0.summary", "source": "source_name"}
        return super()._find(places.get(name, name))


def _lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def _texts(rows: list[Any], name: str) -> dict[str, str]:
    found = {locale.tag: entry.form[name].data or "" for locale, entry in rows}
    return {tag: text for tag, text in found.items() if text}


def _day(day: Any) -> str | None:
    return day.isoformat() if day else None


def _condition(text: str | None) -> Any:
    try:
        return json.loads(text) if text else {}
    except ValueError:
        return text


def form_data(record: dict[str, Any], version: int) -> dict[str, Any]:
    """What the form shows of a rule."""
    titles, summaries = record.get("title") or {}, record.get("summary") or {}
    condition = record.get("condition")
    return {
        **{name: record.get(name) for name in ("id", "market", "kind", "service")},
        "texts": [
            {"title": titles.get(locale.tag, ""), "summary": summaries.get(locale.tag, "")}
            for locale in LOCALES
        ],
        "classes": "\n".join(record.get("classes") or ()),
        "but_not": "\n".join(record.get("but_not") or ()),
        "satisfied_by": "\n".join(record.get("satisfied_by") or ()),
        "stages": [_stage(row) for row in record.get("stages") or ()],
        "condition": json.dumps(condition, ensure_ascii=False) if condition else "",
        **{f"source_{name}": (record.get("source") or {}).get(name, "") for name in checks.SOURCE},
        **{name: rules.day(record.get(name)) for name in ("valid_from", "valid_to")},
        "version": version,
    }


def _stage(row: dict[str, Any]) -> dict[str, Any]:
    return {"start": rules.day(row["from"]), **{_key(t): text for t, text in row["what"].items()}}


class StepForm(BaseForm):
    """A step of a rule, with its reason."""

    why = StringField(_l("Why?"), [Length(max=MAX_WHY)])
    version = HiddenField()


class UploadForm(BaseForm):
    file = FileField(_l("File"), [FileRequired(_l("Please choose a file."))])


class ImportForm(BaseForm):
    why = StringField(_l("Why?"), [DataRequired(), Length(max=MAX_WHY)])
