"""Concept names in templates."""

from flask import Flask

from portal.core import i18n
from portal.thesaurus.store import get_thesaurus


def concept_label(concept_id: str | None) -> str:
    """A concept's preferred term in the reader's language; an unknown id shows as itself."""
    return get_thesaurus().label(concept_id, i18n.current().tag) if concept_id else ""


def install(app: Flask) -> None:
    app.jinja_env.filters["concept_label"] = concept_label
