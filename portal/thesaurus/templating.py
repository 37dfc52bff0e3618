"""Concept names in templates."""

from flask import Flask

from portal.core import i18n
from portal.thesaurus.store import get_thesaurus


def concept_label(concept_id: str | None) -> str:
    """A concept's preferred term in the reader's language; an unknown id shows as itself."""
    return get_thesaurus().label(concept_id, i18n.current().tag) if concept_id else ""


def concept_title(concept_id: str | None) -> str:
    """The same term as a heading or label of its own: it begins with a capital letter."""
    label = concept_label(concept_id)
    first = label.partition(" ")[0]
    # What has a capital further on is spelled on purpose: mmWave, eVTOL.
    return label if first[1:] != first[1:].lower() else label[:1].upper() + label[1:]


def install(app: Flask) -> None:
    app.jinja_env.filters["concept_label"] = concept_label
    app.jinja_env.filters["concept_title"] = concept_title
