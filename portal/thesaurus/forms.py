"""The form of a concept: one line a term, the preferred one first."""

from collections.abc import Iterable
from typing import Any

from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.core.i18n import lazy_gettext as _l
from portal.thesaurus.check import LANGUAGES, MAX_ID, Finding, folded
from portal.thesaurus.overlay import State
from portal.thesaurus.rules import KIND_LABELS
from portal.thesaurus.services import MAX_REASON
from portal.thesaurus.store import Concept, Thesaurus
from portal.web.forms import BaseForm, ChoiceField

MAX_TERMS = 4000
LISTS = ("broader", "related", "attributes")


def field_of(lang: str) -> str:
    """The name of a language's field."""
    return "terms_" + lang.lower().replace("-", "_")


TERM_FIELDS = {field_of(lang): lang for lang in LANGUAGES}


class ReasonForm(BaseForm):
    """Why something is done; colleagues read it in the history."""

    reason = StringField(_l("Reason"), [InputRequired(), Length(max=MAX_REASON)])


class ConceptForm(BaseForm):
    """Everything that is kept of a concept."""

    version = HiddenField()
    id = StringField(_l("Id"), [InputRequired(), Length(max=MAX_ID)])
    kind = ChoiceField(_l("Kind"), [InputRequired()])
    broader = TextAreaField(_l("Broader concepts"), [Length(max=MAX_TERMS)])
    related = TextAreaField(_l("Related concepts"), [Length(max=MAX_TERMS)])
    category = BooleanField(_l("May be chosen as the category of a capability or need"))
    attributes = TextAreaField(_l("Typical attributes"), [Length(max=MAX_TERMS)])
    hs = StringField(_l("HS heading"), [Length(max=10)])
    reason = TextAreaField(_l("Reason"), [InputRequired(), Length(max=MAX_REASON)])
    anyway = BooleanField(_l("Save the draft with these problems; they must be mended before it"
                             " can be published"))  # fmt: skip

    def prepare(self) -> None:
        self.kind.fill(KIND_LABELS.items())

    def show(self, concept: Concept, version: str) -> None:
        """Fill in a concept as it is."""
        self.version.data, self.id.data, self.kind.data = version, concept.id, concept.kind
        self.category.data, self.hs.data = concept.category, concept.hs
        for name in LISTS:
            self[name].data = "\n".join(getattr(concept, name))
        for name, lang in TERM_FIELDS.items():
            self[name].data = "\n".join(concept.terms.get(lang, ()))

    def to_state(self, concept_id: str, thesaurus: Thesaurus) -> State:
        """What was typed as a record; other concepts may be named by a term, too."""
        named = {
            "broader": _ids(self.broader.data, thesaurus),
            "related": _ids(self.related.data, thesaurus),
            "attributes": _attribute_ids(self.attributes.data, thesaurus),
        }
        terms = {lang: lines(self[name].data) for name, lang in TERM_FIELDS.items()}
        concept = Concept(
            concept_id,
            self.kind.data or "",
            tuple(named["broader"]),
            tuple(named["related"]),
            bool(self.category.data),
            tuple(named["attributes"]),
            "".join((self.hs.data or "").split()).replace(".", ""),
            {lang: tuple(listed) for lang, listed in terms.items() if listed},
        )
        return concept.record()

    def show_findings(self, found: Iterable[Finding]) -> None:
        """What the checker says, each at its field."""
        for finding in found:
            name = finding.field
            if name.startswith("terms."):
                name = field_of(name.removeprefix("terms."))
            self._add_error(name, str(finding.message))


for _name in TERM_FIELDS:  # one field a language
    setattr(ConceptForm, _name, TextAreaField(validators=[Length(max=MAX_TERMS)]))


def lines(text: str | None) -> list[str]:
    """The lines that hold something, each once."""
    found = (line.strip() for line in (text or "").split("\n"))
    return list(dict.fromkeys(line for line in found if line))


def _ids(text: str | None, thesaurus: Thesaurus) -> list[str]:
    typed = lines(text)
    if all(line in thesaurus for line in typed):
        return typed
    by_term = {
        folded(term): concept.id
        for concept in thesaurus
        for terms in concept.terms.values()
        for term in terms
    }
    return list(
        dict.fromkeys(
            line if line in thesaurus else by_term.get(folded(line), line) for line in typed
        )
    )


def _attribute_ids(text: str | None, thesaurus: Thesaurus) -> list[str]:
    by_label = {
        folded(label): attribute.id
        for attribute in thesaurus.attributes.values()
        for label in attribute.labels.values()
    }
    known: Any = thesaurus.attributes
    return [line if line in known else by_label.get(folded(line), line) for line in lines(text)]
